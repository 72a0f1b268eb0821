import { z } from 'zod';
import { PlainDate } from '../../shared/domain/plain-date.ts';
import { type RecurrencePattern, Series, Weekday } from '../../shared/domain/recurrence.ts';

/** How an activity repeats, as far as the page's form can say it. */
export const Repeat = z.object({
  every: z.enum(['day', 'workday', 'week', 'twoWeeks', 'month', 'year']),
  until: PlainDate.optional(),
});
export type Repeat = z.infer<typeof Repeat>;

/** The date that an instant has in a zone. */
const dateIn = (instant: string, timeZone: string): PlainDate =>
  PlainDate.parse(new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(instant)));
const weekdayOf = (date: PlainDate): Weekday =>
  Weekday.parse(
    new Intl.DateTimeFormat('en', { timeZone: 'UTC', weekday: 'long' }).format(new Date(date)).toLowerCase(),
  );

function patternOf({ every }: Repeat, date: PlainDate): z.input<typeof RecurrencePattern> {
  const [, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  switch (every) {
    case 'day':
      return { kind: 'daily' };
    case 'workday':
      return { kind: 'weekly', daysOfWeek: Weekday.options.slice(0, 5) };
    case 'week':
    case 'twoWeeks':
      return { kind: 'weekly', interval: every === 'week' ? 1 : 2, daysOfWeek: [weekdayOf(date)] };
    case 'month':
      return { kind: 'monthlyByDate', dayOfMonth };
    case 'year':
      return { kind: 'yearlyByDate', month, dayOfMonth };
    default:
      return every satisfies never;
  }
}

/** The series that begins with an occurrence at `start` and repeats so. */
export function seriesOf(repeat: Repeat, start: string, timeZone: string): Series {
  const startDate = dateIn(start, timeZone);
  const end = repeat.until === undefined ? { kind: 'never' } : { kind: 'byDate', date: repeat.until };
  return Series.parse({ recurrence: { pattern: patternOf(repeat, startDate), startDate, end } });
}

/** The series with its first occurrence somewhere else: on that day of the week, and with no exceptions any more, as in Exchange. */
export function movedSeries({ recurrence }: Series, start: string, timeZone: string): Series {
  const startDate = dateIn(start, timeZone);
  const { pattern } = recurrence;
  const single = pattern.kind === 'weekly' && pattern.daysOfWeek.length === 1;
  const moved = single ? { ...pattern, daysOfWeek: [weekdayOf(startDate)] } : pattern;
  return { recurrence: { ...recurrence, pattern: moved, startDate }, exceptions: [], deleted: [] };
}
