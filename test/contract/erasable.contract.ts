import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MailboxId, OrganizationId } from '../../shared/domain/ids.ts';
import type { EveryStore } from '../support/everything-kept.ts';
import { allKeptOfMailbox, keepAllOfMailbox, keepAllOfOrganization } from '../support/everything-kept.ts';
import { uniqueOrganization } from '../support/unique-mailbox.ts';

const storesOf = (stores: EveryStore) => Object.entries(stores) as [keyof EveryStore, EveryStore[keyof EveryStore]][];

/** Ids of neighbours that begin with another's, and one that might be taken for one of sixteen partitions. */
const neighbours = ['rep1', 'rep10', 'rep1.a', 'rep1-b', 'rep', 'a'] as MailboxId[];

/** What all stores together must do to forget a mailbox or an organization, whatever they keep their rows in. */
export function describeErasure(
  name: string,
  create: () => Promise<EveryStore>,
  traces: (organization: OrganizationId, mailbox?: MailboxId) => Promise<string[]> = async () => [],
): void {
  describe(`erasure in the stores of ${name}`, () => {
    let stores: EveryStore;
    beforeAll(async () => {
      stores = await create();
    });

    test.each(['rep1', 'a'] as MailboxId[])(
      'the mailbox %s leaves nothing, and its neighbours lose nothing',
      async (erased) => {
        const organizationId = uniqueOrganization();
        const elsewhere = `${organizationId}0` as OrganizationId;
        const others = [
          ...neighbours.filter((id) => id !== erased).map((mailboxId) => ({ organizationId, mailboxId })),
          { organizationId: elsewhere, mailboxId: erased },
        ];
        const mailbox = { organizationId, mailboxId: erased };
        for (const each of [mailbox, ...others]) await keepAllOfMailbox(stores, each);
        await keepAllOfOrganization(stores, organizationId);
        const before = await Promise.all(others.map((other) => allKeptOfMailbox(stores, other)));
        expect(Object.keys(before[0] ?? {})).toHaveLength(24);
        expect(Object.keys(await allKeptOfMailbox(stores, mailbox))).toHaveLength(24);

        const removed = new Map<string, number>();
        for (const [store, { eraseMailbox }] of storesOf(stores)) removed.set(store, await eraseMailbox(mailbox));
        expect([...removed].filter(([, count]) => count === 0)).toEqual([['receipts', 0]]);
        expect(await allKeptOfMailbox(stores, mailbox)).toEqual({});
        // an id of one letter is also the name of a partition of sixteen
        if (erased.length > 1) expect(await traces(organizationId, erased)).toEqual([]);
        expect(await Promise.all(others.map((other) => allKeptOfMailbox(stores, other)))).toEqual(before);
        expect(await stores.cursors.findWatermark(organizationId)).toBeDefined();
        expect(await stores.receipts.has(organizationId, 'msg_1')).toBe(true);
        for (const [, { eraseMailbox }] of storesOf(stores)) expect(await eraseMailbox(mailbox)).toBe(0);
      },
    );

    test('an organization that is erased leaves nothing, and one whose name begins like it loses nothing', async () => {
      const organization = uniqueOrganization();
      const other = `${organization}0` as OrganizationId;
      const mailboxes = neighbours.map((mailboxId) => ({ organizationId: organization, mailboxId }));
      const neighbour = { organizationId: other, mailboxId: 'rep1' as MailboxId };
      for (const each of [...mailboxes, neighbour]) await keepAllOfMailbox(stores, each);
      for (const each of [organization, other]) await keepAllOfOrganization(stores, each);
      const before = await allKeptOfMailbox(stores, neighbour);

      for (const [, { eraseOrganization }] of storesOf(stores)) {
        expect(await eraseOrganization(organization)).toBeGreaterThan(0);
      }
      for (const mailbox of mailboxes) expect(await allKeptOfMailbox(stores, mailbox)).toEqual({});
      expect(await traces(organization)).toEqual([]);
      expect(await stores.directory.findOrganization(organization)).toBeUndefined();
      expect(await stores.directory.listProfiles(organization)).toEqual([]);
      expect(await stores.cursors.findWatermark(organization)).toBeUndefined();
      expect(await stores.receipts.has(organization, 'msg_1')).toBe(false);
      expect(await stores.pauses.list(organization)).toEqual([]);
      for (const [, { eraseOrganization }] of storesOf(stores)) expect(await eraseOrganization(organization)).toBe(0);

      expect(await allKeptOfMailbox(stores, neighbour)).toEqual(before);
      expect(await stores.directory.findOrganization(other)).toBeDefined();
      expect(await stores.directory.listCommunities(other)).toHaveLength(1);
      expect(await stores.cursors.findWatermark(other)).toBeDefined();
      expect(await stores.receipts.has(other, 'msg_1')).toBe(true);
      expect(await stores.pauses.list(other)).toHaveLength(2);
    });
  });
}
