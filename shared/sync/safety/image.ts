import type { SyncedField } from '../../domain/item-mapping.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';

/** What was there before a write: all of it, or only the values that lost a conflict. */
export interface Image {
  readonly schema: 1;
  readonly whole: boolean;
  readonly side: 'crm' | 'exchange';
  readonly value: Partial<SyncItem> | Partial<SyncRecord>;
}

/** Where a field's value stands, whatever the kind of item or record. */
const placesOf: Readonly<Record<SyncedField, readonly string[]>> = {
  subject: ['subject', 'description'],
  notes: ['bodyText', 'description', 'notes'],
  location: ['location'],
  time: ['start', 'end', 'timeZone', 'allDay'],
  series: ['series', 'start', 'end', 'timeZone', 'allDay'],
  attendees: ['attendees'],
  responses: ['attendees'],
  reminder: ['reminderMinutes'],
  showAs: ['showAs'],
  categories: ['categories'],
  sensitivity: ['sensitivity'],
  due: ['dueDate', 'start', 'end', 'timeZone', 'allDay'],
  done: ['complete', 'status'],
  name: ['givenName', 'surname'],
  emails: ['emails'],
  phones: ['phones'],
  addresses: ['addresses'],
  company: ['company'],
  jobTitle: ['jobTitle'],
  birthday: ['birthday'],
};

/** Without the body as Exchange gave it: what can be written again is its text. */
export function wholeImage(side: Image['side'], value: SyncItem | SyncRecord): Image {
  const { rawBody: _rawBody, ...rest } = value as SyncItem;
  return { schema: 1, whole: true, side, value: rest };
}

/** Only what the fields say: the rest was not lost. */
export function lostImage(side: Image['side'], value: SyncItem | SyncRecord, fields: ReadonlySet<SyncedField>): Image {
  const places = new Set([...fields].flatMap((field) => placesOf[field]));
  const lost = Object.fromEntries(Object.entries(value).filter(([place]) => places.has(place)));
  return { schema: 1, whole: false, side, value: { kind: value.kind, ...lost } };
}
