import type { z } from 'zod';
import type { ActivityRead } from '../../domain/activity.ts';
import {
  ConnectorActivity,
  DeleteActivityResponse,
  FindActivityResponse,
  HealthResponse,
  ListChangesResponse,
  ListUsersResponse,
  ReadActivitiesResponse,
} from '../../domain/crm-connector.ts';
import type { CrmVersion, RecordId } from '../../domain/ids.ts';
import type { CrmConnection } from '../../domain/organization.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CrmGateway } from '../../ports/crm-gateway.ts';
import type { Log } from '../../ports/log.ts';
import type { Secret, SecretStore } from '../../ports/secret-store.ts';
import { readAnswer, readRefusal } from './connector-answer.ts';
import { connectorUrl } from './connector-url.ts';
import { type CrmOperation, crmAnswerMalformed, crmRefused, crmUnreachable } from './crm-errors.ts';

export interface HttpCrmGatewayOptions {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
  /** For a whole call, its one repeat with a fresh token included. */
  readonly deadlineMs?: number;
  /** Lets plain http and addresses of this machine through. For local use only. */
  readonly allowInsecure?: boolean;
}

interface Call<T extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly operation: CrmOperation;
  readonly schema: T;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `.` and `..` cannot stand in a path, however they are encoded (WHATWG URL, dot segments). */
function recordPath(id: RecordId): string {
  if (/^\.{1,2}$/.test(id))
    throw new SyncError('The id of the record cannot stand in an address.', {
      code: 'RECORD_ID',
      remedy: { kind: 'park' },
    });
  return `/activities/${encodeURIComponent(id)}`;
}
const ifMatch = (version: CrmVersion) => ({ 'if-match': `"${version}"` });

/** Any CRM that offers the connector API of docs/crm-connector.openapi.yaml. Connections are kept alive by fetch itself. */
export function httpCrmGateway(options: HttpCrmGatewayOptions): CrmGateway {
  const { secrets, clock, log, deadlineMs = 15_000, allowInsecure = false } = options;

  /** After a refusal: what the vault has now. Whoever comes second finds the first one's reading in the cache. */
  async function renewToken(connection: CrmConnection, refused: Secret): Promise<Secret> {
    const cached = await secrets.read(connection.tokenSecretName);
    return cached.version === refused.version ? secrets.refresh(connection.tokenSecretName) : cached;
  }

  async function call<T extends z.ZodType>(connection: CrmConnection, request: Call<T>): Promise<z.infer<T>> {
    const url = connectorUrl(connection.baseUrl, request.path, allowInsecure);
    const signal = AbortSignal.timeout(deadlineMs);
    const send = (token: Secret) =>
      fetch(url, {
        method: request.method,
        headers: {
          accept: 'application/json, application/problem+json',
          authorization: `Bearer ${token.reveal()}`,
          'user-agent': 'crm-exchange-sync',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        redirect: 'manual',
        signal,
      });

    const token = await secrets.read(connection.tokenSecretName);
    try {
      let response = await send(token);
      if (response.status === 401) {
        const renewed = await renewToken(connection, token);
        log.warn(
          {
            organizationId: connection.organizationId,
            connectionId: connection.id,
            renewed: renewed.version !== token.version,
          },
          'The CRM refused our token; it was read anew from the vault.',
        );
        if (renewed.version !== token.version) {
          await response.body?.cancel();
          response = await send(renewed);
        }
      }
      if (!response.ok) throw crmRefused(await readRefusal(response, request.operation, clock.now()));
      return await readAnswer(response, request.schema, request.operation);
    } catch (error) {
      throw error instanceof SyncError ? error : crmUnreachable(request.operation, error);
    }
  }

  return {
    async readActivities(connection, ids) {
      if (ids.length === 0) return [];
      const path = '/activities/read';
      const request = {
        method: 'POST',
        path,
        operation: 'read',
        schema: ReadActivitiesResponse,
        body: { ids },
      } as const;
      const { items } = await call(connection, request);
      const found = new Map(items.map((entry) => [entry.id, entry]));
      return ids.map((id): ActivityRead => {
        const entry = found.get(id);
        if (entry === undefined) throw crmAnswerMalformed('read', 'items (an id has no entry)');
        if (entry.state === 'missing') return { state: 'missing' };
        if (entry.state === 'deleted') return { state: 'deleted', version: entry.version };
        if (entry.activity.id !== id) throw crmAnswerMalformed('read', 'items.activity.id');
        return { state: 'present', activity: entry.activity };
      });
    },

    async listChanges(connection, watermark, overlapSeconds) {
      const query = new URLSearchParams({ overlapSeconds: `${overlapSeconds}`, limit: '500' });
      if (watermark !== undefined) query.set('since', watermark);
      const path = `/changes?${query}`;
      const page = await call(connection, { method: 'GET', path, operation: 'read', schema: ListChangesResponse });
      return { ...page, changes: page.changes.map((change) => ({ ...change, ownerId: change.ownerId })) };
    },

    createActivity: (connection, draft, operation) =>
      call(connection, {
        method: 'POST',
        path: '/activities',
        operation: 'create',
        schema: ConnectorActivity,
        headers: { 'idempotency-key': operation },
        body: draft,
      }),

    async findActivityByOperation(connection, operation) {
      const path = `/activities?${new URLSearchParams({ operation })}`;
      const request = { method: 'GET', path, operation: 'read', schema: FindActivityResponse } as const;
      return (await call(connection, request)).items[0];
    },

    updateActivity: async (connection, id, version, patch) =>
      call(connection, {
        method: 'PATCH',
        path: recordPath(id),
        operation: 'update',
        schema: ConnectorActivity,
        headers: ifMatch(version),
        body: patch,
      }),

    async deleteActivity(connection, id, version) {
      const headers = ifMatch(version);
      const request = { method: 'DELETE', path: recordPath(id), operation: 'delete', headers } as const;
      return (await call(connection, { ...request, schema: DeleteActivityResponse })).version;
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
