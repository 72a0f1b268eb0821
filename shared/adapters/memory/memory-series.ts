import { deletedIndexes, exceptionsByIndex, type Occurrence, occurrencesOf } from '../../domain/expand-recurrence.ts';
import { occurrenceItemId } from '../../domain/occurrence-key.ts';
import type { OccurrenceException, Series } from '../../domain/recurrence.ts';
import { seriesTimes } from '../../domain/series-times.ts';
import type { SyncWindow } from '../../domain/sync-window.ts';
import { bodyIn, type MemoryAppointment, type MemoryFields, tidyItem } from './memory-exchange-items.ts';

const iso = (instant: number | string) => new Date(instant).toISOString();

function occurrenceAt({ series, ...master }: MemoryAppointment, at: Omit<Occurrence, 'index'>): MemoryAppointment {
  const { originalStart, start, end, exception } = at;
  const { subject = master.subject, location = master.location } = exception ?? {};
  return tidyItem({
    ...master,
    subject,
    location,
    ...master.ofOccurrences?.[originalStart],
    ...{ start, end, occurrence: { originalStart } },
    itemId: occurrenceItemId(master.itemId, originalStart),
  });
}

/** An occurrence that the series has now; its change key is that of the series. */
export function memoryOccurrence(master: MemoryAppointment, originalStart: string): MemoryAppointment | undefined {
  if (master.series === undefined) return undefined;
  const times = seriesTimes(master.series.recurrence, master);
  const index = times.indexOf(originalStart);
  const span = index === undefined ? undefined : times.at(index);
  if (index === undefined || span === undefined || deletedIndexes(master.series, times).has(index)) return undefined;
  const exception = exceptionsByIndex(master.series, times).get(index);
  const { start, end } = exception ?? { start: iso(span.start), end: iso(span.end) };
  return occurrenceAt(master, { originalStart: iso(span.start), start, end, ...(exception ? { exception } : {}) });
}

export function memoryOccurrences(master: MemoryAppointment, window: SyncWindow): MemoryAppointment[] {
  return master.series === undefined
    ? []
    : occurrencesOf(master.series, master, window).map((one) => occurrenceAt(master, one));
}

/** Exchange lets no occurrence come to the day of its neighbours, or past them. */
export function crossesNeighbours(master: MemoryAppointment, originalStart: string, start: string): boolean {
  if (master.series === undefined) return false;
  const times = seriesTimes(master.series.recurrence, master);
  const index = times.indexOf(originalStart) ?? 0;
  const deleted = deletedIndexes(master.series, times);
  const exceptions = exceptionsByIndex(master.series, times);
  const dayAt = (neighbour: number) => {
    const span =
      neighbour < 1 || neighbour > times.lastIndex || deleted.has(neighbour) ? undefined : times.at(neighbour);
    return span && times.localDay(Date.parse(exceptions.get(neighbour)?.start ?? iso(span.start)));
  };
  const day = times.localDay(Date.parse(start));
  return day <= (dayAt(index - 1) ?? -Infinity) || day >= (dayAt(index + 1) ?? Infinity);
}

const without = <T extends { readonly originalStart: string }>(all: readonly T[], originalStart: string) =>
  all.filter((one) => Date.parse(one.originalStart) !== Date.parse(originalStart));

/** What becomes of a series when one occurrence is changed: it is an exception from then on. */
export function withOccurrenceChanged(
  master: MemoryAppointment & { readonly series: Series },
  occurrence: MemoryAppointment,
  fields: MemoryFields<'appointment'>,
): MemoryFields<'appointment'> {
  const originalStart = occurrence.occurrence?.originalStart ?? occurrence.start;
  const before = master.series.exceptions.find((one) => Date.parse(one.originalStart) === Date.parse(originalStart));
  const { subject, location, start = occurrence.start, end = occurrence.end, series: _series, ...own } = fields;
  const names = { subject: subject ?? before?.subject, location: location ?? before?.location };
  const named = Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined));
  const exception: OccurrenceException = { originalStart, start, end, ...named };
  const exceptions = [...without(master.series.exceptions, originalStart), exception];
  const body = ['rawBody', 'bodyText', 'richBody'].some((name) => name in own)
    ? { rawBody: bodyIn(own, occurrence) }
    : {};
  return {
    series: { ...master.series, exceptions: exceptions.sort((a, b) => (a.originalStart < b.originalStart ? -1 : 1)) },
    ofOccurrences: {
      ...master.ofOccurrences,
      [originalStart]: { ...master.ofOccurrences?.[originalStart], ...own, ...body },
    },
  };
}

export function withOccurrenceDeleted(
  { series, ofOccurrences }: MemoryAppointment & { readonly series: Series },
  originalStart: string,
): MemoryFields<'appointment'> {
  const own = Object.entries(ofOccurrences ?? {}).filter(([key]) => key !== originalStart);
  return {
    series: {
      ...series,
      exceptions: without(series.exceptions, originalStart),
      deleted: [...series.deleted, originalStart].sort(),
    },
    ofOccurrences: Object.fromEntries(own),
  };
}

/** What makes a single appointment of a series: it stays where its first occurrence is, and exceptions go. */
export const noSeries = {
  series: undefined,
  recurring: false,
  ofOccurrences: undefined,
} as unknown as MemoryFields<'appointment'>;

/** What is left of the exceptions' own fields once the series has been written anew. */
export const keptOfOccurrences = (master: MemoryAppointment, series: Series): MemoryFields<'appointment'> => ({
  ofOccurrences: Object.fromEntries(
    Object.entries(master.ofOccurrences ?? {}).filter(([key]) =>
      series.exceptions.some((one) => Date.parse(one.originalStart) === Date.parse(key)),
    ),
  ),
});
