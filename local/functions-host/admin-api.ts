import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthorizationLevel } from './authorize.ts';
import { type FunctionRegistry, findFunction, type RegisteredFunction } from './function-registry.ts';
import { readBody } from './request-body.ts';

export type AdminApi = (
  /** Segments after /admin. */
  path: string[],
  key: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

export interface AdminApiOptions {
  registry: FunctionRegistry;
  isAuthorized: (level: AuthorizationLevel, key: string | undefined) => boolean;
  /** Starts a function by hand with the given input; what becomes of it is in the log. */
  runByHand: (fn: RegisteredFunction, input: string) => void;
}

/**
 * The part of the host's admin API that people use: status, ping, list of functions and a run by hand, behind the master key
 * (https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http).
 */
export const createAdminApi = ({ registry, isAuthorized, runByHand }: AdminApiOptions): AdminApi => {
  const startedAt = Date.now();

  const describe = (fn: RegisteredFunction) => ({
    name: fn.name,
    config: { bindings: Object.entries(fn.metadata.bindings).map(([name, binding]) => ({ ...binding, name })) },
  });

  return async ([area = '', name, ...more], key, request, response) => {
    const sendJson = (body: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    };
    const end = (status: number): void => {
      response.writeHead(status).end();
    };
    const place = `${request.method} ${area}/${name ?? ''}`.toLowerCase();
    if (/ host\/ping$/.test(place)) return end(200);
    if (!isAuthorized('admin', key)) return end(401);
    if (more.length > 0) return end(404);
    if (place === 'get host/status') {
      return sendJson({ id: 'local', state: 'Running', version: '4.1037.0', processUptime: Date.now() - startedAt });
    }
    if (place === 'get functions/') return sendJson([...registry.functions.values()].map(describe));
    const fn = area.toLowerCase() === 'functions' && name ? findFunction(registry, name) : undefined;
    if (fn === undefined) return end(404);
    if (request.method === 'GET') return sendJson(describe(fn));
    if (request.method !== 'POST') return end(404);
    const input = parseInput(await readBody(request, 1_048_576));
    if (input === undefined || fn.trigger.type.toLowerCase() === 'httptrigger') return end(400);
    runByHand(fn, input);
    return end(202);
  };
};

/** The body is `{"input": "text"}`, or empty; undefined where it is neither. */
const parseInput = (body: Buffer | undefined): string | undefined => {
  if (body === undefined) return '';
  try {
    const input: unknown = (JSON.parse(body.toString('utf8')) as { input?: unknown } | null)?.input;
    return typeof input === 'string' ? input : JSON.stringify(input ?? '');
  } catch {
    return undefined;
  }
};
