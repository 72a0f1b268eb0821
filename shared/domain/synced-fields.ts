import type { Activity, ActivityDraft, ActivityPatch } from './activity.ts';
import type { Appointment, AppointmentDraft, AppointmentPatch, Stamp } from './appointment.ts';
import { canonicalText } from './canonical-text.ts';
import { keyedHash } from './hash.ts';
import type { FieldPrints, ItemField, SyncedField } from './item-mapping.ts';
import { composeBody, linksText, notesOf } from './links-block.ts';

/** Exchange keeps at most 255 characters of a subject and of a location; what is longer is cut on the way there. */
const longestLine = 255;

/** The fields that travel, in one canonical form for both sides. Instants are milliseconds. */
export interface SyncedFields {
  readonly subject: string;
  readonly notes: string;
  readonly location: string;
  readonly start: number;
  readonly end: number;
}

const line = (text: string) => canonicalText(text).replaceAll('\n', ' ');
const shortLine = (text: string) => [...line(text)].slice(0, longestLine).join('').trimEnd();

export function fieldsOfActivity(
  activity: Pick<Activity, 'subject' | 'description' | 'location' | 'start' | 'end'>,
): SyncedFields {
  return {
    subject: line(activity.subject),
    notes: notesOf(activity.description),
    location: line(activity.location),
    start: Date.parse(activity.start),
    end: Date.parse(activity.end),
  };
}

export function fieldsOfAppointment(
  item: Pick<Appointment, 'subject' | 'bodyText' | 'location' | 'start' | 'end'>,
): SyncedFields {
  return {
    subject: line(item.subject),
    notes: notesOf(item.bodyText),
    location: line(item.location),
    start: Date.parse(item.start),
    end: Date.parse(item.end),
  };
}

/** Whether both sides hold the same for a field, as far as Exchange can hold it. */
export function sameField(field: SyncedField, activity: SyncedFields, item: SyncedFields): boolean {
  switch (field) {
    case 'subject':
      return shortLine(activity.subject) === shortLine(item.subject);
    case 'location':
      return shortLine(activity.location) === shortLine(item.location);
    case 'notes':
      return activity.notes === item.notes;
    case 'time':
      return activity.start === item.start && activity.end === item.end;
    default:
      return field satisfies never;
  }
}

/** Fingerprints of an activity under the organization's key. The zone counts here, because the CRM can change it alone. */
export function printsOfActivity(activity: Activity, key: string): FieldPrints {
  const fields = fieldsOfActivity(activity);
  return {
    ...basePrints(fields, key),
    time: timeOfActivity(fields, activity.timeZone, key),
    links: keyedHash(key, `links:${linksText(activity.links)}`),
    status: keyedHash(key, `status:${activity.status === 'open' ? 'open' : 'over'}`),
  };
}

/** Fingerprints of an item. The zone does not count: Exchange names zones in its own, coarser way. */
export function printsOfAppointment(
  item: Pick<Appointment, 'subject' | 'bodyText' | 'location' | 'start' | 'end'>,
  key: string,
): FieldPrints {
  return basePrints(fieldsOfAppointment(item), key);
}

const timeOfActivity = ({ start, end }: SyncedFields, timeZone: string, key: string) =>
  keyedHash(key, `time:${start}:${end}:${timeZone}`);

function basePrints(fields: SyncedFields, key: string): FieldPrints {
  return {
    subject: keyedHash(key, `subject:${fields.subject}`),
    notes: keyedHash(key, `notes:${fields.notes}`),
    location: keyedHash(key, `location:${fields.location}`),
    time: keyedHash(key, `time:${fields.start}:${fields.end}`),
  };
}

/** The appointment to make of an activity. What is past or completed must not ring. */
export function appointmentDraftOf(activity: Activity, stamp: Stamp, now: number): AppointmentDraft {
  return {
    stamp,
    subject: shortLine(activity.subject),
    bodyText: composeBody(notesOf(activity.description), activity.links),
    location: shortLine(activity.location),
    start: activity.start,
    end: activity.end,
    timeZone: activity.timeZone,
    reminder: mayRing(activity, now),
  };
}

/**
 * The change that brings the named fields of an activity into its item. `notes` are what stands beside the links when the
 * notes themselves are not among the fields: the item's own, where they are known.
 */
export function appointmentPatchOf(
  activity: Activity,
  fields: ReadonlySet<ItemField>,
  now: number,
  notes: string | undefined,
): AppointmentPatch {
  const beside = fields.has('notes') || notes === undefined ? notesOf(activity.description) : notes;
  const rings = mayRing(activity, now);
  return {
    ...(fields.has('subject') ? { subject: shortLine(activity.subject) } : {}),
    ...(fields.has('location') ? { location: shortLine(activity.location) } : {}),
    ...(fields.has('notes') || fields.has('links') ? { bodyText: composeBody(beside, activity.links) } : {}),
    ...(fields.has('time') ? { time: { start: activity.start, end: activity.end, timeZone: activity.timeZone } } : {}),
    ...(rings ? {} : { reminder: false }),
    ...(rings && fields.has('status') ? { reminder: true } : {}),
  };
}

/** The activity to make of an appointment. */
export function activityDraftOf(item: Appointment, type: string, ownerId: Activity['ownerId']): ActivityDraft {
  const fields = fieldsOfAppointment(item);
  return {
    type,
    ownerId,
    subject: fields.subject,
    description: fields.notes,
    location: fields.location,
    start: item.start,
    end: item.end,
    timeZone: item.timeZone,
    status: 'open',
    origin: 'exchange',
  };
}

/** Fingerprints of the fields that a patch will leave in the CRM. */
export function printsOfActivityPatch(patch: ActivityPatch, key: string): FieldPrints {
  const fields = fieldsOfActivity({
    subject: patch.subject ?? '',
    description: patch.description ?? '',
    location: patch.location ?? '',
    start: patch.start ?? '',
    end: patch.end ?? '',
  });
  const prints = basePrints(fields, key);
  return {
    ...(patch.subject === undefined ? {} : { subject: prints.subject }),
    ...(patch.description === undefined ? {} : { notes: prints.notes }),
    ...(patch.location === undefined ? {} : { location: prints.location }),
    ...(patch.start === undefined ? {} : { time: timeOfActivity(fields, patch.timeZone ?? '', key) }),
  };
}

/** The change that brings the named fields of an item into its activity. */
export function activityPatchOf(item: Appointment, fields: ReadonlySet<SyncedField>): ActivityPatch {
  const values = fieldsOfAppointment(item);
  return {
    ...(fields.has('subject') ? { subject: values.subject } : {}),
    ...(fields.has('location') ? { location: values.location } : {}),
    ...(fields.has('notes') ? { description: values.notes } : {}),
    ...(fields.has('time') ? { start: item.start, end: item.end, timeZone: item.timeZone } : {}),
  };
}

/** An item as it is after a patch, as far as we know before reading it back. */
export function patched<T extends Pick<Appointment, 'subject' | 'bodyText' | 'location' | 'start' | 'end'>>(
  item: T,
  patch: AppointmentPatch,
): T {
  return {
    ...item,
    ...(patch.subject === undefined ? {} : { subject: patch.subject }),
    ...(patch.location === undefined ? {} : { location: patch.location }),
    ...(patch.bodyText === undefined ? {} : { bodyText: patch.bodyText }),
    ...(patch.time === undefined ? {} : { start: patch.time.start, end: patch.time.end }),
  };
}

function mayRing(activity: Activity, now: number): boolean {
  return activity.status === 'open' && Date.parse(activity.end) > now;
}
