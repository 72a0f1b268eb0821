import type { MailboxKey } from '../domain/item-mapping.ts';
import type { BrakeStore } from '../ports/brake-store.ts';
import type { Clock } from '../ports/clock.ts';
import { recently } from './recently.ts';

const believedMs = 5_000;

/**
 * The same brakes for the engine, which asks before each write: that nothing of a mailbox stands still is believed for five
 * seconds, that something does never is. Another process's quarantine is seen that much later. Counts of an hour that is over are
 * remembered as long.
 */
export function recentBrakes(brakes: BrakeStore, clock: Clock): BrakeStore {
  const free = recently<Awaited<ReturnType<BrakeStore['listActive']>>>(clock, believedMs);
  const totals = recently<number>(clock, believedMs);
  const keyOf = ({ organizationId, mailboxId }: MailboxKey) => `${organizationId}|${mailboxId}`;
  const counterOf = (mailbox: MailboxKey, counter: string, hour: string) => `${keyOf(mailbox)}|${counter}|${hour}`;
  return {
    ...brakes,
    listActive(mailbox) {
      const key = keyOf(mailbox);
      return free.get(key, async () => {
        const active = await brakes.listActive(mailbox);
        if (active.length > 0) free.forget(key);
        return active;
      });
    },
    async quarantine(quarantine) {
      try {
        await brakes.quarantine(quarantine);
      } finally {
        free.forget(keyOf(quarantine));
      }
    },
    async release(quarantine, at, by) {
      try {
        await brakes.release(quarantine, at, by);
      } finally {
        free.forget(keyOf(quarantine.value));
      }
    },
    total: (mailbox, counter, hour) =>
      totals.get(counterOf(mailbox, counter, hour), () => brakes.total(mailbox, counter, hour)),
    async add(mailbox, counter, hour, by) {
      try {
        return await brakes.add(mailbox, counter, hour, by);
      } finally {
        totals.forget(counterOf(mailbox, counter, hour));
      }
    },
  };
}
