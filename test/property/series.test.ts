import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { canonicalRecurrence, canonicalSeries } from '../../shared/domain/canonical-series.ts';
import {
  lastOccurrenceOf,
  type Occurrence,
  occurrenceIndexOf,
  occurrencesOf,
} from '../../shared/domain/expand-recurrence.ts';
import { dateOfDay } from '../../shared/domain/plain-date.ts';
import type { Recurrence } from '../../shared/domain/recurrence.ts';
import { recurrenceDates } from '../../shared/domain/recurrence-dates.ts';
import { splitSeries } from '../../shared/domain/split-series.ts';
import { isInWindow } from '../../shared/domain/sync-window.ts';
import { wallTimeOf } from '../../shared/domain/time-zone.ts';
import { anyDate, anyPattern, anySeries, fewDates, fewPatterns, wholeTime } from '../support/any-series.ts';
import { propertySeed } from '../support/property-seed.ts';
import { ruleOf } from '../support/recurrence-rule.ts';

const seed = propertySeed;
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 200);

const facts = ({ originalStart, start, end, exception }: Occurrence) => [originalStart, start, end, exception?.subject];
const inOrder = (all: readonly Occurrence[]) =>
  all.map(facts).sort((a, b) => `${a[1]}${a[0]}`.localeCompare(`${b[1]}${b[0]}`));

