import { describe, expect, test } from '@jest/globals';
import {
  isSeriesInWindow,
  lastOccurrenceOf,
  occurrenceIndexOf,
  occurrencesOf,
} from '../../../shared/domain/expand-recurrence.ts';
import { firstAt, nine, type SeriesInput, seriesOf } from '../../support/series.ts';

describe('exceptions and deletions', () => {
  const week = { from: '2030-01-07T00:00:00Z', to: '2030-01-14T00:00:00Z' };
  const moved = (originalStart: string, start: string, end: string) => ({ originalStart, start, end });
  const weekly = (more: Partial<SeriesInput>) =>
    seriesOf({ kind: 'weekly', daysOfWeek: ['tuesday'] }, '2030-01-01', { kind: 'byCount', count: 5 }, more);

  test('an exception takes the place of its occurrence and keeps its identity', () => {
    const exception = moved('2030-01-08T09:00:00Z', '2030-01-09T11:00:00Z', '2030-01-09T12:00:00Z');
    expect(occurrencesOf(weekly({ exceptions: [exception] }), nine, week)).toEqual([
      {
        originalStart: '2030-01-08T09:00:00.000Z',
        start: '2030-01-09T11:00:00.000Z',
        end: '2030-01-09T12:00:00.000Z',
        index: 2,
        exception,
      },
    ]);
  });

  test('an occurrence moved out of the window is not in it', () => {
    const exception = moved('2030-01-08T09:00:00Z', '2030-01-15T08:00:00Z', '2030-01-15T09:00:00Z');
    expect(occurrencesOf(weekly({ exceptions: [exception] }), nine, week)).toEqual([]);
  });

  test('an occurrence moved into the window is in it, however far it came', () => {
    const exception = moved('2030-01-29T09:00:00Z', '2030-01-07T00:00:00Z', '2030-01-07T01:00:00Z');
    const found = occurrencesOf(weekly({ exceptions: [exception] }), nine, week);
    expect(found.map(({ index }) => index)).toEqual([5, 2]);
  });

  test('a deleted occurrence stays away, also if there is an exception for it', () => {
    const exception = moved('2030-01-08T09:00:00Z', '2030-01-09T11:00:00Z', '2030-01-09T12:00:00Z');
    expect(
      occurrencesOf(weekly({ exceptions: [exception], deleted: ['2030-01-08T09:00:00.000Z'] }), nine, week),
    ).toEqual([]);
  });

  test('an exception that belongs to no occurrence is none', () => {
    const exceptions = [
      moved('2030-01-09T09:00:00Z', '2030-01-10T09:00:00Z', '2030-01-10T10:00:00Z'),
      moved('2030-02-05T09:00:00Z', '2030-01-10T09:00:00Z', '2030-01-10T10:00:00Z'),
      moved('2029-12-25T09:00:00Z', '2030-01-10T09:00:00Z', '2030-01-10T10:00:00Z'),
    ];
    expect(occurrencesOf(weekly({ exceptions }), nine, week).map(({ start }) => start)).toEqual([
      '2030-01-08T09:00:00.000Z',
    ]);
  });

  test('an exception by a server with other summer time finds its occurrence', () => {
    const exception = moved('2030-01-08T08:00:00Z', '2030-01-09T11:00:00Z', '2030-01-09T12:00:00Z');
    const found = occurrencesOf(weekly({ exceptions: [exception] }), nine, week);
    expect(found.map(({ start, originalStart }) => [start, originalStart])).toEqual([
      ['2030-01-09T11:00:00.000Z', '2030-01-08T09:00:00.000Z'],
    ]);
  });
});

describe('windows', () => {
  test('what touches an edge only is outside', () => {
    const series = seriesOf({ kind: 'daily' }, '2030-01-01');
    const window = { from: '2030-01-01T10:00:00Z', to: '2030-01-03T09:00:00Z' };
    expect(occurrencesOf(series, nine, window).map(({ start }) => start.slice(0, 10))).toEqual(['2030-01-02']);
  });

  test('a long occurrence that began before the window is in it', () => {
    const long = firstAt('2030-01-01T09:00:00Z', '2030-01-20T09:00:00Z');
    const series = seriesOf({ kind: 'monthlyByDate', dayOfMonth: 1 }, '2030-01-01');
    const found = occurrencesOf(series, long, { from: '2030-06-20T00:00:00Z', to: '2030-06-21T00:00:00Z' });
    expect(found.map(({ start }) => start)).toEqual(['2030-06-01T09:00:00.000Z']);
  });

  test('a series is in the window while one of its occurrences is', () => {
    const series = seriesOf({ kind: 'yearlyByDate', month: 5, dayOfMonth: 6 }, '2020-05-06');
    const window = { from: '2030-05-01T00:00:00Z', to: '2030-06-01T00:00:00Z' };
    expect(isSeriesInWindow(series, nine, window)).toBe(true);
    const deleted = { ...series, deleted: ['2030-05-06T09:00:00Z'] };
    expect(isSeriesInWindow(deleted, nine, window)).toBe(false);
  });

  test('of a daily series without end a year is expanded in 2046, and never more than 5,000 days', () => {
    const series = seriesOf({ kind: 'daily' }, '2000-01-01');
    const berlin = firstAt('2000-01-01T08:00:00Z', '2000-01-01T09:00:00Z', 'Europe/Berlin');
    const in2046 = { from: '2046-01-01T00:00:00Z', to: '2047-01-01T00:00:00Z' };
    expect(occurrencesOf(series, berlin, in2046)).toHaveLength(365);
    const forever = occurrencesOf(series, berlin, { from: '2000-01-01T00:00:00Z', to: '9999-01-01T00:00:00Z' });
    expect(forever).toHaveLength(5000);
    expect(forever[4999]?.index).toBe(5000);
  });
});

describe('one occurrence', () => {
  const series = seriesOf(
    { kind: 'weekly', daysOfWeek: ['monday', 'wednesday'] },
    '2030-01-02',
    { kind: 'byDate', date: '2030-01-15' },
    { deleted: ['2030-01-14T09:00:00Z'] },
  );

  test.each([
    ['the first', '2030-01-02T09:00:00Z', 1],
    ['the second', '2030-01-07T09:00:00.000Z', 2],
    ['a deleted one', '2030-01-14T09:00:00Z', 4],
    ['one before the start', '2029-12-31T09:00:00Z', undefined],
    ['one after the end', '2030-01-16T09:00:00Z', undefined],
    ['one between', '2030-01-08T09:00:00Z', undefined],
  ])('%s has its index', (_, originalStart, index) => {
    expect(occurrenceIndexOf(series, nine, originalStart)).toBe(index);
  });

  test('the last one is the last that was not deleted', () => {
    expect(lastOccurrenceOf(series, nine)).toMatchObject({ index: 3, start: '2030-01-09T09:00:00.000Z' });
  });

  test('a series without end has no last one', () => {
    expect(lastOccurrenceOf(seriesOf({ kind: 'daily' }, '2030-01-01'), nine)).toBeUndefined();
  });
});
