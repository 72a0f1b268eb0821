import { describe, expect, test } from '@jest/globals';
import { crmAnswerMalformed, crmRefused, crmUnreachable } from '../../../shared/adapters/crm/crm-errors.ts';

const pause = { kind: 'pause', scope: 'crmConnection' };
const retry = { kind: 'retry' };
const park = { kind: 'park' };
const problem = 'p';

describe('a refusal of the CRM', () => {
  test.each([
    ['update', 301, {}, 'other', pause, false],
    ['update', 400, { problem }, 'other', park, false],
    ['create', 422, { problem }, 'other', park, false],
    ['update', 413, {}, 'other', park, false],
    ['read', 401, {}, 'unauthorized', pause, false],
    ['update', 403, {}, 'other', pause, false],
    ['update', 404, { problem }, 'notFound', retry, false],
    ['delete', 410, { problem }, 'notFound', retry, false],
    ['delete', 404, {}, 'other', pause, false],
    ['read', 404, { problem }, 'other', pause, false],
    ['read', 410, { problem }, 'other', { kind: 'resync' }, false],
    ['create', 404, { problem }, 'other', pause, false],
    ['create', 410, { problem }, 'notFound', retry, false],
    ['update', 409, {}, 'conflict', retry, false],
    ['delete', 412, {}, 'conflict', retry, false],
    ['create', 409, {}, 'other', retry, true],
    ['create', 408, {}, 'other', retry, true],
    ['read', 429, { retryAfterMs: 7000 }, 'other', { ...pause, forMs: 7000 }, false],
    ['read', 500, {}, 'other', pause, false],
    ['update', 500, {}, 'other', retry, false],
    ['create', 500, {}, 'other', retry, true],
    ['update', 502, {}, 'other', pause, false],
    ['create', 503, { retryAfterMs: 1000 }, 'other', { ...pause, forMs: 1000 }, true],
    ['create', 504, {}, 'other', pause, true],
  ] as const)('of %s with %i %j is %s', (operation, status, more, kind, remedy, ambiguous) => {
    const error = crmRefused({ operation, status, ...more });
    expect({ kind: error.kind, remedy: error.remedy, ambiguous: error.ambiguous }).toEqual({ kind, remedy, ambiguous });
  });

  test.each([
    ['read', 'contacts', 404, {}, 'CRM_HAS_NO_CONTACTS'],
    ['read', 'contacts', 404, { problem }, 'CRM_HAS_NO_CONTACTS'],
    ['create', 'contacts', 405, {}, 'CRM_HAS_NO_CONTACTS'],
    ['update', 'contacts', 404, {}, 'CRM_HAS_NO_CONTACTS'],
    ['read', 'contacts', 501, {}, 'CRM_HAS_NO_CONTACTS'],
    ['read', 'lists', 400, { problem }, 'CRM_HAS_NO_LISTS'],
    ['read', 'lists', 422, {}, 'CRM_HAS_NO_LISTS'],
  ] as const)(
    'of %s for %s with %i %j stops nothing else of a CRM that lacks them',
    (operation, part, status, more, code) => {
      const error = crmRefused({ operation, part, status, ...more });
      expect({ code: error.code, kind: error.kind, remedy: error.remedy, ambiguous: error.ambiguous }).toEqual({
        code,
        kind: 'other',
        remedy: retry,
        ambiguous: false,
      });
    },
  );

  test.each([
    ['update', 404, { problem }, 'notFound', retry],
    ['delete', 410, { problem }, 'notFound', retry],
    ['update', 412, {}, 'conflict', retry],
    ['read', 401, {}, 'unauthorized', pause],
    ['read', 503, {}, 'other', pause],
    ['create', 422, { problem }, 'other', park],
  ] as const)(
    'of %s for contacts with %i %j means what it does for activities',
    (operation, status, more, kind, remedy) => {
      const error = crmRefused({ operation, part: 'contacts', status, ...more });
      expect({ kind: error.kind, remedy: error.remedy }).toEqual({ kind, remedy });
    },
  );

  test('carries the status and the name of the problem as its code', () => {
    expect(crmRefused({ operation: 'update', status: 422, problem: 'start-after-end' }).code).toBe(
      'HTTP_422_start-after-end',
    );
    expect(crmRefused({ operation: 'update', status: 422 }).code).toBe('HTTP_422');
  });
});

describe('a CRM out of reach', () => {
  const refusedConnection = new TypeError('fetch failed', {
    cause: new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })]),
  });
  const reset = new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNRESET' }) });

  test.each([
    ['create', refusedConnection, 'ECONNREFUSED', false],
    ['create', reset, 'ECONNRESET', true],
    ['update', reset, 'ECONNRESET', false],
    ['create', new DOMException('late', 'TimeoutError'), 'TIMEOUT', true],
    ['create', new TypeError('fetch failed'), 'NETWORK', true],
  ] as const)('at %s by %s is %s and pauses the connection', (operation, cause, code, ambiguous) => {
    const error = crmUnreachable(operation, cause);
    expect({ code: error.code, ambiguous: error.ambiguous, remedy: error.remedy }).toEqual({
      code,
      ambiguous,
      remedy: pause,
    });
  });
});

test('a malformed answer names the field and is tried again, since a CRM may mend it', () => {
  const error = crmAnswerMalformed('create', 'start');
  expect(error).toMatchObject({ code: 'CRM_ANSWER_MALFORMED', remedy: retry, ambiguous: true });
  expect(error.message).toContain('start');
});
