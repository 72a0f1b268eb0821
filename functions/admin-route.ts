import type { HttpMethod, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { z } from 'zod';
import { OrganizationId } from '../shared/domain/ids.ts';
import { StoreConflict, type Stored } from '../shared/ports/stored.ts';
import { Malformed } from './malformed.ts';
import { problem } from './problem.ts';
import { readAtMost } from './read-at-most.ts';
import type { Triggers } from './triggers.ts';

const largestBody = 256 * 1024;

export interface AdminCall {
  readonly request: HttpRequest;
  readonly organization: OrganizationId;
}

/** Registers one route under /api/admin/organizations/{org}; what goes wrong is answered as problem+json. */
export function adminRoute(
  app: Triggers,
  name: string,
  methods: readonly HttpMethod[],
  route: string,
  handle: (call: AdminCall) => Promise<HttpResponseInit>,
): void {
  app.http(`admin-${name}`, {
    route: `api/admin/organizations/{org}${route}`,
    methods: [...methods],
    authLevel: 'function',
    handler: async (request) => {
      const organization = OrganizationId.safeParse(request.params['org']);
      if (!organization.success) return notFound('organization');
      try {
        return await handle({ request, organization: organization.data });
      } catch (error) {
        return answerOf(error);
      }
    },
  });
}

export const notFound = (what: string): HttpResponseInit => problem(404, `No such ${what}`);

export const json = (value: unknown, status = 200): HttpResponseInit => ({
  status,
  headers: { 'cache-control': 'no-store' },
  jsonBody: value,
});

/** A row with its etag, for a later If-Match. */
export const stored = <T>(row: Stored<T> | undefined, what: string): HttpResponseInit =>
  row === undefined ? notFound(what) : { ...json(row.value), headers: { 'cache-control': 'no-store', etag: row.etag } };

export const saved = (etag: string): HttpResponseInit => ({ status: 204, headers: { etag } });

/** The body, which must be what the schema says; what the path names wins over what the body says. */
export async function readBody<T extends z.ZodType>(
  request: HttpRequest,
  schema: T,
  named: object,
): Promise<z.infer<T>> {
  const body = await readAtMost(request, largestBody);
  if (body === undefined) throw new Malformed([{ path: '', message: 'larger than 256 KB' }]);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new Malformed([{ path: '', message: 'not JSON' }]);
  }
  const parsed = schema.safeParse(typeof value === 'object' && value !== null ? { ...value, ...named } : value);
  if (parsed.success) return parsed.data;
  throw new Malformed(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}

function answerOf(error: unknown): HttpResponseInit {
  if (error instanceof Malformed) return problem(400, 'The request is malformed', { errors: error.errors });
  if (error instanceof StoreConflict) {
    return problem(412, 'It was changed in the meantime', {
      detail: 'Read it again and send your change with its new ETag.',
    });
  }
  throw error;
}
