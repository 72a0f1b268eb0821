import { describe, expect, test } from '@jest/globals';
import { type AuthorizationLevel, createAuthorizer, presentedKey } from '../../../local/functions-host/authorize.ts';

const isAuthorized = createAuthorizer({ master: 'm', function: 'f' });

describe('a key', () => {
  test.each<[AuthorizationLevel, string | undefined, boolean]>([
    ['anonymous', undefined, true],
    ['function', undefined, false],
    ['function', '', false],
    ['function', 'wrong', false],
    ['function', 'f', true],
    ['function', 'm', true],
    ['admin', 'f', false],
    ['admin', 'm', true],
  ])('on level %s, %s: %s', (level, key, allowed) => {
    expect(isAuthorized(level, key)).toBe(allowed);
  });

  test('is taken from the header before the query', () => {
    const query = new URLSearchParams('code=from-query');
    expect(presentedKey({ 'x-functions-key': 'from-header' }, query)).toBe('from-header');
    expect(presentedKey({}, query)).toBe('from-query');
    expect(presentedKey({}, new URLSearchParams())).toBeUndefined();
  });
});
