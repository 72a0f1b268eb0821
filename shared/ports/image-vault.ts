import type { OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';

/**
 * Contents as they were before we wrote over them: encrypted, for 30 days, under names that tell nothing.
 * `key` is key material of the organization (its fingerprint secret): without it an image cannot be read.
 */
export interface ImageVault {
  /** Saving under a name that is there replaces the image. */
  save(mailbox: MailboxKey, name: string, key: string, content: string): Promise<void>;
  /** SyncError ImageUnreadable (park) when the key is another or the image was tampered with. */
  read(mailbox: MailboxKey, name: string, key: string): Promise<string | undefined>;
  /** Removing what is gone does nothing. */
  remove(mailbox: MailboxKey, name: string): Promise<void>;
  /** Removes what was saved before this moment; how many images there were. */
  removeOlderThan(organization: OrganizationId, at: string): Promise<number>;
}
