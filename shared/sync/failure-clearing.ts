import { Change, changeKeyOf } from '../domain/change-message.ts';
import type { Failure } from '../domain/failure.ts';
import { compareVersions } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { FailureStore } from '../ports/failure-store.ts';
import { recently } from './recently.ts';

const askEveryMs = 30_000;

/**
 * Removes the failure of a record or item that has been applied since. Most organizations have no failures most of the
 * time: whether there are any is asked twice a minute, not for every change.
 */
export function failureClearing(failures: FailureStore, clock: Clock): (change: Change) => Promise<void> {
  const any = recently<boolean>(clock, askEveryMs);
  return async (change) => {
    const { organizationId } = change;
    if (!(await any.get(organizationId, async () => (await failures.list(organizationId, 1)).length > 0))) return;
    const id = changeKeyOf(change);
    const failure = await failures.find(organizationId, id);
    if (failure !== undefined && !isNewer(failure, change)) await failures.remove(organizationId, id);
  };
}

/** Whether what failed is a later version than what was applied: a replica that lags showed the earlier one only. */
function isNewer({ message }: Failure, change: Change): boolean {
  if (message === undefined || change.kind !== 'crmChange' || change.version === undefined) return false;
  const failed = Change.safeParse(JSON.parse(message));
  if (!failed.success || failed.data.kind !== 'crmChange' || failed.data.version === undefined) return false;
  return compareVersions(failed.data.version, change.version) > 0;
}
