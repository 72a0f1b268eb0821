import { Activity, type ActivityDraft, type ActivityPatch } from '../../domain/activity.ts';
import { Contact, type ContactDraft, type ContactPatch } from '../../domain/contact.ts';
import { isSeriesInWindow } from '../../domain/expand-recurrence.ts';
import type { CrmVersion, RecordId } from '../../domain/ids.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import { isInWindow } from '../../domain/sync-window.ts';

/** What a person or another program does in the CRM: everything may be set, and an owner may change. */
export type CrmEdit = Partial<Omit<Activity, 'kind' | 'id' | 'version' | 'modifiedAt'>>;
export type CrmContactEdit = Partial<Omit<Contact, 'kind' | 'id' | 'version' | 'modifiedAt'>>;

/** What the CRM gives a record besides: known when it is written. */
export interface WrittenRecord {
  readonly id: RecordId;
  readonly version: CrmVersion;
  readonly modifiedAt: string;
}

const dayMs = 86_400_000;

/** An activity of rep1, tomorrow noon, unless the edit says otherwise. */
export function newActivity(edit: CrmEdit | ActivityDraft, written: WrittenRecord, number: number): Activity {
  const noon = Math.ceil(Date.parse(written.modifiedAt) / dayMs) * dayMs + dayMs / 2;
  return Activity.parse({
    type: 'Appointment',
    ownerId: 'rep1',
    subject: `Activity ${number}`,
    start: new Date(noon).toISOString(),
    end: new Date(noon + 3_600_000).toISOString(),
    links: { activity: `https://crm.example/activities/${encodeURIComponent(written.id)}` },
    ...edit,
    ...written,
  });
}

/** A CRM that knows every field says of each that it is empty. */
const blankContact = {
  ...{ givenName: '', surname: '', emails: [], phones: {}, addresses: {}, company: '', jobTitle: '' },
  ...{ birthday: null, notes: '' },
};

/** A contact of rep1 with nothing but a name, unless the edit says otherwise. */
export function newContact(edit: CrmContactEdit | ContactDraft, written: WrittenRecord, number: number): Contact {
  return Contact.parse({
    ...blankContact,
    ownerId: 'rep1',
    givenName: `Person ${number}`,
    links: { individual: `https://crm.example/contacts/${encodeURIComponent(written.id)}` },
    ...edit,
    ...written,
    kind: 'contact',
  });
}

/** The record after an edit of its own kind; null takes a field away where it may be absent. */
export function editedRecord(
  before: SyncRecord,
  edit: CrmEdit | CrmContactEdit | ActivityPatch | ContactPatch,
  written: WrittenRecord,
): SyncRecord {
  const after = { ...before, ...edit, ...written, kind: before.kind };
  return (after.kind === 'activity' ? Activity : Contact).parse(after);
}

/** Without the fields that this CRM does not know; those that every activity has become empty. Whoever knows series says of each activity whether it is one. */
export function knownFields<R extends SyncRecord>(record: R, unknown: readonly string[]): R {
  const whole = record.kind === 'activity' ? { ...record, series: record.series ?? null } : record;
  const known = Object.fromEntries(Object.entries(whole).filter(([name]) => !unknown.includes(name)));
  return (record.kind === 'activity' ? Activity : Contact).parse(known) as R;
}

/** What a listing of an owner's records gives: activities that touch the window, series by any occurrence, and all contacts. */
export function isListed(record: SyncRecord, window: { readonly from: string; readonly to: string }): boolean {
  if (record.kind === 'contact') return true;
  return record.series ? isSeriesInWindow(record.series, record, window) : isInWindow(record, window);
}
