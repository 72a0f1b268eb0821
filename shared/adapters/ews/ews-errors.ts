import type { StatusCode } from '../../domain/mailbox-status.ts';
import { type Remedy, SyncError } from '../../domain/sync-error.ts';
import {
  type CodeMeaning,
  defaultThrottlePause,
  meaningByCode,
  parked,
  parkedCodes,
  throttled,
  unauthorized,
  unknownTrouble,
} from './ews-response-codes.ts';

/** All the ways in which Exchange or the way to it fails. */
export type EwsFailure =
  /** A SOAP fault or the answer to one item. */
  | { readonly kind: 'response'; readonly code: string; readonly backOffMs?: number | undefined }
  | { readonly kind: 'http'; readonly status: number; readonly retryAfterMs?: number | undefined }
  /** No answer. `sent`: the whole request had left. */
  | { readonly kind: 'network'; readonly code: string; readonly sent: boolean }
  /** An answer that cannot be used: no SOAP, cut, hostile, too large, incomplete. */
  | { readonly kind: 'answer'; readonly code: string };

/** What a request was for: only a write leaves doubt behind. */
export type Intent = 'read' | 'write';

const pauseProfile: Remedy = { kind: 'pause', scope: 'profile', forMs: defaultThrottlePause };
const disableMailbox: Remedy = { kind: 'disable', scope: 'mailbox' };
const retry: Remedy = { kind: 'retry' };

function meaningOfCode(code: string): CodeMeaning {
  return meaningByCode.get(code) ?? (parkedCodes.test(code) ? parked : unknownTrouble);
}

const wrongUrl = (sentence: string): CodeMeaning => ({ remedy: pauseProfile, status: 'invalidServerUrl', sentence });
const outage = (status: StatusCode, ambiguous = false): CodeMeaning => ({
  remedy: pauseProfile,
  status,
  ambiguous,
  sentence: 'The Exchange server cannot be reached for now; work for it goes on after a pause.',
});

function meaningOfStatus(status: number): CodeMeaning {
  if (status === 429) return throttled;
  if (status === 503) return { ...throttled, status: 'serverError' };
  if (status === 502 || status === 504) return outage('serverError', true);
  if (status === 401 || status === 456) return unauthorized;
  if (status === 403)
    return { remedy: disableMailbox, status: 'forbidden', sentence: 'Exchange refused the service account (403).' };
  if (status === 413)
    return { remedy: { kind: 'park' }, sentence: 'The request is larger than the server takes (413).' };
  if ((status >= 300 && status < 400) || status === 404 || status === 405 || status === 410)
    return wrongUrl('The server URL of the profile is no endpoint of Exchange Web Services.');
  if (status >= 500)
    return { remedy: retry, status: 'serverError', ambiguous: true, sentence: 'The Exchange server had an error.' };
  return { remedy: retry, status: 'notSyncing', sentence: 'The Exchange server did not take the request.' };
}

const wrongName = /^(ENOTFOUND|ECONNREFUSED|ERR_TLS_CERT_ALTNAME_INVALID|EPROTO|OwnMachineRefused|ERR_INVALID_URL)$/;
const unreachable =
  /^(EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN)$|CERT|SELF_SIGNED|UNABLE_TO|^ERR_(TLS|SSL)/;

function meaningOfNetwork(code: string, sent: boolean): CodeMeaning {
  if (wrongName.test(code))
    return wrongUrl(
      'The server of the profile cannot be found, does not answer, or is not the one its certificate names.',
    );
  if (unreachable.test(code)) return outage('notSyncing');
  return { remedy: retry, status: 'notSyncing', ambiguous: sent, sentence: 'Exchange gave no answer in time.' };
}

function meaningOfAnswer(code: string): CodeMeaning {
  const sentence =
    code === 'AnswerTooLarge'
      ? 'The answer of Exchange is larger than is taken here.'
      : 'The answer did not come from Exchange Web Services or is damaged.';
  return { remedy: retry, status: code === 'NotSoap' ? 'invalidServerUrl' : 'notSyncing', ambiguous: true, sentence };
}

function meaningOf(failure: EwsFailure): CodeMeaning {
  switch (failure.kind) {
    case 'response':
      return meaningOfCode(failure.code);
    case 'http':
      return meaningOfStatus(failure.status);
    case 'network':
      return meaningOfNetwork(failure.code, failure.sent);
    case 'answer':
      return meaningOfAnswer(failure.code);
    default:
      return failure satisfies never;
  }
}

/** A longer pause than this is not believed: a wrong number must not stop a profile for days. */
const longestPause = 60 * 60_000;

function withWaiting(remedy: Remedy, failure: EwsFailure): Remedy {
  const wait =
    failure.kind === 'response' ? failure.backOffMs : failure.kind === 'http' ? failure.retryAfterMs : undefined;
  if (wait === undefined || wait <= 0 || remedy.kind !== 'pause' || remedy.forMs === undefined) return remedy;
  return { ...remedy, forMs: Math.min(wait, longestPause) };
}

function codeOf(failure: EwsFailure): string {
  return failure.kind === 'http' ? `HTTP_${failure.status}` : failure.code.slice(0, 100);
}

/** What a failure means for the engine and for the status of the mailbox. */
export function toEwsSyncError(failure: EwsFailure, intent: Intent, cause?: unknown): SyncError {
  const meaning = meaningOf(failure);
  return new SyncError(meaning.sentence, {
    code: codeOf(failure),
    remedy: withWaiting(meaning.remedy, failure),
    ambiguous: intent === 'write' && (meaning.ambiguous ?? false),
    ...(meaning.kind === undefined ? {} : { kind: meaning.kind }),
    ...(meaning.status === undefined ? {} : { status: meaning.status }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Retry-After as milliseconds: seconds or a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const trimmed = header.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1000;
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
