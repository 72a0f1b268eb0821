import { z } from 'zod';

/** A date without time or zone, as in RFC 3339: `2030-05-06`. All-day events are dates, never instants. */
export const PlainDate = z.iso.date().brand<'PlainDate'>();
export type PlainDate = z.infer<typeof PlainDate>;

export const millisecondsOfDay = 86_400_000;

/** Days since 1970-01-01: dates to reckon with. */
export function dayNumberOf(date: PlainDate): number {
  return Date.parse(`${date}T00:00:00Z`) / millisecondsOfDay;
}

/** The date of a day number from the year 0 to 9999. */
export function dateOfDay(day: number): PlainDate {
  return new Date(day * millisecondsOfDay).toISOString().slice(0, 10) as PlainDate;
}
