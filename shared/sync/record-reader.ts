import type { ActivityRead } from '../domain/activity.ts';
import type { RecordId } from '../domain/ids.ts';
import type { CrmConnection } from '../domain/organization.ts';
import type { CrmGateway } from '../ports/crm-gateway.ts';
import { coalesce } from './coalesce.ts';

export type RecordReader = (connection: CrmConnection, id: RecordId) => Promise<ActivityRead>;

const largestRead = 100;

/** Reads records one by one for its callers and together for the CRM: one request for all that wait, an organization at a time. */
export function recordReader(crm: CrmGateway): RecordReader {
  const readers = new Map<string, { connection: CrmConnection; read: (id: RecordId) => Promise<ActivityRead> }>();
  return (connection, id) => {
    const known = readers.get(connection.organizationId);
    if (known !== undefined && sameConnection(known.connection, connection)) return known.read(id);
    const read = coalesce<RecordId, ActivityRead>(largestRead, (ids) => crm.readActivities(connection, ids));
    readers.set(connection.organizationId, { connection, read });
    return read(id);
  };
}

const sameConnection = (a: CrmConnection, b: CrmConnection) =>
  a === b || (a.id === b.id && a.baseUrl === b.baseUrl && a.tokenSecretName === b.tokenSecretName);
