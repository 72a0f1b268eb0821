import { describe, expect, test } from '@jest/globals';
import { type EwsFailure, type Intent, retryAfterMs, toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import type { SyncError } from '../../../shared/domain/sync-error.ts';

const pauseProfile = (forMs = 30_000) => ({ kind: 'pause', scope: 'profile', forMs });
const pauseMailbox = (forMs: number) => ({ kind: 'pause', scope: 'mailbox', forMs });
const disable = { kind: 'disable', scope: 'mailbox' };
const retry = { kind: 'retry' };
const park = { kind: 'park' };

function shortOf(error: SyncError) {
  const { code, remedy, kind, status, ambiguous } = error;
  return { code, remedy, kind, status, ambiguous };
}

const seen = (failure: EwsFailure, intent: Intent = 'write') => shortOf(toEwsSyncError(failure, intent));

describe('a ResponseCode', () => {
  const serverError = { remedy: retry, status: 'serverError', ambiguous: true };
  const throttled = { remedy: pauseProfile(), status: 'notSyncing' };
  const impersonation = { remedy: disable, status: 'impersonationFailed' };
  const noMailbox = { remedy: disable, status: 'noMailbox' };
  const folder = { remedy: disable, status: 'accessDeniedFolder' };
  const version = { remedy: disable, status: 'versionNotSupported' };
  const timeOut = { remedy: retry, status: 'notSyncing', ambiguous: true };
  test.each([
    ['ErrorServerBusy', throttled],
    ['ErrorExceededConnectionCount', throttled],
    ['ErrorTooManyObjectsOpened', throttled],
    ['ErrorExceededFindCountLimit', throttled],
    ['ErrorInternalServerError', serverError],
    ['ErrorInternalServerTransientError', serverError],
    ['ErrorMailboxStoreUnavailable', { remedy: pauseMailbox(60_000), status: 'notSyncing' }],
    ['ErrorMailboxMoveInProgress', { remedy: pauseMailbox(300_000), status: 'notSyncing' }],
    ['ErrorQuotaExceeded', { remedy: pauseMailbox(3_600_000), status: 'notSyncing' }],
    ['ErrorTimeoutExpired', timeOut],
    ['ErrorBatchProcessingStopped', { remedy: retry, status: 'notSyncing' }],
    ['ErrorImpersonateUserDenied', impersonation],
    ['ErrorImpersonationDenied', impersonation],
    ['ErrorImpersonationFailed', impersonation],
    ['ErrorNonExistentMailbox', noMailbox],
    ['ErrorMissingEmailAddress', noMailbox],
    ['ErrorFolderNotFound', folder],
    ['ErrorAccessDenied', folder],
    ['ErrorAccountDisabled', { remedy: disable, status: 'forbidden' }],
    ['ErrorCalendarFolderIsInvalidForCalendarView', { remedy: disable, status: 'invalidFolder' }],
    ['ErrorInvalidServerVersion', version],
    ['ErrorIncorrectSchemaVersion', version],
    [
      'ErrorPasswordExpired',
      { remedy: { kind: 'pause', scope: 'profile' }, kind: 'unauthorized', status: 'unauthorized' },
    ],
    ['ErrorInvalidSyncStateData', { remedy: { kind: 'resync' }, status: 'notSyncing' }],
    ['ErrorIrresolvableConflict', { remedy: retry, kind: 'conflict' }],
    ['ErrorStaleObject', { remedy: retry, kind: 'conflict' }],
    ['ErrorItemNotFound', { remedy: park, kind: 'notFound' }],
    ['ErrorInvalidIdMalformed', { remedy: park }],
    ['ErrorInvalidRequest', { remedy: park }],
    ['ErrorPropertyValidationFailure', { remedy: park }],
    ['ErrorMessageSizeExceeded', { remedy: park }],
    ['ErrorCalendarEndDateIsEarlierThanStartDate', { remedy: park }],
    ['ErrorSchemaValidation', { remedy: park }],
    ['ErrorNobodyHasHeardOf', timeOut],
    ['Client', timeOut],
  ])('%s has its class', (code, expected) => {
    expect(seen({ kind: 'response', code })).toEqual({
      code,
      kind: 'other',
      status: undefined,
      ambiguous: false,
      ...expected,
    });
  });

  test('sets the length of the pause where Exchange says one, up to an hour', () => {
    const busy = (backOffMs: number) => seen({ kind: 'response', code: 'ErrorServerBusy', backOffMs }).remedy;
    expect([busy(1500), busy(0), busy(10 ** 9)]).toEqual([pauseProfile(1500), pauseProfile(), pauseProfile(3_600_000)]);
  });
});

describe('an HTTP status', () => {
  const wrongUrl = { remedy: pauseProfile(), status: 'invalidServerUrl' };
  const unauthorized = { remedy: { kind: 'pause', scope: 'profile' }, kind: 'unauthorized', status: 'unauthorized' };
  const outage = { remedy: pauseProfile(), status: 'serverError', ambiguous: true };
  test.each([
    [302, wrongUrl],
    [400, { remedy: retry, status: 'notSyncing' }],
    [401, unauthorized],
    [403, { remedy: disable, status: 'forbidden' }],
    [404, wrongUrl],
    [405, wrongUrl],
    [413, { remedy: park }],
    [429, { remedy: pauseProfile(), status: 'notSyncing' }],
    [456, unauthorized],
    [500, { remedy: retry, status: 'serverError', ambiguous: true }],
    [502, outage],
    [503, { remedy: pauseProfile(), status: 'serverError' }],
    [504, outage],
    [507, { remedy: retry, status: 'serverError', ambiguous: true }],
  ])('%i has its class', (status, expected) => {
    const blank = { kind: 'other', status: undefined, ambiguous: false };
    expect(seen({ kind: 'http', status })).toEqual({ code: `HTTP_${status}`, ...blank, ...expected });
  });

  test('sets the length of the pause where Retry-After says one', () => {
    expect(seen({ kind: 'http', status: 503, retryAfterMs: 7000 }).remedy).toEqual(pauseProfile(7000));
  });
});

describe('a network failure', () => {
  const wrongUrl = { remedy: pauseProfile(), status: 'invalidServerUrl', ambiguous: false };
  const away = { remedy: pauseProfile(), status: 'notSyncing', ambiguous: false };
  const noAnswer = { remedy: retry, status: 'notSyncing', ambiguous: true };
  test.each([
    ['ENOTFOUND', wrongUrl],
    ['ECONNREFUSED', wrongUrl],
    ['ERR_TLS_CERT_ALTNAME_INVALID', wrongUrl],
    ['OwnMachineRefused', wrongUrl],
    ['EAI_AGAIN', away],
    ['EHOSTUNREACH', away],
    ['CERT_HAS_EXPIRED', away],
    ['SELF_SIGNED_CERT_IN_CHAIN', away],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', away],
    ['ECONNRESET', noAnswer],
    ['DeadlineExceeded', noAnswer],
    ['UNKNOWN', noAnswer],
  ])('%s has its class', (code, expected) => {
    expect(seen({ kind: 'network', code, sent: true })).toEqual({ code, kind: 'other', ...expected });
  });

  test('leaves no doubt when the request had not left, or changes nothing', () => {
    const failure = { kind: 'network', code: 'ECONNRESET' } as const;
    expect(seen({ ...failure, sent: false }).ambiguous).toBe(false);
    expect(seen({ ...failure, sent: true }, 'read').ambiguous).toBe(false);
  });
});

test('a damaged answer to a write leaves it in doubt', () => {
  expect(seen({ kind: 'answer', code: 'AnswerCut' })).toMatchObject({ remedy: retry, ambiguous: true });
  expect(seen({ kind: 'answer', code: 'AnswerCut' }, 'read').ambiguous).toBe(false);
});

test('no message holds anything that the server said', () => {
  expect(toEwsSyncError({ kind: 'response', code: 'ErrorSecretName' }, 'read').message).not.toContain('Secret');
});

test('Retry-After is read as seconds and as a date', () => {
  const now = new Date('2026-06-01T08:00:00Z');
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Mon, 01 Jun 2026 08:00:30 GMT', now)).toBe(30_000);
  expect(retryAfterMs('Mon, 01 Jun 2026 07:00:00 GMT', now)).toBe(0);
  expect([retryAfterMs(undefined, now), retryAfterMs('soon', now)]).toEqual([undefined, undefined]);
});
