import { describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../shared/domain/ids.ts';
import type { ItemKind } from '../../shared/domain/item.ts';
import type { ItemChange } from '../../shared/ports/exchange-gateway.ts';
import { type ExchangeUnderTest, hands, nameOf } from './exchange-under-test.ts';

const kindsById = (changes: readonly ItemChange[]): ReadonlyMap<ItemId, ItemChange['kind']> =>
  new Map(changes.map((change) => [change.itemId, change.kind]));
const idsOf = (items: readonly { itemId: ItemId }[]) => new Set(items.map(({ itemId }) => itemId));
const window = { from: '2026-06-01T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z' };

/** How the folder of a kind tells of its changes, and of all it has. */
export function describeFeeds(kind: ItemKind, under: () => ExchangeUnderTest): void {
  describe(`the folder of ${kind}s`, () => {
    const { createOne, readOne, updateOne, allChanges, listAll } = hands(kind, under);
    const creates = (subject: string) => under().user.creates({ kind, subject });

    test('lists everything as created without a state, then only what changed', async () => {
      const [kept, edited, deleted] = [await creates('Kept'), await creates('Edited'), await creates('Deleted')];
      const first = await allChanges();
      expect(kindsById(first.changes)).toEqual(
        new Map([kept, edited, deleted].map((item) => [item.itemId, 'created' as const])),
      );
      const after = await under().user.edits(edited, 'Edited again', kind);
      await under().user.deletes(deleted);
      const made = await createOne('r-1');
      const second = await allChanges(first.syncState);
      expect(kindsById(second.changes)).toEqual(
        new Map([
          [edited.itemId, 'updated'],
          [deleted.itemId, 'deleted'],
          [made.itemId, 'created'],
        ]),
      );
      const keys = new Map(second.changes.map((change) => [change.itemId, change.changeKey]));
      expect([keys.get(edited.itemId), keys.get(deleted.itemId)]).toEqual([after.changeKey, undefined]);
      expect((await allChanges(second.syncState)).changes).toEqual([]);
      expect(kindsById((await allChanges(first.syncState)).changes)).toEqual(kindsById(second.changes));
    });

    test('tells of an item that left the folder as deleted', async () => {
      const item = await createOne('r-1');
      const { syncState } = await allChanges();
      await under().user.moves(item);
      const { changes } = await allChanges(syncState);
      expect(changes).toEqual([{ kind: 'deleted', itemId: item.itemId, changeKey: undefined }]);
    });

    test('tells of our own writes with the change key that they gave', async () => {
      const item = await createOne('r-1');
      const { changes, syncState } = await allChanges();
      expect(changes).toEqual([{ ...item, kind: 'created' }]);
      const changed = await updateOne(item, { kind, stamp: hands(kind, under).stampOf('r-2') });
      expect((await allChanges(syncState)).changes).toEqual([{ ...(changed?.ok && changed.value), kind: 'updated' }]);
    });

    test('tells of a change key that moved by itself, and the item is as it was', async () => {
      const item = await createOne('r-1');
      const before = await readOne(item.itemId);
      const { syncState } = await allChanges();
      const touched = await under().user.touches(item);
      expect(touched.changeKey).not.toBe(item.changeKey);
      expect((await allChanges(syncState)).changes).toEqual([{ ...touched, kind: 'updated' }]);
      const unmoved = { changeKey: '', modifiedAt: '' };
      const after = await readOne(item.itemId);
      expect(after?.ok && { ...after.value, ...unmoved }).toEqual(before?.ok && { ...before.value, ...unmoved });
    });

    test('says nothing of items of other kinds', async () => {
      const { syncState } = await allChanges();
      for (const other of ['appointment', 'task', 'contact'] as const)
        if (other !== kind) await hands(other, under).createOne('r-1');
      expect((await allChanges(syncState)).changes).toEqual([]);
      expect(await listAll(window)).toEqual([]);
    });

    test('asks for a resync when it does not know the state', async () => {
      const { gateway, access } = under();
      const listing = gateway.listChanges(access, kind, Buffer.from('not a state').toString('base64'));
      await expect(listing).rejects.toMatchObject({ name: 'SyncError', remedy: { kind: 'resync' } });
    });

    test('lists everything once with its stamp and without its body, and nothing that was deleted', async () => {
      const made = [];
      for (const recordId of ['r-1', 'r-2', 'r-3', 'r-4', 'r-5']) made.push(await createOne(recordId));
      const [deleted, ...kept] = made;
      if (deleted) await under().user.deletes(deleted);
      const listed = await listAll(window);
      expect(listed).toHaveLength(kept.length);
      expect(idsOf(listed)).toEqual(idsOf(kept));
      expect(listed.map(({ stamp }) => stamp?.recordId).sort()).toEqual(['r-2', 'r-3', 'r-4', 'r-5']);
      expect(listed.map(nameOf).sort()).toEqual(['Visit r-2', 'Visit r-3', 'Visit r-4', 'Visit r-5']);
      expect(listed.every(({ bodyText, rawBody }) => bodyText === '' && rawBody === undefined)).toBe(true);
      expect(new Set(listed.map(({ changeKey }) => changeKey))).toEqual(new Set(kept.map((item) => item.changeKey)));
    });
  });
}
