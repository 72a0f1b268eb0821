import { recurrenceDays } from './recurrence-days.ts';
import { readRecurrence } from './recurrence-element.ts';
import type { ItemContent, OccurrenceContent } from './store.ts';
import { ianaZone, instantOfLocal, offsetMinutes, toUtcText } from './time-zones.ts';

const day = 86_400_000;

/** One date of a series; times in UTC as the store writes them. */
export interface Occurrence {
  /** From 1, as Exchange's InstanceIndex: deleted ones count. */
  index: number;
  /** When the pattern has it: this names it for good. */
  originalStart: string;
  originalEnd: string;
  /** Where it is now. */
  start: string;
  end: string;
  deleted: boolean;
  exception: OccurrenceContent | undefined;
}

const time = (content: Pick<ItemContent, 'properties'>, name: string) =>
  Date.parse(content.properties[name]?.text ?? '');
const zoneOf = (content: Pick<ItemContent, 'properties'>, name: 'StartTimeZone' | 'EndTimeZone') =>
  ianaZone(content.properties[name]?.attributes['Id'] ?? 'UTC') ?? 'Etc/UTC';
const localTime = (zone: string, instant: number) => instant + offsetMinutes(zone, instant) * 60_000;

export const isSeries = (content: ItemContent): boolean =>
  content.kind === 'CalendarItem' && content.properties['Recurrence'] !== undefined;

/** The clock of a series: its zone, the time of day of its start, and where its end lies from the day's beginning. */
export function clockOf(content: ItemContent) {
  const startZone = zoneOf(content, 'StartTimeZone');
  const endZone = zoneOf(content, 'EndTimeZone');
  const localStart = localTime(startZone, time(content, 'Start'));
  const firstDay = Math.floor(localStart / day);
  const startOfDay = localStart - firstDay * day;
  const endOfDay = localTime(endZone, time(content, 'End')) - firstDay * day;
  return {
    firstDay,
    daysLong: Math.ceil((endOfDay - startOfDay) / day),
    dayOf: (instant: number) => Math.floor(localTime(startZone, instant) / day),
    start: (date: number) => toUtcText(instantOfLocal(startZone, date * day + startOfDay)),
    end: (date: number) => toUtcText(instantOfLocal(endZone, date * day + endOfDay)),
  };
}

type Clock = ReturnType<typeof clockOf>;

function occurrenceOn(master: ItemContent, clock: Clock, index: number, date: number): Occurrence {
  const originalStart = clock.start(date);
  const originalEnd = clock.end(date);
  const exception = master.series?.exceptions[originalStart];
  return {
    index,
    originalStart,
    originalEnd,
    start: exception?.properties['Start']?.text ?? originalStart,
    end: exception?.properties['End']?.text ?? originalEnd,
    deleted: master.series?.deleted.includes(originalStart) ?? false,
    exception,
  };
}

/** A day of the pattern and its place in it, from 1. */
type Place = readonly [index: number, date: number];

function* placesOf(master: ItemContent): Generator<Place> {
  const element = master.properties['Recurrence'];
  if (!element) return;
  let index = 0;
  for (const date of recurrenceDays(readRecurrence(element))) {
    index += 1;
    yield [index, date];
  }
}

/** The latest of the places whose occurrence is not deleted. */
function lastLiving(master: ItemContent, clock: Clock, places: readonly Place[]): Occurrence | undefined {
  for (const [index, date] of places.toReversed()) {
    const occurrence = occurrenceOn(master, clock, index, date);
    if (!occurrence.deleted) return occurrence;
  }
  return undefined;
}

/** All dates of the series in the order of the pattern; those before `fromDay` are left out but counted. */
export function* occurrencesOf(master: ItemContent, fromDay = Number.NEGATIVE_INFINITY): Generator<Occurrence> {
  const clock = clockOf(master);
  for (const [index, date] of placesOf(master)) if (date >= fromDay) yield occurrenceOn(master, clock, index, date);
}

/** The occurrence that the pattern has at that instant; undefined when it has none there. */
export function occurrenceAt(master: ItemContent, originalStart: string): Occurrence | undefined {
  const date = clockOf(master).dayOf(Date.parse(originalStart));
  for (const occurrence of occurrencesOf(master, date)) {
    if (occurrence.originalStart === originalStart) return occurrence;
    if (occurrence.originalStart > originalStart) return undefined;
  }
  return undefined;
}

/** By Exchange's InstanceIndex. */
export function occurrenceByIndex(master: ItemContent, wanted: number): Occurrence | undefined {
  for (const [index, date] of placesOf(master))
    if (index === wanted) return occurrenceOn(master, clockOf(master), index, date);
  return undefined;
}

/** What lies even partly in the window, by start; a moved one counts where it is now. */
export function occurrencesIn(master: ItemContent, from: number, to: number): Occurrence[] {
  const clock = clockOf(master);
  const found: Occurrence[] = [];
  for (const occurrence of occurrencesOf(master, clock.dayOf(from) - clock.daysLong - 1)) {
    if (Date.parse(occurrence.originalStart) >= to) break;
    if (!occurrence.exception) found.push(occurrence);
  }
  for (const originalStart of Object.keys(master.series?.exceptions ?? {})) {
    const moved = occurrenceAt(master, originalStart);
    if (moved) found.push(moved);
  }
  return found
    .filter(({ deleted, start, end }) => !deleted && Date.parse(start) < to && Date.parse(end) > from)
    .sort((one, other) => Date.parse(one.start) - Date.parse(other.start));
}

export function firstOccurrence(master: ItemContent): Occurrence | undefined {
  for (const occurrence of occurrencesOf(master)) if (!occurrence.deleted) return occurrence;
  return undefined;
}

/** undefined for a series without end. */
export function lastOccurrence(master: ItemContent): Occurrence | undefined {
  const element = master.properties['Recurrence'];
  if (!element || readRecurrence(element).end.kind === 'never') return undefined;
  return lastLiving(master, clockOf(master), [...placesOf(master)]);
}

/** The live occurrences before and after one, where they are now. */
export function neighboursOf(
  master: ItemContent,
  originalStart: string,
): [before: Occurrence | undefined, after: Occurrence | undefined] {
  const clock = clockOf(master);
  const own = clock.dayOf(Date.parse(originalStart));
  const earlier: Place[] = [];
  for (const [index, date] of placesOf(master)) {
    if (date < own) earlier.push([index, date]);
    if (date <= own) continue;
    const after = occurrenceOn(master, clock, index, date);
    if (!after.deleted) return [lastLiving(master, clock, earlier), after];
  }
  return [lastLiving(master, clock, earlier), undefined];
}
