import type { Recurrence as EwsRecurrence } from 'ews-javascript-api';
import { PlainDate } from '../../domain/plain-date.ts';
import type { Recurrence, RecurrenceEnd, RecurrencePattern, RelativeDay, Weekday } from '../../domain/recurrence.ts';
import type { EwsLibrary } from './ews-library.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
/** DayOfTheWeek of the library goes on with these. */
const relativeDays: readonly RelativeDay[] = [...weekdays, 'day', 'weekday', 'weekendDay'];
const weeks = ['first', 'second', 'third', 'fourth', 'last'] as const;

/** Noon in UTC: the library takes a date from an instant, see ews-library.ts. */
const dateTimeOf = ({ DateTime }: EwsLibrary, date: string) => new DateTime(`${date}T12:00:00.000Z`);

function patternFor({ Recurrence }: EwsLibrary, pattern: RecurrencePattern): EwsRecurrence {
  switch (pattern.kind) {
    case 'daily':
      return Object.assign(new Recurrence.DailyPattern(), { Interval: pattern.interval });
    case 'weekly': {
      const weekly = new Recurrence.WeeklyPattern();
      weekly.Interval = pattern.interval;
      weekly.DaysOfTheWeek.AddRange(pattern.daysOfWeek.map((day) => weekdays.indexOf(day)));
      weekly.FirstDayOfWeek = weekdays.indexOf(pattern.firstDayOfWeek);
      return weekly;
    }
    case 'monthlyByDate': {
      const { interval, dayOfMonth } = pattern;
      return Object.assign(new Recurrence.MonthlyPattern(), { Interval: interval, DayOfMonth: dayOfMonth });
    }
    case 'monthlyByDay':
      return Object.assign(new Recurrence.RelativeMonthlyPattern(), {
        Interval: pattern.interval,
        DayOfTheWeek: relativeDays.indexOf(pattern.day),
        DayOfTheWeekIndex: weeks.indexOf(pattern.weekOfMonth),
      });
    case 'yearlyByDate': {
      const { month, dayOfMonth } = pattern;
      return Object.assign(new Recurrence.YearlyPattern(), { Month: month, DayOfMonth: dayOfMonth });
    }
    case 'yearlyByDay':
      return Object.assign(new Recurrence.RelativeYearlyPattern(), {
        Month: pattern.month,
        DayOfTheWeek: relativeDays.indexOf(pattern.day),
        DayOfTheWeekIndex: weeks.indexOf(pattern.weekOfMonth),
      });
    default:
      return pattern satisfies never;
  }
}

/** A recurrence as the library writes it. */
export function ewsRecurrenceOf(library: EwsLibrary, { pattern, startDate, end }: Recurrence): EwsRecurrence {
  const recurrence = patternFor(library, pattern);
  recurrence.StartDate = dateTimeOf(library, startDate);
  if (end.kind === 'byCount') recurrence.NumberOfOccurrences = end.count;
  else if (end.kind === 'byDate') recurrence.EndDate = dateTimeOf(library, end.date);
  else recurrence.NeverEnds();
  return recurrence;
}

function patternOf({ Recurrence }: EwsLibrary, recurrence: EwsRecurrence): RecurrencePattern | undefined {
  const weekOf = (index: unknown) => weeks[Number(index)] ?? 'first';
  const dayOf = (index: unknown) => relativeDays[Number(index)] ?? 'day';
  if (recurrence instanceof Recurrence.WeeklyPattern) {
    const days = recurrence.DaysOfTheWeek.GetEnumerator().map((day) => weekdays[Number(day)]);
    const daysOfWeek = [...new Set(days)].filter((day): day is Weekday => day !== undefined);
    const firstDayOfWeek = weekdays[Number(recurrence.FirstDayOfWeek ?? 0)] ?? 'sunday';
    return { kind: 'weekly', interval: Number(recurrence.Interval), daysOfWeek, firstDayOfWeek };
  }
  if (recurrence instanceof Recurrence.RelativeMonthlyPattern) {
    const [interval, day] = [Number(recurrence.Interval), dayOf(recurrence.DayOfTheWeek)];
    return { kind: 'monthlyByDay', interval, weekOfMonth: weekOf(recurrence.DayOfTheWeekIndex), day };
  }
  if (recurrence instanceof Recurrence.MonthlyPattern)
    return { kind: 'monthlyByDate', interval: Number(recurrence.Interval), dayOfMonth: recurrence.DayOfMonth };
  if (recurrence instanceof Recurrence.RelativeYearlyPattern) {
    const weekOfMonth = weekOf(recurrence.DayOfTheWeekIndex);
    return { kind: 'yearlyByDay', month: Number(recurrence.Month), weekOfMonth, day: dayOf(recurrence.DayOfTheWeek) };
  }
  if (recurrence instanceof Recurrence.YearlyPattern)
    return { kind: 'yearlyByDate', month: Number(recurrence.Month), dayOfMonth: recurrence.DayOfMonth };
  if (recurrence instanceof Recurrence.DailyPattern) return { kind: 'daily', interval: Number(recurrence.Interval) };
  return undefined;
}

/** The recurrence of an item; undefined for what is none, or one that no appointment has (regenerating). */
export function recurrenceOf(library: EwsLibrary, value: unknown): Recurrence | undefined {
  if (!(value instanceof library.Recurrence)) return undefined;
  const dateOf = (date: unknown): PlainDate | undefined =>
    date instanceof library.DateTime
      ? PlainDate.parse(new Date(date.TotalMilliSeconds).toISOString().slice(0, 10))
      : undefined;
  const pattern = patternOf(library, value);
  const startDate = dateOf(value.StartDate);
  if (pattern === undefined || startDate === undefined) return undefined;
  const date = dateOf(value.EndDate);
  const count = value.NumberOfOccurrences;
  const end: RecurrenceEnd =
    date !== undefined
      ? { kind: 'byDate', date }
      : count
        ? { kind: 'byCount', count: Number(count) }
        : { kind: 'never' };
  return { pattern, startDate, end };
}
