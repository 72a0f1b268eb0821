import { EwsError } from './ews-error.ts';
import { decodeId } from './ids.ts';
import { openOccurrence, readOccurrenceKey } from './occurrence-item.ts';
import { mailboxOfGuid, type OpenItem, type RequestContext } from './request-context.ts';
import { isSeries, occurrenceAt, occurrenceByIndex } from './series.ts';
import type { XmlElement } from './xml.ts';

const itemNotFound = () => new EwsError('ErrorItemNotFound', 'The specified object was not found in the store.');
const occurrenceIsDeleted = () =>
  new EwsError(
    'ErrorCalendarOccurrenceIsDeletedFromRecurrence',
    'The specified occurrence has been deleted from the recurrence.',
  );

function openKey(context: RequestContext, id: string): OpenItem {
  const decoded = decodeId(id);
  if (decoded.kind !== 'item')
    throw new EwsError('ErrorCannotUseFolderIdForItemId', 'Id must be an item id, and a folder id was given.');
  const mailbox = mailboxOfGuid(context, decoded.mailboxGuid);
  const ofSeries = readOccurrenceKey(decoded.key);
  const item = mailbox?.store.item(ofSeries?.masterId ?? decoded.key);
  if (!mailbox || !item) throw itemNotFound();
  if (!ofSeries) return { mailbox, item };
  const occurrence = occurrenceAt(item, ofSeries.originalStart);
  if (!occurrence || occurrence.deleted) throw itemNotFound();
  return openOccurrence(mailbox, item, occurrence);
}

/** t:OccurrenceItemId: the occurrence of a master by its place in the pattern, from 1. */
function openByIndex(context: RequestContext, element: XmlElement): OpenItem {
  const open = openKey(context, element.attributes['RecurringMasterId'] ?? '');
  if (open.occurrence || !isSeries(open.item))
    throw new EwsError('ErrorCalendarCannotUseIdForRecurringMasterId', 'The id is not one of a recurring master.');
  const index = Number(element.attributes['InstanceIndex']);
  const occurrence = index >= 1 ? occurrenceByIndex(open.item, index) : undefined;
  if (!occurrence)
    throw new EwsError(
      'ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange',
      'Occurrence index is out of recurrence range.',
    );
  if (occurrence.deleted) throw occurrenceIsDeleted();
  return openOccurrence(open.mailbox, open.item, occurrence);
}

/** Opens what a t:ItemId, t:OccurrenceItemId or t:RecurringMasterItemId names. @throws EwsError */
export function openItem(context: RequestContext, element: XmlElement): OpenItem {
  if (element.name === 't:OccurrenceItemId') return openByIndex(context, element);
  if (element.name !== 't:RecurringMasterItemId') return openKey(context, element.attributes['Id'] ?? '');
  const { mailbox, occurrence } = openKey(context, element.attributes['OccurrenceId'] ?? '');
  if (!occurrence)
    throw new EwsError('ErrorCalendarCannotUseIdForOccurrenceId', 'The id is not one of an occurrence of a series.');
  return { mailbox, item: occurrence.master };
}
