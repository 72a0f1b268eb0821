import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Request {
  readonly method: string;
  readonly url: URL;
  /** What the groups of the route's pattern matched, decoded. */
  readonly parts: readonly string[];
  header(name: string): string | undefined;
  /** The body by a schema; a Refused that names the failing field otherwise. */
  read<T extends z.ZodType>(schema: T): Promise<z.infer<T>>;
}

export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly handle: (request: Request) => Answer | Promise<Answer>;
}

/** Thrown where a request cannot be served; becomes a problem document, RFC 9457. */
export class Refused extends Error {
  readonly answer: Answer;
  constructor(status: number, code: string, title: string, headers: Record<string, string> = {}) {
    super(title);
    this.answer = {
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
      body: JSON.stringify({ type: `urn:crm:problem:${code}`, code, title, status }),
    };
  }
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

export function parseOrRefuse<T extends z.ZodType>(schema: T, value: unknown, status: number): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refused(status, 'invalid', `${issue?.path.join('.') || 'the request'}: ${issue?.message}`);
}

/** Compares without telling by the time taken how much was right. */
export function isBearer(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const largest = 8 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw new Refused(413, 'too-large', 'the body is larger than 8 MB');
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refused(400, 'not-json', 'the body is not JSON');
  }
}

/** Serves the first route that fits. Pages of other origins may not write: this server has no sign-in of its own. */
export async function serve(routes: readonly Route[], raw: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = await dispatch(routes, raw).catch((error: unknown) => {
    if (error instanceof Refused) return error.answer;
    process.stderr.write(`crm: ${error instanceof Error ? error.stack : error}\n`);
    return new Refused(500, 'internal', 'the demo CRM failed; see its output').answer;
  });
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
  });
  response.end(answer.body);
}

async function dispatch(routes: readonly Route[], raw: IncomingMessage): Promise<Answer> {
  const url = new URL(raw.url ?? '/', 'http://crm.local');
  const method = raw.method ?? 'GET';
  const { origin, host } = raw.headers;
  if (method !== 'GET' && origin !== undefined && origin !== `http://${host}`)
    throw new Refused(403, 'origin', 'requests of other pages are refused');
  const fitting = routes.filter(({ path }) => path.test(url.pathname));
  const route = fitting.find((one) => one.method === method);
  if (route === undefined) {
    if (fitting.length > 0) throw new Refused(405, 'method', 'this address does not know this method');
    throw new Refused(404, 'no-such-address', 'there is nothing at this address');
  }
  const body = readBody(raw);
  // A handler may refuse before it looks at the body.
  body.catch(() => {});
  return route.handle({
    method,
    url,
    parts: (route.path.exec(url.pathname) ?? []).slice(1).map(decodePart),
    header: (name) => raw.headers[name]?.toString(),
    read: async (schema) => parseOrRefuse(schema, await body, 422),
  });
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refused(400, 'address', 'the address is not well encoded');
  }
}
