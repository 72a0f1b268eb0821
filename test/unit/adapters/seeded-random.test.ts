import { expect, test } from '@jest/globals';
import { seededRandom } from '../../../shared/adapters/memory/seeded-random.ts';
import { MailboxId } from '../../../shared/domain/ids.ts';

const thousand = <T>(make: () => T): T[] => Array.from({ length: 1000 }, make);

test('the same seed gives the same numbers and ids, another seed others', () => {
  expect(thousand(seededRandom(7).fraction)).toEqual(thousand(seededRandom(7).fraction));
  expect(thousand(seededRandom(7).id)).toEqual(thousand(seededRandom(7).id));
  const ids = new Set([...thousand(seededRandom(7).id), ...thousand(seededRandom(8).id)]);
  expect(ids.size).toBe(2000);
  expect([...ids].every((id) => MailboxId.safeParse(id).success)).toBe(true);
});

test('numbers lie in [0, 1) and are spread over it', () => {
  const numbers = thousand(seededRandom(1).fraction);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  for (const tenth of Array.from({ length: 10 }, (_, index) => index)) {
    const inTenth = numbers.filter((number) => Math.floor(number * 10) === tenth).length;
    expect(inTenth).toBeGreaterThan(60);
    expect(inTenth).toBeLessThan(140);
  }
});
