import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ItemId, RecordId } from '../../shared/domain/ids.ts';
import type {
  IntentMapping,
  ItemClaim,
  LiveMapping,
  MailboxKey,
  TombstoneMapping,
} from '../../shared/domain/item-mapping.ts';
import { ItemMapping } from '../../shared/domain/item-mapping.ts';
import type { MappingStore } from '../../shared/ports/mapping-store.ts';
import type { Stored } from '../../shared/ports/stored.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { awkwardIds, uniqueMailbox } from '../support/unique-mailbox.ts';

const recordId = (id: string) => id as RecordId;
const itemId = (id: string) => id as ItemId;

function intent(record: string, attemptId = 'attempt-1'): IntentMapping {
  return ItemMapping.parse({
    state: 'intent',
    recordId: record,
    origin: 'crm',
    generation: 0,
    attemptId,
    leaseUntil: '2026-01-05T09:03:00Z',
    start: '2026-01-06T09:00:00Z',
    end: '2026-01-06T10:00:00.000Z',
  }) as IntentMapping;
}

function live(record: string, item: string, fields: Partial<LiveMapping> = {}): LiveMapping {
  const mapping = ItemMapping.parse({
    state: 'live',
    recordId: record,
    origin: 'exchange',
    generation: 2,
    itemId: item,
    changeKey: 'CQAAABYAAAD+/=',
    iCalUid: '040000008200E00074C5B7101A82E008',
    crmVersion: '12345678901234567890123456789',
    agreed: { crm: { subject: 'ab', time: 'cd' }, exchange: { subject: 'ef' } },
    confirmed: false,
  }) as LiveMapping;
  return { ...mapping, ...fields };
}

function tombstone(record: string): TombstoneMapping {
  return ItemMapping.parse({
    state: 'tombstone',
    recordId: record,
    origin: 'crm',
    generation: 0,
    crmVersion: '7',
    deletedAt: '2026-01-05T09:00:00.000Z',
    deletedBy: 'exchange',
  }) as TombstoneMapping;
}

const claim = (operationId: string, generation = 0): ItemClaim => ({
  operationId,
  leaseUntil: '2026-01-05T09:03:00.000Z',
  generation,
  made: { crm: { subject: 'aa' }, exchange: { subject: 'bb', time: 'cc' } },
});

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected a value');
  return value;
}

