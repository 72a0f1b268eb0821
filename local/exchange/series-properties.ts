import type { Compute } from './compute.ts';
import { itemIdElement } from './item-id-element.ts';
import { openOccurrence } from './occurrence-item.ts';
import type { OpenItem } from './request-context.ts';
import { firstOccurrence, isSeries, lastOccurrence, type Occurrence, occurrenceAt } from './series.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

/** t:OccurrenceInfoType. */
function occurrenceInfo(name: string, open: OpenItem, occurrence: Occurrence | undefined): XmlElement | undefined {
  if (!occurrence) return undefined;
  return xml(
    name,
    {},
    itemIdElement(openOccurrence(open.mailbox, open.item, occurrence)),
    textElement('t:Start', occurrence.start),
    textElement('t:End', occurrence.end),
    textElement('t:OriginalStart', occurrence.originalStart),
  );
}

const list = (name: string, entries: readonly (XmlElement | undefined)[]) =>
  entries.length > 0 ? xml(name, {}, ...entries) : undefined;

function modifiedOccurrences(open: OpenItem): XmlElement | undefined {
  const starts = Object.keys(open.item.series?.exceptions ?? {}).sort();
  return list(
    't:ModifiedOccurrences',
    starts.map((start) => occurrenceInfo('t:Occurrence', open, occurrenceAt(open.item, start))),
  );
}

const deletedOccurrences = ({ item }: OpenItem): XmlElement | undefined =>
  list(
    't:DeletedOccurrences',
    (item.series?.deleted ?? []).map((start) => xml('t:DeletedOccurrence', {}, textElement('t:Start', start))),
  );

function calendarItemType({ item, occurrence }: OpenItem): string {
  if (occurrence) return occurrence.exception ? 'Exception' : 'Occurrence';
  return isSeries(item) ? 'RecurringMaster' : 'Single';
}

/** What the server knows of a series and its occurrences. */
export const seriesProperties: Readonly<Record<string, Compute>> = {
  IsRecurring: ({ item, occurrence }) => String(occurrence !== undefined || isSeries(item)),
  CalendarItemType: calendarItemType,
  RecurrenceId: ({ occurrence }) => occurrence?.originalStart,
  OriginalStart: ({ occurrence }) => occurrence?.originalStart,
  FirstOccurrence: (open) => occurrenceInfo('t:FirstOccurrence', open, firstOccurrence(open.item)),
  LastOccurrence: (open) => occurrenceInfo('t:LastOccurrence', open, lastOccurrence(open.item)),
  ModifiedOccurrences: modifiedOccurrences,
  DeletedOccurrences: deletedOccurrences,
};
