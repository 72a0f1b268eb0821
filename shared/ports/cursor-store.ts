import type { OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { Stored } from './stored.ts';

/** Exchange's opaque cursor of one folder, as base64; may be larger than a megabyte. */
export type SyncState = string;

/** Where reading stands, saved only after all that was read is safe elsewhere. Conditional: a slower reader never sets a cursor back. */
export interface CursorStore {
  findSyncState(mailbox: MailboxKey, folder: string): Promise<Stored<SyncState> | undefined>;
  /** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
  saveSyncState(mailbox: MailboxKey, folder: string, state: SyncState, etag?: string): Promise<string>;
  /** Forgets the cursor: the next read starts over. Forgetting what is gone does nothing. */
  forgetSyncState(mailbox: MailboxKey, folder: string): Promise<void>;

  /** Removes what saves that were cut short before this moment left behind; how much that was. */
  removeOrphans(organization: OrganizationId, at: string): Promise<number>;

  /** The CRM's cursor, as watermark.ts forms it. */
  findWatermark(organization: OrganizationId): Promise<Stored<string> | undefined>;
  saveWatermark(organization: OrganizationId, watermark: string, etag?: string): Promise<string>;
}
