import type { OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';

/** A store that can forget. Safe to repeat: what was half done is finished by the next call. */
export interface Erasable {
  /** Removes all that is kept of this mailbox; how many rows and blobs that were. */
  eraseMailbox(mailbox: MailboxKey): Promise<number>;
  /** Removes all that is kept of this organization; how many rows and blobs that were. */
  eraseOrganization(organization: OrganizationId): Promise<number>;
}
