import type { Activity, ActivityDraft } from '../../domain/activity.ts';
import type { Contact, ContactDraft } from '../../domain/contact.ts';
import { CrmUserId, CrmVersion, compareVersions, type OperationId, RecordId } from '../../domain/ids.ts';
import {
  type RecordDraft,
  type RecordKind,
  type RecordRead,
  recordIdText,
  type SyncRecord,
} from '../../domain/sync-record.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CrmGateway, CrmUser, RecordChange } from '../../ports/crm-gateway.ts';
import { crmRefused } from '../crm/crm-errors.ts';
import type { MemoryCrmControl } from './memory-crm-control.ts';
import { memoryCrmFeed } from './memory-crm-feed.ts';
import {
  type CrmContactEdit,
  type CrmEdit,
  editedRecord,
  isListed,
  knownFields,
  newActivity,
  newContact,
} from './memory-crm-records.ts';

type Row = { readonly record: SyncRecord; readonly deleted?: CrmVersion };

export interface MemoryCrmOptions {
  readonly clock: Clock;
  readonly pageSize?: number;
  /** Keeps the series of an activity; else drops it, as most CRMs do. */
  readonly knowsSeries?: boolean;
  /** Fields that this CRM does not know: it drops them and answers without. */
  readonly ignoresFields?: readonly string[];
}

