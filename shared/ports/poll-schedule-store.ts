import type { MailboxId, OrganizationId, ProfileId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { Stored } from './stored.ts';

/** When a mailbox is looked at next. Times are UTC ISO 8601. */
export interface PollSchedule {
  readonly mailboxId: MailboxId;
  readonly profileId: ProfileId;
  readonly dueAt: string;
  /** While it lies ahead, somebody is polling this mailbox; one that is over is left of a poll that did not come to its end. */
  readonly leaseUntil?: string;
  /** When a poll last came to its end. */
  readonly lastPolledAt?: string;
  readonly lastChangeAt?: string;
  /** When items of ours that the feed has not shown were last looked for. */
  readonly lastCheckedAt?: string;
}

export interface PollScheduleStore {
  find(mailbox: MailboxKey): Promise<Stored<PollSchedule> | undefined>;
  /** Mailboxes whose time has come, of one organization. */
  listDue(organization: OrganizationId, now: string): Promise<PollSchedule[]>;
  /** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
  save(mailbox: MailboxKey, schedule: PollSchedule, etag?: string): Promise<string>;
  remove(mailbox: MailboxKey): Promise<void>;
}
