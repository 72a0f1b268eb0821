import { isOrganizer } from '../computed-properties.ts';
import { type DeleteType, deleteContent } from '../delete-content.ts';
import { EwsError } from '../ews-error.ts';
import type { SendMode } from '../meeting-mails.ts';
import { openItem } from '../open-item.ts';
import type { RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { sendMeeting } from '../send-meeting.ts';
import { childOf, type XmlElement } from '../xml.ts';

export function deleteItem(context: RequestContext, request: XmlElement): XmlElement {
  const by = context.acting?.name ?? context.account.name;
  const { DeleteType: type, AffectedTaskOccurrences: occurrences } = request.attributes;
  const sendMode = request.attributes['SendMeetingCancellations'] as SendMode | undefined;
  return respondToEach('DeleteItem', childOf(request, 'm:ItemIds')?.children ?? [], (id) => {
    const open = openItem(context, id);
    const { item } = open;
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
      sendMeeting(context, sendMode ?? 'SendToNone', open, undefined);
    }
    deleteContent(open, (type ?? 'MoveToDeletedItems') as DeleteType, by);
    return [];
  });
}
