import { describe, expect, test } from '@jest/globals';
import { type CrmSuite, draftOf } from './crm-under-test.ts';

/** The one feed of all records, and what else a CRM is asked. */
export function describeCrmFeed({ hands, crm, connection }: CrmSuite): void {
  describe('the feed', () => {
    const { create, read, changesSince } = hands;

    test('starts with now and nothing listed, then lists every change of both kinds in the order of commits', async () => {
      const { users, gateway } = crm();
      await users.create('activity', 'Before');
      const begin = await gateway.listChanges(connection(), undefined, 300);
      expect({ changes: begin.changes, more: begin.more }).toEqual({ changes: [], more: false });
      const a = await users.create('activity', 'A');
      const b = await create(draftOf.activity);
      const c = await users.create('contact', 'C');
      await users.rename(a.id, 'A2');
      await users.delete(b.id);
      await users.rename(c.id, 'C2');
      const { changes, watermark } = await changesSince(begin.watermark);
      const order = changes.map(({ kind, recordId }) => `${kind} ${recordId}`);
      expect(order.slice(-3)).toEqual([`updated ${a.id}`, `deleted ${b.id}`, `updated ${c.id}`]);
      expect(new Set(changes.map(({ recordId }) => recordId))).toEqual(new Set([a.id, b.id, c.id]));
      expect(changes.every(({ ownerId }) => ownerId === 'rep1')).toBe(true);
      const deletion = await read(b.id);
      expect(changes.findLast(({ recordId }) => recordId === b.id)?.version).toBe(
        deletion?.state === 'deleted' ? deletion.version : '',
      );
      const after = await gateway.listChanges(connection(), watermark, 0);
      expect(after).toEqual({ changes: [], watermark, more: false });
    });

    test('lists an overlap again, and comes to an end although every call asks for it', async () => {
      const { users, gateway } = crm();
      const { watermark: begin } = await gateway.listChanges(connection(), undefined, 0);
      const made = await users.create('activity', 'Overlap');
      const { watermark: end } = await gateway.listChanges(connection(), begin, 0);
      let listed = 0;
      for (let at = end, more = true, pages = 0; more; pages += 1) {
        expect(pages).toBeLessThan(200);
        const page = await gateway.listChanges(connection(), at, 300);
        listed += page.changes.filter(({ recordId }) => recordId === made.id).length;
        ({ watermark: at, more } = page);
      }
      expect(listed).toBe(1);
    });
  });

  describe('the CRM', () => {
    test('reads records of both kinds at once, and nothing when asked for nothing', async () => {
      const { users, gateway } = crm();
      const [a, c, b] = [
        await users.create('activity', 'A'),
        await users.create('contact', 'C'),
        await users.create('activity', 'B'),
      ];
      const reads = await gateway.readRecords(connection(), [a.id, c.id, b.id]);
      expect(reads).toEqual([a, c, b].map((record) => ({ state: 'present', record })));
      expect(await gateway.readRecords(connection(), [])).toEqual([]);
    });

    test('makes an activity and a contact for one operation id: each kind has its own', async () => {
      const same = hands.operation('shared');
      const [activity, contact] = [await create(draftOf.activity, same), await create(draftOf.contact, same)];
      expect([activity.kind, contact.kind]).toEqual(['activity', 'contact']);
      for (const record of [activity, contact])
        expect(await crm().gateway.findRecordByOperation(connection(), record.kind, same)).toEqual(record);
    });

    const { create } = hands;

    test('names the users with their addresses, and answers a probe', async () => {
      const users = await crm().gateway.listUsers(connection());
      expect(users).toContainEqual(
        expect.objectContaining({ id: 'rep1', email: 'rep1@contoso.example', active: true }),
      );
      await crm().gateway.probe(connection());
    });
  });
}
