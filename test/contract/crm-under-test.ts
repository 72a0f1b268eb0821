import { expect } from '@jest/globals';
import type { ActivityDraft } from '../../shared/domain/activity.ts';
import type { ContactDraft } from '../../shared/domain/contact.ts';
import { CrmUserId, type OperationId, type RecordId } from '../../shared/domain/ids.ts';
import type { CrmConnection } from '../../shared/domain/organization.ts';
import { SyncError } from '../../shared/domain/sync-error.ts';
import type { RecordDraft, RecordKind, RecordPatch, SyncRecord } from '../../shared/domain/sync-record.ts';
import type { CrmGateway, RecordChange } from '../../shared/ports/crm-gateway.ts';

/** A CRM to prove a gateway on, with the users rep1 and rep2; what its own users do there goes through `users`. */
export interface CrmUnderTest {
  readonly gateway: CrmGateway;
  readonly baseUrl: string;
  readonly users: {
    /** A record of rep1: an activity by its subject, a contact by its surname. */
    create(kind: RecordKind, name: string): Promise<SyncRecord>;
    rename(id: RecordId, name: string): Promise<void>;
    give(id: RecordId, ownerId: CrmUserId): Promise<void>;
    delete(id: RecordId): Promise<void>;
    /** Takes back a deletion. */
    restore(id: RecordId): Promise<void>;
  };
  /** Whether it keeps series: without, it keeps an activity that comes with one as a single activity. */
  setKnowsSeries(knows: boolean): Promise<void>;
  /** Whether reads answer as of this moment from now on, like a replica that lags. */
  setLags(lags: boolean): Promise<void>;
  close(): Promise<void>;
}

export const rep1 = CrmUserId.parse('rep1');
export const rep2 = CrmUserId.parse('rep2');

export async function rejection(promise: Promise<unknown>): Promise<SyncError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SyncError);
  return error as SyncError;
}

const activity: ActivityDraft = {
  ...{ kind: 'activity', type: 'Appointment', ownerId: rep1, origin: 'exchange', status: 'open' },
  ...{ subject: 'From Outlook – ünïcode 🎈', description: 'one\ntwo', location: 'Garden', allDay: false },
  ...{ start: '2030-05-06T14:00:00.000Z', end: '2030-05-06T15:00:00.000Z', timeZone: 'Europe/Berlin' },
};

const contact: ContactDraft = {
  ...{ kind: 'contact', ownerId: rep1, origin: 'exchange', notes: 'one\ntwo' },
  ...{ givenName: 'Zoë', surname: "O'Brien", emails: ['zoe@contoso.example'], phones: { mobile: '+1 555 0104' } },
  ...{ addresses: {}, company: 'Contoso', jobTitle: '' },
};

/** What is drafted when nothing else is said. */
export const draftOf = { activity, contact } as const;

export const recordNameOf = (record: SyncRecord): string =>
  record.kind === 'activity' ? record.subject : (record.surname ?? '');
export const renaming = (kind: RecordKind, name: string): RecordPatch =>
  kind === 'activity' ? { kind, subject: name } : { kind, surname: name };

/** Short words for what the tests do over and over. */
export function crmHands(under: () => { crm: CrmUnderTest; connection: CrmConnection; name: string }) {
  let operations = 0;
  const gateway = () => under().crm.gateway;
  const connection = () => under().connection;
  const operation = (prefix = 'operation') => `${prefix}-${under().name}-${operations++}` as OperationId;
  return {
    operation,
    create: (draft: RecordDraft, same = operation()) => gateway().createRecord(connection(), draft, same),
    read: async (id: RecordId) => (await gateway().readRecords(connection(), [id]))[0],
    update: (record: SyncRecord, patch: RecordPatch) =>
      gateway().updateRecord(connection(), record.id, record.version, patch),
    remove: (record: SyncRecord) => gateway().deleteRecord(connection(), record.id, record.version),
    /** Where the feed is now. */
    here: async () => (await gateway().listChanges(connection(), undefined, 0)).watermark,
    async changesSince(begin: string): Promise<{ changes: RecordChange[]; watermark: string }> {
      const changes: RecordChange[] = [];
      for (let watermark = begin; ; ) {
        const page = await gateway().listChanges(connection(), watermark, 0);
        changes.push(...page.changes);
        watermark = page.watermark;
        if (!page.more) return { changes, watermark };
      }
    },
    async list(query: Parameters<CrmGateway['listRecords']>[1]): Promise<SyncRecord[]> {
      const records: SyncRecord[] = [];
      let cursor: string | undefined;
      do {
        const page = await gateway().listRecords(connection(), { ...query, ...(cursor ? { cursor } : {}) });
        records.push(...page.records);
        cursor = page.next;
      } while (cursor !== undefined);
      return records;
    },
  };
}

export type CrmHands = ReturnType<typeof crmHands>;
/** What each part of the suite gets: there once its tests run. */
export interface CrmSuite {
  readonly hands: CrmHands;
  readonly crm: () => CrmUnderTest;
  readonly connection: () => CrmConnection;
}
