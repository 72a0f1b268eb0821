import { type ExpireDeps, expireRecords } from '../shared/admin/expire-records.ts';
import type { Triggers } from './triggers.ts';

/** Once a day: remove what has been kept long enough. */
export function registerExpireRecords(app: Triggers, deps: ExpireDeps): void {
  app.timer('expire-records', { schedule: '0 40 3 * * *', handler: () => expireRecords(deps) });
}
