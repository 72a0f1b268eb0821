import { expect, test } from '@jest/globals';
import { memoryJournalStore } from '../../../shared/adapters/memory/memory-journal-store.ts';
import { coalescedJournalStore } from '../../../shared/sync/coalesced-journal-store.ts';
import { journalEntry } from '../../contract/journal-store.contract.ts';
import { uniqueMailbox, uniqueOrganization } from '../../support/unique-mailbox.ts';

function journalThatWaits() {
  const store = memoryJournalStore();
  const writes: { readonly ids: string[]; readonly end: (error?: Error) => void }[] = [];
  const journal = coalescedJournalStore({
    ...store,
    append: async (entries) => {
      await new Promise<void>((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve() : reject(error));
        writes.push({ ids: entries.map(({ id }) => id), end });
      });
      await store.append(entries);
    },
  });
  return { writes, journal };
}

test('entries that meet an earlier write of their mailbox travel together; another mailbox does not wait', async () => {
  const { writes, journal } = journalThatWaits();
  const organization = uniqueOrganization();
  const [mailbox, other] = [uniqueMailbox(organization), uniqueMailbox(organization)];
  const appends = ['a', 'b', 'c'].map((id) => journal.append([journalEntry(mailbox, id)]));
  appends.push(journal.append([journalEntry(other, 'd')]));
  expect(writes.map(({ ids }) => ids)).toEqual([['a'], ['d']]);
  for (const write of writes) write.end();
  await Promise.all([appends[0], appends[3]]);
  expect(writes[2]?.ids).toEqual(['b', 'c']);
  writes[2]?.end();
  await Promise.all(appends);
  expect((await journal.list(mailbox, { limit: 9 })).entries).toHaveLength(3);
});

test('a write that fails rejects whoever waits for it', async () => {
  const { writes, journal } = journalThatWaits();
  const appended = journal.append([journalEntry(uniqueMailbox(), 'a')]);
  writes[0]?.end(new Error('storage is gone'));
  await expect(appended).rejects.toThrow('storage is gone');
});
