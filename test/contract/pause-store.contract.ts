import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Change, PausedScope } from '../../shared/domain/change-message.ts';
import { CrmChange, ExchangeChange } from '../../shared/domain/change-message.ts';
import type { OrganizationId, ProfileId } from '../../shared/domain/ids.ts';
import type { MailboxKey } from '../../shared/domain/item-mapping.ts';
import type { Pause, PauseStore } from '../../shared/ports/pause-store.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { awkwardIds, uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const pause = (scope: PausedScope, fields: Partial<Pause> = {}): Pause => ({
  id: 'pause-1',
  scope,
  since: '2026-01-05T09:00:00Z',
  until: '2026-01-05T09:05:00.000Z',
  code: 'ErrorServerBusy',
  times: 1,
  ...fields,
});
const profileOf = (organizationId: OrganizationId): PausedScope => ({
  kind: 'profile',
  organizationId,
  profileId: 'main' as ProfileId,
});
const recordChange = (organizationId: OrganizationId, recordId: string, version = '1'): Change =>
  CrmChange.parse({
    kind: 'crmChange',
    schema: 1,
    organizationId,
    reason: 'updated',
    seenAt: '2026-01-05T09:00:00Z',
    recordId,
    version,
    ownerId: 'u/1',
  });
const itemChange = ({ organizationId, mailboxId }: MailboxKey, itemId: string): Change =>
  ExchangeChange.parse({
    kind: 'exchangeChange',
    schema: 1,
    organizationId,
    mailboxId,
    reason: 'created',
    seenAt: '2026-01-05T09:00:00Z',
    itemId,
    changeKey: 'ck',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  });