/** A CRM in memory: ids and versions follow from the order of the calls alone, so that a seed replays a history. */
export function memoryCrm({ clock, pageSize = 100, knowsSeries = false, ignoresFields = [] }: MemoryCrmOptions): {
  gateway: CrmGateway;
  control: MemoryCrmControl;
} {
  let unknown = unknownFields(knowsSeries, ignoresFields);
  const rows = new Map<RecordId, Row>();
  const byOperation = new Map<string, RecordId>();
  const feed = memoryCrmFeed(pageSize);
  let replica: ReadonlyMap<RecordId, Row> | undefined;
  let users: readonly CrmUser[] = ['rep1', 'rep2', 'manager', 'assistant'].map((name) => ({
    id: CrmUserId.parse(name),
    name,
    email: `${name}@contoso.example`,
    active: true,
  }));

  const commit = (kind: RecordChange['kind'], row: Row): Row => {
    const { id, ownerId, version } = row.record;
    rows.set(id, row);
    feed.add({ kind, recordId: id, version: row.deleted ?? version, ownerId }, clock.now().getTime());
    return row;
  };
  const save = <R extends SyncRecord>(kind: RecordChange['kind'], record: R): R => {
    const kept = knownFields(record, unknown);
    commit(kind, { record: kept });
    return kept;
  };
  /** The version is one number for the whole CRM, as a row version of a database: grows for each record, skips in between. */
  const written = (id: RecordId) => ({
    id,
    version: CrmVersion.parse(`${feed.length + 1}`),
    modifiedAt: clock.now().toISOString(),
  });
  const newId = (kind: RecordKind) =>
    RecordId.parse(kind === 'activity' ? `activity-${rows.size + 1}` : recordIdText(kind, `${rows.size + 1}`));

  const create = (edit: CrmEdit | ActivityDraft) =>
    save('created', newActivity(edit, written(newId('activity')), rows.size + 1));
  const createContact = (edit: CrmContactEdit | ContactDraft) =>
    save('created', newContact(edit, written(newId('contact')), rows.size + 1));

  function present(id: RecordId, operation: 'update' | 'delete'): SyncRecord {
    const row = rows.get(id);
    if (row === undefined || row.deleted !== undefined)
      throw crmRefused({ operation, status: 404, problem: 'not-found' });
    return row.record;
  }

  function update(id: RecordId, edit: Parameters<typeof editedRecord>[1]): SyncRecord {
    return save('updated', editedRecord(present(id, 'update'), edit, written(id)));
  }

  function remove(id: RecordId): CrmVersion {
    const { version } = written(id);
    commit('deleted', { record: present(id, 'delete'), deleted: version });
    return version;
  }

  function restore(id: RecordId): SyncRecord {
    const row = rows.get(id);
    if (row?.deleted === undefined) throw new Error(`No deleted record ${id}: the test named a wrong one.`);
    return save('created', { ...row.record, ...written(id) });
  }

  function expectVersion(id: RecordId, version: CrmVersion, operation: 'update' | 'delete'): void {
    if (compareVersions(present(id, operation).version, version) !== 0) throw crmRefused({ operation, status: 412 });
  }

  const visible = () => replica ?? rows;
  const inUse = (all: ReadonlyMap<RecordId, Row> = rows): SyncRecord[] =>
    [...all.values()].filter((row) => row.deleted === undefined).map((row) => row.record);
  const found = (id: RecordId): SyncRecord | undefined =>
    rows.get(id)?.deleted === undefined ? rows.get(id)?.record : undefined;

  const gateway: CrmGateway = {
    async readRecords(_connection, ids): Promise<RecordRead[]> {
      return ids.map((id) => {
        const row = visible().get(id);
        if (row === undefined) return { state: 'missing' };
        if (row.deleted !== undefined) return { state: 'deleted', version: row.deleted };
        return { state: 'present', record: row.record };
      });
    },
    async listChanges(_connection, watermark, overlapSeconds) {
      return watermark === undefined
        ? { changes: [], watermark: `${feed.length}`, more: false }
        : feed.pageAfter(watermark, overlapSeconds);
    },
    async createRecord(_connection, draft: RecordDraft, operation) {
      const key = operationKey(draft.kind, operation);
      const row = rows.get(byOperation.get(key) ?? RecordId.parse('none'));
      if (row?.deleted !== undefined) throw crmRefused({ operation: 'create', status: 410, problem: 'deleted' });
      if (row !== undefined) return row.record;
      const record = draft.kind === 'activity' ? create(draft) : createContact(draft);
      byOperation.set(key, record.id);
      return record;
    },
    async findRecordByOperation(_connection, kind, operation) {
      return found(byOperation.get(operationKey(kind, operation)) ?? RecordId.parse('none'));
    },
    async updateRecord(_connection, id, version, patch) {
      expectVersion(id, version, 'update');
      return update(id, patch);
    },
    async deleteRecord(_connection, id, version) {
      const deleted = rows.get(id)?.deleted;
      if (deleted !== undefined) return deleted;
      expectVersion(id, version, 'delete');
      return remove(id);
    },
    async listRecords(_connection, { kind, ownerId, from, to, cursor = '0' }) {
      const begin = Number.parseInt(cursor, 10);
      const listed = inUse(visible()).filter(
        (record) => record.kind === kind && record.ownerId === ownerId && isListed(record, { from, to }),
      );
      const end = begin + pageSize;
      return { records: listed.slice(begin, end), next: end < listed.length ? `${end}` : undefined };
    },
    async listUsers() {
      return [...users];
    },
    async probe() {},
  };

  const control: MemoryCrmControl = {
    create: (edit = {}) => create(edit),
    createContact: (edit = {}) => createContact(edit),
    update: (id, edit) => update(id, edit) as Activity,
    updateContact: (id, edit) => update(id, edit) as Contact,
    delete: remove,
    restore,
    records: () => inUse().filter((record) => record.kind === 'activity'),
    contacts: () => inUse().filter((record) => record.kind === 'contact'),
    record: (id) => ofKind(found(id), 'activity'),
    contact: (id) => ofKind(found(id), 'contact'),
    setLag(lag) {
      replica = lag === 'all' ? new Map(rows) : undefined;
    },
    changesSince: (watermark) => ({ changes: feed.allAfter(watermark ?? '0'), watermark: `${feed.length}` }),
    setKnowsSeries(knows) {
      unknown = unknownFields(knows, ignoresFields);
    },
    setUsers(next) {
      users = next;
    },
  };
  return { gateway, control };
}

const unknownFields = (knowsSeries: boolean, ignored: readonly string[]): readonly string[] =>
  knowsSeries ? ignored : [...ignored, 'series'];
const operationKey = (kind: RecordKind, operation: OperationId) => `${kind} ${operation}`;

function ofKind<K extends RecordKind>(
  record: SyncRecord | undefined,
  kind: K,
): Extract<SyncRecord, { kind: K }> | undefined {
  return record?.kind === kind ? (record as Extract<SyncRecord, { kind: K }>) : undefined;
}
