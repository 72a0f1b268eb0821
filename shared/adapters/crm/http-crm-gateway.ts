import { DeleteResponse, HealthResponse, ListChangesResponse, ListUsersResponse } from '../../domain/crm-connector.ts';
import type { CrmVersion, RecordId } from '../../domain/ids.ts';
import type { CrmConnection } from '../../domain/organization.ts';
import { crmIdOf, type RecordKind, type RecordRead, recordKindOf } from '../../domain/sync-record.ts';
import type { CrmGateway, RecordChange } from '../../ports/crm-gateway.ts';
import { type ConnectorOptions, connectorCall } from './connector-call.ts';
import { bodyOf, ourIdOf, recordForms, recordPath } from './connector-records.ts';
import { crmAnswerMalformed } from './crm-errors.ts';

const ifMatch = (version: CrmVersion) => ({ 'if-match': `"${version}"` });

/** Any CRM that offers the connector API of docs/crm-connector.openapi.yaml. Connections are kept alive by fetch itself. */
export function httpCrmGateway(options: ConnectorOptions): CrmGateway {
  const { log } = options;
  const call = connectorCall(options);

  async function readKind(connection: CrmConnection, kind: RecordKind, ids: readonly RecordId[]) {
    const { path, part, entries } = recordForms[kind];
    const asked = ids.map(crmIdOf);
    const request = { method: 'POST', path: `${path}/read`, part, operation: 'read', body: { ids: asked } } as const;
    const answer = await call(connection, { ...request, schema: entries });
    const found = new Map(answer.map((entry) => [entry.id, entry]));
    return ids.map((id, place): [RecordId, RecordRead] => {
      const entry = found.get(asked[place] ?? '');
      if (entry === undefined) throw crmAnswerMalformed('read', 'items (an id has no entry)');
      if (entry.state === 'missing') return [id, { state: 'missing' }];
      if (entry.state === 'deleted') return [id, { state: 'deleted', version: entry.version }];
      if (entry.record.id !== id) throw crmAnswerMalformed('read', `items.${kind}.id`);
      return [id, { state: 'present', record: entry.record }];
    });
  }

  return {
    async readRecords(connection, ids) {
      const kinds = [...new Set(ids.map(recordKindOf))];
      const reads = await Promise.all(
        kinds.map((kind) =>
          readKind(
            connection,
            kind,
            ids.filter((id) => recordKindOf(id) === kind),
          ),
        ),
      );
      const byId = new Map(reads.flat());
      return ids.map((id) => byId.get(id) ?? { state: 'missing' });
    },

    async listChanges(connection, watermark, overlapSeconds) {
      const query = new URLSearchParams({ overlapSeconds: `${overlapSeconds}`, limit: '500' });
      if (watermark !== undefined) query.set('since', watermark);
      const path = `/changes?${query}`;
      const page = await call(connection, { method: 'GET', path, operation: 'read', schema: ListChangesResponse });
      const changes = page.changes.flatMap(({ kind, entity, recordId, version, ownerId }): RecordChange[] => {
        const id = ourIdOf(entity, recordId);
        if (id !== undefined) return [{ kind, recordId: id, version, ownerId }];
        // One such id must not hold up the feed for all others.
        log.error(
          { organizationId: connection.organizationId, connectionId: connection.id, entity },
          'The CRM lists a change of a record whose id the connector contract refuses; it is left out.',
        );
        return [];
      });
      return { changes, watermark: page.watermark, more: page.more };
    },

    createRecord(connection, draft, operation) {
      const { path, part, record } = recordForms[draft.kind];
      const headers = { 'idempotency-key': operation };
      const request = { method: 'POST', path, part, operation: 'create', headers, body: bodyOf(draft) } as const;
      return call(connection, { ...request, schema: record });
    },

    async findRecordByOperation(connection, kind, operation) {
      const { path, part, page } = recordForms[kind];
      const query = new URLSearchParams({ operation });
      const request = { method: 'GET', path: `${path}?${query}`, part, operation: 'read' } as const;
      return (await call(connection, { ...request, schema: page })).records[0];
    },

    async updateRecord(connection, id, version, patch) {
      const { part, record } = recordForms[recordKindOf(id)];
      const request = { method: 'PATCH', path: recordPath(id), part, operation: 'update', schema: record } as const;
      return call(connection, { ...request, headers: ifMatch(version), body: bodyOf(patch) });
    },

    async deleteRecord(connection, id, version) {
      const { part } = recordForms[recordKindOf(id)];
      const request = { method: 'DELETE', path: recordPath(id), part, operation: 'delete' } as const;
      return (await call(connection, { ...request, headers: ifMatch(version), schema: DeleteResponse })).version;
    },

    async listRecords(connection, { kind, ownerId, from, to, cursor }) {
      const query = new URLSearchParams({ owner: ownerId });
      if (kind === 'activity') {
        query.set('from', from);
        query.set('to', to);
      }
      if (cursor !== undefined) query.set('cursor', cursor);
      const { path, part = 'lists', page } = recordForms[kind];
      return call(connection, { method: 'GET', path: `${path}?${query}`, part, operation: 'read', schema: page });
    },

    async listUsers(connection) {
      const request = { method: 'GET', path: '/users', operation: 'read', schema: ListUsersResponse } as const;
      return (await call(connection, request)).users;
    },

    async probe(connection) {
      await call(connection, { method: 'GET', path: '/health', operation: 'read', schema: HealthResponse });
    },
  };
}
