import type { PausedScope } from '../domain/change-message.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { CrmConnection, Organization, SecretName } from '../domain/organization.ts';
import type { PauseScope, SyncError } from '../domain/sync-error.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { MailboxAccess } from '../ports/exchange-gateway.ts';
import type { SecretStore } from '../ports/secret-store.ts';

/** An organization that may be synced, with its CRM. */
export interface ActiveOrganization {
  readonly organization: Organization;
  readonly connection: CrmConnection;
}

/** The organization and its CRM connection; undefined when it is unknown, suspended, or has no enabled connection. */
export async function findActiveOrganization(
  directory: DirectoryStore,
  id: OrganizationId,
): Promise<ActiveOrganization | undefined> {
  const [organization, connection] = await Promise.all([
    directory.findOrganization(id),
    directory.findCrmConnection(id),
  ]);
  if (organization?.value.state !== 'active' || connection?.value.enabled !== true) return undefined;
  return { organization: organization.value, connection: connection.value };
}

/** The secret that a mailbox is reached with: its own, or its profile's. */
export const secretOf = ({ mailbox, profile }: MailboxAccess): SecretName =>
  (mailbox.ownAuthentication ?? profile.authentication).secretName;

/** What stands still after trouble with a mailbox: one with its own sign-in is its own scope, the profile's others are well. */
export function exchangeScopeOf(mailbox: Mailbox, kind: Exclude<PauseScope, 'crmConnection'>): PausedScope {
  const { organizationId, id, profileId, ownAuthentication } = mailbox;
  return kind === 'mailbox' || ownAuthentication !== undefined
    ? { kind: 'mailbox', organizationId, mailboxId: id }
    : { kind: 'profile', organizationId, profileId };
}

/**
 * The version of the secret that an error says was refused; undefined when none was, or when it cannot be told without asking
 * the vault for trouble. A missing secret was not refused.
 */
export async function refusedVersion(
  secrets: SecretStore,
  error: SyncError,
  name: SecretName,
): Promise<string | undefined> {
  if (error.kind !== 'unauthorized' || error.code === 'SecretMissing') return undefined;
  try {
    return (await secrets.read(name)).version;
  } catch {
    return undefined;
  }
}
