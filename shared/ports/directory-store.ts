import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import type { CrmUserId, MailboxId, OrganizationId, ProfileId } from '../domain/ids.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { Community, CrmConnection, Organization } from '../domain/organization.ts';
import type { Stored } from './stored.ts';

/** What admins configure. Saving with an etag replaces what was read; without one it inserts or replaces. StoreConflict when it changed. */
export interface DirectoryStore {
  findOrganization(id: OrganizationId): Promise<Stored<Organization> | undefined>;
  listOrganizations(): Promise<Organization[]>;
  saveOrganization(organization: Organization, etag?: string): Promise<string>;

  listCommunities(organization: OrganizationId): Promise<Community[]>;
  saveCommunity(community: Community, etag?: string): Promise<string>;

  /** An organization has one CRM connection. */
  findCrmConnection(organization: OrganizationId): Promise<Stored<CrmConnection> | undefined>;
  saveCrmConnection(connection: CrmConnection, etag?: string): Promise<string>;

  findProfile(organization: OrganizationId, id: ProfileId): Promise<Stored<EmailServerProfile> | undefined>;
  listProfiles(organization: OrganizationId): Promise<EmailServerProfile[]>;
  saveProfile(profile: EmailServerProfile, etag?: string): Promise<string>;

  findMailbox(organization: OrganizationId, id: MailboxId): Promise<Stored<Mailbox> | undefined>;
  /** The primary mailbox of a CRM user. */
  findMailboxOfUser(organization: OrganizationId, user: CrmUserId): Promise<Mailbox | undefined>;
  /** The mailbox enrolled with this address, whatever the case it is written in. */
  findMailboxByAddress(organization: OrganizationId, address: string): Promise<Mailbox | undefined>;
  listMailboxes(organization: OrganizationId): Promise<Mailbox[]>;
  /** Saves the mailbox and the row that leads from its CRM user to it, both or neither. */
  saveMailbox(mailbox: Mailbox, etag?: string): Promise<string>;
}
