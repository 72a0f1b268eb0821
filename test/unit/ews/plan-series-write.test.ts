import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planSeriesWrite } from '../../../shared/adapters/ews/plan-series-write.ts';
import { canonicalExceptions } from '../../../shared/domain/canonical-series.ts';
import type { OccurrenceException, Series } from '../../../shared/domain/recurrence.ts';
import { Series as SeriesSchema } from '../../../shared/domain/recurrence.ts';
import { seriesTimes } from '../../../shared/domain/series-times.ts';

const time = {
  start: '2026-03-23T08:00:00.000Z',
  end: '2026-03-23T09:00:00.000Z',
  timeZone: 'Europe/Berlin',
  allDay: false,
};
const recurrence = { pattern: { kind: 'daily' }, startDate: '2026-03-23', end: { kind: 'byCount', count: 12 } };
const seriesWith = (
  fields: { exceptions?: readonly OccurrenceException[]; deleted?: readonly string[] } = {},
): Series => SeriesSchema.parse({ recurrence, ...fields });
const times = seriesTimes(seriesWith().recurrence, time);
const startOf = (index: number, minutes = 0) =>
  new Date((times.at(index)?.start ?? 0) + minutes * 60_000).toISOString();
const exceptionAt = (index: number, minutes: number, texts: { subject?: string; location?: string } = {}) => ({
  originalStart: startOf(index),
  start: startOf(index, minutes),
  end: startOf(index, minutes + 60),
  ...texts,
});
const named = { subject: 'Series', location: 'Room' };
const sameZone = (a: string, b: string) => a === b;
const plan = (wanted: Series, present: Series | undefined, change: Partial<typeof time> = {}) =>
  planSeriesWrite(
    { series: wanted, time: { ...time, ...change }, ...named },
    present && { series: present, ...time, ...named },
    sameZone,
  );

test('a new series is its pattern, then its exceptions, then its deletions', () => {
  const wanted = seriesWith({ exceptions: [exceptionAt(3, 30, { subject: 'Moved' })], deleted: [startOf(5)] });
  expect(plan(wanted, undefined)).toEqual({
    pattern: true,
    changes: [
      {
        index: 3,
        patch: { kind: 'appointment', subject: 'Moved', times: { start: startOf(3, 30), end: startOf(3, 90) } },
      },
    ],
    deletions: [5],
  });
});

test('a series as it is wanted is left alone', () => {
  const series = seriesWith({ exceptions: [exceptionAt(3, 30)], deleted: [startOf(5)] });
  expect(plan(series, series)).toEqual({ pattern: false, changes: [], deletions: [] });
});

test('only what differs is written: an exception gone goes back to the pattern, its texts to those of the series', () => {
  const present = seriesWith({ exceptions: [exceptionAt(2, 0, { location: 'Hall' }), exceptionAt(3, 30)] });
  const wanted = seriesWith({ exceptions: [exceptionAt(3, 30)], deleted: [startOf(4)] });
  expect(plan(wanted, present)).toEqual({
    pattern: false,
    changes: [{ index: 2, patch: { kind: 'appointment', location: 'Room' } }],
    deletions: [4],
  });
});

test('an occurrence that comes back brings the pattern with it, and so all exceptions and deletions', () => {
  const present = seriesWith({ exceptions: [exceptionAt(3, 30)], deleted: [startOf(4), startOf(5)] });
  const wanted = seriesWith({ exceptions: [exceptionAt(3, 30)], deleted: [startOf(5)] });
  const { pattern, changes, deletions } = plan(wanted, present);
  expect([pattern, changes.map(({ index }) => index), deletions]).toEqual([true, [3], [5]]);
});

test.each([
  ['a time of day', { start: '2026-03-23T10:00:00.000Z', end: '2026-03-23T11:00:00.000Z' }],
  ['a zone', { timeZone: 'Europe/Paris' }],
  ['whole days', { allDay: true }],
])('another %s is another pattern', (_what, change) => {
  expect(plan(seriesWith(), seriesWith(), change).pattern).toBe(true);
});

test('what belongs to no occurrence is left out', () => {
  const nowhere = { ...exceptionAt(1, 0), originalStart: '2027-01-01T08:00:00.000Z' };
  const wanted = seriesWith({ exceptions: [nowhere], deleted: ['2027-01-01T08:00:00.000Z'] });
  expect(plan(wanted, seriesWith())).toEqual({ pattern: false, changes: [], deletions: [] });
});

const anySeries = fc
  .array(
    fc.record({
      index: fc.integer({ min: 1, max: 12 }),
      what: fc.constantFrom('deleted', 'moved', 'named', 'placed', 'as it was'),
      minutes: fc.constantFrom(0, 15, 30),
    }),
    { maxLength: 8 },
  )
  .map((parts) => {
    const byIndex = [...new Map(parts.map((part) => [part.index, part])).values()];
    const texts = { named: { subject: 'Own' }, placed: { location: 'Own place' } };
    return seriesWith({
      exceptions: byIndex
        .filter(({ what }) => what !== 'deleted')
        .map(({ index, what, minutes }) =>
          exceptionAt(index, what === 'as it was' ? 0 : minutes, texts[what as keyof typeof texts]),
        ),
      deleted: byIndex.filter(({ what }) => what === 'deleted').map(({ index }) => startOf(index)),
    });
  });

/** What Exchange makes of the writes. */
function carriedOut(present: Series | undefined, { pattern, changes, deletions }: ReturnType<typeof plan>): Series {
  const before = pattern || present === undefined ? seriesWith() : present;
  const exceptions = new Map(before.exceptions.map((one) => [one.originalStart, one]));
  for (const { index, patch } of changes) {
    const { subject, location, times: moved } = patch;
    const old = exceptions.get(startOf(index)) ?? exceptionAt(index, 0);
    const { subject: oldSubject = named.subject, location: oldLocation = named.location, ...rest } = old;
    const texts = { subject: subject ?? oldSubject, location: location ?? oldLocation };
    exceptions.set(startOf(index), {
      ...rest,
      ...moved,
      ...(texts.subject === named.subject ? {} : { subject: texts.subject }),
      ...(texts.location === named.location ? {} : { location: texts.location }),
    });
  }
  return {
    ...before,
    exceptions: [...exceptions.values()],
    deleted: [...before.deleted, ...deletions.map((index) => startOf(index))],
  };
}

test('whatever a series was like, the writes make it as wanted, and then there is nothing to write', () => {
  fc.assert(
    fc.property(anySeries, fc.option(anySeries, { nil: undefined }), (wanted, present) => {
      const after = carriedOut(present, plan(wanted, present));
      expect(canonicalExceptions(after, time.timeZone, time)).toBe(canonicalExceptions(wanted, time.timeZone, time));
      expect(plan(wanted, after)).toEqual({ pattern: false, changes: [], deletions: [] });
    }),
    { numRuns: 500 },
  );
});
