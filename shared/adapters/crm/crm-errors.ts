import { SyncError } from '../../domain/sync-error.ts';

/** What a call to the CRM was for: the same status means different things for one record and for the whole API. */
export type CrmOperation = 'read' | 'create' | 'update' | 'delete';

/** Parts of the contract that a CRM may lack: contacts, and listing what a user has. */
export type CrmPart = 'contacts' | 'lists';

export interface CrmRefusal {
  readonly operation: CrmOperation;
  readonly part?: CrmPart;
  readonly status: number;
  /** The problem's `code` or the end of its `type`; present only when the answer was application/problem+json. */
  readonly problem?: string;
  readonly retryAfterMs?: number;
}

const pause = (forMs?: number) => ({
  kind: 'pause' as const,
  scope: 'crmConnection' as const,
  ...(forMs === undefined ? {} : { forMs }),
});
const retry = (afterMs?: number) => ({ kind: 'retry' as const, ...(afterMs === undefined ? {} : { afterMs }) });
const park = { kind: 'park' } as const;

/** An HTTP status that is not success, as the error the engine obeys. No text of the CRM is kept: it may hold contents. */
export function crmRefused(refusal: CrmRefusal): SyncError {
  const { operation, part, status, problem, retryAfterMs } = refusal;
  const code = problem === undefined || problem === '' ? `HTTP_${status}` : `HTTP_${status}_${problem}`;
  const ofOneRecord = operation !== 'read';
  const ambiguous = operation === 'create' && (status >= 500 || status === 408 || status === 409);

  if (status >= 300 && status < 400)
    return new SyncError('The CRM answers with a redirect. Set the base URL of its connection to the final address.', {
      code,
      remedy: pause(),
    });
  if (part !== undefined && isAbsent(refusal))
    return new SyncError(absences[part], { code: `CRM_HAS_NO_${part.toUpperCase()}`, remedy: retry() });
  switch (status) {
    case 401:
      return new SyncError(
        'The CRM refuses our token. Store a valid token in the vault under the name in its connection.',
        {
          code,
          kind: 'unauthorized',
          remedy: pause(),
        },
      );
    case 403:
      return new SyncError(
        'The CRM knows our token but denies access. Grant the integration user its rights in the CRM.',
        {
          code,
          remedy: pause(),
        },
      );
    case 404:
    case 410:
      if (operation === 'read' && status === 410 && problem !== undefined)
        return new SyncError('The CRM no longer knows where we stopped reading its changes.', {
          code,
          remedy: { kind: 'resync' },
        });
      // A proxy answers 404 too, but not with a problem document: only the CRM's own word counts as "gone".
      return ofOneRecord && problem !== undefined && (operation !== 'create' || status === 410)
        ? new SyncError('The record is gone from the CRM.', { code, kind: 'notFound', remedy: retry() })
        : new SyncError('The CRM has no connector API under the base URL of its connection. Correct the URL.', {
            code,
            remedy: pause(),
            ambiguous,
          });
    case 409:
    case 412:
      return operation === 'create'
        ? new SyncError('The CRM is still busy with the first attempt of this create.', {
            code,
            remedy: retry(retryAfterMs),
            ambiguous,
          })
        : new SyncError('The record was changed in the CRM in the meantime.', {
            code,
            kind: 'conflict',
            remedy: retry(),
          });
    case 408:
    case 425:
      return new SyncError('The CRM did not take the request in time.', {
        code,
        remedy: retry(retryAfterMs),
        ambiguous,
      });
    case 429:
      return new SyncError('The CRM asks us to slow down.', { code, remedy: pause(retryAfterMs) });
    case 500:
      // A fault at one record's write is that record's: it must not stop the whole organization.
      return ofOneRecord
        ? new SyncError('The CRM failed at this record; its own log has the reason.', {
            code,
            remedy: retry(retryAfterMs),
            ambiguous,
          })
        : new SyncError('The CRM has an internal error.', { code, remedy: pause(retryAfterMs) });
    default:
      return status > 500
        ? new SyncError('The CRM is not available at the moment.', { code, remedy: pause(retryAfterMs), ambiguous })
        : new SyncError('The CRM does not accept this change; the code says what it objects to.', {
            code,
            remedy: park,
          });
  }
}

const absences: Readonly<Record<CrmPart, string>> = {
  contacts: 'The CRM offers no contacts. Add /contacts to its connector, or switch contacts off for the mailboxes.',
  lists: 'The CRM does not list what a user has. Add the parameter owner to its GET /activities.',
};

/** Nothing at the address of a part that a CRM may lack; what a CRM says of one record counts as said of that. */
function isAbsent({ operation, part, status, problem }: CrmRefusal): boolean {
  const ofOneRecord = operation === 'update' || operation === 'delete';
  if (part === 'lists' && (status === 400 || status === 422)) return true;
  return status === 405 || status === 501 || (status === 404 && !(ofOneRecord && problem !== undefined));
}

/** A call that gave no answer: refused, reset, name not resolved, certificate not trusted, deadline passed. */
export function crmUnreachable(operation: CrmOperation, cause: unknown): SyncError {
  const code = networkCodeOf(cause);
  const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']).has(code);
  return new SyncError(
    code === 'TIMEOUT' ? 'The CRM did not answer within the deadline.' : 'The CRM cannot be reached.',
    { code, remedy: pause(), ambiguous: operation === 'create' && !neverSent, cause },
  );
}

/** An answer that is not as the contract says. `field` is a path such as `items.0.activity.start`, never a value. */
export function crmAnswerMalformed(operation: CrmOperation, field: string): SyncError {
  return new SyncError(`The CRM's answer breaks the connector contract at ${field}.`, {
    code: 'CRM_ANSWER_MALFORMED',
    remedy: retry(),
    ambiguous: operation === 'create',
  });
}

/** fetch rejects with a TypeError whose cause (or whose cause's first error) carries the code of the operating system. */
function networkCodeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const { name, code, errors, cause } = at as { name?: unknown; code?: unknown; errors?: unknown; cause?: unknown };
    if (name === 'TimeoutError' || name === 'AbortError') return 'TIMEOUT';
    if (typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code)) return code;
    at = Array.isArray(errors) ? errors[0] : cause;
  }
  return 'NETWORK';
}
