import type { RecordId } from '../domain/ids.ts';
import type { CrmConnection } from '../domain/organization.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { RecordRead } from '../domain/sync-record.ts';
import type { CrmGateway } from '../ports/crm-gateway.ts';
import { coalesce } from './coalesce.ts';

export type RecordReader = (connection: CrmConnection, id: RecordId) => Promise<RecordRead>;

const largestRead = 100;

/** Reads records one by one for its callers and together for the CRM: one request for all that wait, an organization at a time. */
export function recordReader(crm: CrmGateway): RecordReader {
  const readers = new Map<
    string,
    { connection: CrmConnection; read: (id: RecordId) => Promise<Outcome<RecordRead>> }
  >();
  const readerOf = (connection: CrmConnection) => {
    const known = readers.get(connection.organizationId);
    if (known !== undefined && sameConnection(known.connection, connection)) return known.read;
    const read = coalesce<RecordId, Outcome<RecordRead>>(largestRead, (ids) => readTogether(crm, connection, ids));
    readers.set(connection.organizationId, { connection, read });
    return read;
  };
  return async (connection, id) => {
    const outcome = await readerOf(connection)(id);
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  };
}

/** One request for all; should one record spoil the answer, one request for each, so that it spoils only its own. */
async function readTogether(
  crm: CrmGateway,
  connection: CrmConnection,
  ids: readonly RecordId[],
): Promise<Outcome<RecordRead>[]> {
  try {
    return (await crm.readRecords(connection, ids)).map(succeeded);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    if (ids.length === 1 || error.remedy.kind === 'pause') return ids.map(() => failed(error));
    const alone: Outcome<RecordRead>[] = [];
    for (const id of ids) alone.push(...(await readTogether(crm, connection, [id])));
    return alone;
  }
}

const sameConnection = (a: CrmConnection, b: CrmConnection) =>
  a === b || (a.id === b.id && a.baseUrl === b.baseUrl && a.tokenSecretName === b.tokenSecretName);
