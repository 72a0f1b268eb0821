import type { MailboxKey } from '../domain/item-mapping.ts';
import { keys } from '../domain/keys.ts';
import type { BrakeStore } from '../ports/brake-store.ts';
import { coalesce } from './coalesce.ts';

const largestSum = 1000;
const largestKept = 10_000;

/** The same store, whose additions to one counter are one while an earlier one is under way; each is told the total as if alone. */
export function coalescedBrakeStore<T extends BrakeStore>(store: T): T {
  const lanes = new Map<string, (by: number) => Promise<number>>();
  const laneOf = (mailbox: MailboxKey, counter: string, hour: string) => {
    const key = `${keys.counters(mailbox.organizationId, mailbox.mailboxId)}|${keys.counterRow(counter, hour)}`;
    const known = lanes.get(key);
    if (known !== undefined) return known;
    // A lane dropped here ends its own run; the next arrival starts another beside it, which is only slower.
    if (lanes.size >= largestKept) lanes.clear();
    const lane = coalesce<number, number>(largestSum, async (amounts) => {
      const sum = amounts.reduce((all, by) => all + by, 0);
      let total = (await store.add(mailbox, counter, hour, sum)) - sum;
      return amounts.map((by) => {
        total += by;
        return total;
      });
    });
    lanes.set(key, lane);
    return lane;
  };
  return { ...store, add: (mailbox, counter, hour, by) => laneOf(mailbox, counter, hour)(by) };
}
