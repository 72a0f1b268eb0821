import type { OccurrenceException, Series } from './recurrence.ts';
import { type FirstOccurrence, type SeriesTimes, seriesTimes } from './series-times.ts';
import { isInWindow, type SyncWindow } from './sync-window.ts';

/** One occurrence as it is now. */
export interface Occurrence {
  /** When the pattern has it. With the UID of the series this is its identity, wherever it was moved. */
  readonly originalStart: string;
  readonly start: string;
  readonly end: string;
  /** From 1 on, deleted ones counted, as Exchange's InstanceIndex. */
  readonly index: number;
  readonly exception?: OccurrenceException;
}

/** As much of a series as one call answers: more than thirteen years of every day. */
const most = 5000;
const iso = (instant: number) => new Date(instant).toISOString();

/** Exceptions by index, without those of deleted occurrences and those that belong to no occurrence. Of two for one occurrence the later counts. */
export function exceptionsByIndex(series: Series, times: SeriesTimes): Map<number, OccurrenceException> {
  const deleted = deletedIndexes(series, times);
  const exceptions = new Map<number, OccurrenceException>();
  for (const exception of series.exceptions) {
    const index = times.indexOf(exception.originalStart);
    if (index !== undefined && !deleted.has(index)) exceptions.set(index, exception);
  }
  return exceptions;
}

export function deletedIndexes(series: Series, times: SeriesTimes): Set<number> {
  return new Set(series.deleted.map(times.indexOf).filter((index) => index !== undefined));
}

function occurrenceAt(index: number, times: SeriesTimes, exception?: OccurrenceException): Occurrence | undefined {
  const pattern = times.at(index);
  if (pattern === undefined) return undefined;
  const originalStart = iso(pattern.start);
  if (exception === undefined) return { originalStart, start: originalStart, end: iso(pattern.end), index };
  const { start, end } = exception;
  return { originalStart, start: iso(Date.parse(start)), end: iso(Date.parse(end)), index, exception };
}

/** The first occurrence that is not deleted. */
export function firstOccurrenceOf(series: Series, first: FirstOccurrence): Occurrence | undefined {
  const times = seriesTimes(series.recurrence, first);
  const deleted = deletedIndexes(series, times);
  const exceptions = exceptionsByIndex(series, times);
  for (let index = 1; index <= Math.min(times.lastIndex, deleted.size + most); index += 1) {
    const occurrence = deleted.has(index) ? undefined : occurrenceAt(index, times, exceptions.get(index));
    if (occurrence !== undefined) return occurrence;
  }
  return undefined;
}

/**
 * The occurrences of a series that lie in a window as they are now, by start; at most 5,000. Exceptions count with their present
 * times, deleted occurrences never. Times of day stay the same across summer time, see instantOfWallTime.
 * Takes as long as there are occurrences in the window and exceptions in the series, however far the window lies from its start.
 */
export function occurrencesOf(series: Series, first: FirstOccurrence, window: SyncWindow): Occurrence[] {
  const times = seriesTimes(series.recurrence, first);
  const deleted = deletedIndexes(series, times);
  const exceptions = exceptionsByIndex(series, times);
  const found: Occurrence[] = [];
  for (const [index, exception] of exceptions) {
    const occurrence = occurrenceAt(index, times, exception);
    if (occurrence !== undefined && isInWindow(occurrence, window)) found.push(occurrence);
  }
  const enough = found.length + most;
  const earliest = times.localDay(Date.parse(window.from)) - times.days - 1;
  for (let index = times.firstIndexFrom(earliest); index <= times.lastIndex && found.length < enough; index += 1) {
    if (deleted.has(index) || exceptions.has(index)) continue;
    const occurrence = occurrenceAt(index, times);
    if (occurrence === undefined) continue;
    if (Date.parse(occurrence.start) >= Date.parse(window.to)) break;
    if (isInWindow(occurrence, window)) found.push(occurrence);
  }
  return found.sort((a, b) => Date.parse(a.start) - Date.parse(b.start) || a.index - b.index).slice(0, most);
}

/** Whether any occurrence of the series lies in the window as it is now. */
export function isSeriesInWindow(series: Series, first: FirstOccurrence, window: SyncWindow): boolean {
  return occurrencesOf(series, first, window).length > 0;
}

/**
 * Index of an occurrence by its original start, also of a deleted one; undefined when the pattern has none there. A start at another time of day
 * of the same date is taken for that date's occurrence, as Exchange does.
 */
export function occurrenceIndexOf(series: Series, first: FirstOccurrence, originalStart: string): number | undefined {
  return seriesTimes(series.recurrence, first).indexOf(originalStart);
}

/** The last occurrence of the pattern that was not deleted; undefined when the series has no end or nothing is left. */
export function lastOccurrenceOf(series: Series, first: FirstOccurrence): Occurrence | undefined {
  if (series.recurrence.end.kind === 'never') return undefined;
  const times = seriesTimes(series.recurrence, first);
  const deleted = deletedIndexes(series, times);
  const exceptions = exceptionsByIndex(series, times);
  for (let index = times.lastIndex; index >= 1; index -= 1) {
    const last = deleted.has(index) ? undefined : occurrenceAt(index, times, exceptions.get(index));
    if (last !== undefined) return last;
  }
  return undefined;
}
