import { Temporal } from 'temporal-polyfill';
import type { PlainDate } from './plain-date.ts';
import type { FirstOccurrence } from './series-times.ts';
import { zoneOr } from './time-zone.ts';

/** An all-day event: the day it starts and the day after its last one. */
export interface AllDayDates {
  readonly startDate: PlainDate;
  /** Exclusive, as in iCalendar and Exchange. */
  readonly endDate: PlainDate;
}

const dateIn = (instant: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate();
const text = (date: Temporal.PlainDate) => date.toString() as PlainDate;

/** The exclusive end: the day after the last millisecond of it. Where clocks are set back to it, midnight comes twice: both end the day. */
function endOf(instant: number, zone: string): Temporal.PlainDate {
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime();
  const midnight = Temporal.PlainTime.from('00:00');
  const dayBefore = dateIn(instant - 1, zone);
  const isSecondMidnight = local.toPlainTime().equals(midnight) && local.toPlainDate().equals(dayBefore);
  return isSecondMidnight ? dayBefore : dayBefore.add({ days: 1 });
}

/**
 * The dates of an all-day event in its own zone, whatever zone the reader is in: compare all-day events by these, never by instants.
 * An end within a day takes the whole day; no length is one day. Days that the zone never had are left out of the end.
 * An unknown zone is taken as UTC.
 */
export function datesOfAllDay({ start, end, timeZone }: FirstOccurrence): AllDayDates {
  const zone = zoneOr(timeZone, 'UTC');
  const startDate = dateIn(Date.parse(start), zone);
  const dayAfter = startDate.add({ days: 1 });
  const endDate = endOf(Date.parse(end), zone);
  const isDay = Temporal.PlainDate.compare(endDate, dayAfter) >= 0;
  return { startDate: text(startDate), endDate: text(isDay ? endDate : dayAfter) };
}

/** The first instants of both dates in a zone: midnight, or what comes first where summer time leaves midnight out. */
export function instantsOfDates({ startDate, endDate }: AllDayDates, timeZone: string): { start: string; end: string } {
  const zone = zoneOr(timeZone, 'UTC');
  const startOf = (date: PlainDate) =>
    new Date(Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds).toISOString();
  return { start: startOf(startDate), end: startOf(endDate) };
}