/** What every store of pauses must do, whatever it keeps its rows in. */
export function describePauseStore(name: string, create: () => Promise<PauseStore>): void {
  describe(`the pause store of ${name}`, () => {
    let store: PauseStore;
    beforeAll(async () => {
      store = await create();
    });

    test('a mailbox, a profile and the CRM connection are paused each on its own', async () => {
      const mailbox = uniqueMailbox();
      const { organizationId } = mailbox;
      const pauses = [
        pause({ kind: 'mailbox', ...mailbox }, { id: 'a' }),
        pause(profileOf(organizationId), { id: 'b', refusedSecretVersion: 'v1' }),
        pause({ kind: 'crmConnection', organizationId }, { id: 'c', times: 7 }),
      ];
      for (const one of pauses) {
        const etag = await store.save(one);
        expect(await store.find(one.scope)).toEqual({ value: one, etag });
      }
      const listed = await store.list(organizationId);
      expect(listed).toHaveLength(3);
      expect(listed).toEqual(expect.arrayContaining(pauses));
      expect(await store.list(uniqueOrganization())).toEqual([]);
      expect(await store.find(profileOf(uniqueOrganization()))).toBeUndefined();
    });

    test('of twenty who begin a pause at once, one does', async () => {
      const scope = profileOf(uniqueOrganization());
      const saves = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => store.save(pause(scope, { id: `pause-${index}` }))),
      );
      const winner = saves.findIndex((save) => save.status === 'fulfilled');
      expect(saves.filter((save) => save.status === 'fulfilled')).toHaveLength(1);
      expect((await store.find(scope))?.value.id).toBe(`pause-${winner}`);
    });

    test('a pause is prolonged by who read it last', async () => {
      const scope = profileOf(uniqueOrganization());
      const stale = await store.save(pause(scope, { refusedSecretVersion: 'v1' }));
      await store.save(pause(scope, { id: 'pause-2', times: 2 }), stale);
      await expect(store.save(pause(scope, { id: 'pause-3' }), stale)).rejects.toThrow(StoreConflict);
      expect((await store.find(scope))?.value).toEqual(pause(scope, { id: 'pause-2', times: 2 }));
    });

    test('a pause that changed since it was read is not removed; one that is gone is no trouble', async () => {
      const scope = profileOf(uniqueOrganization());
      const stale = { value: pause(scope), etag: await store.save(pause(scope)) };
      const fresh = { value: pause(scope), etag: await store.save(pause(scope), stale.etag) };
      await expect(store.remove(stale)).rejects.toThrow(StoreConflict);
      expect(await store.find(scope)).toEqual(fresh);
      await store.remove(fresh);
      await store.remove(fresh);
      expect(await store.find(scope)).toBeUndefined();
    });

    describe('changes held back', () => {
      test('many changes of one record are one row: the last', async () => {
        const { organizationId, mailboxId } = uniqueMailbox();
        for (const version of ['1', '2', '3']) {
          await store.hold(organizationId, { mailboxId, change: recordChange(organizationId, 'r1', version) });
        }
        const held = await take(store.held(organizationId, mailboxId), 10);
        expect(held.map(({ value }) => value)).toEqual([
          { mailboxId, change: recordChange(organizationId, 'r1', '3') },
        ]);
      });

      test('what waits is listed for a mailbox or for the organization, up to the limit', async () => {
        const first = uniqueMailbox();
        const { organizationId } = first;
        const second = uniqueMailbox(organizationId);
        const elsewhere = { ...first, organizationId: uniqueOrganization() };
        for (const mailbox of [first, second, elsewhere]) {
          const { mailboxId } = mailbox;
          await store.hold(mailbox.organizationId, { mailboxId, change: itemChange(mailbox, 'i1') });
          await store.hold(mailbox.organizationId, { mailboxId, change: itemChange(mailbox, 'i2') });
        }
        expect(await take(store.held(organizationId, first.mailboxId), 10)).toHaveLength(2);
        expect(await take(store.held(organizationId, undefined), 10)).toHaveLength(4);
        expect(await take(store.held(organizationId, undefined), 3)).toHaveLength(3);
        expect(await take(store.held(organizationId, undefined), 0)).toEqual([]);
        const [row] = await take(store.held(elsewhere.organizationId, undefined), 1);
        expect(row?.value.change).toMatchObject({ organizationId: elsewhere.organizationId });
      });

      test('an organization whose id begins like another’s sees its own rows only', async () => {
        const mailbox = uniqueMailbox();
        const longer = `${mailbox.organizationId}-2` as OrganizationId;
        const { mailboxId } = mailbox;
        await store.hold(longer, { mailboxId, change: recordChange(longer, 'r1') });
        expect(await take(store.held(mailbox.organizationId, undefined), 10)).toEqual([]);
      });

      test('what was sent on is removed, unless it changed since it was read', async () => {
        const { organizationId, mailboxId } = uniqueMailbox();
        const records = Array.from({ length: 45 }, (_, index) => `r${index}`);
        for (const record of records) {
          await store.hold(organizationId, { mailboxId, change: recordChange(organizationId, record) });
        }
        const read = await take(store.held(organizationId, mailboxId), 100);
        expect(read).toHaveLength(45);
        await store.hold(organizationId, { mailboxId, change: recordChange(organizationId, 'r7', '2') });
        await store.release(organizationId, read);
        await store.release(organizationId, read);
        const left = await take(store.held(organizationId, mailboxId), 100);
        expect(left.map(({ value }) => value.change)).toEqual([recordChange(organizationId, 'r7', '2')]);
      });

      test.each(awkwardIds)('a record and an item called %j wait as others do', async (id) => {
        const mailbox = uniqueMailbox();
        const { organizationId, mailboxId } = mailbox;
        await store.hold(organizationId, { mailboxId, change: recordChange(organizationId, id) });
        await store.hold(organizationId, { mailboxId, change: itemChange(mailbox, id) });
        const held = await take(store.held(organizationId, mailboxId), 10);
        expect(held.map(({ value }) => value.change)).toEqual(
          expect.arrayContaining([recordChange(organizationId, id), itemChange(mailbox, id)]),
        );
      });
    });
  });
}

/** The first so many of what is held. */
async function take<T>(rows: AsyncIterable<T>, limit: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const row of rows) {
    if (taken.length === limit) break;
    taken.push(row);
  }
  return taken;
}
