import type { ChangeKey, ItemId, MailboxId, RecordId } from './ids.ts';

/** Our mark on an item: which record it is, in which of our mailboxes. A copy in another mailbox is known by it. */
export interface Stamp {
  readonly mailboxId: MailboxId;
  readonly recordId: RecordId;
}

export interface ItemRef {
  readonly itemId: ItemId;
  readonly changeKey: ChangeKey;
}

/** The well-known places an item may be found in. The archive is a mailbox beside the mailbox: what lies there is no longer in use, and not deleted either. */
export type ItemPlace = 'calendar' | 'deletedItems' | 'recoverableItems' | 'elsewhere' | 'archive';

/** A calendar item as read from Exchange. Vendor forms are gone: text is plain and canonical, instants are UTC ISO 8601, the zone is IANA where known. */
export interface Appointment extends ItemRef {
  readonly subject: string;
  /** The body as plain text (HTML converted), our own block included. */
  readonly bodyText: string;
  readonly location: string;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly allDay: boolean;
  readonly cancelled: boolean;
  /** False for a meeting somebody else organises: such a copy is read-only. */
  readonly ownMeeting: boolean;
  readonly recurring: boolean;
  readonly iCalUid: string | undefined;
  readonly stamp: Stamp | undefined;
  readonly modifiedAt: string | undefined;
}

/** An item as a poll or a search names it. */
export interface StampedItem extends ItemRef {
  readonly place: ItemPlace;
}

/** In use: neither deleted nor archived. */
export const isLive = ({ place }: { readonly place: ItemPlace }): boolean =>
  place === 'calendar' || place === 'elsewhere';

/** What we write when we make an appointment. */
export interface AppointmentDraft {
  readonly stamp: Stamp;
  readonly subject: string;
  readonly bodyText: string;
  readonly location: string;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  /** False for what is past or completed: it must not ring. */
  readonly reminder: boolean;
}

/** What we write when we change one; absent fields stay as they are. A new time always comes whole. */
export interface AppointmentPatch {
  readonly stamp?: Stamp;
  readonly subject?: string;
  readonly bodyText?: string;
  readonly location?: string;
  readonly time?: { readonly start: string; readonly end: string; readonly timeZone: string };
  readonly reminder?: boolean;
}

/** Who is told of a write to an item with attendees. */
export type Notify = 'none' | 'all';
