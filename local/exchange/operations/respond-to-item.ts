import { isOrganizer } from '../computed-properties.ts';
import { EwsError } from '../ews-error.ts';
import { idOnly, writeItem } from '../item-shape.ts';
import { openItem } from '../open-item.ts';
import type { RequestContext } from '../request-context.ts';
import { type MeetingResponse, respondToMeeting } from '../respond-to-meeting.ts';
import { sendMeeting } from '../send-meeting.ts';
import { childOf, type XmlElement, xml } from '../xml.ts';

const responses: Readonly<Record<string, MeetingResponse>> = {
  't:AcceptItem': 'Accept',
  't:TentativelyAcceptItem': 'Tentative',
  't:DeclineItem': 'Decline',
};

export const isResponseObject = (element: XmlElement): boolean =>
  element.name in responses || element.name === 't:CancelCalendarItem';

/** A response object in CreateItem: a guest answers a meeting, or its organizer calls it off. @throws EwsError */
export function respondToItem(
  context: RequestContext,
  element: XmlElement,
  disposition: string | undefined,
): XmlElement | undefined {
  if (disposition === undefined)
    throw new EwsError('ErrorMessageDispositionRequired', 'Message disposition is required for responses.');
  const open = openItem(context, childOf(element, 't:ReferenceItemId') ?? xml('', {}));
  const response = responses[element.name];
  if (response) {
    const answered = respondToMeeting(context, open, response, disposition !== 'SaveOnly');
    return answered && writeItem(answered, idOnly, context.directory);
  }
  if (open.item.kind !== 'CalendarItem' || open.occurrence)
    throw new EwsError('ErrorInvalidItemForOperationCancelItem', 'The item is no meeting that could be cancelled.');
  if (!isOrganizer(open))
    throw new EwsError('ErrorCalendarIsNotOrganizer', 'Only the organizer of a meeting cancels it.');
  sendMeeting(context, 'SendToAllAndSaveCopy', open, undefined);
  const item = open.mailbox.store.move(open.item.id, 'deleteditems', open.mailbox.entry.name);
  return writeItem({ mailbox: open.mailbox, item }, idOnly, context.directory);
}
