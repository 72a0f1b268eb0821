import { canonicalLine } from './canonical-text.ts';
import { deletedIndexes, exceptionsByIndex } from './expand-recurrence.ts';
import { dateOfDay, dayNumberOf } from './plain-date.ts';
import type { Recurrence, Series } from './recurrence.ts';
import { type RecurrenceDates, recurrenceDates } from './recurrence-dates.ts';
import { type FirstOccurrence, seriesTimes } from './series-times.ts';

const iso = (instant: string) => new Date(instant).toISOString();
const monthOf = (day: number) => Number(dateOfDay(day).slice(5, 7));
const longestDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const dayOrdinals = { first: 1, second: 2, third: 3, fourth: 4, last: 31 } as const;

/** The shortest list that gives the whole one when it is repeated. */
function repeated(gaps: readonly number[]): readonly number[] {
  const length = gaps.findIndex(
    (_, index) => index > 0 && gaps.length % index === 0 && gaps.every((gap, at) => gap === gaps[at % index]),
  );
  return length < 0 ? gaps : gaps.slice(0, length);
}

/** Days between one date and the next, for as long as it does not repeat itself. Which day begins a week is in it where it matters. */
function gapsOf(dates: RecurrenceDates, datesInEach: number) {
  const gaps = Array.from({ length: datesInEach }, (_, at) => dates.dayAt(at + 2) - dates.dayAt(at + 1));
  return { days: repeated(gaps) };
}

/** A day that none of the months has means the last one that one of them has. */
function byDate(interval: number, date: number, first: number) {
  const months = Array.from({ length: 12 }, (_, at) => (monthOf(first) - 1 + at * interval) % 12);
  return { months: interval, date: Math.min(date, Math.max(...months.map((month) => longestDays[month] as number))) };
}

function canonicalPattern({ pattern }: Recurrence, dates: RecurrenceDates): object {
  const first = dates.dayAt(1);
  switch (pattern.kind) {
    case 'daily':
      return gapsOf(dates, 1);
    case 'weekly':
      return gapsOf(dates, new Set(pattern.daysOfWeek).size);
    case 'monthlyByDate':
      return byDate(pattern.interval, pattern.dayOfMonth, first);
    case 'yearlyByDate':
      return byDate(12, pattern.dayOfMonth, first);
    case 'monthlyByDay':
    case 'yearlyByDay': {
      const interval = pattern.kind === 'yearlyByDay' ? 12 : pattern.interval;
      if (pattern.day === 'day') return byDate(interval, dayOrdinals[pattern.weekOfMonth], first);
      return { months: interval, week: pattern.weekOfMonth, day: pattern.day };
    }
    default:
      return pattern satisfies never;
  }
}

function canonicalEnd({ end }: Recurrence, dates: RecurrenceDates): object {
  switch (end.kind) {
    case 'never':
      return {};
    case 'byCount':
      return { count: end.count };
    case 'byDate':
      return { until: dates.lastIndex === 0 ? 'before' : dateOfDay(dates.dayAt(dates.lastIndex)) };
    default:
      return end satisfies never;
  }
}

/**
 * One text for each meaning of a recurrence: its first date, its pattern, its end. A week of all seven days is every day, twelve months
 * are a year, an end date is the last date; but an end by count is never one by date.
 */
export function canonicalRecurrence(recurrence: Recurrence): string {
  const dates = recurrenceDates(recurrence);
  return JSON.stringify({
    from: dateOfDay(dates.dayAt(1)),
    ...canonicalPattern(recurrence, dates),
    ...canonicalEnd(recurrence, dates),
  });
}

/** Start and end of the first occurrence. */
type FirstTimes = Pick<FirstOccurrence, 'start' | 'end'>;

/**
 * One text for all that makes a series differ from its pattern: by date, without what belongs to no occurrence, and without
 * exceptions that are as the pattern has them; these are told only by the times of the first occurrence, without it they stay.
 * Holds subjects and places: fingerprint it, never keep or log it.
 */
export function canonicalExceptions(series: Series, timeZone: string, first?: FirstTimes): string {
  const noon = `${series.recurrence.startDate}T12:00:00Z`;
  const { start, end } = first ?? { start: noon, end: noon };
  const times = seriesTimes(series.recurrence, { start, end, timeZone });
  const changed = [...exceptionsByIndex(series, times)].flatMap(([index, exception]) => {
    const pattern = first && times.at(index);
    const moved = pattern?.start !== Date.parse(exception.start) || pattern.end !== Date.parse(exception.end);
    if (!moved && exception.subject === undefined && exception.location === undefined) return [];
    return {
      date: dateOfDay(times.dayAt(index)),
      ...(moved ? { start: iso(exception.start), end: iso(exception.end) } : {}),
      ...(exception.subject === undefined ? {} : { subject: canonicalLine(exception.subject) }),
      ...(exception.location === undefined ? {} : { location: canonicalLine(exception.location) }),
    };
  });
  const deleted = [...deletedIndexes(series, times)].map((index) => dateOfDay(times.dayAt(index)));
  return JSON.stringify({
    changed: changed.sort((a, b) => dayNumberOf(a.date) - dayNumberOf(b.date)),
    deleted: deleted.sort(),
  });
}

/**
 * One text for each meaning of a series, so that two sides are compared and fingerprinted. Give the times of the first occurrence
 * where they are known, see canonicalExceptions. Neither they nor the zone are in it: they are the time field of the series, and
 * Exchange names zones in its coarser way.
 */
export function canonicalSeries(series: Series, timeZone: string, first?: FirstTimes): string {
  return `${canonicalRecurrence(series.recurrence)}${canonicalExceptions(series, timeZone, first)}`;
}
