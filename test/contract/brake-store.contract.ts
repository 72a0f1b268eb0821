import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MailboxId, RecordId } from '../../shared/domain/ids.ts';
import type { MailboxKey } from '../../shared/domain/item-mapping.ts';
import { Quarantine } from '../../shared/domain/quarantine.ts';
import type { BrakeStore } from '../../shared/ports/brake-store.ts';
import type { Stored } from '../../shared/ports/stored.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { awkwardIds, uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const record = (id: string) => id as RecordId;
const [nine, ten, eleven] = ['2026-01-05T09:00:00Z', '2026-01-05T10:00:00.000Z', '2026-01-05T11:00:00Z'] as const;

export const quarantineOf = (mailbox: MailboxKey, fields: Partial<Quarantine> = {}): Quarantine => ({
  ...Quarantine.parse({ ...mailbox, id: 'q1', brake: 'massDeletion', since: nine, seen: 12, limit: 0.1 }),
  ...fields,
});

/** What every store of brakes must do, whatever it keeps its rows in. */
export function describeBrakeStore(name: string, create: () => Promise<BrakeStore>): void {
  describe(`the brake store of ${name}`, () => {
    let store: BrakeStore;
    beforeAll(async () => {
      store = await create();
    });
    const onlyFor = async (mailbox: MailboxKey, recordId?: RecordId): Promise<Stored<Quarantine>> => {
      const [only, ...more] = await store.findFor(mailbox, recordId);
      if (only === undefined || more.length > 0) throw new Error('expected one quarantine');
      return only;
    };

    describe('quarantines', () => {
      test('a mailbox without any has none', async () => {
        expect(await store.findFor(uniqueMailbox())).toEqual([]);
        expect(await store.findFor(uniqueMailbox(), record('r1'))).toEqual([]);
        expect(await store.list(uniqueOrganization())).toEqual([]);
      });

      test.each(awkwardIds)('a record called %j stands still alone, a mailbox with all its records', async (id) => {
        const mailbox = uniqueMailbox();
        const ofMailbox = quarantineOf(mailbox);
        const ofRecord = quarantineOf(mailbox, { id: 'q2', recordId: record(id), brake: 'writeLoop' });
        await store.quarantine(ofRecord);
        expect(await store.findFor(mailbox)).toEqual([]);
        expect((await onlyFor(mailbox, record(id))).value).toEqual(ofRecord);
        expect(await store.findFor(mailbox, record('another'))).toEqual([]);
        await store.quarantine(ofMailbox);
        expect((await onlyFor(mailbox)).value).toEqual(ofMailbox);
        expect((await onlyFor(mailbox, record('another'))).value).toEqual(ofMailbox);
        const both = (await store.findFor(mailbox, record(id))).map(({ value }) => value.id);
        expect(both.sort()).toEqual(['q1', 'q2']);
        expect((await store.listActive(mailbox)).map(({ value }) => value.id).sort()).toEqual(['q1', 'q2']);
        const [first] = await store.findFor(mailbox);
        if (first !== undefined) await store.release(first, ten, 'admin');
        expect((await store.listActive(mailbox)).map(({ value }) => value.id)).toEqual(['q2']);
      });

      test('braked again, also by many at once, it stands still since the first time; each brake counts for itself', async () => {
        const mailbox = uniqueMailbox();
        await store.quarantine(quarantineOf(mailbox));
        const later = Array.from({ length: 5 }, (_, index) =>
          quarantineOf(mailbox, { id: `later${index}`, since: ten }),
        );
        await Promise.all(later.map((quarantine) => store.quarantine(quarantine)));
        expect((await onlyFor(mailbox)).value).toEqual(quarantineOf(mailbox));
        await store.quarantine(quarantineOf(mailbox, { id: 'q2', brake: 'mailBudget' }));
        expect((await store.findFor(mailbox)).map(({ value }) => value.brake).sort()).toEqual([
          'mailBudget',
          'massDeletion',
        ]);
      });

      test('of many who brake a mailbox at once one does', async () => {
        const mailbox = uniqueMailbox();
        const many = Array.from({ length: 5 }, (_, index) => quarantineOf(mailbox, { id: `q${index}` }));
        await Promise.all(many.map((quarantine) => store.quarantine(quarantine)));
        expect(many).toContainEqual((await onlyFor(mailbox)).value);
      });

      test('one that was released holds no more, is still listed, and can be braked anew', async () => {
        const mailbox = uniqueMailbox();
        await store.quarantine(quarantineOf(mailbox));
        await store.release(await onlyFor(mailbox), ten, 'admin-1');
        expect(await store.findFor(mailbox)).toEqual([]);
        const released = quarantineOf(mailbox, { releasedAt: ten, releasedBy: 'admin-1' });
        expect(await store.list(mailbox.organizationId)).toEqual([released]);
        await store.quarantine(quarantineOf(mailbox, { id: 'q2', since: eleven }));
        expect((await onlyFor(mailbox)).value).toEqual(quarantineOf(mailbox, { id: 'q2', since: eleven }));
        expect(await store.list(mailbox.organizationId)).toHaveLength(1);
      });

      test('who releases what was released or braked anew meanwhile is told', async () => {
        const mailbox = uniqueMailbox();
        await store.quarantine(quarantineOf(mailbox));
        const stale = await onlyFor(mailbox);
        await store.release(stale, ten, 'admin-1');
        await expect(store.release(stale, ten, 'admin-2')).rejects.toThrow(StoreConflict);
        await store.quarantine(quarantineOf(mailbox, { since: eleven }));
        await expect(store.release(stale, ten, 'admin-2')).rejects.toThrow(StoreConflict);
        expect((await onlyFor(mailbox)).value.releasedAt).toBeUndefined();
      });

      test('all of an organization are listed, newest first, and of no other', async () => {
        const organization = uniqueOrganization();
        const [first, second] = [uniqueMailbox(organization), uniqueMailbox(organization)];
        await store.quarantine(quarantineOf(first, { since: nine }));
        await store.quarantine(quarantineOf(second, { since: eleven, recordId: record('r1') }));
        await store.quarantine(quarantineOf(second, { since: ten }));
        await store.quarantine(quarantineOf({ ...first, organizationId: uniqueOrganization() }));
        await store.add(first, 'writes', nine, 1);
        expect((await store.list(organization)).map(({ since }) => since)).toEqual([eleven, ten, nine]);
        const longer = { ...first, mailboxId: `${first.mailboxId}0` as MailboxId };
        expect(await store.findFor(longer)).toEqual([]);
      });
    });

    describe('counters', () => {
      test.each(awkwardIds)('a counter called %j grows by what is added', async (counter) => {
        const mailbox = uniqueMailbox();
        expect(await store.total(mailbox, counter, nine)).toBe(0);
        expect(await store.add(mailbox, counter, nine, 2)).toBe(2);
        expect(await store.add(mailbox, counter, '2026-01-05T09:00:00.000Z', 3)).toBe(5);
        expect(await store.total(mailbox, counter, nine)).toBe(5);
      });

      test('windows, counters, mailboxes and organizations are counted apart', async () => {
        const mailbox = uniqueMailbox();
        await store.add(mailbox, 'writes', nine, 1);
        expect(await store.total(mailbox, 'writes', ten)).toBe(0);
        expect(await store.total(mailbox, 'mails', nine)).toBe(0);
        expect(await store.total(uniqueMailbox(mailbox.organizationId), 'writes', nine)).toBe(0);
        expect(await store.total({ ...mailbox, organizationId: uniqueOrganization() }, 'writes', nine)).toBe(0);
      });

      test('of ten who add at once each sees a total of its own and nothing is lost', async () => {
        const mailbox = uniqueMailbox();
        const totals = await Promise.all(Array.from({ length: 10 }, () => store.add(mailbox, 'writes', nine, 2)));
        expect(totals.sort((a, b) => a - b)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
        expect(await store.total(mailbox, 'writes', nine)).toBe(20);
      });
    });

    test('old windows and what was released long ago are removed, what still holds is not', async () => {
      const organization = uniqueOrganization();
      const [mailbox, elsewhere] = [uniqueMailbox(organization), uniqueMailbox()];
      for (const hour of [nine, ten, eleven]) await store.add(mailbox, 'writes', hour, 1);
      await store.add(elsewhere, 'writes', nine, 1);
      await store.quarantine(quarantineOf(mailbox, { brake: 'mailBudget' }));
      await store.release(await onlyFor(mailbox), '2026-01-05T09:59:59.999Z', 'admin-1');
      await store.quarantine(quarantineOf(mailbox, { brake: 'errorRate' }));
      await store.release(await onlyFor(mailbox), ten, 'admin-1');
      await store.quarantine(quarantineOf(mailbox));
      expect(await store.removeOlderThan(organization, ten)).toBe(2);
      expect(await store.removeOlderThan(organization, ten)).toBe(0);
      expect(await store.total(mailbox, 'writes', nine)).toBe(0);
      expect(await store.total(mailbox, 'writes', ten)).toBe(1);
      expect(await store.total(elsewhere, 'writes', nine)).toBe(1);
      const kept = (await store.list(organization)).map(({ brake }) => brake);
      expect(kept.sort()).toEqual(['errorRate', 'massDeletion']);
    });
  });
}