/** What every mapping store must do, whatever it keeps its rows in. */
export function describeMappingStore(name: string, create: () => Promise<MappingStore>): void {
  describe(`the mapping store of ${name}`, () => {
    let store: MappingStore;
    beforeAll(async () => {
      store = await create();
    });

    const findOne = async (mailbox: MailboxKey, record: string) =>
      (await store.findByRecords(mailbox, [recordId(record)])).get(recordId(record));
    const entryOf = async (mailbox: MailboxKey, item: string) =>
      (await store.findByItems(mailbox, [itemId(item)])).get(itemId(item));
    const insertOne = async (mailbox: MailboxKey, mapping: IntentMapping): Promise<Stored<IntentMapping>> =>
      present((await store.insertIntents(mailbox, [mapping]))[0]);
    const saveOne = async (mailbox: MailboxKey, mapping: LiveMapping): Promise<string> =>
      present((await store.saveLive(mailbox, [{ mapping }]))[0]);

    describe('intents', () => {
      test('an intent is found as it was inserted, with the etag of the insert', async () => {
        const mailbox = uniqueMailbox();
        const inserted = await insertOne(mailbox, intent('r1'));
        expect(inserted.value).toEqual(intent('r1'));
        expect(await findOne(mailbox, 'r1')).toEqual(inserted);
      });

      test('of several intents each gets its own outcome', async () => {
        const mailbox = uniqueMailbox();
        await insertOne(mailbox, intent('r2', 'earlier'));
        const outcomes = await store.insertIntents(
          mailbox,
          ['r1', 'r2', 'r3'].map((record) => intent(record, 'later')),
        );
        expect(outcomes.map((outcome) => outcome?.value.recordId)).toEqual(['r1', undefined, 'r3']);
        expect((await findOne(mailbox, 'r2'))?.value).toEqual(intent('r2', 'earlier'));
        expect(await findOne(mailbox, 'r3')).toEqual(outcomes[2]);
      });

      test('of twenty who insert the same records at once, one wins each', async () => {
        const mailbox = uniqueMailbox();
        const tries = Array.from({ length: 20 }, (_, index) =>
          store.insertIntents(mailbox, [intent('r1', `attempt-${index}`), intent('r2', `attempt-${index}`)]),
        );
        const outcomes = await Promise.all(tries);
        for (const [position, record] of ['r1', 'r2'].entries()) {
          const winners = outcomes.map((outcome) => outcome[position]).filter((outcome) => outcome !== undefined);
          expect(winners).toHaveLength(1);
          expect(await findOne(mailbox, record)).toEqual(winners[0]);
        }
      });

      test('an insert that is repeated because its answer was lost is still ours', async () => {
        const mailbox = uniqueMailbox();
        const first = await insertOne(mailbox, intent('r1', 'mine'));
        expect(await insertOne(mailbox, intent('r1', 'mine'))).toEqual(first);
      });

      test('a record named twice in one call is inserted once', async () => {
        const mailbox = uniqueMailbox();
        const outcomes = await store.insertIntents(mailbox, [intent('r1', 'a'), intent('r1', 'b')]);
        expect(outcomes.map((outcome) => outcome?.value.attemptId)).toEqual(['a', undefined]);
      });

      test('an intent is taken over by who read it last, and by nobody else', async () => {
        const mailbox = uniqueMailbox();
        const first = await insertOne(mailbox, intent('r1', 'a'));
        const second = await store.replaceByIntent(mailbox, first.etag, intent('r1', 'b'));
        await expect(store.replaceByIntent(mailbox, first.etag, intent('r1', 'c'))).rejects.toThrow(StoreConflict);
        expect(await findOne(mailbox, 'r1')).toEqual(second);
      });

      test('an intent cannot replace what is gone', async () => {
        const mailbox = uniqueMailbox();
        const first = await insertOne(mailbox, intent('r1'));
        await store.releaseIntent(mailbox, first);
        await expect(store.replaceByIntent(mailbox, first.etag, intent('r1'))).rejects.toThrow(StoreConflict);
      });

      test('a released intent makes room; releasing again or a changed one does nothing', async () => {
        const mailbox = uniqueMailbox();
        const first = await insertOne(mailbox, intent('r1', 'a'));
        await store.releaseIntent(mailbox, first);
        const second = await insertOne(mailbox, intent('r1', 'b'));
        await store.releaseIntent(mailbox, first);
        expect(await findOne(mailbox, 'r1')).toEqual(second);
      });
    });

    describe('live mappings', () => {
      test('an intent becomes live, and its item leads to its record', async () => {
        const mailbox = uniqueMailbox();
        const { etag } = await insertOne(mailbox, intent('r1'));
        const mapping = live('r1', 'i1');
        const saved = present((await store.saveLive(mailbox, [{ mapping, etag }]))[0]);
        expect(await findOne(mailbox, 'r1')).toEqual({ value: mapping, etag: saved });
        expect(await entryOf(mailbox, 'i1')).toEqual({ state: 'mapped', recordId: 'r1' });
      });

      test('a stale etag is refused and changes neither the mapping nor the rows of items', async () => {
        const mailbox = uniqueMailbox();
        const stale = await saveOne(mailbox, live('r1', 'i1'));
        const now = live('r1', 'i1', { generation: 3 });
        const etag = present((await store.saveLive(mailbox, [{ mapping: now, etag: stale }]))[0]);
        const late = { mapping: live('r1', 'i2'), etag: stale, previousItemId: itemId('i1') };
        expect(await store.saveLive(mailbox, [late])).toEqual([undefined]);
        expect(await findOne(mailbox, 'r1')).toEqual({ value: now, etag });
        expect(await entryOf(mailbox, 'i1')).toEqual({ state: 'mapped', recordId: 'r1' });
        expect(await entryOf(mailbox, 'i2')).toBeUndefined();
      });

      test('an insert is refused where a mapping is, and no item leads to it', async () => {
        const mailbox = uniqueMailbox();
        await insertOne(mailbox, intent('r1'));
        expect(await store.saveLive(mailbox, [{ mapping: live('r1', 'i1') }])).toEqual([undefined]);
        expect((await findOne(mailbox, 'r1'))?.value.state).toBe('intent');
        expect(await entryOf(mailbox, 'i1')).toBeUndefined();
      });

      test('one lost race does not undo its neighbours', async () => {
        const mailbox = uniqueMailbox();
        await insertOne(mailbox, intent('r2'));
        const outcomes = await store.saveLive(
          mailbox,
          ['1', '2', '3'].map((number) => ({ mapping: live(`r${number}`, `i${number}`) })),
        );
        expect(outcomes.map((etag) => etag !== undefined)).toEqual([true, false, true]);
        const items = await store.findByItems(mailbox, ['i1', 'i2', 'i3'].map(itemId));
        expect([...items.keys()].sort()).toEqual(['i1', 'i3']);
        expect((await findOne(mailbox, 'r3'))?.etag).toBe(outcomes[2]);
      });

      test('of twenty who save over the same etag, one wins', async () => {
        const mailbox = uniqueMailbox();
        const etag = await saveOne(mailbox, live('r1', 'i0'));
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            store.saveLive(mailbox, [{ mapping: live('r1', `i${index + 1}`), etag, previousItemId: itemId('i0') }]),
          ),
        );
        expect(outcomes.filter(([outcome]) => outcome !== undefined)).toHaveLength(1);
        const winner = outcomes.findIndex(([outcome]) => outcome !== undefined) + 1;
        const all = Array.from({ length: 21 }, (_, index) => itemId(`i${index}`));
        expect([...(await store.findByItems(mailbox, all)).keys()]).toEqual([`i${winner}`]);
      });

      test('an item under a new id leads to its record, and its old id no more', async () => {
        const mailbox = uniqueMailbox();
        const etag = await saveOne(mailbox, live('r1', 'old'));
        const moved = { mapping: live('r1', 'new'), etag, previousItemId: itemId('old') };
        expect(await store.saveLive(mailbox, [moved])).toEqual([expect.any(String)]);
        expect(await entryOf(mailbox, 'old')).toBeUndefined();
        expect(await entryOf(mailbox, 'new')).toEqual({ state: 'mapped', recordId: 'r1' });
      });

      test('a previous id that leads nowhere, or is the present one, is no obstacle', async () => {
        const mailbox = uniqueMailbox();
        const etag = await saveOne(mailbox, live('r1', 'i1'));
        const gone = { mapping: live('r1', 'i1'), etag, previousItemId: itemId('never seen') };
        const again = present((await store.saveLive(mailbox, [gone]))[0]);
        const same = { mapping: live('r1', 'i1'), etag: again, previousItemId: itemId('i1') };
        expect(await store.saveLive(mailbox, [same])).toEqual([expect.any(String)]);
        expect(await entryOf(mailbox, 'i1')).toEqual({ state: 'mapped', recordId: 'r1' });
      });

      test('two items that trade their ids in one call are kept apart', async () => {
        const mailbox = uniqueMailbox();
        const [first, second] = [await saveOne(mailbox, live('r1', 'i1')), await saveOne(mailbox, live('r2', 'i2'))];
        await store.saveLive(mailbox, [
          { mapping: live('r1', 'i3'), etag: first, previousItemId: itemId('i1') },
          { mapping: live('r2', 'i1'), etag: second, previousItemId: itemId('i2') },
        ]);
        const items = await store.findByItems(mailbox, ['i1', 'i2', 'i3'].map(itemId));
        expect(items).toEqual(
          new Map([
            ['i1', { state: 'mapped', recordId: 'r2' }],
            ['i3', { state: 'mapped', recordId: 'r1' }],
          ]),
        );
      });

      test('more than a transaction holds is saved and found', async () => {
        const mailbox = uniqueMailbox();
        const numbers = Array.from({ length: 120 }, (_, index) => index);
        const outcomes = await store.saveLive(
          mailbox,
          numbers.map((n) => ({ mapping: live(`r${n}`, `i${n}`) })),
        );
        const found = await store.findByRecords(
          mailbox,
          numbers.map((n) => recordId(`r${n}`)),
        );
        expect(outcomes).toEqual(numbers.map((n) => found.get(recordId(`r${n}`))?.etag));
      });

      test('all live mappings of a mailbox are listed, and nothing else', async () => {
        const mailbox = uniqueMailbox();
        await insertOne(mailbox, intent('r0'));
        const etag = await saveOne(mailbox, live('r1', 'i1'));
        await saveOne(uniqueMailbox(mailbox.organizationId), live('r2', 'i2'));
        await store.claimItem(mailbox, itemId('i3'), claim('o1'));
        const listed: Stored<LiveMapping>[] = [];
        for await (const mapping of store.listLive(mailbox)) listed.push(mapping);
        expect(listed).toEqual([{ value: live('r1', 'i1'), etag }]);
      });

      test('what is read or saved is a copy', async () => {
        const mailbox = uniqueMailbox();
        const mapping = live('r1', 'i1');
        await saveOne(mailbox, mapping);
        mapping.agreed.crm.subject = 'changed later';
        const read = (await findOne(mailbox, 'r1'))?.value as LiveMapping;
        read.agreed.exchange.subject = 'changed too';
        expect((await findOne(mailbox, 'r1'))?.value).toEqual(live('r1', 'i1'));
      });
    });

    describe('tombstones', () => {
      test('a mapping becomes a tombstone, and its item leads to it no more', async () => {
        const mailbox = uniqueMailbox();
        const etag = await saveOne(mailbox, live('r1', 'i1'));
        const [saved] = await store.saveTombstones(mailbox, [{ mapping: tombstone('r1'), etag, itemId: itemId('i1') }]);
        expect(await findOne(mailbox, 'r1')).toEqual({ value: tombstone('r1'), etag: saved });
        expect(await entryOf(mailbox, 'i1')).toBeUndefined();
      });

      test('a stale tombstone is refused and removes nothing', async () => {
        const mailbox = uniqueMailbox();
        const stale = await saveOne(mailbox, live('r1', 'i1'));
        await store.saveLive(mailbox, [{ mapping: live('r1', 'i1'), etag: stale }]);
        const etag = await saveOne(mailbox, live('r2', 'i2'));
        const outcomes = await store.saveTombstones(mailbox, [
          { mapping: tombstone('r1'), etag: stale, itemId: itemId('i1') },
          { mapping: tombstone('r2'), etag, itemId: itemId('i2') },
          { mapping: tombstone('r3'), etag, itemId: itemId('i3') },
        ]);
        expect(outcomes).toEqual([undefined, expect.any(String), undefined]);
        const items = await store.findByItems(mailbox, ['i1', 'i2'].map(itemId));
        expect([...items.keys()]).toEqual(['i1']);
      });

      test('an intent becomes a tombstone; an item that leads nowhere is no obstacle', async () => {
        const mailbox = uniqueMailbox();
        const { etag } = await insertOne(mailbox, intent('r1'));
        const outcome = await store.saveTombstones(mailbox, [{ mapping: tombstone('r1'), etag, itemId: itemId('i1') }]);
        expect(outcome).toEqual([expect.any(String)]);
      });

      test('a tombstone gives way to an intent of the next life', async () => {
        const mailbox = uniqueMailbox();
        const etag = await saveOne(mailbox, live('r1', 'i1'));
        const [saved] = await store.saveTombstones(mailbox, [{ mapping: tombstone('r1'), etag, itemId: itemId('i1') }]);
        const next = { ...intent('r1'), generation: 1 };
        await store.replaceByIntent(mailbox, present(saved), next);
        expect((await findOne(mailbox, 'r1'))?.value).toEqual(next);
      });
    });

    describe('claims of items', () => {
      test('of twenty who claim an item, one wins', async () => {
        const mailbox = uniqueMailbox();
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, index) => store.claimItem(mailbox, itemId('i1'), claim(`o${index}`))),
        );
        const winners = outcomes.filter((outcome) => outcome !== undefined);
        expect(winners).toHaveLength(1);
        expect(await entryOf(mailbox, 'i1')).toEqual({ state: 'claimed', claim: winners[0] });
      });

      test('a mapped item cannot be claimed; a claimed one becomes mapped', async () => {
        const mailbox = uniqueMailbox();
        const held = present(await store.claimItem(mailbox, itemId('i1'), claim('o1')));
        await saveOne(mailbox, live('r1', 'i1'));
        expect(await entryOf(mailbox, 'i1')).toEqual({ state: 'mapped', recordId: 'r1' });
        expect(await store.claimItem(mailbox, itemId('i1'), claim('o2'))).toBeUndefined();
        await store.releaseItemClaim(mailbox, itemId('i1'), held);
        expect(await entryOf(mailbox, 'i1')).toEqual({ state: 'mapped', recordId: 'r1' });
      });

      test('a series is remembered, changed by who read it last, and forgotten', async () => {
        const [item, box] = [itemId('AAMk-series'), uniqueMailbox()];
        const first = { uid: 'uid', originalStarts: ['2026-01-12T09:00:00.000Z'], recordId: recordId('r-1') };
        const etag = await store.saveSeries(box, item, first);
        await expect(store.saveSeries(box, item, first)).rejects.toThrow(StoreConflict);
        expect(await entryOf(box, item)).toEqual({
          state: 'series',
          series: { value: first, etag },
        });
        const next = { uid: 'uid', originalStarts: [] };
        const changed = await store.saveSeries(box, item, next, etag);
        await expect(store.saveSeries(box, item, first, etag)).rejects.toThrow(StoreConflict);
        await store.removeSeries(box, item, etag);
        expect(await entryOf(box, item)).toEqual({
          state: 'series',
          series: { value: next, etag: changed },
        });
        await store.removeSeries(box, item, changed);
        expect(await entryOf(box, item)).toBeUndefined();
      });

      test('a series gives way to the record that its item gets', async () => {
        const [item, box] = [itemId('AAMk-series'), uniqueMailbox()];
        await store.saveSeries(box, item, { uid: 'uid', originalStarts: [] });
        await store.saveLive(box, [{ mapping: live('r-1', item) }]);
        expect(await entryOf(box, item)).toEqual({ state: 'mapped', recordId: 'r-1' });
      });

      test('a claim is renewed by who holds it, and released by them only', async () => {
        const mailbox = uniqueMailbox();
        const first = present(await store.claimItem(mailbox, itemId('i1'), claim('o1')));
        const second = await store.renewItemClaim(mailbox, itemId('i1'), first.etag, claim('o1', 1));
        await expect(store.renewItemClaim(mailbox, itemId('i1'), first.etag, claim('o2'))).rejects.toThrow(
          StoreConflict,
        );
        await store.releaseItemClaim(mailbox, itemId('i1'), first);
        expect(await entryOf(mailbox, 'i1')).toEqual({ state: 'claimed', claim: second });
        await store.releaseItemClaim(mailbox, itemId('i1'), second);
        await store.releaseItemClaim(mailbox, itemId('i1'), second);
        expect(await entryOf(mailbox, 'i1')).toBeUndefined();
      });
    });

    describe('homes of records', () => {
      test('who claims first gives the record its home', async () => {
        const [mine, theirs] = [uniqueMailbox(), uniqueMailbox()];
        const homes = await Promise.all(
          Array.from({ length: 20 }, (_, index) => {
            const mailboxId = index % 2 === 0 ? mine.mailboxId : theirs.mailboxId;
            return store.claimHome(mine.organizationId, recordId('r1'), { mailboxId, generation: index });
          }),
        );
        const [first] = homes;
        for (const home of homes) expect(home).toEqual(first);
        expect(await store.findHome(mine.organizationId, recordId('r1'))).toEqual(first);
      });

      test('a home is moved once for each reading of it', async () => {
        const { organizationId, mailboxId } = uniqueMailbox();
        const next = { mailboxId: uniqueMailbox().mailboxId, generation: 1 };
        const first = await store.claimHome(organizationId, recordId('r1'), { mailboxId, generation: 0 });
        const moved = await store.moveHome(organizationId, recordId('r1'), first.etag, next);
        await expect(store.moveHome(organizationId, recordId('r1'), first.etag, first.value)).rejects.toThrow(
          StoreConflict,
        );
        expect(await store.findHome(organizationId, recordId('r1'))).toEqual(moved);
        expect(moved.value).toEqual(next);
      });

      test('a record nobody claimed has none', async () => {
        expect(await store.findHome(uniqueMailbox().organizationId, recordId('r1'))).toBeUndefined();
      });
    });

    test.each(awkwardIds)('keeps a record and an item that are called %j', async (id) => {
      const mailbox = uniqueMailbox();
      const mapping = live(id, `${id} item`, { iCalUid: id });
      const etag = await saveOne(mailbox, mapping);
      expect(await findOne(mailbox, id)).toEqual({ value: mapping, etag });
      expect(await entryOf(mailbox, `${id} item`)).toEqual({ state: 'mapped', recordId: id });
      await store.claimHome(mailbox.organizationId, recordId(id), { mailboxId: mailbox.mailboxId, generation: 0 });
      expect((await store.findHome(mailbox.organizationId, recordId(id)))?.value.mailboxId).toBe(mailbox.mailboxId);
    });

    test('keeps records apart whose ids look alike in a key', async () => {
      const mailbox = uniqueMailbox();
      const records = ['a', 'A', 'YQ', '~YQ', '~~YQ', 'a ', '%61'];
      await store.insertIntents(
        mailbox,
        records.map((record) => intent(record)),
      );
      const found = await store.findByRecords(mailbox, records.map(recordId));
      expect([...found].every(([record, { value }]) => value.recordId === record)).toBe(true);
      expect(found.size).toBe(records.length);
    });

    test('organizations and mailboxes never see each other', async () => {
      const mailbox = uniqueMailbox();
      const sameNameElsewhere = { ...mailbox, organizationId: uniqueMailbox().organizationId };
      const neighbour = uniqueMailbox(mailbox.organizationId);
      await saveOne(mailbox, live('r1', 'i1'));
      await store.claimHome(mailbox.organizationId, recordId('r1'), { mailboxId: mailbox.mailboxId, generation: 0 });
      for (const other of [sameNameElsewhere, neighbour]) {
        expect(await findOne(other, 'r1')).toBeUndefined();
        expect(await entryOf(other, 'i1')).toBeUndefined();
      }
      expect(await store.findHome(sameNameElsewhere.organizationId, recordId('r1'))).toBeUndefined();
    });
  });
}
