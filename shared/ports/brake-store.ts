import type { OrganizationId, RecordId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { Quarantine } from '../domain/quarantine.ts';
import type { Stored } from './stored.ts';

/** Who stands still, and the counts by which that is decided. */
export interface BrakeStore {
  /** Inserts if its scope is not under that brake now: the first `since` stays. One that was released is replaced. */
  quarantine(quarantine: Quarantine): Promise<void>;
  /** What holds now: of the mailbox as a whole, and of the record if one is named. One query in one partition. */
  findFor(mailbox: MailboxKey, recordId?: RecordId): Promise<Stored<Quarantine>[]>;
  /** All that holds now in this mailbox, of the whole and of single records. One query in one partition. */
  listActive(mailbox: MailboxKey): Promise<Stored<Quarantine>[]>;
  /** All of the organization, the released ones too, newest first. */
  list(organization: OrganizationId): Promise<Quarantine[]>;
  /** StoreConflict when it was released or braked anew since it was read. */
  release(quarantine: Stored<Quarantine>, at: string, by: string): Promise<void>;

  /**
   * Adds to a counter of the window that starts at `hour` (less than nothing takes back); the total then. Nothing is lost when many add at once, but each
   * waits for the others: add once for a batch. StoreConflict when the crowd is too large.
   */
  add(mailbox: MailboxKey, counter: string, hour: string, by: number): Promise<number>;
  /** Zero where nothing was added. */
  total(mailbox: MailboxKey, counter: string, hour: string): Promise<number>;
  /** Removes counters of windows that started before this moment and quarantines released before it; how many there were. */
  removeOlderThan(organization: OrganizationId, at: string): Promise<number>;
}
