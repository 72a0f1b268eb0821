import type { PlainDate } from '../../domain/plain-date.ts';

const hour = 3_600_000;
/** The latest time of day in UTC that is midnight of a zone behind UTC: Hawaii's. */
const lastBehind = 10 * hour;

/**
 * The date that a dateTime of Exchange stands for. Clients write a date as midnight, of UTC or of their own zone, so what is
 * past ten in the morning in UTC is midnight of a zone ahead of UTC (New Zealand in summer: 11:00 of the day before) and belongs to
 * the next day. A few islands (UTC-11, UTC+14) share their midnights in UTC with others; nothing tells them apart.
 */
export function dateOfMidnight(instant: string): PlainDate {
  const ahead = Date.parse(instant) + 24 * hour - 1 - lastBehind;
  return new Date(ahead).toISOString().slice(0, 10) as PlainDate;
}
