import type { Appointment } from '../domain/appointment.ts';
import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import type { ChangeKey, ItemId } from '../domain/ids.ts';
import type { ItemKind, ItemRef, Notify, Stamp, StampedItem } from '../domain/item.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ItemDraft, ItemPatch, SyncItem } from '../domain/sync-item.ts';
import type { SyncState } from './cursor-store.ts';

/** The mailbox a call is about, and how it is reached. */
export interface MailboxAccess {
  readonly mailbox: Mailbox;
  readonly profile: EmailServerProfile;
}

export interface ItemChange {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly itemId: ItemId;
  /** Absent for a deletion. */
  readonly changeKey: ChangeKey | undefined;
}

export interface ChangePage {
  readonly changes: readonly ItemChange[];
  readonly syncState: SyncState;
  readonly more: boolean;
}

/** What the engine may ask of this kind of Exchange. */
export interface ExchangeCapabilities {
  /** Items in one request. */
  readonly batchSize: number;
  /** Writes can leave attendees alone. */
  readonly canNotifyNobody: boolean;
  readonly push: boolean;
}

/**
 * A user's mailbox as the engine sees it. A call rejects with SyncError when it failed as a whole; what failed for one
 * item is that item's outcome, in the order of the input. Every call ends within the deadline. Items with Sensitivity
 * Private or Confidential never leave the adapter (profile policy): a read gives notFound with code `PrivateItem`.
 */
export interface ExchangeGateway {
  readonly capabilities: ExchangeCapabilities;

  /** What changed in the folder of a kind since the state; a state of undefined lists everything as created. A set, not a sequence. Of a series only its master is told of. Rejects with remedy `resync` when the state is not taken. */
  listChanges(access: MailboxAccess, kind: ItemKind, since: SyncState | undefined): Promise<ChangePage>;

  /** Reads items of one kind; SyncError of kind notFound for one that is gone or no longer reachable under its id. A series comes whole, with its exceptions and deletions. */
  readItems(access: MailboxAccess, kind: ItemKind, items: readonly ItemId[]): Promise<Outcome<SyncItem>[]>;

  /** Makes items, each with its stamp. Not idempotent: an ambiguous error means that it may have happened. */
  createItems(access: MailboxAccess, drafts: readonly ItemDraft[], notify: Notify): Promise<Outcome<ItemRef>[]>;

  /** Changes items if they are still as their change keys say; SyncError of kind conflict otherwise. Gives the new references. */
  updateItems(
    access: MailboxAccess,
    changes: readonly { readonly item: ItemRef; readonly patch: ItemPatch }[],
    notify: Notify,
  ): Promise<Outcome<ItemRef>[]>;

  /** Moves items to Deleted Items. Deleting what is gone gives notFound. Exchange does not check change keys here: read first where it matters. */
  deleteItems(
    access: MailboxAccess,
    kind: ItemKind,
    items: readonly ItemRef[],
    notify: Notify,
  ): Promise<Outcome<void>[]>;

  /**
   * Items that carry the stamp: in the folder of the kind, in Deleted Items and recoverable items, in other folders of that
   * class, and, only where none of those is live, in such folders of the archive mailbox. Rejects when an archive that may be
   * there cannot be searched, so that an item it holds is never taken for deleted.
   * `around`: where it was written to, looked at first (restricting on the stamp alone scans the folder).
   */
  findStamped(
    access: MailboxAccess,
    kind: ItemKind,
    stamp: Stamp,
    around?: { readonly start: string; readonly end: string },
  ): Promise<StampedItem[]>;

  /**
   * Everything in the folder of a kind, a page at a time, without bodies (`bodyText` is empty): appointments of the window with
   * each series as its master once, tasks and contacts all. For sweeps and first matching; a page names where the next begins.
   */
  listItems(
    access: MailboxAccess,
    kind: ItemKind,
    window: { readonly from: string; readonly to: string },
    cursor: string | undefined,
  ): Promise<{ readonly items: readonly SyncItem[]; readonly next: string | undefined }>;

  /**
   * The occurrences that a series has within the window, each as an appointment of its own with `occurrence` set and the id
   * that occurrences have in the domain (occurrence-key.ts); exceptions as they are now, deleted ones not at all. notFound when the series is gone.
   */
  readOccurrences(
    access: MailboxAccess,
    series: ItemId,
    window: { readonly from: string; readonly to: string },
  ): Promise<readonly Appointment[]>;

  /** One cheap request that needs the sign-in, the impersonation right and the folder of the kind: the probe after a pause. */
  probe(access: MailboxAccess, kind?: ItemKind): Promise<void>;
}
