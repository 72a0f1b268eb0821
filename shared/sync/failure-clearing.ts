import { type Change, changeKeyOf } from '../domain/change-message.ts';
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
    await failures.remove(organizationId, changeKeyOf(change));
  };
}
