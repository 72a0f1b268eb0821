import { describe, expect, test } from '@jest/globals';
import { lastOccurrenceOf, occurrencesOf } from '../../../shared/domain/expand-recurrence.ts';
import type { Series } from '../../../shared/domain/recurrence.ts';
import { firstAt, nine, type PatternInput, seriesOf } from '../../support/series.ts';

const year = { from: '2030-01-01T00:00:00Z', to: '2031-01-01T00:00:00Z' };
const dates = (series: Series, window = year) =>
  occurrencesOf(series, nine, window).map(({ start }) => start.slice(0, 10));

describe('patterns', () => {
  test.each<[string, PatternInput, string, string[]]>([
    ['every third day', { kind: 'daily', interval: 3 }, '2030-12-24', ['2030-12-24', '2030-12-27', '2030-12-30']],
    [
      'every second week on Monday and Sunday, weeks from Monday',
      { kind: 'weekly', interval: 2, daysOfWeek: ['sunday', 'monday'], firstDayOfWeek: 'monday' },
      '2030-12-02',
      ['2030-12-02', '2030-12-08', '2030-12-16', '2030-12-22', '2030-12-30'],
    ],
    [
      'every second week on Monday and Sunday, weeks from Sunday',
      { kind: 'weekly', interval: 2, daysOfWeek: ['sunday', 'monday'], firstDayOfWeek: 'sunday' },
      '2030-12-02',
      ['2030-12-02', '2030-12-15', '2030-12-16', '2030-12-29', '2030-12-30'],
    ],
    [
      'day 31 of each month is the last day of a short one',
      { kind: 'monthlyByDate', dayOfMonth: 31 },
      '2030-08-31',
      ['2030-08-31', '2030-09-30', '2030-10-31', '2030-11-30', '2030-12-31'],
    ],
    [
      'the last Friday of every third month',
      { kind: 'monthlyByDay', interval: 3, weekOfMonth: 'last', day: 'friday' },
      '2030-01-25',
      ['2030-01-25', '2030-04-26', '2030-07-26', '2030-10-25'],
    ],
    [
      'the last working day of each month',
      { kind: 'monthlyByDay', weekOfMonth: 'last', day: 'weekday' },
      '2030-09-01',
      ['2030-09-30', '2030-10-31', '2030-11-29', '2030-12-31'],
    ],
    [
      'the second day of a weekend of each month',
      { kind: 'monthlyByDay', weekOfMonth: 'second', day: 'weekendDay' },
      '2030-09-01',
      ['2030-09-07', '2030-10-06', '2030-11-03', '2030-12-07'],
    ],
    ['a birthday', { kind: 'yearlyByDate', month: 5, dayOfMonth: 6 }, '2030-05-06', ['2030-05-06']],
    [
      'Thanksgiving',
      { kind: 'yearlyByDay', month: 11, weekOfMonth: 'fourth', day: 'thursday' },
      '2020-01-01',
      ['2030-11-28'],
    ],
  ])('%s', (_, pattern, startDate, expected) => {
    expect(dates(seriesOf(pattern, startDate))).toEqual(expected);
  });

  test('a birthday on 29 February is on 28 February in other years', () => {
    const series = seriesOf({ kind: 'yearlyByDate', month: 2, dayOfMonth: 29 }, '2028-02-29');
    const found = dates(series, { from: '2028-01-01T00:00:00Z', to: '2033-01-01T00:00:00Z' });
    expect(found).toEqual(['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']);
  });

  test('a series ends with its count, deleted occurrences counted', () => {
    const series = seriesOf(
      { kind: 'daily' },
      '2030-01-01',
      { kind: 'byCount', count: 4 },
      {
        deleted: ['2030-01-02T09:00:00Z'],
      },
    );
    expect(occurrencesOf(series, nine, year).map(({ index, start }) => [index, start.slice(8, 10)])).toEqual([
      [1, '01'],
      [3, '03'],
      [4, '04'],
    ]);
  });

  test('a series ends with its date, in the zone of the series', () => {
    const tokyo = firstAt('2029-12-31T23:00:00Z', '2030-01-01T00:00:00Z', 'Asia/Tokyo');
    const series = seriesOf({ kind: 'daily' }, '2030-01-01', { kind: 'byDate', date: '2030-01-02' });
    const all = { from: '2029-01-01T00:00:00Z', to: '2031-01-01T00:00:00Z' };
    expect(occurrencesOf(series, tokyo, all).map(({ start }) => start)).toEqual([
      '2029-12-31T23:00:00.000Z',
      '2030-01-01T23:00:00.000Z',
    ]);
  });

  test('an end before the start leaves nothing', () => {
    const series = seriesOf({ kind: 'daily' }, '2030-01-02', { kind: 'byDate', date: '2030-01-01' });
    expect(occurrencesOf(series, nine, year)).toEqual([]);
    expect(lastOccurrenceOf(series, nine)).toBeUndefined();
  });
});
