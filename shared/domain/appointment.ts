import type { Attendee, Person, Sensitivity, ShowAs } from './attendee.ts';
import type { BodyDraft, BodyPatch } from './body-patch.ts';
import type { CommonItem, Stamp } from './item.ts';
import type { Series } from './recurrence.ts';

/** A calendar item as read from Exchange. The zone is IANA where known. All-day: start and end are the midnights of its dates in its zone. */
export interface Appointment extends CommonItem {
  readonly kind: 'appointment';
  readonly subject: string;
  readonly location: string;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly allDay: boolean;
  readonly cancelled: boolean;
  /** False for a meeting somebody else organises: such a copy is read-only. */
  readonly ownMeeting: boolean;
  /** Part of a series: `series` is there for its master, `occurrence` for one of its occurrences. */
  readonly recurring: boolean;
  readonly series?: Series;
  readonly occurrence?: { readonly originalStart: string };
  readonly iCalUid: string | undefined;
  readonly organizer?: Person;
  readonly attendees: readonly Attendee[];
  /** Minutes before the start; null: it does not ring. */
  readonly reminderMinutes: number | null;
  readonly showAs: ShowAs;
  readonly categories: readonly string[];
  readonly sensitivity: Sensitivity;
}

/** What of an appointment is set besides; absent: the mailbox's own default, or as it is. */
interface OptionalFields {
  readonly attendees?: readonly Attendee[];
  /** null: it must not ring; what is past or completed never does. */
  readonly reminderMinutes?: number | null;
  readonly showAs?: ShowAs;
  readonly categories?: readonly string[];
  readonly sensitivity?: Sensitivity;
}

export interface AppointmentTime {
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly allDay: boolean;
}

/** What we write when we make an appointment. */
export interface AppointmentDraft extends OptionalFields, AppointmentTime {
  readonly kind: 'appointment';
  readonly stamp: Stamp;
  readonly subject: string;
  readonly body: BodyDraft;
  readonly location: string;
  readonly series?: Series;
}

/** What we write when we change one; absent fields stay as they are. A new time always comes whole, and a series with its time. */
export interface AppointmentPatch extends OptionalFields {
  readonly kind: 'appointment';
  /** null takes it off. */
  readonly stamp?: Stamp | null;
  readonly subject?: string;
  readonly body?: BodyPatch;
  readonly location?: string;
  readonly time?: AppointmentTime;
  /** null: it is a series no more but its first occurrence alone, at the time that comes with it. */
  readonly series?: Series | null;
  /** Rings as the mailbox's default says, after it was kept from ringing. */
  readonly reminderByDefault?: boolean;
}
