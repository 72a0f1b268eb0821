import type { z } from 'zod';
import {
  CreateActivityRequest,
  ListActivitiesQuery,
  ReadActivitiesRequest,
  UpdateActivityRequest,
} from '../../shared/domain/crm-activity-connector.ts';
import {
  CreateContactRequest,
  ListContactsQuery,
  ReadContactsRequest,
  UpdateContactRequest,
} from '../../shared/domain/crm-contact-connector.ts';
import { isSeriesInWindow } from '../../shared/domain/expand-recurrence.ts';
import type { RecordKind, SyncRecord } from '../../shared/domain/sync-record.ts';
import { isInWindow } from '../../shared/domain/sync-window.ts';
import type { RecordEdit } from './record-store.ts';

interface ListQuery {
  readonly operation?: string | undefined;
  readonly owner?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cursor?: string | undefined;
}

/** The bodies of one kind of records in the connector API. What a request has besides is left out. */
export interface RecordForm {
  readonly path: string;
  readonly read: z.ZodType<{ ids: string[] }>;
  readonly list: z.ZodType<ListQuery>;
  readonly create: z.ZodType<RecordEdit>;
  readonly update: z.ZodType<RecordEdit>;
}

export const recordForms: Readonly<Record<RecordKind, RecordForm>> = {
  activity: {
    path: '/activities',
    read: ReadActivitiesRequest,
    list: ListActivitiesQuery,
    create: CreateActivityRequest as z.ZodType<RecordEdit>,
    update: UpdateActivityRequest as z.ZodType<RecordEdit>,
  },
  contact: {
    path: '/contacts',
    read: ReadContactsRequest,
    list: ListContactsQuery,
    create: CreateContactRequest as z.ZodType<RecordEdit>,
    update: UpdateContactRequest as z.ZodType<RecordEdit>,
  },
};

/** The record without what a CRM does not know that has no series. */
export function withoutSeries<T extends object>(record: T): T {
  const { series: _series, ...rest } = record as T & { series?: unknown };
  return rest as T;
}

/** Whether a record is in the span a listing asks for; contacts always are. */
export function isListed(record: SyncRecord, { from, to }: ListQuery): boolean {
  if (record.kind === 'contact' || from === undefined || to === undefined) return true;
  const span = { from, to };
  return record.series ? isSeriesInWindow(record.series, record, span) : isInWindow(record, span);
}
