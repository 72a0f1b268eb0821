import type { EmailServerProfile } from '../../domain/email-server-profile.ts';
import type { CrmUserId, MailboxId, OrganizationId } from '../../domain/ids.ts';
import { keys } from '../../domain/keys.ts';
import type { Mailbox } from '../../domain/mailbox.ts';
import type { Community, CrmConnection, Organization } from '../../domain/organization.ts';
import type { DirectoryStore } from '../../ports/directory-store.ts';
import type { Erasable } from '../../ports/erasable.ts';
import { StoreConflict } from '../../ports/stored.ts';
import type { MemoryRows } from './memory-rows.ts';
import { memoryRows } from './memory-rows.ts';

/** What admins configure, in this process's memory. */
export function memoryDirectoryStore(): DirectoryStore & Erasable {
  const organizations = memoryRows<Organization>();
  const communities = memoryRows<Community>();
  const connections = memoryRows<CrmConnection>();
  const profiles = memoryRows<EmailServerProfile>();
  const mailboxes = memoryRows<Mailbox>();
  const mailboxOfUser = memoryRows<{ mailboxId: MailboxId }>();

  const findMailbox = (organization: OrganizationId, id: MailboxId) =>
    mailboxes.find(organization, keys.mailboxRow(id));

  const leadUserTo = (mailbox: Mailbox, before: Mailbox | undefined) => {
    const { organizationId, id } = mailbox;
    const userBefore = userOf(before);
    if (userBefore !== undefined && leadsTo(organizationId, userBefore) === id) {
      mailboxOfUser.remove(organizationId, keys.userRow(userBefore));
    }
    const user = userOf(mailbox);
    if (user !== undefined) mailboxOfUser.put(organizationId, keys.userRow(user), { mailboxId: id });
  };
  const leadsTo = (organization: OrganizationId, user: CrmUserId) =>
    mailboxOfUser.find(organization, keys.userRow(user))?.value.mailboxId;

  return {
    findOrganization: async (id) => organizations.find(keys.organizations, id),
    listOrganizations: async () => valuesOf(organizations, keys.organizations),
    saveOrganization: async (organization, etag) =>
      save(organizations, 'the organization', keys.organizations, organization.id, organization, etag),

    listCommunities: async (organization) => valuesOf(communities, organization),
    saveCommunity: async (community, etag) =>
      save(communities, 'the community', community.organizationId, keys.communityRow(community.id), community, etag),

    findCrmConnection: async (organization) => connections.find(organization, keys.crmConnectionRow),
    saveCrmConnection: async (connection, etag) =>
      save(connections, 'the connection', connection.organizationId, keys.crmConnectionRow, connection, etag),

    findProfile: async (organization, id) => profiles.find(organization, keys.profileRow(id)),
    listProfiles: async (organization) => valuesOf(profiles, organization),
    saveProfile: async (profile, etag) =>
      save(profiles, 'the profile', profile.organizationId, keys.profileRow(profile.id), profile, etag),

    findMailbox: async (organization, id) => findMailbox(organization, id),
    async findMailboxOfUser(organization, user) {
      const id = leadsTo(organization, user);
      return id === undefined ? undefined : findMailbox(organization, id)?.value;
    },
    findMailboxByAddress: async (organization, address) =>
      valuesOf(mailboxes, organization).find((one) => one.address.toLowerCase() === address.toLowerCase()),
    listMailboxes: async (organization) => valuesOf(mailboxes, organization),
    async saveMailbox(mailbox, etag) {
      const before = findMailbox(mailbox.organizationId, mailbox.id)?.value;
      const row = keys.mailboxRow(mailbox.id);
      const saved = save(mailboxes, 'the mailbox', mailbox.organizationId, row, mailbox, etag);
      leadUserTo(mailbox, before);
      return saved;
    },

    async eraseMailbox({ organizationId, mailboxId }) {
      const removed = mailboxOfUser.removeMatching(
        (partition, _row, lead) => partition === organizationId && lead.mailboxId === mailboxId,
      );
      return removed + (mailboxes.remove(organizationId, keys.mailboxRow(mailboxId)) ? 1 : 0);
    },
    async eraseOrganization(organization) {
      const own = [communities, connections, profiles, mailboxes, mailboxOfUser];
      const removed = own.map((rows) => rows.removeMatching((partition) => partition === organization));
      const total = removed.reduce((sum, count) => sum + count, 0);
      return total + (organizations.remove(keys.organizations, organization) ? 1 : 0);
    },
  };
}

/** The CRM user whose activities go to this mailbox. */
const userOf = (mailbox: Mailbox | undefined) => (mailbox?.primary === true ? mailbox.crmUserId : undefined);

const valuesOf = <T>(rows: MemoryRows<T>, partition: string) => rows.list(partition).map((row) => row.value);

/** With an etag replaces what was read, without one inserts or replaces. */
function save<T>(
  rows: MemoryRows<T>,
  what: string,
  partition: string,
  row: string,
  value: T,
  etag: string | undefined,
): string {
  if (etag === undefined) return rows.put(partition, row, value);
  const saved = rows.replace(partition, row, etag, value);
  if (saved === undefined) throw new StoreConflict(what);
  return saved;
}
