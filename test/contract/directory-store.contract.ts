import { beforeAll, describe, expect, test } from '@jest/globals';
import { EmailServerProfile } from '../../shared/domain/email-server-profile.ts';
import type { CommunityId, CrmUserId, OrganizationId } from '../../shared/domain/ids.ts';
import { Mailbox } from '../../shared/domain/mailbox.ts';
import { Community, CrmConnection, Organization } from '../../shared/domain/organization.ts';
import type { DirectoryStore } from '../../shared/ports/directory-store.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { awkwardIds, uniqueOrganization } from '../support/unique-mailbox.ts';

const organization = (id: OrganizationId, name = 'Contoso') =>
  Organization.parse({ id, name, fingerprintSecretName: 'prints' });
const community = (organizationId: OrganizationId, id = 'north') => Community.parse({ id, organizationId, name: id });
const profile = (organizationId: OrganizationId, id = 'main') =>
  EmailServerProfile.parse({
    id,
    organizationId,
    name: 'Main – Zürich 😀',
    type: 'exchangeOnline',
    authentication: { kind: 'oauthClient', clientId: 'c', tenantId: 't', secretName: 'exchange-secret' },
    activityTypesToExchange: ['Meeting', 'Call'],
  });
const connection = (organizationId: OrganizationId) =>
  CrmConnection.parse({
    id: 'crm',
    organizationId,
    name: 'CRM',
    baseUrl: 'https://crm.example/connector/v1',
    tokenSecretName: 'crm-token',
    webhookSecretNames: ['hook-1', 'hook-2'],
  });
const mailbox = (organizationId: OrganizationId, id: string, fields: Partial<Mailbox> = {}): Mailbox => ({
  ...Mailbox.parse({ id, organizationId, profileId: 'main', address: `${id}@contoso.example` }),
  ...fields,
});
const user = (id: string) => id as CrmUserId;

