import type { z } from 'zod';
import type { CrmConnection } from '../../domain/organization.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Secret, SecretStore } from '../../ports/secret-store.ts';
import { readAnswer, readRefusal } from './connector-answer.ts';
import { connectorUrl } from './connector-url.ts';
import { type CrmOperation, type CrmPart, crmRefused, crmUnreachable } from './crm-errors.ts';

export interface ConnectorOptions {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly log: Log;
  /** For a whole call, its one repeat with a fresh token included. */
  readonly deadlineMs?: number;
  /** Lets plain http and addresses of this machine through. For local use only. */
  readonly allowInsecure?: boolean;
}

export interface ConnectorRequest<T extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly operation: CrmOperation;
  readonly schema: T;
  /** The part of the contract that it belongs to, if a CRM may lack it. */
  readonly part?: CrmPart | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type ConnectorCall = <T extends z.ZodType>(
  connection: CrmConnection,
  request: ConnectorRequest<T>,
) => Promise<z.infer<T>>;

/** Sends one request with the connection's token, once more with a fresh one after a 401, and reads its answer. */
export function connectorCall(options: ConnectorOptions): ConnectorCall {
  const { secrets, clock, log, deadlineMs = 15_000, allowInsecure = false } = options;

  /** After a refusal: what the vault has now. Whoever comes second finds the first one's reading in the cache. */
  async function renewToken(connection: CrmConnection, refused: Secret): Promise<Secret> {
    const cached = await secrets.read(connection.tokenSecretName);
    return cached.version === refused.version ? secrets.refresh(connection.tokenSecretName) : cached;
  }

  return async (connection, request) => {
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
      if (!response.ok) throw crmRefused(await readRefusal(response, request, clock.now()));
      return await readAnswer(response, request.schema, request.operation);
    } catch (error) {
      throw error instanceof SyncError ? error : crmUnreachable(request.operation, error);
    }
  };
}
