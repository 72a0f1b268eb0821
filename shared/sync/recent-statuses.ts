import type { MailboxKey } from '../domain/item-mapping.ts';
import { isActive } from '../domain/mailbox-status.ts';
import type { Process } from '../domain/process.ts';
import type { Clock } from '../ports/clock.ts';
import type { StatusStore } from '../ports/status-store.ts';
import { recently } from './recently.ts';

const believedMs = 1_000;

/**
 * The same statuses for the engine, which asks twice with each change: that a process works is believed for a second, that
 * it does not never is. A save of ours is seen at once; one that was based on a status that another process has changed
 * meanwhile meets StoreConflict, as it would have without.
 */
export function recentStatuses(statuses: StatusStore, clock: Clock): StatusStore {
  const working = recently<Awaited<ReturnType<StatusStore['find']>>>(clock, believedMs);
  const keyOf = ({ organizationId, mailboxId }: MailboxKey, process: Process) =>
    JSON.stringify([organizationId, mailboxId, process]);
  return {
    ...statuses,
    find(mailbox, process) {
      const key = keyOf(mailbox, process);
      return working.get(key, async () => {
        const status = await statuses.find(mailbox, process);
        if (status === undefined || !isActive(status.value)) working.forget(key);
        return status;
      });
    },
    async save(mailbox, process, status, etag) {
      try {
        return await statuses.save(mailbox, process, status, etag);
      } finally {
        working.forget(keyOf(mailbox, process));
      }
    },
  };
}
