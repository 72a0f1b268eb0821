import { PlainDate } from '../../shared/domain/plain-date.ts';
import type { Recurrence } from '../../shared/domain/recurrence.ts';
import { EwsError } from './ews-error.ts';
import { dateOfDay, recurrenceDays } from './recurrence-days.ts';
import { readRecurrence, writeRecurrence } from './recurrence-element.ts';
import type { ItemContent, OccurrenceContent } from './store.ts';
import { ianaZone, instantOfLocal, offsetMinutes, toUtcText } from './time-zones.ts';
import { textElement, type XmlElement } from './xml.ts';

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
function clockOf(content: ItemContent) {
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

/** All dates of the series in the order of the pattern; those before `fromDay` are left out but counted. */
export function* occurrencesOf(master: ItemContent, fromDay = Number.NEGATIVE_INFINITY): Generator<Occurrence> {
  const element = master.properties['Recurrence'];
  if (!element) return;
  const clock = clockOf(master);
  let index = 0;
  for (const date of recurrenceDays(readRecurrence(element))) {
    index += 1;
    if (date >= fromDay) yield occurrenceOn(master, clock, index, date);
  }
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
export function occurrenceByIndex(master: ItemContent, index: number): Occurrence | undefined {
  for (const occurrence of occurrencesOf(master)) if (occurrence.index === index) return occurrence;
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
  const recurrence = master.properties['Recurrence'] && readRecurrence(master.properties['Recurrence']);
  if (!recurrence || recurrence.end.kind === 'never') return undefined;
  const clock = clockOf(master);
  const days = [...recurrenceDays(recurrence)];
  for (const [index, date] of [...days.entries()].reverse()) {
    const occurrence = occurrenceOn(master, clock, index + 1, date);
    if (!occurrence.deleted) return occurrence;
  }
  return undefined;
}

/** The live occurrences before and after one, where they are now. */
export function neighboursOf(
  master: ItemContent,
  originalStart: string,
): [Occurrence | undefined, Occurrence | undefined] {
  let before: Occurrence | undefined;
  for (const occurrence of occurrencesOf(master)) {
    if (occurrence.deleted || occurrence.originalStart === originalStart) continue;
    if (occurrence.originalStart > originalStart) return [before, occurrence];
    before = occurrence;
  }
  return [before, undefined];
}

/** How many occurrences are looked at for overlaps: patterns repeat themselves long before. */
const overlapsLookedFor = 60;

/**
 * A new or changed series as Exchange keeps it: the first occurrence is the first day of the pattern at or after the
 * StartDate, at the time of day of Start. @throws EwsError for a series without occurrence, or whose occurrences overlap
 */
export function completeSeries(content: ItemContent, element: XmlElement): ItemContent {
  const read = readRecurrence(element);
  const clock = clockOf(content);
  const [firstDay] = recurrenceDays(read);
  if (firstDay === undefined)
    throw new EwsError('ErrorRecurrenceHasNoOccurrence', 'The recurrence has no occurrences.');
  const recurrence: Recurrence = { ...read, startDate: PlainDate.parse(dateOfDay(firstDay)) };
  const completed: ItemContent = {
    ...content,
    properties: {
      ...content.properties,
      Recurrence: writeRecurrence(recurrence),
      Start: textElement('t:Start', clock.start(firstDay)),
      End: textElement('t:End', clock.end(firstDay)),
    },
  };
  let previous: Occurrence | undefined;
  for (const occurrence of occurrencesOf({ ...completed, series: { exceptions: {}, deleted: [] } })) {
    if (occurrence.index > overlapsLookedFor) break;
    if (previous && previous.end > occurrence.start)
      throw new EwsError(
        'ErrorOccurrenceTimeSpanTooBig',
        'One occurrence of the recurring calendar item overlaps with another occurrence of the same calendar item.',
      );
    previous = occurrence;
  }
  return completed;
}

/** The Recurrence that goes with a new start of the master, when only the start was written. */
export function recurrenceFrom(content: ItemContent, element: XmlElement): XmlElement {
  const startDate = PlainDate.parse(dateOfDay(clockOf(content).firstDay));
  return writeRecurrence({ ...readRecurrence(element), startDate });
}

/** @throws EwsError when a changed occurrence would pass, overlap or share the day with one of its neighbours */
export function checkBoundaries(master: ItemContent, originalStart: string, start: string, end: string): void {
  const clock = clockOf(master);
  const dayOf = (instant: string) => clock.dayOf(Date.parse(instant));
  const [before, after] = neighboursOf(master, originalStart);
  const crosses =
    (before !== undefined && (start < before.end || dayOf(start) <= dayOf(before.start))) ||
    (after !== undefined && (end > after.start || dayOf(start) >= dayOf(after.start)));
  if (crosses)
    throw new EwsError(
      'ErrorOccurrenceCrossingBoundary',
      'Modified occurrence is crossing or overlapping adjacent occurrence.',
    );
}
