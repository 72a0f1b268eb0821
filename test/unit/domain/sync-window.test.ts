import { describe, expect, test } from '@jest/globals';
import { enteringDay, isInWindow, windowOf } from '../../../shared/domain/sync-window.ts';

const days = { daysBack: 2, daysAhead: 90 };
const at = (instant: string) => Date.parse(instant);
const window = { from: '2030-01-08T00:00:00.000Z', to: '2030-04-11T00:00:00.000Z' };

test('edges are whole days, so that they stay all day and move at midnight UTC', () => {
  expect(windowOf(at('2030-01-10T00:00:00Z'), days)).toEqual(window);
  expect(windowOf(at('2030-01-10T23:59:59.999Z'), days)).toEqual(window);
  expect(windowOf(at('2030-01-11T00:00:00Z'), days)).toEqual({
    from: '2030-01-09T00:00:00.000Z',
    to: '2030-04-12T00:00:00.000Z',
  });
});

test.each([
  ['within', '2030-02-01T09:00:00Z', '2030-02-01T10:00:00Z', true],
  ['over both edges', '2029-01-01T00:00:00Z', '2031-01-01T00:00:00Z', true],
  ['that ended as it begins', '2030-01-07T23:00:00Z', '2030-01-08T00:00:00Z', false],
  ['that starts as it ends', '2030-04-11T00:00:00Z', '2030-04-11T01:00:00Z', false],
  ['without length at its beginning', '2030-01-08T00:00:00Z', '2030-01-08T00:00:00Z', true],
  ['without length before it', '2030-01-07T00:00:00Z', '2030-01-07T00:00:00Z', false],
])('an item %s: %s to %s is in the window: %p', (_, start, end, expected) => {
  expect(isInWindow({ start, end }, window)).toBe(expected);
});

describe('what entered since the last sweep', () => {
  const now = at('2030-01-10T03:00:00Z');

  test('is nothing on the same day', () => {
    expect(enteringDay(at('2030-01-10T00:00:00Z'), now, days)).toBeUndefined();
  });

  test('is the day at the far edge on the next day', () => {
    expect(enteringDay(at('2030-01-09T03:00:00Z'), now, days)).toEqual({
      from: '2030-04-10T00:00:00.000Z',
      to: window.to,
    });
  });

  test('is all days that were missed, at most the window', () => {
    expect(enteringDay(at('2030-01-05T03:00:00Z'), now, days)).toEqual({
      from: '2030-04-06T00:00:00.000Z',
      to: window.to,
    });
    expect(enteringDay(at('2028-01-05T03:00:00Z'), now, days)).toEqual(window);
    expect(enteringDay(undefined, now, days)).toEqual(window);
  });

  test('is nothing when the clock went back', () => {
    expect(enteringDay(at('2030-01-12T03:00:00Z'), now, days)).toBeUndefined();
  });

  test('leaves no gap, day after day', () => {
    let last = at('2030-01-01T03:00:00Z');
    for (let day = 1; day < 40; day += 1) {
      const next = at('2030-01-01T03:00:00Z') + day * 86_400_000 + (day % 5) * 3_600_000;
      const swept = enteringDay(last, next, days);
      expect(swept?.from).toBe(windowOf(last, days).to);
      expect(swept?.to).toBe(windowOf(next, days).to);
      last = next;
    }
  });
});
