import type { ItemKind } from '../../domain/item.ts';
import type { SyncedField } from '../../domain/item-mapping.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';

/** What was there before a write: all of it, or only the values that lost a conflict. */
export interface Image {
  readonly schema: 1;
  readonly whole: boolean;
  readonly side: 'crm' | 'exchange';
  /** What the item is. */
  readonly kind: ItemKind;
  readonly value: Partial<SyncItem> | Partial<SyncRecord>;
}

/** Where a field's value stands, whatever the kind of item or record. */
const places: Readonly<Record<SyncedField, readonly string[]>> = {
  subject: ['subject'],
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

/** Where a field of a record or an item stands. Name and notes of a task are one text in the CRM. */
export function placesOf(kind: ItemKind, field: string): readonly string[] {
  if (kind === 'task' && (field === 'subject' || field === 'notes')) return ['subject', 'bodyText', 'description'];
  return places[field as SyncedField] ?? (field === 'status' ? ['status'] : []);
}

/** Without the body as Exchange gave it: what can be written again is its text. */
export function wholeImage({ side, kind }: Pick<Image, 'side' | 'kind'>, value: SyncItem | SyncRecord): Image {
  const { rawBody: _rawBody, ...rest } = value as SyncItem;
  return { schema: 1, whole: true, side, kind, value: rest };
}

/** Only what the fields say: the rest was not lost. */
export function lostImage(
  { side, kind }: Pick<Image, 'side' | 'kind'>,
  value: SyncItem | SyncRecord,
  fields: ReadonlySet<SyncedField>,
): Image {
  const wanted = new Set([...fields].flatMap((field) => placesOf(kind, field)));
  const lost = Object.fromEntries(Object.entries(value).filter(([place]) => wanted.has(place)));
  return { schema: 1, whole: false, side, kind, value: { ...lost, kind: value.kind } };
}
