import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { canonicalExceptions, canonicalRecurrence, canonicalSeries } from '../../../shared/domain/canonical-series.ts';
import { Recurrence, Series } from '../../../shared/domain/recurrence.ts';

type Input = z.input<typeof Recurrence>;
const text = (pattern: Input['pattern'], startDate: string, end: Input['end'] = { kind: 'never' }) =>
  canonicalRecurrence(Recurrence.parse({ pattern, startDate, end }));
const weekly = (daysOfWeek: ('monday' | 'tuesday' | 'wednesday' | 'sunday')[], interval = 1) => ({
  kind: 'weekly' as const,
  interval,
  daysOfWeek,
});
const everyDay = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

describe('the same', () => {
  test.each<[string, string, string]>([
    [
      'days in any order',
      text(weekly(['monday', 'tuesday']), '2030-01-07'),
      text(weekly(['tuesday', 'monday', 'monday']), '2030-01-07'),
    ],
    [
      'a start before the first occurrence',
      text(weekly(['monday']), '2030-01-02'),
      text(weekly(['monday']), '2030-01-07'),
    ],
    [
      'the first day of a week where it tells nothing',
      text({ ...weekly(['monday'], 2), firstDayOfWeek: 'monday' }, '2030-01-07'),
      text({ ...weekly(['monday'], 2), firstDayOfWeek: 'sunday' }, '2030-01-07'),
    ],
    [
      'a week of seven days and every day',
      text({ kind: 'weekly', daysOfWeek: [...everyDay] }, '2030-01-02'),
      text({ kind: 'daily' }, '2030-01-02'),
    ],
    [
      'every seventh day and a week',
      text({ kind: 'daily', interval: 7 }, '2030-01-07'),
      text(weekly(['monday']), '2030-01-07'),
    ],
    [
      'twelve months and a year',
      text({ kind: 'monthlyByDate', interval: 12, dayOfMonth: 6 }, '2030-05-06'),
      text({ kind: 'yearlyByDate', month: 5, dayOfMonth: 6 }, '2030-05-06'),
    ],
    [
      'the last day of a month and day 31',
      text({ kind: 'monthlyByDay', weekOfMonth: 'last', day: 'day' }, '2030-01-31'),
      text({ kind: 'monthlyByDate', dayOfMonth: 31 }, '2030-01-31'),
    ],
    [
      '30 and 31 of February',
      text({ kind: 'yearlyByDate', month: 2, dayOfMonth: 30 }, '2030-02-28'),
      text({ kind: 'yearlyByDate', month: 2, dayOfMonth: 31 }, '2030-02-01'),
    ],
    [
      'an end date and the date of the last occurrence',
      text(weekly(['monday']), '2030-01-07', { kind: 'byDate', date: '2030-01-31' }),
      text(weekly(['monday']), '2030-01-07', { kind: 'byDate', date: '2030-01-28' }),
    ],
  ])('%s', (_, one, other) => {
    expect(one).toBe(other);
  });
});

describe('not the same', () => {
  test.each<[string, string, string]>([
    [
      'an end by count and an end by date',
      text(weekly(['monday']), '2030-01-07', { kind: 'byCount', count: 4 }),
      text(weekly(['monday']), '2030-01-07', { kind: 'byDate', date: '2030-01-28' }),
    ],
    [
      'the first day of a week where it tells',
      text({ ...weekly(['sunday', 'tuesday'], 2), firstDayOfWeek: 'monday' }, '2030-01-06'),
      text({ ...weekly(['sunday', 'tuesday'], 2), firstDayOfWeek: 'sunday' }, '2030-01-06'),
    ],
    [
      'day 28 and 29 of February',
      text({ kind: 'yearlyByDate', month: 2, dayOfMonth: 28 }, '2030-02-28'),
      text({ kind: 'yearlyByDate', month: 2, dayOfMonth: 29 }, '2030-02-28'),
    ],
    [
      'the fourth and the last Monday',
      text({ kind: 'monthlyByDay', weekOfMonth: 'fourth', day: 'monday' }, '2030-01-28'),
      text({ kind: 'monthlyByDay', weekOfMonth: 'last', day: 'monday' }, '2030-01-28'),
    ],
  ])('%s', (_, one, other) => {
    expect(one).not.toBe(other);
  });
});

describe('exceptions', () => {
  const first = { start: '2030-01-07T08:00:00Z', end: '2030-01-07T09:00:00Z' };
  const recurrence = { pattern: weekly(['monday']), startDate: '2030-01-07', end: { kind: 'never' as const } };
  const seriesOf = (more: Partial<z.input<typeof Series>>) => Series.parse({ recurrence, ...more });
  const exceptions = (more: Partial<z.input<typeof Series>>) =>
    canonicalExceptions(seriesOf(more), 'Europe/Berlin', first);
  const asPattern = {
    originalStart: '2030-01-14T08:00:00Z',
    start: '2030-01-14T08:00:00Z',
    end: '2030-01-14T09:00:00Z',
  };

  test('one that is as the pattern has it is none', () => {
    expect(exceptions({ exceptions: [asPattern] })).toBe(exceptions({}));
    expect(exceptions({ exceptions: [{ ...asPattern, subject: 'Other' }] })).not.toBe(exceptions({}));
    expect(exceptions({ exceptions: [{ ...asPattern, end: '2030-01-14T09:30:00Z' }] })).not.toBe(exceptions({}));
  });

  test('without the times of the first occurrence it stays, since its end may differ', () => {
    expect(canonicalExceptions(seriesOf({ exceptions: [asPattern] }), 'Europe/Berlin')).toContain('2030-01-14');
  });

  test('a deletion counts more than an exception, and once', () => {
    const deleted = [asPattern.originalStart];
    const moved = { ...asPattern, start: '2030-01-15T08:00:00Z', end: '2030-01-15T09:00:00Z' };
    expect(exceptions({ deleted: [...deleted, ...deleted], exceptions: [moved] })).toBe(exceptions({ deleted }));
  });

  test('a subject is compared as a line, whatever Exchange did to its spaces', () => {
    expect(exceptions({ exceptions: [{ ...asPattern, subject: 'A\u00A0visit ' }] })).toBe(
      exceptions({ exceptions: [{ ...asPattern, subject: 'A visit' }] }),
    );
  });

  test('what belongs to no occurrence tells nothing', () => {
    expect(exceptions({ deleted: ['2030-01-15T08:00:00Z'] })).toBe(exceptions({}));
  });

  test('a series differs by them', () => {
    const deleted = seriesOf({ deleted: [asPattern.originalStart] });
    expect(canonicalSeries(deleted, 'Europe/Berlin', first)).not.toBe(
      canonicalSeries(seriesOf({}), 'Europe/Berlin', first),
    );
  });
});
