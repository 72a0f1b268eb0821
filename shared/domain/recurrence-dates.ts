import { dayNumberOf, millisecondsOfDay, PlainDate } from './plain-date.ts';
import { type Recurrence, type RecurrencePattern, type RelativeDay, Weekday, type WeekOfMonth } from './recurrence.ts';

/** The dates of a pattern as day numbers, each reckoned from its index alone: nothing is walked through. */
export interface RecurrenceDates {
  /** Index of the last date; 0 when there is none. A series without end ends with the year 9999. */
  readonly lastIndex: number;
  /** The date of an index from 1 on, also beyond the last one. */
  dayAt(index: number): number;
  /** Index of the first date on a day or after it; beyond the last index when there is none. */
  firstIndexFrom(day: number): number;
}

/** Every pattern is a sequence of periods (so many days, weeks or months) with the same number of dates in each. */
interface Periods {
  readonly datesInEach: number;
  /** Dates of a period in order. Those of the first one may lie before the start of the series. */
  daysIn(period: number): readonly number[];
  periodOf(day: number): number;
}

const lastDay = dayNumberOf(PlainDate.parse('9999-12-31'));
const modulo = (value: number, by: number) => ((value % by) + by) % by;
/** Monday is 0; 1970-01-01 was a Thursday. */
const weekdayOf = (day: number) => modulo(day + 3, 7);
const numberOf = (weekday: Weekday) => Weekday.options.indexOf(weekday);

/** Months are numbered from January of the year 0; Date.UTC would take years below 100 as of the last century. */
const dayIn = (month: number, date: number) => new Date(0).setUTCFullYear(0, month, date) / millisecondsOfDay;
const monthOf = (day: number) => {
  const date = new Date(day * millisecondsOfDay);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

const counts = (day: RelativeDay): ((weekday: number) => boolean) => {
  switch (day) {
    case 'day':
      return () => true;
    case 'weekday':
      return (weekday) => weekday < 5;
    case 'weekendDay':
      return (weekday) => weekday >= 5;
    default:
      return (weekday) => weekday === numberOf(day);
  }
};

const ordinals = { first: 1, second: 2, third: 3, fourth: 4 } as const;

function relativeDayIn(month: number, week: WeekOfMonth, day: RelativeDay): number {
  const isCounted = counts(day);
  const backwards = week === 'last';
  const step = backwards ? -1 : 1;
  let found = backwards ? dayIn(month + 1, 0) : dayIn(month, 1);
  for (let left = backwards ? 1 : ordinals[week]; ; found += step)
    if (isCounted(weekdayOf(found))) {
      left -= 1;
      if (left === 0) return found;
    }
}

function months(first: number, interval: number, dayOf: (month: number) => number): Periods {
  return {
    datesInEach: 1,
    daysIn: (period) => [dayOf(first + period * interval)],
    periodOf: (day) => Math.floor((monthOf(day) - first) / interval),
  };
}

function weeks(pattern: RecurrencePattern & { kind: 'weekly' }, start: number): Periods {
  const firstDayOfWeek = numberOf(pattern.firstDayOfWeek);
  const firstDay = start - modulo(weekdayOf(start) - firstDayOfWeek, 7);
  const offsets = [...new Set(pattern.daysOfWeek)]
    .map((weekday) => modulo(numberOf(weekday) - firstDayOfWeek, 7))
    .sort((a, b) => a - b);
  const length = 7 * pattern.interval;
  return {
    datesInEach: offsets.length,
    daysIn: (period) => offsets.map((offset) => firstDay + period * length + offset),
    periodOf: (day) => Math.floor((day - firstDay) / length),
  };
}

function periodsOf(pattern: RecurrencePattern, start: number): Periods {
  const january = Math.floor(monthOf(start) / 12) * 12;
  // A day that a month lacks is its last day: Exchange's rule, where RFC 5545 would leave the month out.
  const byDate = (date: number) => (month: number) => Math.min(dayIn(month, date), dayIn(month + 1, 0));
  const byDay = (week: WeekOfMonth, day: RelativeDay) => (month: number) => relativeDayIn(month, week, day);
  switch (pattern.kind) {
    case 'daily':
      return {
        datesInEach: 1,
        daysIn: (period) => [start + period * pattern.interval],
        periodOf: (day) => Math.floor((day - start) / pattern.interval),
      };
    case 'weekly':
      return weeks(pattern, start);
    case 'monthlyByDate':
      return months(monthOf(start), pattern.interval, byDate(pattern.dayOfMonth));
    case 'monthlyByDay':
      return months(monthOf(start), pattern.interval, byDay(pattern.weekOfMonth, pattern.day));
    case 'yearlyByDate':
      return months(january + pattern.month - 1, 12, byDate(pattern.dayOfMonth));
    case 'yearlyByDay':
      return months(january + pattern.month - 1, 12, byDay(pattern.weekOfMonth, pattern.day));
    default:
      return pattern satisfies never;
  }
}

/** The dates of a recurrence, the first at or after its start date. Exceptions and deletions are not its concern. */
export function recurrenceDates({ pattern, startDate, end }: Recurrence): RecurrenceDates {
  const start = dayNumberOf(startDate);
  const { datesInEach, daysIn, periodOf } = periodsOf(pattern, start);
  const before = (day: number, period: number) => daysIn(period).filter((date) => date < day).length;
  const beforeStart = before(start, 0);
  const dayAt = (index: number) => {
    const position = index - 1 + beforeStart;
    return daysIn(Math.floor(position / datesInEach))[position % datesInEach] as number;
  };
  const firstIndexFrom = (day: number) => {
    const from = Math.max(day, start);
    const period = Math.max(periodOf(from), 0);
    return period * datesInEach + before(from, period) + 1 - beforeStart;
  };
  const atMost = firstIndexFrom(Math.min(end.kind === 'byDate' ? dayNumberOf(end.date) : lastDay, lastDay) + 1) - 1;
  return { lastIndex: end.kind === 'byCount' ? Math.min(end.count, atMost) : atMost, dayAt, firstIndexFrom };
}
