import { nightlySweep, type SweepDeps } from '../shared/sync/jobs/start-sweeps.ts';
import type { Triggers } from './triggers.ts';

/** Every five minutes: start the sweeps whose moment of the night has come, and mend jobs that lost their message. */
export function registerNightlySweep(app: Triggers, deps: SweepDeps): void {
  app.timer('nightly-sweep', { schedule: '0 */5 * * * *', handler: () => nightlySweep(deps) });
}
