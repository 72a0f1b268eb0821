import { type PollCrmDeps, pollCrm } from '../shared/sync/poll-crm.ts';
import type { Triggers } from './triggers.ts';

/** Every minute: what webhooks missed. */
export function registerPollCrm(app: Triggers, deps: PollCrmDeps): void {
  app.timer('poll-crm', { schedule: '30 * * * * *', handler: () => pollCrm(deps) });
}
