import { describe, expect, test } from '@jest/globals';
import { type CrmVersion, compareVersions, RecordId } from '../../shared/domain/ids.ts';
import type { SyncError } from '../../shared/domain/sync-error.ts';
import { type RecordKind, recordIdText, recordKindOf } from '../../shared/domain/sync-record.ts';
import { type CrmSuite, draftOf, recordNameOf, rejection, renaming, rep1, rep2 } from './crm-under-test.ts';

/** What holds for records of both kinds. */
export function describeRecords(kind: RecordKind, { hands, crm, connection }: CrmSuite): void {
  describe(kind === 'activity' ? 'an activity' : 'a contact', () => {
    const { create, read, update, remove, operation, changesSince, here, list } = hands;
    const draft = draftOf[kind];
    const idOf = (text: string) => RecordId.parse(recordIdText(kind, text));
    const made = () => create(draft);

    test('is read when it is there, was deleted or never was, in the order asked', async () => {
      const present = await crm().users.create(kind, 'Here');
      const deleted = await crm().users.create(kind, 'Gone');
      await crm().users.delete(deleted.id);
      const asked = [idOf('never / was?'), deleted.id, present.id];
      const reads = await crm().gateway.readRecords(connection(), asked);
      expect(reads.map(({ state }) => state)).toEqual(['missing', 'deleted', 'present']);
      expect(reads[2]).toEqual({ state: 'present', record: present });
      expect(recordKindOf(present.id)).toBe(kind);
      const deletion = reads[1]?.state === 'deleted' ? reads[1].version : ('0' as CrmVersion);
      expect(compareVersions(deletion, deleted.version)).toBeGreaterThan(0);
    });

    test('is made with all that was drafted, of origin exchange', async () => {
      const record = await made();
      expect(record).toMatchObject(draft);
      expect(await read(record.id)).toEqual({ state: 'present', record });
    });

    test('is made once for one operation, however often and at once it is asked', async () => {
      const same = operation();
      const records = await Promise.all([1, 2, 3].map(() => create(draft, same)));
      expect(new Set(records.map(({ id }) => id)).size).toBe(1);
      expect(await create({ ...draft, ...renaming(kind, 'Other') } as typeof draft, same)).toEqual(records[0]);
    });

    test('is found by its operation until it is deleted, and is not made again by it', async () => {
      const same = operation();
      const find = () => crm().gateway.findRecordByOperation(connection(), kind, same);
      expect(await find()).toBeUndefined();
      const record = await create(draft, same);
      expect(await find()).toEqual(record);
      await crm().users.delete(record.id);
      expect(await find()).toBeUndefined();
      expect((await rejection(create(draft, same))).kind).toBe('notFound');
    });

    test('changes in the fields that are named and gets a newer version', async () => {
      const record = await made();
      const changed = await update(record, renaming(kind, 'Moved'));
      const { version, modifiedAt } = changed;
      expect(changed).toEqual({ ...record, ...renaming(kind, 'Moved'), version, modifiedAt });
      expect(compareVersions(version, record.version)).toBeGreaterThan(0);
      expect(await read(record.id)).toEqual({ state: 'present', record: changed });
    });

    test('is left alone when it was changed in the meantime, and that is a conflict', async () => {
      const record = await made();
      await crm().users.rename(record.id, 'By a user');
      expect((await rejection(update(record, renaming(kind, 'By us')))).kind).toBe('conflict');
      expect((await rejection(remove(record))).kind).toBe('conflict');
      const entry = await read(record.id);
      expect(entry?.state === 'present' && recordNameOf(entry.record)).toBe('By a user');
    });

    test('is deleted with a version that reads give from then on; again, it is gone already', async () => {
      const record = await made();
      const version = await remove(record);
      expect(await read(record.id)).toEqual({ state: 'deleted', version });
      expect([version, 'notFound']).toContain(await remove(record).catch((error: SyncError) => error.kind));
    });

    test('cannot be written to when it is gone or never was', async () => {
      const record = await made();
      await crm().users.delete(record.id);
      for (const id of [record.id, idOf('never')])
        expect((await rejection(update({ ...record, id }, renaming(kind, 'x')))).kind).toBe('notFound');
      expect((await rejection(remove({ ...record, id: idOf('never') }))).kind).toBe('notFound');
    });

    test('goes to another owner with a newer version, and the feed names the new owner', async () => {
      const record = await made();
      const begin = await here();
      await crm().users.give(record.id, rep2);
      const entry = await read(record.id);
      const given = entry?.state === 'present' ? entry.record : record;
      expect(given).toMatchObject({ ...draft, ownerId: rep2 });
      expect(compareVersions(given.version, record.version)).toBeGreaterThan(0);
      const { changes } = await changesSince(begin);
      expect(changes).toEqual([{ kind: 'updated', recordId: record.id, version: given.version, ownerId: rep2 }]);
    });

    test('that was restored is there again, newer than its deletion, and the feed tells of it as created', async () => {
      const record = await made();
      const deletion = await remove(record);
      const begin = await here();
      await crm().users.restore(record.id);
      const entry = await read(record.id);
      const restored = entry?.state === 'present' ? entry.record : record;
      expect(compareVersions(restored.version, deletion)).toBeGreaterThan(0);
      const { version, modifiedAt } = restored;
      expect(restored).toEqual({ ...record, version, modifiedAt });
      expect((await changesSince(begin)).changes).toMatchObject([{ kind: 'created', recordId: record.id, version }]);
    });

    test('is read as it was while the CRM lags; writes and the feed are never late', async () => {
      const record = await made();
      const begin = await here();
      await crm().setLags(true);
      try {
        const late = await made();
        const changed = await update(record, renaming(kind, 'Moved'));
        expect(await read(record.id)).toEqual({ state: 'present', record });
        expect(await read(late.id)).toEqual({ state: 'missing' });
        const { changes } = await changesSince(begin);
        expect(changes.map(({ recordId, version }) => [recordId, version])).toEqual([
          [late.id, late.version],
          [record.id, changed.version],
        ]);
      } finally {
        await crm().setLags(false);
      }
      expect(await read(record.id)).toMatchObject({ state: 'present', record: renaming(kind, 'Moved') });
    });

    test('is listed for its owner, each once over all pages, and not when it is deleted', async () => {
      const mine = [];
      for (let count = 0; count < 7; count++) mine.push(await create({ ...draft, ownerId: rep2 }));
      const [deleted, ...kept] = mine;
      if (deleted) await remove(deleted);
      const window = { from: '2030-05-06T00:00:00.000Z', to: '2030-05-07T00:00:00.000Z' };
      const listed = await list({ kind, ownerId: rep2, ...window });
      const ids = listed.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(listed).toEqual(expect.arrayContaining(kept));
      expect(ids).not.toContain(deleted?.id);
      expect(listed.every((record) => record.ownerId === rep2 && record.kind === kind)).toBe(true);
      const others = await list({ kind, ownerId: rep1, ...window });
      expect(others.filter(({ id }) => ids.includes(id))).toEqual([]);
    });
  });
}
