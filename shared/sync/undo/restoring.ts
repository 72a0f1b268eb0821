import type { RecordLinks } from '../../domain/activity.ts';
import type { AppointmentTime } from '../../domain/appointment.ts';
import { onlyFields } from '../../domain/field-prints.ts';
import type { Stamp } from '../../domain/item.ts';
import { linksOfBody, notesOf } from '../../domain/links-block.ts';
import type { ItemDraft, ItemPatch, SyncItem } from '../../domain/sync-item.ts';
import type { RecordDraft, RecordPatch, SyncRecord } from '../../domain/sync-record.ts';
import { type Image, placesOf } from '../safety/image.ts';

const bodyOf = ({ bodyText }: Pick<SyncItem, 'bodyText'>) => ({
  notes: notesOf(bodyText),
  links: linksOfBody(bodyText) as RecordLinks,
});
const timeOf = ({ start, end, timeZone, allDay }: AppointmentTime): AppointmentTime => ({
  start,
  end,
  timeZone,
  allDay,
});
const defined = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** The item to make again as it was; undefined when it cannot be made: a task that had no date. */
export function restoringDraft(was: SyncItem, stamp: Stamp): ItemDraft | undefined {
  const body = bodyOf(was);
  switch (was.kind) {
    case 'appointment': {
      const { subject, location, attendees, reminderMinutes, showAs, categories, sensitivity, series } = was;
      const optional = defined({ attendees, showAs, categories, sensitivity, series });
      return { kind: was.kind, stamp, subject, location, body, ...timeOf(was), reminderMinutes, ...optional };
    }
    case 'task': {
      const { kind, subject, dueDate, complete } = was;
      return dueDate === undefined ? undefined : { kind, stamp, subject, body, dueDate, complete };
    }
    case 'contact': {
      const { kind, givenName, surname, emails, phones, addresses, company, jobTitle, birthday } = was;
      const fields = { givenName, surname, emails, phones, addresses, company, jobTitle };
      return { kind, stamp, body, ...fields, ...defined({ birthday }) };
    }
    default:
      return was satisfies never;
  }
}

/** The change that sets the fields of an item back; `now` is the item as it is. */
export function restoringItemPatch(image: Image, fields: readonly string[], now: SyncItem): ItemPatch {
  const was = image.value as SyncItem;
  const wanted = new Set(fields.filter((field) => isKept(image, field)));
  const raw = now.rawBody === undefined ? {} : { was: now.rawBody };
  const { notes, links } = was.bodyText === undefined ? {} : bodyOf(was);
  const parts = {
    ...(wanted.has('notes') ? { notes } : {}),
    ...(wanted.has('links') ? { links } : {}),
  };
  const body = Object.keys(parts).length === 0 ? {} : { body: now.richBody ? { ...parts, ...raw } : { notes, links } };
  return { kind: image.kind, ...body, ...fieldsOf(was, wanted) } as ItemPatch;
}

function fieldsOf(was: SyncItem, wanted: ReadonlySet<string>): object {
  switch (was.kind) {
    case 'appointment': {
      const { subject, location, attendees, showAs, categories, sensitivity, series, reminderMinutes } = was;
      const values = { subject, location, attendees, showAs, categories, sensitivity };
      const simple = Object.entries(values).filter(([field, value]) => wanted.has(field) && value !== undefined);
      const timed = wanted.has('time') || wanted.has('series');
      return {
        ...Object.fromEntries(simple),
        ...(timed
          ? { time: timeOf(was), ...(wanted.has('series') ? { series: series ?? null } : defined({ series })) }
          : {}),
        ...(wanted.has('reminder') || wanted.has('status') ? defined({ reminderMinutes }) : {}),
      };
    }
    case 'task': {
      const { subject, dueDate, complete } = was;
      return defined(onlyFields<object>({ subject: { subject }, due: { dueDate }, done: { complete } }, wanted));
    }
    case 'contact': {
      const { givenName, surname, emails, phones, addresses, company, jobTitle, birthday = null } = was;
      const values = { emails: { emails }, phones: { phones }, addresses: { addresses } };
      const more = { company: { company }, jobTitle: { jobTitle }, birthday: { birthday } };
      return onlyFields<object>({ ...values, ...more, name: { givenName, surname } }, wanted);
    }
    default:
      return was satisfies never;
  }
}

/** An image of lost values has only those. */
const isKept = ({ whole, kind, value }: Image, field: string): boolean =>
  whole || placesOf(kind, field).some((place) => place in value);

const takenAway: Readonly<Record<string, unknown>> = { birthday: null, categories: [], attendees: [] };

/** The change that sets the fields of a record back. What it had not is taken away, where that can be said. */
export function restoringRecordPatch(image: Image, fields: readonly string[]): RecordPatch {
  const { value, kind } = image;
  const places = new Set(fields.filter((field) => isKept(image, field)).flatMap((field) => placesOf(kind, field)));
  const own: readonly string[] = value.kind === 'contact' ? contactFields : activityFields;
  const was = { ...takenAway, ...value } as Readonly<Record<string, unknown>>;
  const back = own.filter((place) => places.has(place) && was[place] !== undefined).map((place) => [place, was[place]]);
  return { kind: value.kind, ...Object.fromEntries(back) } as RecordPatch;
}

const contactFields = [
  ...['givenName', 'surname', 'emails', 'phones', 'addresses', 'company', 'jobTitle', 'birthday', 'notes'],
] as const;
const activityFields = [
  ...['subject', 'description', 'location', 'allDay', 'start', 'end', 'timeZone', 'status'],
  ...['attendees', 'reminderMinutes', 'showAs', 'categories', 'sensitivity', 'series'],
] as const;

/** The record to make again as it was; it gets another id and another origin, because the CRM gives them. */
export function restoringRecordDraft(was: SyncRecord): RecordDraft {
  const { id: _id, version: _version, links: _links, modifiedAt: _modifiedAt, ...rest } = was;
  const series = was.kind === 'activity' ? { series: was.series ?? undefined } : {};
  return { ...defined({ ...rest, ...series }), origin: 'exchange' } as unknown as RecordDraft;
}

/** What the image of a deleted item or record holds, whole. */
export const wholeItem = ({ whole, value }: Image): SyncItem | undefined => (whole ? (value as SyncItem) : undefined);
export const wholeRecord = ({ whole, value }: Image): SyncRecord | undefined =>
  whole ? (value as SyncRecord) : undefined;
