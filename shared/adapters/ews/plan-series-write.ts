import type { Appointment, AppointmentPatch, AppointmentTime } from '../../domain/appointment.ts';
import { canonicalRecurrence } from '../../domain/canonical-series.ts';
import { canonicalLine } from '../../domain/canonical-text.ts';
import { deletedIndexes, exceptionsByIndex } from '../../domain/expand-recurrence.ts';
import type { OccurrenceException, Series } from '../../domain/recurrence.ts';
import { type SeriesTimes, seriesTimes } from '../../domain/series-times.ts';

/** What of an occurrence is written: its own subject and place, and its times. */
export type OccurrencePatch = Pick<AppointmentPatch, 'kind' | 'subject' | 'location'> & {
  readonly times?: { readonly start: string; readonly end: string };
};

export interface SeriesWrite {
  /** The pattern is written with its master. Exchange then forgets exceptions and deletions, so all of them are written after it. */
  readonly pattern: boolean;
  readonly changes: readonly { readonly index: number; readonly patch: OccurrencePatch }[];
  readonly deletions: readonly number[];
}

/** The item as it is before the write. */
type Present = Pick<Appointment, 'series' | 'subject' | 'location' | 'start' | 'end' | 'timeZone' | 'allDay'>;

interface Wanted {
  readonly series: Series;
  readonly time: AppointmentTime;
  /** What the series will be called. */
  readonly subject: string;
  readonly location: string;
}

const sameInstant = (a: string, b: string) => Date.parse(a) === Date.parse(b);
const iso = (instant: number) => new Date(instant).toISOString();

function isSamePattern(wanted: Wanted, present: Present, sameZone: (a: string, b: string) => boolean): boolean {
  const { series, time } = wanted;
  return (
    present.series !== undefined &&
    sameInstant(time.start, present.start) &&
    sameInstant(time.end, present.end) &&
    time.allDay === present.allDay &&
    sameZone(time.timeZone, present.timeZone) &&
    canonicalRecurrence(series.recurrence) === canonicalRecurrence(present.series.recurrence)
  );
}

/** The exception as an occurrence looks with it; without one, as the pattern has it. */
function shownOf(index: number, times: SeriesTimes, exception: OccurrenceException | undefined) {
  const pattern = times.at(index);
  if (exception === undefined && pattern === undefined) return undefined;
  return {
    start: exception === undefined ? iso(pattern?.start ?? 0) : iso(Date.parse(exception.start)),
    end: exception === undefined ? iso(pattern?.end ?? 0) : iso(Date.parse(exception.end)),
    subject: exception?.subject === undefined ? undefined : canonicalLine(exception.subject),
    location: exception?.location === undefined ? undefined : canonicalLine(exception.location),
  };
}

/** What makes one occurrence as it is wanted; undefined when nothing does. */
function changeOf(
  index: number,
  times: SeriesTimes,
  wanted: Wanted,
  exception: OccurrenceException | undefined,
  present: OccurrenceException | undefined,
) {
  const now = shownOf(index, times, present);
  const then = shownOf(index, times, exception);
  if (now === undefined || then === undefined) return undefined;
  const moved = now.start !== then.start || now.end !== then.end;
  const patch: OccurrencePatch = {
    kind: 'appointment',
    ...(moved ? { times: { start: then.start, end: then.end } } : {}),
    ...(now.subject === then.subject ? {} : { subject: then.subject ?? wanted.subject }),
    ...(now.location === then.location ? {} : { location: then.location ?? wanted.location }),
  };
  return Object.keys(patch).length > 1 ? { index, patch } : undefined;
}

/**
 * What has to be written so that a series is as wanted. With its pattern unchanged only what differs; an occurrence that is to come back
 * comes back with the pattern alone. Exceptions that belong to no occurrence are left out.
 */
export function planSeriesWrite(
  wanted: Wanted,
  present: Present | undefined,
  sameZone: (a: string, b: string) => boolean,
): SeriesWrite {
  const times = seriesTimes(wanted.series.recurrence, wanted.time);
  const exceptions = exceptionsByIndex(wanted.series, times);
  const deleted = deletedIndexes(wanted.series, times);
  const before = present?.series;
  const kept = before !== undefined && isSamePattern(wanted, present as Present, sameZone) ? before : undefined;
  const deletedBefore = kept === undefined ? new Set<number>() : deletedIndexes(kept, times);
  const comesBack = [...deletedBefore].some((index) => !deleted.has(index));
  const pattern = kept === undefined || comesBack;
  const exceptionsBefore = pattern ? new Map<number, OccurrenceException>() : exceptionsByIndex(kept, times);

  const indexes = [...new Set([...exceptions.keys(), ...exceptionsBefore.keys()])].filter(
    (index) => !deleted.has(index),
  );
  const changes = indexes
    .sort((a, b) => a - b)
    .flatMap((index) => changeOf(index, times, wanted, exceptions.get(index), exceptionsBefore.get(index)) ?? []);
  const deletions = [...deleted].filter((index) => pattern || !deletedBefore.has(index)).sort((a, b) => a - b);
  return { pattern, changes, deletions };
}
