import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MailboxId, RecordId } from '../../shared/domain/ids.ts';
import type { MailboxKey } from '../../shared/domain/item-mapping.ts';
import { JournalEntry } from '../../shared/domain/journal-entry.ts';
import type { JournalStore } from '../../shared/ports/journal-store.ts';
import { awkwardIds, uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const minute = (count: number) => new Date(Date.UTC(2026, 0, 5, 9, count)).toISOString();
const record = (id: string) => id as RecordId;

export const journalEntry = (mailbox: MailboxKey, id: string, fields: Partial<JournalEntry> = {}): JournalEntry => ({
  ...JournalEntry.parse({
    ...mailbox,
    id,
    at: minute(0),
    side: 'exchange',
    act: 'updated',
    kind: 'appointment',
    recordId: 'r1',
    itemId: 'AAMkAD=/+==',
    why: 'crmChange',
    by: 'engine',
    state: 'begun',
    fields: ['subject', 'time'],
    before: { subject: 'ab12' },
    after: { subject: 'cd34', 'address.business': 'ef56' },
    imageName: 'image-1',
    notified: 0,
  }),
  ...fields,
});

/** What every journal must do, whatever it keeps its rows in. */
export function describeJournalStore(name: string, create: () => Promise<JournalStore>): void {
  describe(`the journal of ${name}`, () => {
    let store: JournalStore;
    beforeAll(async () => {
      store = await create();
    });
    const idsOf = async (mailbox: MailboxKey, query: Partial<Parameters<JournalStore['list']>[1]> = {}) =>
      (await store.list(mailbox, { limit: 100, ...query })).entries.map(({ id }) => id);

    test.each([...awkwardIds, 'x'.repeat(128)])(
      'an entry called %j of a record called so is found and listed',
      async (id) => {
        const mailbox = uniqueMailbox();
        const entry = journalEntry(mailbox, id.slice(0, 128), { recordId: record(id.slice(0, 128)) });
        await store.append([entry]);
        expect(await store.find(mailbox, entry.id)).toEqual(entry);
        expect(await store.list(mailbox, { limit: 1 })).toEqual({ entries: [entry] });
        expect(await store.list(mailbox, { limit: 1, recordId: entry.recordId })).toEqual({ entries: [entry] });
        expect(await store.find(mailbox, 'another')).toBeUndefined();
      },
    );

    test('an entry appended again replaces what was there, wherever it is looked for', async () => {
      const mailbox = uniqueMailbox();
      const { imageName: _none, ...begun } = journalEntry(mailbox, 'e1');
      const done: JournalEntry = { ...begun, state: 'done', fields: [], after: {} };
      await store.append([journalEntry(mailbox, 'e1')]);
      await store.append([begun, { ...begun, state: 'unknown' }, done]);
      await store.append([]);
      expect(await store.find(mailbox, 'e1')).toEqual(done);
      expect((await store.list(mailbox, { limit: 9 })).entries).toEqual([done]);
      expect((await store.list(mailbox, { limit: 9, recordId: record('r1') })).entries).toEqual([done]);
    });

    test('many entries of several mailboxes and records go in at once and come page by page, newest first', async () => {
      const organization = uniqueOrganization();
      const [mailbox, other] = [uniqueMailbox(organization), uniqueMailbox(organization)];
      const entries = Array.from({ length: 75 }, (_, index) =>
        journalEntry(mailbox, `e${index}`, { at: minute(index), recordId: record(`r${index % 3}`) }),
      );
      await store.append([...entries, journalEntry(other, 'theirs')]);
      const newestFirst = entries.map(({ id }) => id).reverse();
      const [read, sizes]: [string[], number[]] = [[], []];
      let before: string | undefined;
      do {
        const page = await store.list(mailbox, { limit: 30, ...(before === undefined ? {} : { before }) });
        read.push(...page.entries.map(({ id }) => id));
        sizes.push(page.entries.length);
        before = page.next;
      } while (before !== undefined);
      expect(read).toEqual(newestFirst);
      expect(sizes).toEqual([30, 30, 15]);
      expect(await idsOf(other)).toEqual(['theirs']);

      const ofRecord = newestFirst.filter((id) => Number(id.slice(1)) % 3 === 1);
      const page = await store.list(mailbox, { limit: 20, recordId: record('r1') });
      expect(page.entries.map(({ id }) => id)).toEqual(ofRecord.slice(0, 20));
      expect(await idsOf(mailbox, { recordId: record('r1'), before: page.next ?? '' })).toEqual(ofRecord.slice(20));
    });

    test('entries of the same moment are all listed, one page after the other', async () => {
      const mailbox = uniqueMailbox();
      const ids = ['a', 'a-', 'a.b', 'ab', 'b', 'ä'];
      await store.append(ids.map((id) => journalEntry(mailbox, id)));
      const read: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.list(mailbox, { limit: 1, ...(before === undefined ? {} : { before }) });
        read.push(...page.entries.map(({ id }) => id));
        before = page.next;
      } while (before !== undefined);
      expect(read.sort()).toEqual(ids.sort());
    });

    test('a span of time begins with its first moment and ends before its last', async () => {
      const mailbox = uniqueMailbox();
      await store.append([1, 2, 3, 4].map((at) => journalEntry(mailbox, `e${at}`, { at: minute(at) })));
      expect(await idsOf(mailbox, { since: minute(2) })).toEqual(['e4', 'e3', 'e2']);
      expect(await idsOf(mailbox, { until: minute(3) })).toEqual(['e2', 'e1']);
      expect(await idsOf(mailbox, { since: minute(2), until: minute(4) })).toEqual(['e3', 'e2']);
      expect(await idsOf(mailbox, { since: minute(2), until: minute(4), recordId: record('r1') })).toEqual([
        'e3',
        'e2',
      ]);
      const { next } = await store.list(mailbox, { limit: 1, since: minute(2), until: minute(4) });
      const rest = { since: minute(2), until: minute(4), before: next ?? '' };
      expect(await store.list(mailbox, { limit: 1, ...rest })).toMatchObject({ entries: [{ id: 'e2' }] });
    });

    test.each(['a sentence about Anna', 'anna@contoso.example', ''])(
      'an entry that says %j is refused',
      async (text) => {
        const mailbox = uniqueMailbox();
        await expect(store.append([journalEntry(mailbox, 'e1', { why: text })])).rejects.toThrow();
        await expect(store.append([journalEntry(mailbox, 'e2', { by: text })])).rejects.toThrow();
        await expect(store.append([journalEntry(mailbox, 'e3', { before: { subject: text } })])).rejects.toThrow();
        await expect(store.append([journalEntry(mailbox, 'e4', { fields: [text] })])).rejects.toThrow();
        expect(await idsOf(mailbox)).toEqual([]);
      },
    );

    test('what is older than a moment is removed, from all mailboxes of that organization', async () => {
      const organization = uniqueOrganization();
      const [first, second] = [uniqueMailbox(organization), uniqueMailbox(organization)];
      const elsewhere = { ...first, organizationId: `${organization}0` as typeof organization };
      const old = Array.from({ length: 120 }, (_, index) =>
        journalEntry(first, `old${index}`, { at: minute(index % 60), recordId: record(`r${index % 7}`) }),
      );
      await store.append([
        ...old,
        journalEntry(first, 'new', { at: minute(60) }),
        journalEntry(second, 'old', { at: minute(59) }),
        journalEntry(elsewhere, 'theirs', { at: minute(1) }),
      ]);
      expect(await store.removeOlderThan(organization, minute(60))).toBe(121);
      expect(await store.removeOlderThan(organization, minute(60))).toBe(0);
      expect(await idsOf(first)).toEqual(['new']);
      expect(await idsOf(first, { recordId: record('r1') })).toEqual(['new']);
      expect(await store.find(first, 'old3')).toBeUndefined();
      expect(await store.find(first, 'new')).toBeDefined();
      expect(await idsOf(second)).toEqual([]);
      expect(await idsOf(elsewhere)).toEqual(['theirs']);
    });

    test('mailboxes and organizations have journals of their own', async () => {
      const mailbox = uniqueMailbox();
      await store.append([journalEntry(mailbox, 'e1')]);
      const longer = { ...mailbox, mailboxId: `${mailbox.mailboxId}0` as MailboxId };
      for (const other of [longer, { ...mailbox, organizationId: uniqueOrganization() }]) {
        expect(await idsOf(other)).toEqual([]);
        expect(await store.find(other, 'e1')).toBeUndefined();
      }
    });
  });
}
