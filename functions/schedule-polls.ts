import { type ScheduleDeps, schedulePolls } from '../shared/sync/schedule-polls.ts';
import type { Triggers } from './triggers.ts';

/** Every ten seconds: ask for a look into each mailbox whose time has come. */
export function registerSchedulePolls(app: Triggers, deps: ScheduleDeps): void {
  app.timer('schedule-polls', { schedule: '*/10 * * * * *', handler: () => schedulePolls(deps) });
}
