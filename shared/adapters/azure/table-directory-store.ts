import type { TableClient } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import type { z } from 'zod';
import { EmailServerProfile } from '../../domain/email-server-profile.ts';
import type { OrganizationId } from '../../domain/ids.ts';
import { MailboxId } from '../../domain/ids.ts';
import { keys } from '../../domain/keys.ts';
import { Mailbox } from '../../domain/mailbox.ts';
import { Community, CrmConnection, Organization } from '../../domain/organization.ts';
import type { DirectoryStore } from '../../ports/directory-store.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { Stored } from '../../ports/stored.ts';
import { toRow, toValue } from './directory-rows.ts';
import { inOrganization, inRows, removeMatching } from './remove-rows.ts';
import { saveMailboxRows } from './save-mailbox-rows.ts';
import type { TableRow } from './table-rows.ts';
import { findRow, listRows, putRow, removeRow, replaceRow, valuesOf } from './table-rows.ts';

/** What admins configure, in one partition for each organization. */
export function tableDirectoryStore(table: TableClient): DirectoryStore & Erasable {
  async function find<T>(schema: z.ZodType<T>, partition: string, row: string): Promise<Stored<T> | undefined> {
    const found = await findRow(table, partition, row);
    return found === undefined ? undefined : { value: toValue(schema, found), etag: found.etag };
  }
  const list = <T>(schema: z.ZodType<T>, partition: string, range?: readonly [string, string]): Promise<T[]> =>
    valuesOf(listRows(table, partition, range), (row) => toValue(schema, row));
  const save = (what: string, row: TableRow, etag: string | undefined): Promise<string> =>
    etag === undefined ? putRow(table, row) : replaceRow(table, what, row, etag);
  const findMailbox = (organization: OrganizationId, id: MailboxId) => find(Mailbox, organization, keys.mailboxRow(id));

  return {
    findOrganization: (id) => find(Organization, keys.organizations, id),
    listOrganizations: () => list(Organization, keys.organizations),
    saveOrganization: (organization, etag) =>
      save('the organization', toRow(keys.organizations, organization.id, organization, organization.name), etag),

    listCommunities: (organization) => list(Community, organization, keys.rowsOf('community')),
    saveCommunity(community, etag) {
      const row = toRow(community.organizationId, keys.communityRow(community.id), community, community.name);
      return save('the community', row, etag);
    },

    findCrmConnection: (organization) => find(CrmConnection, organization, keys.crmConnectionRow),
    saveCrmConnection(connection, etag) {
      const row = toRow(connection.organizationId, keys.crmConnectionRow, connection, connection.name);
      return save('the connection', row, etag);
    },

    findProfile: (organization, id) => find(EmailServerProfile, organization, keys.profileRow(id)),
    listProfiles: (organization) => list(EmailServerProfile, organization, keys.rowsOf('profile')),
    saveProfile(profile, etag) {
      const row = toRow(profile.organizationId, keys.profileRow(profile.id), profile, profile.name);
      return save('the profile', row, etag);
    },

    findMailbox,
    async findMailboxOfUser(organization, user) {
      const row = await findRow(table, organization, keys.userRow(user));
      const id = MailboxId.safeParse(row?.['mailboxId']).data;
      return id === undefined ? undefined : (await findMailbox(organization, id))?.value;
    },
    async findMailboxByAddress(organization, address) {
      const row = await findRow(table, organization, keys.addressRow(address));
      const id = MailboxId.safeParse(row?.['mailboxId']).data;
      const mailbox = id === undefined ? undefined : (await findMailbox(organization, id))?.value;
      // A row of an address that the mailbox had once leads nowhere.
      return mailbox?.address.toLowerCase() === address.toLowerCase() ? mailbox : undefined;
    },
    listMailboxes: (organization) => list(Mailbox, organization, keys.rowsOf('mailbox')),
    saveMailbox: (mailbox, etag) => saveMailboxRows(table, mailbox, etag),

    async eraseMailbox({ organizationId, mailboxId }) {
      const rows = `(${inRows(keys.rowsOf('user'))} or ${inRows(keys.rowsOf('address'))})`;
      const leads = `${rows} and ${odata`mailboxId eq ${mailboxId}`}`;
      const removed = await removeMatching(table, `${inOrganization(organizationId)} and ${leads}`);
      const missing = await removeRow(table, organizationId, keys.mailboxRow(mailboxId));
      return removed + (missing === undefined ? 1 : 0);
    },
    async eraseOrganization(organization) {
      const removed = await removeMatching(table, inOrganization(organization));
      const missing = await removeRow(table, keys.organizations, organization);
      return removed + (missing === undefined ? 1 : 0);
    },
  };
}