describe(`series (seed ${seed})`, () => {
  test('have the dates that an independent reading of RFC 5545 gives', () => {
    fc.assert(
      fc.property(anyPattern, anyDate, (pattern, startDate) => {
        const dates = recurrenceDates({ pattern, startDate, end: { kind: 'never' } });
        const ours = Array.from({ length: 15 }, (_, at) => dateOfDay(dates.dayAt(at + 1)));
        const rule = new RRuleTemporal({
          ...ruleOf(pattern),
          count: 15,
          dtstart: Temporal.PlainDate.from(startDate).toZonedDateTime({ timeZone: 'UTC', plainTime: '12:00' }),
        });
        expect(ours).toEqual(rule.all().map((one) => one.toString().slice(0, 10)));
      }),
      { seed, numRuns },
    );
  });

  test('find any date by its index and any index by its date, near or far', () => {
    fc.assert(
      fc.property(anyPattern, anyDate, fc.integer({ min: 1, max: 9000 }), (pattern, startDate, index) => {
        const { dayAt, firstIndexFrom } = recurrenceDates({ pattern, startDate, end: { kind: 'never' } });
        expect(firstIndexFrom(dayAt(index))).toBe(index);
        expect(firstIndexFrom(dayAt(index) + 1)).toBe(index + 1);
        expect(dayAt(index + 1)).toBeGreaterThan(dayAt(index));
      }),
      { seed, numRuns },
    );
  });

  test('show the same in a part of the time as in the whole of it', () => {
    const from = fc.integer({ min: 0, max: 1700 });
    fc.assert(
      fc.property(anySeries, from, fc.integer({ min: 1, max: 400 }), ({ series, first }, day, days) => {
        const start = Date.parse('2022-01-01T05:00:00Z') + day * 86_400_000;
        const window = { from: new Date(start).toISOString(), to: new Date(start + days * 86_400_000).toISOString() };
        const all = occurrencesOf(series, first, wholeTime);
        expect(occurrencesOf(series, first, window)).toEqual(all.filter((one) => isInWindow(one, window)));
      }),
      { seed, numRuns },
    );
  });

  test('keep their time of day, and know each occurrence by its original start', () => {
    fc.assert(
      fc.property(anySeries, ({ series, first }) => {
        const all = occurrencesOf(series, first, wholeTime);
        const timeOfDay = wallTimeOf(first.start, first.timeZone).slice(11, 16);
        const others = all.filter((one) => wallTimeOf(one.originalStart, first.timeZone).slice(11, 16) !== timeOfDay);
        // Clocks are set forward once a year.
        expect(others.length).toBeLessThanOrEqual(7);
        for (const { originalStart, index, start, end } of all.slice(0, 50)) {
          expect(occurrenceIndexOf(series, first, originalStart)).toBe(index);
          expect(Date.parse(end)).toBeGreaterThan(Date.parse(start));
        }
      }),
      { seed, numRuns },
    );
  });

  test('never show a deleted occurrence, and the last one last', () => {
    fc.assert(
      fc.property(anySeries, ({ series, first }) => {
        const all = occurrencesOf(series, first, wholeTime);
        const shown = new Set(all.map(({ originalStart }) => originalStart));
        expect(series.deleted.filter((one) => shown.has(one))).toEqual([]);
        const last = lastOccurrenceOf(series, first);
        if (last !== undefined && last.start < wholeTime.to)
          expect(last.index).toBe(Math.max(...all.map(({ index }) => index)));
      }),
      { seed, numRuns },
    );
  });

  test('split in two, show together what they showed before', () => {
    let splits = 0;
    fc.assert(
      fc.property(anySeries, fc.nat(80), ({ series, first }, at) => {
        const whole = occurrencesOf(series, first, wholeTime);
        const { originalStart, index } = whole[at % Math.max(whole.length, 1)] ?? {};
        if (originalStart === undefined || index === undefined) return;
        const split = splitSeries(series, first, originalStart);
        if (split === undefined) {
          expect(index).toBe(1);
          return;
        }
        splits += 1;
        const ended = occurrencesOf(split.ended, first, wholeTime);
        const following = occurrencesOf(
          split.following,
          { ...split.followingFirst, timeZone: first.timeZone },
          wholeTime,
        );
        expect(inOrder([...ended, ...following])).toEqual(inOrder(whole));
        expect(ended.every((one) => one.originalStart < originalStart)).toBe(true);
        expect(following.every((one) => one.originalStart >= originalStart)).toBe(true);
      }),
      { seed, numRuns },
    );
    expect(splits).toBeGreaterThan(numRuns / 4);
  });

  test('are written in one way, in whatever order and form their parts come', () => {
    fc.assert(
      fc.property(anySeries, ({ series, first }) => {
        const { recurrence, exceptions, deleted } = series;
        const { pattern } = recurrence;
        const unordered =
          pattern.kind === 'weekly' ? { ...pattern, daysOfWeek: pattern.daysOfWeek.toReversed() } : pattern;
        const brief = (instant: string) => instant.replace('.000Z', 'Z');
        const asPattern = occurrencesOf({ recurrence, exceptions: [], deleted: [] }, first, wholeTime)
          .filter(({ originalStart }) => !deleted.includes(originalStart))
          .filter(({ originalStart }) => !exceptions.some((one) => one.originalStart === originalStart))
          .slice(0, 2)
          .map(({ originalStart, start, end }) => ({ originalStart, start, end }));
        const other = {
          recurrence: { ...recurrence, pattern: unordered, startDate: dateOfDay(recurrenceDates(recurrence).dayAt(1)) },
          exceptions: [...exceptions.toReversed(), ...asPattern].map((one) => ({
            ...one,
            originalStart: brief(one.originalStart),
            start: brief(one.start),
          })),
          deleted: deleted.toReversed().map(brief),
        };
        expect(canonicalSeries(other, first.timeZone, first)).toBe(canonicalSeries(series, first.timeZone, first));
      }),
      { seed, numRuns },
    );
  });

  test('are written alike if and only if they have the same dates', () => {
    let alike = 0;
    const dates = (recurrence: Recurrence) => {
      const { dayAt } = recurrenceDates(recurrence);
      return Array.from({ length: 100 }, (_, at) => dayAt(at + 1));
    };
    const never = { kind: 'never' as const };
    const one = fc.record({ pattern: fewPatterns, startDate: fewDates, end: fc.constant(never) });
    fc.assert(
      fc.property(one, one, (a, b) => {
        const isAlike = canonicalRecurrence(a) === canonicalRecurrence(b);
        if (isAlike) alike += 1;
        expect(isAlike).toBe(JSON.stringify(dates(a)) === JSON.stringify(dates(b)));
      }),
      { seed, numRuns: numRuns * 50 },
    );
    expect(alike).toBeGreaterThan(numRuns / 10);
  });
});
