import { Temporal } from 'temporal-polyfill';
import { millisecondsOfDay } from './plain-date.ts';
import type { Recurrence } from './recurrence.ts';
import { type RecurrenceDates, recurrenceDates } from './recurrence-dates.ts';
import { zoneOr } from './time-zone.ts';

/**
 * The instants of the first occurrence, as its appointment has them: they give the time of day and the length; the date comes
 * from the recurrence. An unknown zone is taken as UTC.
 */
export interface FirstOccurrence {
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
}

/** Start and end in milliseconds. */
export interface TimeSpan {
  readonly start: number;
  readonly end: number;
}

/** When the pattern of a series has its occurrences; exceptions and deletions are not its concern. Indexes start with 1. */
export interface SeriesTimes extends RecurrenceDates {
  /** Undefined on a day that the zone never had (Samoa's 2011-12-30): it has an index and no time. */
  at(index: number): TimeSpan | undefined;
  /** Index of the occurrence that a start belongs to. */
  indexOf(originalStart: string): number | undefined;
  /** Day number that a clock in the zone shows. */
  localDay(instant: number): number;
  /** Length on the clock, in days, rounded up. */
  readonly days: number;
  /** Whether an occurrence of this index shows the times of day of its series: not so in the gap of summer time. */
  isRegular(index: number): boolean;
}

export function seriesTimes(recurrence: Recurrence, first: FirstOccurrence): SeriesTimes {
  const zone = zoneOr(first.timeZone, 'UTC');
  const dates = recurrenceDates(recurrence);
  const clockOf = (instant: number) => {
    const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
    return instant + offsetNanoseconds / 1_000_000;
  };
  const instantOf = (clock: number) =>
    Temporal.Instant.fromEpochMilliseconds(clock)
      .toZonedDateTimeISO('UTC')
      .toPlainDateTime()
      .toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
  const dayOf = (clock: number) => Math.floor(clock / millisecondsOfDay);
  const localDay = (instant: number) => dayOf(clockOf(instant));

  const startInstant = Date.parse(first.start);
  const startClock = clockOf(startInstant);
  const timeOfDay = startClock - dayOf(startClock) * millisecondsOfDay;
  const lasts = Math.max(Date.parse(first.end) - startInstant, 0);
  const onClock = clockOf(Date.parse(first.end)) - startClock;
  // Exchange keeps the times of day of start and end ([MS-OXOCAL] 2.2.1.44.5), so a night of 25 hours makes an occurrence longer.
  const length = onClock > 0 ? onClock : lasts;

  const clockAt = (index: number) => dates.dayAt(index) * millisecondsOfDay + timeOfDay;
  const at = (index: number): TimeSpan | undefined => {
    const clock = clockAt(index);
    const start = instantOf(clock);
    // Clocks never leave out more than two hours of a day; only a zone that changes sides of the date line leaves out a day.
    if (clockOf(start) - clock >= millisecondsOfDay) return undefined;
    const end = instantOf(clock + length);
    return { start, end: end > start ? end : start + length };
  };
  const indexOn = (day: number) => {
    const index = dates.firstIndexFrom(day);
    return index <= dates.lastIndex && dates.dayAt(index) === day ? index : undefined;
  };
  return {
    ...dates,
    at,
    // Exchange itself knows exceptions and deletions by their dates ([MS-OXOCAL] 2.2.1.44.1). So one from a server with other rules of
    // summer time, or from before the series got another time of day, still finds its occurrence.
    indexOf: (originalStart) => {
      const instant = Date.parse(originalStart);
      const clock = clockOf(instant);
      const day = dayOf(clock);
      if (clock - day * millisecondsOfDay !== timeOfDay) {
        // A gap at midnight makes an occurrence begin on the next day.
        const dayBefore = indexOn(day - 1);
        if (dayBefore !== undefined && at(dayBefore)?.start === instant) return dayBefore;
      }
      return indexOn(day);
    },
    localDay,
    days: Math.ceil(length / millisecondsOfDay),
    isRegular: (index) => {
      const times = at(index);
      const clock = clockAt(index);
      return times !== undefined && clockOf(times.start) === clock && clockOf(times.end) === clock + length;
    },
  };
}
