import type {
  Appointment,
  AppointmentDraft,
  AppointmentPatch,
  ItemRef,
  Notify,
  Stamp,
  StampedItem,
} from '../domain/appointment.ts';
import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import type { ChangeKey, ItemId } from '../domain/ids.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import type { Outcome } from '../domain/outcome.ts';
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

  /** What changed in the mailbox's calendar since the state; a state of undefined lists everything as created. A set, not a sequence. Rejects with remedy `resync` when the state is not taken. */
  listCalendarChanges(access: MailboxAccess, since: SyncState | undefined): Promise<ChangePage>;

  /** Reads items; SyncError of kind notFound for one that is gone or no longer reachable under its id. */
  readAppointments(access: MailboxAccess, items: readonly ItemId[]): Promise<Outcome<Appointment>[]>;

  /** Makes items, each with its stamp. Not idempotent: an ambiguous error means that it may have happened. */
  createAppointments(
    access: MailboxAccess,
    drafts: readonly AppointmentDraft[],
    notify: Notify,
  ): Promise<Outcome<ItemRef>[]>;

  /** Changes items if they are still as their change keys say; SyncError of kind conflict otherwise. Gives the new references. */
  updateAppointments(
    access: MailboxAccess,
    changes: readonly { readonly item: ItemRef; readonly patch: AppointmentPatch }[],
    notify: Notify,
  ): Promise<Outcome<ItemRef>[]>;

  /** Moves items to Deleted Items. Deleting what is gone gives notFound. Exchange does not check change keys here: read first where it matters. */
  deleteAppointments(access: MailboxAccess, items: readonly ItemRef[], notify: Notify): Promise<Outcome<void>[]>;

  /**
   * Items that carry the stamp: in the calendar, in Deleted Items and recoverable items, in other calendar folders, and,
   * only where none of those is live, in the calendar folders of the archive mailbox. Rejects when an archive that may be
   * there cannot be searched, so that an item it holds is never taken for deleted.
   * `around`: where it was written to, looked at first (restricting on the stamp alone scans the folder).
   */
  findStamped(
    access: MailboxAccess,
    stamp: Stamp,
    around?: { readonly start: string; readonly end: string },
  ): Promise<StampedItem[]>;

  /** One cheap request that needs the sign-in, the impersonation right and the calendar: the probe after a pause. */
  probe(access: MailboxAccess): Promise<void>;
}
