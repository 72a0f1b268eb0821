import { PlainDate } from '../../shared/domain/plain-date.ts';
import type { Recurrence } from '../../shared/domain/recurrence.ts';
import { EwsError } from './ews-error.ts';
import { dateOfDay, recurrenceDays } from './recurrence-days.ts';
import { readRecurrence, writeRecurrence } from './recurrence-element.ts';
import { clockOf, neighboursOf, type Occurrence, occurrencesOf } from './series.ts';
import type { ItemContent } from './store.ts';
import { textElement, type XmlElement } from './xml.ts';

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
