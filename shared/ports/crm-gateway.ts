import type { CrmUserId, CrmVersion, OperationId, RecordId } from '../domain/ids.ts';
import type { CrmConnection } from '../domain/organization.ts';
import type { RecordDraft, RecordKind, RecordPatch, RecordRead, SyncRecord } from '../domain/sync-record.ts';

export interface RecordChange {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly recordId: RecordId;
  readonly version: CrmVersion;
  readonly ownerId: CrmUserId | undefined;
}

export interface RecordChangePage {
  readonly changes: readonly RecordChange[];
  /** Where to go on from. */
  readonly watermark: string;
  readonly more: boolean;
}

export interface CrmUser {
  readonly id: CrmUserId;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
}

/** An organization's CRM as the engine sees it. Calls reject with SyncError; every call ends within its deadline. */
export interface CrmGateway {
  /** Reads records by id, at most 100, in the order asked. */
  readRecords(connection: CrmConnection, ids: readonly RecordId[]): Promise<RecordRead[]>;
  /** Changes since the watermark; undefined means: from now on, with nothing listed, only a watermark. `overlapSeconds`: also what is that much older. */
  listChanges(
    connection: CrmConnection,
    watermark: string | undefined,
    overlapSeconds: number,
  ): Promise<RecordChangePage>;
  /** Makes a record once for an operation id: a repeat gives the record the first call made. */
  createRecord(connection: CrmConnection, draft: RecordDraft, operation: OperationId): Promise<SyncRecord>;
  /** The record an operation made, if it made one and it still exists: for an item that vanished before its record was mapped. In the contract: GET /activities?operation=ID, /contacts?operation=ID. */
  findRecordByOperation(
    connection: CrmConnection,
    kind: RecordKind,
    operation: OperationId,
  ): Promise<SyncRecord | undefined>;
  /** Changes a record if it still has the version; SyncError of kind conflict otherwise, notFound when it is gone. */
  updateRecord(connection: CrmConnection, id: RecordId, version: CrmVersion, patch: RecordPatch): Promise<SyncRecord>;
  /** Deletes a record if it still has the version; the version of the deletion. Deleting what is gone gives its version or notFound. */
  deleteRecord(connection: CrmConnection, id: RecordId, version: CrmVersion): Promise<CrmVersion>;
  /** Records of one owner, a page at a time: activities that touch the window, or all contacts. For sweeps and first matching. */
  listRecords(
    connection: CrmConnection,
    query: {
      readonly kind: RecordKind;
      readonly ownerId: CrmUserId;
      readonly from: string;
      readonly to: string;
      readonly cursor?: string;
    },
  ): Promise<{ readonly records: readonly SyncRecord[]; readonly next: string | undefined }>;
  listUsers(connection: CrmConnection): Promise<CrmUser[]>;
  /** One cheap request that needs the sign-in: the probe after a pause. */
  probe(connection: CrmConnection): Promise<void>;
}
