import fc from 'fast-check';
import { occurrencesOf } from '../../shared/domain/expand-recurrence.ts';
import { dateOfDay, dayNumberOf, PlainDate } from '../../shared/domain/plain-date.ts';
import {
  type OccurrenceException,
  type Recurrence,
  type RecurrencePattern,
  RelativeDay,
  type Series,
  Weekday,
  WeekOfMonth,
} from '../../shared/domain/recurrence.ts';
import type { FirstOccurrence } from '../../shared/domain/series-times.ts';
import { instantOfWallTime, wallTimeOf } from '../../shared/domain/time-zone.ts';

const interval = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 13 }));
const month = fc.integer({ min: 1, max: 12 });
const dayOfMonth = fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 28, max: 31 }));
const weekOfMonth = fc.constantFrom(...WeekOfMonth.options);
const day = fc.constantFrom(...RelativeDay.options);
const weekday = fc.constantFrom(...Weekday.options);

export const anyPattern: fc.Arbitrary<RecurrencePattern> = fc.oneof(
  fc.record({ kind: fc.constant('daily' as const), interval }),
  fc.record({
    kind: fc.constant('weekly' as const),
    interval,
    daysOfWeek: fc.shuffledSubarray([...Weekday.options], { minLength: 1 }),
    firstDayOfWeek: weekday,
  }),
  fc.record({ kind: fc.constant('monthlyByDate' as const), interval, dayOfMonth }),
  fc.record({ kind: fc.constant('monthlyByDay' as const), interval, weekOfMonth, day }),
  fc.record({ kind: fc.constant('yearlyByDate' as const), month, dayOfMonth }),
  fc.record({ kind: fc.constant('yearlyByDay' as const), month, weekOfMonth, day }),
);

/** So few of them that different ones often mean the same. */
export const fewPatterns: fc.Arbitrary<RecurrencePattern> = fc.oneof(
  fc.record({ kind: fc.constant('daily' as const), interval: fc.constantFrom(1, 7, 14) }),
  fc.record({
    kind: fc.constant('weekly' as const),
    interval: fc.constantFrom(1, 2),
    daysOfWeek: fc.constantFrom<Weekday[][]>(['monday'], ['tuesday'], ['monday', 'sunday'], [...Weekday.options]),
    firstDayOfWeek: fc.constantFrom('monday', 'sunday'),
  }),
  fc.record({
    kind: fc.constant('monthlyByDate' as const),
    interval: fc.constantFrom(1, 6, 12),
    dayOfMonth: fc.integer({ min: 28, max: 31 }),
  }),
  fc.record({
    kind: fc.constant('monthlyByDay' as const),
    interval: fc.constantFrom(1, 12),
    weekOfMonth: fc.constantFrom('first', 'fourth', 'last'),
    day: fc.constantFrom('day', 'monday', 'weekday'),
  }),
  fc.record({
    kind: fc.constant('yearlyByDate' as const),
    month: fc.constantFrom(2, 4),
    dayOfMonth: fc.integer({ min: 28, max: 31 }),
  }),
  fc.record({
    kind: fc.constant('yearlyByDay' as const),
    month: fc.constantFrom(2, 4),
    weekOfMonth: fc.constantFrom('first', 'fourth', 'last'),
    day: fc.constantFrom('day', 'monday', 'weekday'),
  }),
);
/** Mondays, ends of February, and days shortly before them. */
export const fewDates = fc
  .constantFrom('2028-02-21', '2028-02-28', '2028-02-27', '2028-02-29', '2028-04-03', '2028-04-30', '2027-04-30')
  .map((date) => PlainDate.parse(date));

const firstDay = dayNumberOf(PlainDate.parse('2022-01-01'));
export const anyDate = fc.integer({ min: 0, max: 1200 }).map((by) => dateOfDay(firstDay + by));

export const anyRecurrence: fc.Arbitrary<Recurrence> = fc
  .record({ pattern: anyPattern, startDate: anyDate, days: fc.nat(900), count: fc.integer({ min: 1, max: 40 }) })
  .chain(({ pattern, startDate, days, count }) =>
    fc
      .constantFrom<Recurrence['end'][]>(
        { kind: 'never' },
        { kind: 'byCount', count },
        { kind: 'byDate', date: dateOfDay(dayNumberOf(startDate) + days) },
      )
      .map((end) => ({ pattern, startDate, end })),
  );

/** Zones of all kinds: none, north, south, half an hour, at midnight, at the edges of the day. */
export const anyZone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'America/Havana',
  'America/Santiago',
  'America/Nuuk',
  'Asia/Kolkata',
  'Etc/GMT+12',
  'Pacific/Kiritimati',
);

const minutes = fc.oneof(fc.nat(1439), fc.constantFrom(0, 30, 60, 90, 120, 150, 180, 1410));
const length = fc.oneof(fc.integer({ min: 5, max: 300 }), fc.constantFrom(30, 60, 1440, 2880));

export interface AnySeries {
  readonly series: Series;
  readonly first: FirstOccurrence;
}

/** Series begin in the first years of it; those without end fill the rest. */
export const wholeTime = { from: '2021-12-01T00:00:00Z', to: '2028-01-01T00:00:00Z' };

function withDifferences(
  recurrence: Recurrence,
  first: FirstOccurrence,
  chosen: readonly { at: number; deleted: boolean; by: number; subject: boolean }[],
): AnySeries {
  const plain = { recurrence, exceptions: [], deleted: [] };
  const all = occurrencesOf(plain, first, { ...wholeTime, to: '2026-01-01T00:00:00Z' });
  const exceptions: OccurrenceException[] = [];
  const deleted: string[] = [];
  const taken = new Set<number>();
  for (const { at, deleted: isDeleted, by, subject } of chosen) {
    const occurrence = all[at % Math.max(all.length, 1)];
    if (occurrence === undefined || taken.has(occurrence.index)) continue;
    taken.add(occurrence.index);
    const { originalStart, start, end } = occurrence;
    const moved = (instant: string) => new Date(Date.parse(instant) + by * 60_000).toISOString();
    if (isDeleted) deleted.push(originalStart);
    else
      exceptions.push({
        originalStart,
        start: moved(start),
        end: moved(end),
        ...(subject ? { subject: 'Another subject' } : {}),
      });
  }
  return { series: { recurrence, exceptions, deleted }, first };
}

export const anySeries: fc.Arbitrary<AnySeries> = fc
  .record({
    recurrence: anyRecurrence,
    timeZone: anyZone,
    minutes,
    length,
    chosen: fc.array(
      fc.record({
        at: fc.nat(60),
        deleted: fc.boolean(),
        by: fc.integer({ min: -20_000, max: 20_000 }),
        subject: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ recurrence, timeZone, minutes: at, length: lasts, chosen }) => {
    const midnight = Date.parse(`${recurrence.startDate}T00:00:00Z`);
    const start = instantOfWallTime(new Date(midnight + at * 60_000).toISOString().slice(0, 19), timeZone);
    const wallEnd = Date.parse(`${wallTimeOf(start, timeZone)}Z`) + lasts * 60_000;
    const end = instantOfWallTime(new Date(wallEnd).toISOString().slice(0, 19), timeZone);
    return withDifferences(recurrence, { start, end, timeZone }, chosen);
  });
