import type { OrganizationId, RecordId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import type { JournalEntry } from '../domain/journal-entry.ts';

export interface JournalQuery {
  /** At least 1. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly before?: string;
  readonly recordId?: RecordId;
  /** From this moment on. */
  readonly since?: string;
  /** Before this moment. */
  readonly until?: string;
}

export interface JournalPage {
  readonly entries: JournalEntry[];
  /** For the next page; absent when there is nothing more. */
  readonly next?: string;
}

/** What was written, mailbox by mailbox. An entry holds no content: one that is not a JournalEntry is refused. */
export interface JournalStore {
  /** Inserts or replaces by id, in as few transactions as may be; of two with one id in a call the later counts. An entry's `at` and `recordId` never change. */
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** Newest first. */
  list(mailbox: MailboxKey, query: JournalQuery): Promise<JournalPage>;
  find(mailbox: MailboxKey, id: string): Promise<JournalEntry | undefined>;
  /** Removes what was begun before this moment; how many entries there were. */
  removeOlderThan(organization: OrganizationId, at: string): Promise<number>;
}
