import { expect, test } from '@jest/globals';
import { dateOfMidnight } from '../../../shared/adapters/ews/ews-dates.ts';

const date = '2026-06-09';
const midnightAt = (hours: number) => new Date(Date.parse(`${date}T00:00:00Z`) - hours * 3_600_000).toISOString();

test.each([-10, -9.5, -8, -3.5, 0, 1, 5.75, 8, 12, 12.75, 13, 13.75])(
  'midnight of a zone %s hours ahead of UTC is its date',
  (hours) => {
    expect(dateOfMidnight(midnightAt(hours))).toBe(date);
  },
);

test('no date can be told where a midnight is also that of a zone on the other side of the date line', () => {
  expect(midnightAt(14).slice(11)).toBe(midnightAt(-10).slice(11));
  expect(midnightAt(13).slice(11)).toBe(midnightAt(-11).slice(11));
});
