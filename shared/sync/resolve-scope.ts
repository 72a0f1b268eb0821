import type { OrganizationId } from '../domain/ids.ts';
import type { CrmConnection, Organization, SecretName } from '../domain/organization.ts';
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

/** Which value of a secret is in use; undefined when that cannot be told now. */
export async function versionOf(secrets: SecretStore, name: SecretName): Promise<string | undefined> {
  try {
    return (await secrets.read(name)).version;
  } catch {
    return undefined;
  }
}
