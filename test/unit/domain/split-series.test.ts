import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { occurrencesOf } from '../../../shared/domain/expand-recurrence.ts';
import { Series } from '../../../shared/domain/recurrence.ts';
import { splitSeries } from '../../../shared/domain/split-series.ts';

const first = { start: '2030-01-07T08:00:00Z', end: '2030-01-07T09:00:00Z', timeZone: 'Europe/Berlin' };
const mondays = (end: z.input<typeof Series>['recurrence']['end'], more: Partial<z.input<typeof Series>> = {}) =>
  Series.parse({
    recurrence: { pattern: { kind: 'weekly', daysOfWeek: ['monday'] }, startDate: '2030-01-07', end },
    ...more,
  });
const third = '2030-01-21T08:00:00Z';

describe('"this and following"', () => {
  test('shares a count, deleted occurrences counted', () => {
    const series = mondays({ kind: 'byCount', count: 10 }, { deleted: ['2030-01-14T08:00:00Z'] });
    const split = splitSeries(series, first, third);
    expect(split?.ended.recurrence.end).toEqual({ kind: 'byCount', count: 2 });
    expect(split?.following.recurrence.end).toEqual({ kind: 'byCount', count: 8 });
    expect(split?.following.recurrence.startDate).toBe('2030-01-21');
    expect(split?.followingFirst).toEqual({ start: '2030-01-21T08:00:00.000Z', end: '2030-01-21T09:00:00.000Z' });
  });

  test.each([{ kind: 'never' as const }, { kind: 'byDate' as const, date: '2030-12-31' }])(
    'ends a series that goes on (%o) with the occurrence before, and leaves the end to the following one',
    (end) => {
      const split = splitSeries(mondays(end), first, third);
      expect(split?.ended.recurrence.end).toEqual({ kind: 'byDate', date: '2030-01-14' });
      expect(split?.following.recurrence.end).toEqual(end);
    },
  );

  test('gives each exception and deletion to the half that it belongs to, wherever it was moved', () => {
    const early = { originalStart: '2030-01-14T08:00:00Z', start: '2030-02-01T08:00:00Z', end: '2030-02-01T09:00:00Z' };
    const late = { originalStart: third, start: '2030-01-08T08:00:00Z', end: '2030-01-08T09:00:00Z' };
    const deleted = ['2030-01-07T08:00:00Z', '2030-01-28T08:00:00Z'];
    const split = splitSeries(mondays({ kind: 'never' }, { exceptions: [late, early], deleted }), first, third);
    expect(split?.ended).toMatchObject({ exceptions: [early], deleted: [deleted[0]] });
    expect(split?.following).toMatchObject({ exceptions: [late], deleted: [deleted[1]] });
  });

  test('at the first occurrence is no split', () => {
    expect(splitSeries(mondays({ kind: 'never' }), first, first.start)).toBeUndefined();
  });

  test('at what is no occurrence is no split', () => {
    expect(splitSeries(mondays({ kind: 'never' }), first, '2030-01-22T08:00:00Z')).toBeUndefined();
  });

  test('on the day whose gap leaves the time out keeps the time for the days after it', () => {
    const night = { start: '2030-03-01T01:30:00Z', end: '2030-03-01T01:45:00Z', timeZone: 'Europe/Berlin' };
    const series = Series.parse({
      recurrence: { pattern: { kind: 'daily' }, startDate: '2030-03-01', end: { kind: 'byDate', date: '2030-04-05' } },
    });
    const april = { from: '2030-03-01T00:00:00Z', to: '2030-05-01T00:00:00Z' };
    const split = splitSeries(series, night, '2030-03-31T01:30:00Z');
    const following = split && occurrencesOf(split.following, { ...night, ...split.followingFirst }, april);
    expect(following?.map(({ start }) => start)).toEqual(
      occurrencesOf(series, night, april)
        .slice(30)
        .map(({ start }) => start),
    );
  });
});
