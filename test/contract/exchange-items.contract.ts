import { describe, expect, test } from '@jest/globals';
import type { ItemKind } from '../../shared/domain/item.ts';
import { type ExchangeUnderTest, errorIn, hands, nameOf, renamed, valueIn } from './exchange-under-test.ts';

/** What holds for items of every kind. */
export function describeItems(kind: ItemKind, under: () => ExchangeUnderTest): void {
  describe(`${kind}s`, () => {
    const { stampOf, draftOf, createAll, createOne, readAll, readOne, updateOne, deleteOne, find } = hands(kind, under);

    test('creates more than one batch, in the order of the input', async () => {
      const count = under().gateway.capabilities.batchSize + 3;
      const drafts = Array.from({ length: count }, (_, index) => draftOf(`r-${index}`));
      const items = (await createAll(drafts)).map(valueIn);
      expect(new Set(items.map((item) => item.itemId)).size).toBe(count);
      const read = await readAll(items.map((item) => item.itemId));
      expect(read.map((outcome) => valueIn(outcome).stamp)).toEqual(drafts.map((one) => one.stamp));
    });

    test('changes only the fields of the patch and gives a new change key', async () => {
      const item = await createOne('r-1');
      const before = valueIn(await readOne(item.itemId));
      const changed = valueIn(await updateOne(item, renamed(kind, 'Another')));
      expect(changed.itemId).toBe(item.itemId);
      expect(changed.changeKey).not.toBe(item.changeKey);
      const { modifiedAt, rawBody, ...after } = valueIn(await readOne(item.itemId));
      const { modifiedAt: _modifiedAt, rawBody: _rawBody, ...rest } = before;
      expect(after).toEqual({ ...rest, ...renamed(kind, 'Another'), changeKey: changed.changeKey });
      expect([Number.isFinite(Date.parse(modifiedAt ?? '')), rawBody]).toEqual([true, expect.any(String)]);
    });

    test('changes nothing where the patch says nothing', async () => {
      const item = await createOne('r-1');
      expect(valueIn(await updateOne(item, { kind }))).toEqual(item);
    });

    test('changes the stamp', async () => {
      const item = await createOne('r-1');
      valueIn(await updateOne(item, { kind, stamp: stampOf('r-2') }));
      expect(valueIn(await readOne(item.itemId)).stamp).toEqual(stampOf('r-2'));
      expect([await find('r-1'), (await find('r-2')).length]).toEqual([[], 1]);
    });

    test('takes the stamp off', async () => {
      const item = await createOne('r-1');
      valueIn(await updateOne(item, { kind, stamp: null }));
      expect(valueIn(await readOne(item.itemId)).stamp).toBeUndefined();
      expect(await find('r-1')).toEqual([]);
    });

    test('refuses a write over a change it has not seen', async () => {
      const item = await createOne('r-1');
      await under().user.edits(item, 'By the user', kind);
      expect(errorIn(await updateOne(item, renamed(kind, 'Ours'))).kind).toBe('conflict');
      expect(nameOf(valueIn(await readOne(item.itemId)))).toBe('By the user');
    });

    test('refuses a second write with the change key of before the first', async () => {
      const item = await createOne('r-1');
      valueIn(await updateOne(item, renamed(kind, 'First')));
      expect(errorIn(await updateOne(item, renamed(kind, 'Second'))).kind).toBe('conflict');
    });

    test('says notFound for an item that the user deleted, on reading, changing and deleting', async () => {
      const item = await createOne('r-1');
      const other = await createOne('r-2');
      await under().user.deletes(item);
      const read = await readAll([item.itemId, other.itemId]);
      expect([errorIn(read[0]).kind, nameOf(valueIn(read[1]))]).toEqual(['notFound', 'Visit r-2']);
      expect(errorIn(await updateOne(item, renamed(kind, 'x'))).kind).toBe('notFound');
      expect(errorIn(await deleteOne(item)).kind).toBe('notFound');
    });

    test('says notFound for an item of another mailbox', async () => {
      const item = await createOne('r-1');
      const outcomes = await under().gateway.readItems(under().otherAccess, kind, [item.itemId]);
      expect(outcomes[0]?.ok).toBe(false);
    });

    test('deletes into Deleted Items, where the stamp is found', async () => {
      const item = await createOne('r-1');
      valueIn(await deleteOne(item));
      expect(errorIn(await readOne(item.itemId)).kind).toBe('notFound');
      expect((await find('r-1')).map((one) => one.place)).toEqual(['deletedItems']);
    });

    test('finds a stamp in the folder, and none that was never written', async () => {
      const item = await createOne('r-1');
      await createOne('r-2');
      expect(await find('r-1')).toEqual([{ ...item, place: 'folder' }]);
      expect(await find('r-3')).toEqual([]);
    });

    test('finds an item and its copy, which carries the same stamp', async () => {
      const item = await createOne('r-1');
      const copy = await under().user.copies(item);
      const found = await find('r-1');
      expect(new Set(found.map(({ itemId }) => itemId))).toEqual(new Set([item.itemId, copy.itemId]));
      expect(found.map(({ place }) => place)).toEqual(['folder', 'folder']);
    });

    test('finds a stamped item that the user moved out of the folder, under its new id', async () => {
      const item = await createOne('r-1');
      const moved = await under().user.moves(item);
      expect(await find('r-1')).toEqual([moved]);
      expect(moved.itemId).not.toBe(item.itemId);
    });

    test('never reads out or lists a private item', async () => {
      const item = await under().user.creates({ kind, subject: 'Doctor', private: true });
      const error = errorIn(await readOne(item.itemId));
      expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'notFound', code: 'PrivateItem' });
      const window = { from: '2026-05-01T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z' };
      expect(await hands(kind, under).listAll(window)).toEqual([]);
    });

    test('answers the probe', async () => {
      await expect(under().gateway.probe(under().access, kind)).resolves.toBeUndefined();
    });

    test('takes empty batches', async () => {
      const { gateway, access } = under();
      expect(await gateway.readItems(access, kind, [])).toEqual([]);
      expect(await gateway.createItems(access, [], 'none')).toEqual([]);
      expect(await gateway.updateItems(access, [], 'none')).toEqual([]);
      expect(await gateway.deleteItems(access, kind, [], 'none')).toEqual([]);
    });
  });
}
