import type { StatusCode } from './mailbox-status.ts';

/** What stands still while trouble lasts. */
export type PauseScope = 'mailbox' | 'profile' | 'crmConnection';

/** What happens next; the thrower knows, the engine obeys. */
export type Remedy =
  /** Try again later; counts as one of the four tries. */
  | { readonly kind: 'retry'; readonly afterMs?: number }
  /** The trouble is larger than this change: hold the whole scope back, use up no try. */
  | { readonly kind: 'pause'; readonly scope: PauseScope; readonly forMs?: number }
  /** The cursor is lost: list and match again; no deletes, no creates of what is mapped. */
  | { readonly kind: 'resync' }
  /** No more calls for this process of this mailbox until a test passes. */
  | { readonly kind: 'disable'; readonly scope: PauseScope }
  /** This one change cannot succeed: to the failures list. */
  | { readonly kind: 'park' };

/** What the engine itself reacts to, apart from the remedy. */
export type ErrorKind = 'conflict' | 'notFound' | 'unauthorized' | 'other';

export interface SyncErrorDetails {
  /** The vendor's own code (ErrorServerBusy, HTTP_503, ECONNREFUSED …): safe to log and to keep. */
  readonly code: string;
  readonly remedy: Remedy;
  readonly kind?: ErrorKind;
  /** For trouble with Exchange: the status that the mailbox's process takes. */
  readonly status?: StatusCode;
  /** True when the request may have been carried out although it failed for us: look before doing it again. */
  readonly ambiguous?: boolean;
  readonly cause?: unknown;
}

/** An error that says what happens next. Its message is a plain sentence for the admin, free of contents and addresses. */
export class SyncError extends Error {
  readonly code: string;
  readonly remedy: Remedy;
  readonly kind: ErrorKind;
  readonly status: StatusCode | undefined;
  readonly ambiguous: boolean;

  constructor(message: string, details: SyncErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'SyncError';
    this.code = details.code;
    this.remedy = details.remedy;
    this.kind = details.kind ?? 'other';
    this.status = details.status;
    this.ambiguous = details.ambiguous ?? false;
  }
}

/** Any thrown value as a SyncError: what nobody foresaw is tried again and then parked. */
export function toSyncError(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  const code = error instanceof Error ? error.name : 'UNKNOWN';
  return new SyncError('An unexpected error; the log has the detail.', {
    code,
    remedy: { kind: 'retry' },
    cause: error,
    ambiguous: true,
  });
}
