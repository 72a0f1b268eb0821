import type { z } from 'zod';
import {
  ConnectorActivity,
  ListActivitiesResponse,
  ReadActivitiesResponse,
} from '../../domain/crm-activity-connector.ts';
import { ActivityId, ContactId } from '../../domain/crm-connector.ts';
import { ConnectorContact, ListContactsResponse, ReadContactsResponse } from '../../domain/crm-contact-connector.ts';
import { RecordId } from '../../domain/ids.ts';
import { SyncError } from '../../domain/sync-error.ts';
import {
  crmIdOf,
  type RecordDraft,
  type RecordKind,
  type RecordPatch,
  type RecordRead,
  recordIdText,
  recordKindOf,
  type SyncRecord,
} from '../../domain/sync-record.ts';
import type { CrmPart } from './crm-errors.ts';

/** How one kind of records travels: its paths, and its bodies read as records of ours. */
interface RecordForm {
  readonly path: string;
  /** The part of the contract that it is, if a CRM may lack it. */
  readonly part?: CrmPart;
  readonly record: z.ZodType<SyncRecord>;
  /** Entries of a read; `id` is the CRM's own. */
  readonly entries: z.ZodType<readonly (RecordRead & { readonly id: string })[]>;
  readonly page: z.ZodType<{ readonly records: readonly SyncRecord[]; readonly next: string | undefined }>;
}

/** Our id of a record; undefined for one that could not be told from ids of the other kind. */
export const ourIdOf = (kind: RecordKind, crmId: string): RecordId | undefined =>
  ({ activity: ActivityId, contact: ContactId })[kind].safeParse(crmId).success
    ? RecordId.parse(recordIdText(kind, crmId))
    : undefined;

const activityOf = (activity: z.infer<typeof ConnectorActivity>): SyncRecord => ({ ...activity, kind: 'activity' });
const contactOf = (contact: z.infer<typeof ConnectorContact>): SyncRecord => ({
  ...contact,
  kind: 'contact',
  id: RecordId.parse(recordIdText('contact', contact.id)),
});

export const recordForms: Readonly<Record<RecordKind, RecordForm>> = {
  activity: {
    path: '/activities',
    record: ConnectorActivity.transform(activityOf),
    entries: ReadActivitiesResponse.transform(({ items }) =>
      items.map((entry) =>
        entry.state === 'present' ? { id: entry.id, state: entry.state, record: activityOf(entry.activity) } : entry,
      ),
    ),
    page: ListActivitiesResponse.transform(({ items, next }) => ({ records: items.map(activityOf), next })),
  },
  contact: {
    path: '/contacts',
    part: 'contacts',
    record: ConnectorContact.transform(contactOf),
    entries: ReadContactsResponse.transform(({ items }) =>
      items.map((entry) =>
        entry.state === 'present' ? { id: entry.id, state: entry.state, record: contactOf(entry.contact) } : entry,
      ),
    ),
    page: ListContactsResponse.transform(({ items, next }) => ({ records: items.map(contactOf), next })),
  },
};

/** What of a draft or a patch travels: its kind is in the path. */
export function bodyOf({ kind: _kind, ...body }: RecordDraft | RecordPatch): object {
  return body;
}

/** `.` and `..` cannot stand in a path, however they are encoded (WHATWG URL, dot segments). */
export function recordPath(id: RecordId): string {
  const crmId = crmIdOf(id);
  if (/^\.{0,2}$/.test(crmId))
    throw new SyncError('The id of the record cannot stand in an address.', {
      code: 'RECORD_ID',
      remedy: { kind: 'park' },
    });
  return `${recordForms[recordKindOf(id)].path}/${encodeURIComponent(crmId)}`;
}
