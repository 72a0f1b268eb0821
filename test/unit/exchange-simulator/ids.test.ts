import { describe, expect, test } from '@jest/globals';
import { decodeChangeKey, decodeId, encodeChangeKey, encodeId } from '../../../local/exchange/ids.ts';

const mailboxGuid = '0f5fbe57-cab0-41b4-ba02-b0787aa5a51c';
const id = { kind: 'item', mailboxGuid, key: '0123456789abcdef0123456789abcdef' } as const;

describe('ids of the Exchange simulator', () => {
  test('are long and opaque, begin like those of Exchange, and decode to what they name', () => {
    const text = encodeId(id);
    expect(text).toMatch(/^AAMkA/);
    expect(text.length).toBeGreaterThan(140);
    expect(text).not.toContain(id.key);
    expect(decodeId(text)).toEqual(id);
    expect(decodeId(encodeId({ kind: 'folder', mailboxGuid, key: 'recoverableitemsdeletions' })).key).toBe(
      'recoverableitemsdeletions',
    );
  });

  test.each([
    ['foreign', 'AAMkADk='],
    ['in another case', encodeId(id).toLowerCase()],
    ['cut', encodeId(id).slice(0, -4)],
    ['with one letter changed', encodeId(id).replace('AAMkA', 'AAMkB')],
  ])('refuse one that is %s', (_what, text) => {
    expect(() => decodeId(text)).toThrow(expect.objectContaining({ code: 'ErrorInvalidIdMalformed' }));
  });

  test('ChangeKeys differ by version and carry it', () => {
    const [one, two] = [1, 2].map((version) => encodeChangeKey('CalendarItem', mailboxGuid, version));
    expect(one).toMatch(/^DwAAABYAAA/);
    expect(one).not.toBe(two);
    expect(decodeChangeKey(two ?? '')).toBe(2);
    expect(() => decodeChangeKey('AAAA')).toThrow(expect.objectContaining({ code: 'ErrorInvalidChangeKey' }));
  });
});
