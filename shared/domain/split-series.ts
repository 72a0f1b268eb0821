import { dateOfDay } from './plain-date.ts';
import type { Recurrence, RecurrenceEnd, Series } from './recurrence.ts';
import { type FirstOccurrence, type SeriesTimes, seriesTimes } from './series-times.ts';

export interface SplitSeries {
  readonly ended: Series;
  /**
   * Instants that give the times of day of the following series: those of its first occurrence, or of the next one after it if
   * summer time leaves out that time on that day.
   */
  readonly followingFirst: { readonly start: string; readonly end: string };
  readonly following: Series;
}

const iso = (instant: number) => new Date(instant).toISOString();

function halves(
  { end }: Recurrence,
  index: number,
  times: SeriesTimes,
): { ended: RecurrenceEnd; following: RecurrenceEnd } {
  if (end.kind === 'byCount')
    return {
      ended: { kind: 'byCount', count: index - 1 },
      following: { kind: 'byCount', count: end.count - index + 1 },
    };
  return { ended: { kind: 'byDate', date: dateOfDay(times.dayAt(index - 1)) }, following: end };
}

/** An occurrence shows the times of day as they are unless clocks are set meanwhile; they are not set twice in a row. */
const tries = 8;

function firstFrom(index: number, times: SeriesTimes, first: FirstOccurrence): SplitSeries['followingFirst'] {
  for (let next = index; next < index + tries; next += 1) {
    const span = times.isRegular(next) ? times.at(next) : undefined;
    if (span !== undefined) return { start: iso(span.start), end: iso(span.end) };
  }
  return { start: first.start, end: first.end };
}

/**
 * "This and following": the series ends before an occurrence, and a new one goes on from there. Together they have the occurrences that the
 * one had, each exception and deletion in the half of its date. Undefined when the pattern has no such occurrence, or when it is the
 * first: then nothing would be left to end, the change is one of the whole series.
 */
export function splitSeries(series: Series, first: FirstOccurrence, originalStart: string): SplitSeries | undefined {
  const { recurrence, exceptions, deleted } = series;
  const times = seriesTimes(recurrence, first);
  const index = times.indexOf(originalStart);
  if (index === undefined || index === 1) return undefined;
  const ends = halves(recurrence, index, times);
  // By occurrence, not by instant: a gap at midnight puts an occurrence on the next day.
  const follows = (start: string) =>
    (times.indexOf(start) ?? times.firstIndexFrom(times.localDay(Date.parse(start)))) >= index;
  const half = (
    end: RecurrenceEnd,
    startDate: Recurrence['startDate'],
    isMine: (start: string) => boolean,
  ): Series => ({
    recurrence: { ...recurrence, startDate, end },
    exceptions: exceptions.filter((exception) => isMine(exception.originalStart)),
    deleted: deleted.filter(isMine),
  });
  return {
    ended: half(ends.ended, recurrence.startDate, (start) => !follows(start)),
    followingFirst: firstFrom(index, times, first),
    following: half(ends.following, dateOfDay(times.dayAt(index)), follows),
  };
}
