import type { z } from 'zod';
import { Problem } from '../../domain/crm-connector.ts';
import { type CrmOperation, type CrmPart, type CrmRefusal, crmAnswerMalformed } from './crm-errors.ts';

const largest = 16 * 1024 * 1024;
const largestProblem = 64 * 1024;

/** Reads a body up to a size; undefined when it is larger. What was not read is called off. */
async function readText(response: Response, limit: number): Promise<string | undefined> {
  if (Number(response.headers.get('content-length') ?? 0) > limit) {
    await response.body?.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The answer as its schema says; a SyncError that names the first field that is not, never a value. */
export async function readAnswer<T extends z.ZodType>(
  response: Response,
  schema: T,
  operation: CrmOperation,
): Promise<z.infer<T>> {
  const text = await readText(response, largest);
  if (text === undefined) throw crmAnswerMalformed(operation, 'the body (larger than 16 MB)');
  const json = parseJson(text);
  if (json === undefined) throw crmAnswerMalformed(operation, 'the body (not JSON)');
  const answer = schema.safeParse(json);
  if (answer.success) return answer.data;
  throw crmAnswerMalformed(operation, answer.error.issues[0]?.path.join('.') || 'the body');
}

/** What a refusal says of itself: status, name of the problem, when to come back. Titles and details stay unread. */
export async function readRefusal(
  response: Response,
  { operation, part }: { readonly operation: CrmOperation; readonly part?: CrmPart | undefined },
  now: Date,
): Promise<CrmRefusal> {
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), now);
  const base = {
    operation,
    ...(part === undefined ? {} : { part }),
    status: response.status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  if (!/^application\/problem\+json\b/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel();
    return base;
  }
  const problem = Problem.safeParse(parseJson((await readText(response, largestProblem)) ?? ''));
  return { ...base, problem: problem.success ? nameOf(problem.data) : '' };
}

/** A name that is safe to log: the code, else the last part of the type; nothing when it could be a text. */
function nameOf({ code, type }: Problem): string {
  const name = code ?? (type === 'about:blank' ? '' : (type.split(/[/#:]/).at(-1) ?? ''));
  return /^[A-Za-z0-9._-]{1,60}$/.test(name) ? name : '';
}

/** Retry-After is seconds or an HTTP date, RFC 9110 §10.2.3. Milliseconds from now; at most a day. */
function retryAfter(value: string | null, now: Date): number | undefined {
  if (value === null) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), 86_400_000);
}