/** What every directory must do, whatever it keeps its rows in. */
export function describeDirectoryStore(name: string, create: () => Promise<DirectoryStore>): void {
  describe(`the directory of ${name}`, () => {
    let store: DirectoryStore;
    beforeAll(async () => {
      store = await create();
    });

    test('an organization is found and listed as it was saved', async () => {
      const id = uniqueOrganization();
      expect(await store.findOrganization(id)).toBeUndefined();
      const etag = await store.saveOrganization(organization(id));
      expect(await store.findOrganization(id)).toEqual({ value: organization(id), etag });
      expect(await store.listOrganizations()).toContainEqual(organization(id));
    });

    test('a save with the etag that was read replaces; a stale one is refused; without one it replaces', async () => {
      const id = uniqueOrganization();
      const first = await store.saveOrganization(organization(id));
      const second = await store.saveOrganization(organization(id, 'Second'), first);
      await expect(store.saveOrganization(organization(id, 'Third'), first)).rejects.toThrow(StoreConflict);
      expect(await store.findOrganization(id)).toEqual({ value: organization(id, 'Second'), etag: second });
      await store.saveOrganization(organization(id, 'Fourth'));
      expect((await store.findOrganization(id))?.value.name).toBe('Fourth');
    });

    test('profiles, communities and the connection are kept for each organization', async () => {
      const [mine, theirs] = [uniqueOrganization(), uniqueOrganization()];
      await store.saveCommunity(community(mine, 'south'));
      await store.saveCommunity(community(mine, 'north'));
      const etag = await store.saveProfile(profile(mine));
      await store.saveCrmConnection(connection(mine));
      expect(await store.findProfile(mine, profile(mine).id)).toEqual({ value: profile(mine), etag });
      expect(await store.listProfiles(mine)).toEqual([profile(mine)]);
      expect((await store.listCommunities(mine)).map(({ id }) => id)).toEqual(['north', 'south'] as CommunityId[]);
      expect((await store.findCrmConnection(mine))?.value).toEqual(connection(mine));

      expect(await store.findProfile(theirs, profile(mine).id)).toBeUndefined();
      expect(await store.findCrmConnection(theirs)).toBeUndefined();
      expect([...(await store.listProfiles(theirs)), ...(await store.listCommunities(theirs))]).toEqual([]);
    });

    test.each([
      ['profile', (id: OrganizationId, etag?: string) => store.saveProfile(profile(id), etag)],
      ['community', (id: OrganizationId, etag?: string) => store.saveCommunity(community(id), etag)],
      ['connection', (id: OrganizationId, etag?: string) => store.saveCrmConnection(connection(id), etag)],
      ['mailbox', (id: OrganizationId, etag?: string) => store.saveMailbox(mailbox(id, 'm1'), etag)],
    ])('a %s is not saved over somebody else’s change', async (_what, save) => {
      const id = uniqueOrganization();
      const stale = await save(id);
      const etag = await save(id, stale);
      await expect(save(id, stale)).rejects.toThrow(StoreConflict);
      await expect(save(id, etag)).resolves.toEqual(expect.any(String));
    });

    describe('mailboxes', () => {
      test('a mailbox is found by its id, by its user and in the list', async () => {
        const id = uniqueOrganization();
        const saved = mailbox(id, 'm1', { crmUserId: user('u1') });
        const etag = await store.saveMailbox(saved);
        await store.saveMailbox(mailbox(id, 'm2'));
        expect(await store.findMailbox(id, saved.id)).toEqual({ value: saved, etag });
        expect(await store.findMailboxOfUser(id, user('u1'))).toEqual(saved);
        expect(await store.findMailboxOfUser(id, user('u2'))).toBeUndefined();
        expect(await store.findMailboxOfUser(uniqueOrganization(), user('u1'))).toBeUndefined();
        expect(await store.listMailboxes(id)).toEqual([saved, mailbox(id, 'm2')]);
      });

      test('a mailbox given to another user leaves the first without one', async () => {
        const id = uniqueOrganization();
        const etag = await store.saveMailbox(mailbox(id, 'm1', { crmUserId: user('u1') }));
        await store.saveMailbox(mailbox(id, 'm1', { crmUserId: user('u2') }), etag);
        expect(await store.findMailboxOfUser(id, user('u1'))).toBeUndefined();
        expect((await store.findMailboxOfUser(id, user('u2')))?.id).toBe('m1');
      });

      test('a refused save leaves the user where they were', async () => {
        const id = uniqueOrganization();
        const stale = await store.saveMailbox(mailbox(id, 'm1', { crmUserId: user('u1') }));
        await store.saveMailbox(mailbox(id, 'm1', { crmUserId: user('u1') }), stale);
        const late = mailbox(id, 'm1', { crmUserId: user('u2') });
        await expect(store.saveMailbox(late, stale)).rejects.toThrow(StoreConflict);
        expect((await store.findMailboxOfUser(id, user('u1')))?.id).toBe('m1');
        expect(await store.findMailboxOfUser(id, user('u2'))).toBeUndefined();
      });

      test('only the primary mailbox is the user’s', async () => {
        const id = uniqueOrganization();
        await store.saveMailbox(mailbox(id, 'm1', { crmUserId: user('u1'), primary: true }));
        await store.saveMailbox(mailbox(id, 'm2', { crmUserId: user('u1'), primary: false }));
        expect((await store.findMailboxOfUser(id, user('u1')))?.id).toBe('m1');
      });

      test('a user who got another mailbox keeps it when the first lets go of them', async () => {
        const id = uniqueOrganization();
        await store.saveMailbox(mailbox(id, 'm1', { crmUserId: user('u1') }));
        await store.saveMailbox(mailbox(id, 'm2', { crmUserId: user('u1') }));
        await store.saveMailbox(mailbox(id, 'm1'));
        expect((await store.findMailboxOfUser(id, user('u1')))?.id).toBe('m2');
      });

      test('saves at the same moment, without an etag, are all kept to', async () => {
        const id = uniqueOrganization();
        const users = ['u1', 'u2', 'u3'];
        await Promise.all(users.map((one) => store.saveMailbox(mailbox(id, 'm1', { crmUserId: user(one) }))));
        const holder = (await store.listMailboxes(id))[0]?.crmUserId;
        const found = await Promise.all(users.map((one) => store.findMailboxOfUser(id, user(one))));
        expect(users.filter((_, index) => found[index] !== undefined)).toEqual([holder]);
      });

      test.each(awkwardIds)('a user may be called %j', async (name) => {
        const id = uniqueOrganization();
        await store.saveMailbox(mailbox(id, 'm1', { crmUserId: user(name) }));
        expect((await store.findMailboxOfUser(id, user(name)))?.crmUserId).toBe(name);
      });
    });

    test('what is saved is a copy', async () => {
      const id = uniqueOrganization();
      const saved = connection(id);
      await store.saveCrmConnection(saved);
      saved.webhookSecretNames.pop();
      expect((await store.findCrmConnection(id))?.value).toEqual(connection(id));
    });
  });
}
