import type { ItemId, MailboxId, OrganizationId, RecordId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { ReviewPair } from '../domain/review-pair.ts';
import type { Stored } from './stored.ts';

export interface ReviewQuery {
  readonly mailboxId?: MailboxId;
  /** Only those that wait for a decision. */
  readonly undecided?: boolean;
}

/** Pairs of a record and an item about which a person decides. The record and the item of a pair never change. */
export interface ReviewStore {
  /** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
  save(pair: ReviewPair, etag?: string): Promise<string>;
  find(mailbox: MailboxKey, id: string): Promise<Stored<ReviewPair> | undefined>;
  /** Newest first. */
  list(organization: OrganizationId, query?: ReviewQuery): Promise<ReviewPair[]>;
  /** A record may be in several pairs, and an item too. */
  findByRecord(mailbox: MailboxKey, recordId: RecordId): Promise<Stored<ReviewPair>[]>;
  findByItem(mailbox: MailboxKey, itemId: ItemId): Promise<Stored<ReviewPair>[]>;
  /** The new etag; StoreConflict when it changed since it was read. */
  decide(pair: Stored<ReviewPair>, decision: 'same' | 'different', at: string, by: string): Promise<string>;
  /** Removing what is gone does nothing. */
  remove(pair: ReviewPair): Promise<void>;
}
