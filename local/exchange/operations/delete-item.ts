import { isOrganizer } from '../computed-properties.ts';
import { EwsError } from '../ews-error.ts';
import { recordMeetingMails, type SendMode } from '../meeting-mails.ts';
import { removeOccurrence } from '../occurrence-item.ts';
import { openItem } from '../open-item.ts';
import type { RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { childOf, type XmlElement } from '../xml.ts';

export function deleteItem(context: RequestContext, request: XmlElement): XmlElement {
  const by = context.acting?.name ?? context.account.name;
  const { DeleteType: type, AffectedTaskOccurrences: occurrences } = request.attributes;
  const sendMode = request.attributes['SendMeetingCancellations'] as SendMode | undefined;
  return respondToEach('DeleteItem', childOf(request, 'm:ItemIds')?.children ?? [], (id) => {
    const open = openItem(context, id);
    const { item, mailbox } = open;
    if (item.kind === 'CalendarItem' && sendMode === undefined) {
      throw new EwsError(
        'ErrorSendMeetingCancellationsRequired',
        'SendMeetingCancellations attribute is required for calendar items.',
      );
    }
    if (item.kind === 'Task' && occurrences === undefined) {
      throw new EwsError(
        'ErrorAffectedTaskOccurrencesRequired',
        'AffectedTaskOccurrences attribute is required for tasks.',
      );
    }
    if (item.kind === 'CalendarItem' && isOrganizer(open)) {
      recordMeetingMails(context.store, mailbox, sendMode ?? 'SendToNone', item, undefined);
    }
    if (open.occurrence && removeOccurrence(open, by)) return [];
    const gone = open.occurrence?.master ?? item;
    if (type === 'HardDelete' || gone.folder === 'recoverableitemsdeletions') mailbox.store.remove(gone.id);
    else if (type === 'SoftDelete' || gone.folder === 'deleteditems')
      mailbox.store.move(gone.id, 'recoverableitemsdeletions', by);
    else mailbox.store.move(gone.id, 'deleteditems', by);
    return [];
  });
}
