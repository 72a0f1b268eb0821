import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { JobKind, MailboxJob } from '../domain/mailbox-job.ts';
import type { Stored } from './stored.ts';

export interface JobQuery {
  readonly mailboxId?: MailboxId;
  readonly kind?: JobKind;
}

/** Jobs and what they leave behind (a plan, say) in numbered parts. Parts hold ids, codes and counts: no content, no address. */
export interface JobStore {
  /** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
  save(job: MailboxJob, etag?: string): Promise<string>;
  find(mailbox: MailboxKey, id: string): Promise<Stored<MailboxJob> | undefined>;
  /** Newest first. */
  list(organization: OrganizationId, query?: JobQuery): Promise<MailboxJob[]>;
  /** Those waiting or running, oldest first. */
  listUnfinished(organization: OrganizationId): Promise<MailboxJob[]>;
  /** Saving a number again replaces that part. `json` has at most 60 KiB in UTF-8; RangeError otherwise. */
  savePart(mailbox: MailboxKey, jobId: string, number: number, json: string): Promise<void>;
  /** In the order of their numbers. */
  readParts(mailbox: MailboxKey, jobId: string): AsyncIterable<string>;
  /** With its parts. Removing what is gone does nothing. */
  remove(mailbox: MailboxKey, jobId: string): Promise<void>;
}
