import type { MailboxKey } from '../domain/item-mapping.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';
import { keys } from '../domain/keys.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { coalesce } from './coalesce.ts';

/** Entries of one transaction: each is three rows, and Table Storage takes a hundred. */
const largestTransaction = 33;
const largestKept = 10_000;

/** The same journal, whose entries of one mailbox travel together while an earlier write of it is under way. */
export function coalescedJournalStore<T extends JournalStore>(store: T): T {
  const lanes = new Map<string, (entry: JournalEntry) => Promise<void>>();
  const laneOf = ({ organizationId, mailboxId }: MailboxKey) => {
    const key = keys.mailbox(organizationId, mailboxId);
    const known = lanes.get(key);
    if (known !== undefined) return known;
    // A lane dropped here ends its own run; the next arrival starts another beside it, which is only slower.
    if (lanes.size >= largestKept) lanes.clear();
    const lane = coalesce<JournalEntry, void>(largestTransaction, async (entries) => {
      await store.append(entries);
      return entries.map(() => undefined);
    });
    lanes.set(key, lane);
    return lane;
  };
  return {
    ...store,
    async append(entries) {
      await Promise.all(entries.map((entry) => laneOf(entry)(entry)));
    },
  };
}
