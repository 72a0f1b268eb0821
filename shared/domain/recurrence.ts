import { z } from 'zod';
import { PlainDate } from './plain-date.ts';

export const Weekday = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);
export type Weekday = z.infer<typeof Weekday>;

/** `last`: whichever is the last of its kind in the month. */
export const WeekOfMonth = z.enum(['first', 'second', 'third', 'fourth', 'last']);
export type WeekOfMonth = z.infer<typeof WeekOfMonth>;

/** Which days a relative pattern counts: one day of the week, or any day, any working day, any day of the weekend. */
export const RelativeDay = z.enum([...Weekday.options, 'day', 'weekday', 'weekendDay']);
export type RelativeDay = z.infer<typeof RelativeDay>;

const interval = z.number().int().min(1).max(999).default(1);
const month = z.number().int().min(1).max(12);
const dayOfMonth = z.number().int().min(1).max(31);

/** When it repeats: the patterns that both Exchange and RFC 5545 can say. A day that a month lacks is its last day, as in Exchange. */
export const RecurrencePattern = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('daily'), interval }),
  z.object({
    kind: z.literal('weekly'),
    interval,
    daysOfWeek: z.array(Weekday).min(1).max(7),
    firstDayOfWeek: Weekday.default('sunday'),
  }),
  z.object({ kind: z.literal('monthlyByDate'), interval, dayOfMonth }),
  z.object({ kind: z.literal('monthlyByDay'), interval, weekOfMonth: WeekOfMonth, day: RelativeDay }),
  z.object({ kind: z.literal('yearlyByDate'), month, dayOfMonth }),
  z.object({ kind: z.literal('yearlyByDay'), month, weekOfMonth: WeekOfMonth, day: RelativeDay }),
]);
export type RecurrencePattern = z.infer<typeof RecurrencePattern>;

export const RecurrenceEnd = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('never') }),
  /** The last day on which an occurrence may start, in the zone of the series. */
  z.object({ kind: z.literal('byDate'), date: PlainDate }),
  z.object({ kind: z.literal('byCount'), count: z.number().int().min(1).max(999) }),
]);
export type RecurrenceEnd = z.infer<typeof RecurrenceEnd>;

/** A series: its pattern, the date of its first occurrence in the zone of the series, and its end. Times of day are those of its first occurrence. */
export const Recurrence = z.object({
  pattern: RecurrencePattern,
  startDate: PlainDate,
  end: RecurrenceEnd,
});
export type Recurrence = z.infer<typeof Recurrence>;

/** One occurrence that differs from its series; absent fields are as in the series. Known by the instant at which the series would have it. */
export const OccurrenceException = z.object({
  originalStart: z.iso.datetime(),
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  subject: z.string().max(1000).optional(),
  location: z.string().max(1000).optional(),
});
export type OccurrenceException = z.infer<typeof OccurrenceException>;

/** A series with all that makes it differ from its pattern: one aggregate, written in one plan. */
export const Series = z.object({
  recurrence: Recurrence,
  exceptions: z.array(OccurrenceException).max(1000).default([]),
  /** Original starts of occurrences that were deleted. */
  deleted: z.array(z.iso.datetime()).max(1000).default([]),
});
export type Series = z.infer<typeof Series>;
