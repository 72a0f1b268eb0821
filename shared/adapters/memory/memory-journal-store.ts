import { JournalEntry } from '../../domain/journal-entry.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { JournalStore } from '../../ports/journal-store.ts';
import { erasingMailboxPartitions, isOfMailboxesOf } from './memory-erasure.ts';
import { memoryRows } from './memory-rows.ts';

const partitionOf = (entry: Pick<JournalEntry, 'organizationId' | 'mailboxId'>) =>
  keys.mailbox(entry.organizationId, entry.mailboxId);

/** The journal in this process's memory. */
export function memoryJournalStore(): JournalStore & Erasable {
  const rows = memoryRows<JournalEntry>();
  return {
    async append(entries) {
      for (const entry of entries.map((given) => JournalEntry.parse(given))) {
        rows.put(partitionOf(entry), keys.journalByTime(entry.at, entry.id), entry);
      }
    },
    async list(mailbox, { limit, recordId, before, since, until }) {
      const [from, end] = keys.journalRows(undefined, { since, until, after: before });
      const entries = rows
        .list(partitionOf(mailbox))
        .map((row) => row.value)
        .filter((entry) => recordId === undefined || entry.recordId === recordId)
        .filter(({ at, id }) => from <= keys.journalByTime(at, id) && keys.journalByTime(at, id) < end);
      const page = entries.slice(0, limit);
      const last = page.at(-1);
      return entries.length > limit && last !== undefined
        ? { entries: page, next: keys.journalPlace(last.at, last.id) }
        : { entries: page };
    },
    find: async (mailbox, id) =>
      rows
        .list(partitionOf(mailbox))
        .map((row) => row.value)
        .find((entry) => entry.id === id),
    removeOlderThan: async (organization, at) =>
      rows.removeMatching(
        (partition, _row, entry) => isOfMailboxesOf(organization, partition) && Date.parse(entry.at) < Date.parse(at),
      ),
    ...erasingMailboxPartitions(rows),
  };
}
