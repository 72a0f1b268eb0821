import type { Change, PausedScope } from '../domain/change-message.ts';
import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import type { Process } from '../domain/process.ts';
import type { Stored } from './stored.ts';

/** A scope stands still until a time; its wake-up message carries the same id. */
export interface Pause {
  readonly id: string;
  readonly scope: PausedScope;
  readonly until: string;
  readonly since: string;
  readonly code: string;
  /** Pauses in a row without a success between: the next is longer. */
  readonly times: number;
  /** The version of the secret that was refused; the pause ends when the vault has another. */
  readonly refusedSecretVersion?: string;
}

/** A change held back while its scope stands still. Many changes of one record are one row. */
export interface PendingChange {
  readonly mailboxId: MailboxId;
  /** The process of the mailbox that it waits for; absent: its calendar. */
  readonly process?: Process;
  readonly change: Change;
}

export interface PauseStore {
  find(scope: PausedScope): Promise<Stored<Pause> | undefined>;
  list(organization: OrganizationId): Promise<Pause[]>;
  /** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
  save(pause: Pause, etag?: string): Promise<string>;
  /** Removing a pause that is gone does nothing; one that has changed since (etag) stays, with StoreConflict. */
  remove(pause: Stored<Pause>): Promise<void>;

  /** Upserts the row of this change's record or item. `mailboxId` is where it waits. */
  hold(organization: OrganizationId, pending: PendingChange): Promise<void>;
  /** What waits, row by row: of one mailbox, or of the whole organization. Rows held or released meanwhile may come or not. */
  held(organization: OrganizationId, mailbox?: MailboxId): AsyncIterable<Stored<PendingChange>>;
  /** Removes rows that were sent on; a row that has changed since it was read stays. */
  release(organization: OrganizationId, rows: readonly Stored<PendingChange>[]): Promise<void>;
}
