import type { Recurrence, RelativeDay, WeekOfMonth } from '../../shared/domain/recurrence.ts';

const dayLength = 86_400_000;
/** Exchange's calendar ends with the year 4500. */
const lastDay = Date.UTC(4500, 7, 31) / dayLength;

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
/** Of a day counted from 1970-01-01, which was a Thursday; 0 is Sunday. */
const weekdayOf = (day: number) => (((day + 4) % 7) + 7) % 7;
const dayNumber = (year: number, month: number, date: number) => Date.UTC(year, month, date) / dayLength;
const monthLength = (year: number, month: number) => dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);

/** Days since 1970-01-01 of a date such as 2026-07-01. */
export const dayOfDate = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayLength;
export const dateOfDay = (day: number): string => new Date(day * dayLength).toISOString().slice(0, 10);

/** MS-OXOCAL: a day that the month lacks is its last day. */
const byDate = (year: number, month: number, date: number) =>
  dayNumber(year, month, Math.min(date, monthLength(year, month)));

function counts(kind: RelativeDay, day: number): boolean {
  const weekday = weekdayOf(day);
  if (kind === 'day') return true;
  if (kind === 'weekday') return weekday !== 0 && weekday !== 6;
  if (kind === 'weekendDay') return weekday === 0 || weekday === 6;
  return weekdays[weekday] === kind;
}

/** Such as the second Tuesday, or the last working day, of a month. */
function byDay(year: number, month: number, week: WeekOfMonth, kind: RelativeDay): number {
  const first = dayNumber(year, month, 1);
  const days = Array.from({ length: monthLength(year, month) }, (_, index) => first + index).filter((day) =>
    counts(kind, day),
  );
  const place = { first: 0, second: 1, third: 2, fourth: 3, last: days.length - 1 }[week];
  return days[place] ?? first;
}

/** The days of the pattern around and after `first`, without an end. */
function* patternDays({ pattern }: Recurrence, first: number): Generator<number> {
  const start = new Date(first * dayLength);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  switch (pattern.kind) {
    case 'daily':
      for (let day = first; ; day += pattern.interval) yield day;
    case 'weekly': {
      const weekStart = first - ((weekdayOf(first) - weekdays.indexOf(pattern.firstDayOfWeek) + 7) % 7);
      const chosen = [0, 1, 2, 3, 4, 5, 6].filter((offset) =>
        pattern.daysOfWeek.some((day) => weekdays[weekdayOf(weekStart + offset)] === day),
      );
      for (let week = weekStart; ; week += 7 * pattern.interval) for (const offset of chosen) yield week + offset;
    }
    case 'monthlyByDate':
      for (let next = month; ; next += pattern.interval)
        yield byDate(year + Math.floor(next / 12), next % 12, pattern.dayOfMonth);
    case 'monthlyByDay':
      for (let next = month; ; next += pattern.interval)
        yield byDay(year + Math.floor(next / 12), next % 12, pattern.weekOfMonth, pattern.day);
    case 'yearlyByDate':
      for (let next = year; ; next += 1) yield byDate(next, pattern.month - 1, pattern.dayOfMonth);
    case 'yearlyByDay':
      for (let next = year; ; next += 1) yield byDay(next, pattern.month - 1, pattern.weekOfMonth, pattern.day);
  }
}

/**
 * The days on which the occurrences of a series start, in order, as days since 1970-01-01 on the clock of the series.
 * Written apart from the product's own expansion, so that the two can be held against each other.
 */
export function* recurrenceDays(recurrence: Recurrence): Generator<number> {
  const first = dayOfDate(recurrence.startDate);
  const { end } = recurrence;
  const stop = end.kind === 'byDate' ? dayOfDate(end.date) : lastDay;
  let count = 0;
  for (const day of patternDays(recurrence, first)) {
    if (day > stop) return;
    if (day < first) continue;
    yield day;
    count += 1;
    if (end.kind === 'byCount' && count >= end.count) return;
  }
}
