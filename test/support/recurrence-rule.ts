import type { RecurrencePattern, RelativeDay, WeekOfMonth } from '../../shared/domain/recurrence.ts';

const weekdays = {
  monday: 'MO',
  tuesday: 'TU',
  wednesday: 'WE',
  thursday: 'TH',
  friday: 'FR',
  saturday: 'SA',
  sunday: 'SU',
} as const;
const working = ['MO', 'TU', 'WE', 'TH', 'FR'];
const kinds = { day: [...working, 'SA', 'SU'], weekday: working, weekendDay: ['SA', 'SU'] };
const positions = { first: 1, second: 2, third: 3, fourth: 4, last: -1 } as const;

const byDate = (date: number) =>
  date <= 28 ? { byMonthDay: [date] } : { byMonthDay: [28, 29, 30, 31].filter((one) => one <= date), bySetPos: [-1] };
const byDay = (week: WeekOfMonth, day: RelativeDay) => ({
  byDay: day === 'day' || day === 'weekday' || day === 'weekendDay' ? kinds[day] : [weekdays[day]],
  bySetPos: [positions[week]],
});

/** A pattern in the words of RFC 5545, with Exchange's rule for days that a month lacks. */
export function ruleOf(pattern: RecurrencePattern) {
  switch (pattern.kind) {
    case 'daily':
      return { freq: 'DAILY' as const, interval: pattern.interval };
    case 'weekly':
      return {
        freq: 'WEEKLY' as const,
        interval: pattern.interval,
        byDay: pattern.daysOfWeek.map((day) => weekdays[day]),
        wkst: weekdays[pattern.firstDayOfWeek],
      };
    case 'monthlyByDate':
      return { freq: 'MONTHLY' as const, interval: pattern.interval, ...byDate(pattern.dayOfMonth) };
    case 'monthlyByDay':
      return { freq: 'MONTHLY' as const, interval: pattern.interval, ...byDay(pattern.weekOfMonth, pattern.day) };
    case 'yearlyByDate':
      return { freq: 'YEARLY' as const, byMonth: [pattern.month], ...byDate(pattern.dayOfMonth) };
    case 'yearlyByDay':
      return { freq: 'YEARLY' as const, byMonth: [pattern.month], ...byDay(pattern.weekOfMonth, pattern.day) };
    default:
      return pattern satisfies never;
  }
}
