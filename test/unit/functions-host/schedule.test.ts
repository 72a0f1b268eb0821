import { describe, expect, test } from '@jest/globals';
import { retryDelay } from '../../../local/functions-host/retry-delay.ts';
import { parseSchedule } from '../../../local/functions-host/schedule.ts';
import { parseTimeSpan } from '../../../local/functions-host/time-span.ts';

const nextOf = (schedule: string, after: string): string | undefined => {
  const next = parseSchedule(schedule).next(Date.parse(after));
  return next === undefined ? undefined : new Date(next).toISOString();
};

describe('a schedule', () => {
  test.each([
    ['*/10 * * * * *', '2026-01-01T00:00:05.000Z', '2026-01-01T00:00:10.000Z'],
    ['0 */5 * * * *', '2026-01-01T00:00:00.000Z', '2026-01-01T00:05:00.000Z'],
    ['0 30 2 * * *', '2026-03-29T02:00:00.000Z', '2026-03-29T02:30:00.000Z'],
    ['*/5 * * * *', '2026-01-01T00:01:00.000Z', '2026-01-01T00:05:00.000Z'],
    ['0 0 9 * * Mon-Fri', '2026-01-02T10:00:00.000Z', '2026-01-05T09:00:00.000Z'],
    ['00:00:30', '2026-01-01T00:00:05.000Z', '2026-01-01T00:00:35.000Z'],
    ['1.00:00:00', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
  ])('%s after %s is due at %s', (schedule, after, due) => {
    expect(nextOf(schedule, after)).toBe(due);
  });

  test('needs the day of the month and the day of the week, where cron elsewhere takes either', () => {
    expect(nextOf('0 0 0 13 * FRI', '2026-01-01T00:00:00.000Z')).toBe('2026-02-13T00:00:00.000Z');
  });

  test.each(['every day', '0 0 0 L * *', '0 0 0 * * 5#2', '@daily', '* * *', '61 * * * * *', '24:00:00'])(
    'refuses %s, which Azure would refuse',
    (schedule) => {
      expect(() => parseSchedule(schedule)).toThrow();
    },
  );
});

describe('a time span', () => {
  test.each([
    ['00:05:00', 300_000],
    ['1.12:00:00', 129_600_000],
    ['00:00:00.5', 500],
    ['-00:00:01', -1000],
    ['5 minutes', undefined],
    ['25:00:00', undefined],
  ])('%s is %s ms', (text, milliseconds) => {
    expect(parseTimeSpan(text)).toBe(milliseconds);
  });
});

describe('the pause before a retry', () => {
  const exponential = {
    retryStrategy: 'exponentialBackoff',
    maxRetryCount: 4,
    minimumInterval: { seconds: 2 },
    maximumInterval: { seconds: 10 },
  } as const;

  test.each([
    [undefined, 1, undefined],
    [{ retryStrategy: 'fixedDelay', maxRetryCount: 1, delayInterval: { seconds: 3 } } as const, 1, 3000],
    [{ retryStrategy: 'fixedDelay', maxRetryCount: 1, delayInterval: { seconds: 3 } } as const, 2, undefined],
    [{ retryStrategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { seconds: 3 } } as const, 99, 3000],
    [exponential, 1, 2000],
    [exponential, 3, 8000],
    [exponential, 4, 10_000],
    [exponential, 5, undefined],
  ])('with %j before retry %d is %s ms', (options, retry, milliseconds) => {
    expect(retryDelay(options, retry)).toBe(milliseconds);
  });
});
