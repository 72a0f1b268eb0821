import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { ProcessStatus } from '../domain/mailbox-status.ts';
import type { Process } from '../domain/process.ts';
import type { Stored } from './stored.ts';

export interface MailboxStatusRow {
  readonly mailboxId: MailboxId;
  readonly process: Process;
  readonly status: ProcessStatus;
}

/** How each process of each mailbox is doing. Apart from the mailbox itself, because the engine writes it and admins write that. */
export interface StatusStore {
  find(mailbox: MailboxKey, process: Process): Promise<Stored<ProcessStatus> | undefined>;
  list(organization: OrganizationId): Promise<MailboxStatusRow[]>;
  /** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
  save(mailbox: MailboxKey, process: Process, status: ProcessStatus, etag?: string): Promise<string>;
}
