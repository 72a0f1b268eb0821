import { isMeeting, isOrganizer } from './computed-properties.ts';
import { EwsError } from './ews-error.ts';
import { findMailbox, sameAddress } from './mailbox-directory.ts';
import { openOccurrence, putException, removeOccurrence } from './occurrence-item.ts';
import { addressesOf, attendeeLists } from './people.ts';
import type { OpenItem, RequestContext } from './request-context.ts';
import { isSeries, occurrenceAt } from './series.ts';
import { contentOf, type ItemContent } from './store.ts';
import { toUtcText } from './time-zones.ts';
import { writeContent } from './write-item.ts';
import { childOf, childText, textElement, type XmlElement, xml } from './xml.ts';

export type MeetingResponse = 'Accept' | 'Tentative' | 'Decline';

const operationOf: Readonly<Record<MeetingResponse, string>> = {
  Accept: 'AcceptItem',
  Tentative: 'Tentative',
  Decline: 'DeclineItem',
};

/** @throws EwsError for what cannot be answered */
function checkAnswerable(open: OpenItem, response: MeetingResponse): void {
  if (open.item.kind !== 'CalendarItem' || !isMeeting(open))
    throw new EwsError(`ErrorInvalidItemForOperation${operationOf[response]}`, 'The item is no meeting to respond to.');
  if (isOrganizer(open))
    throw new EwsError(`ErrorCalendarIsOrganizerFor${response}`, 'The organizer cannot respond to the own meeting.');
  if (open.item.properties['IsCancelled']?.text === 'true')
    throw new EwsError(`ErrorCalendarIsCancelledFor${response}`, 'The meeting was cancelled.');
}

const rowWith = (attendee: XmlElement, address: string, response: MeetingResponse, at: string): XmlElement => {
  const mailbox = childOf(attendee, 't:Mailbox');
  if (!sameAddress(childText(mailbox, 't:EmailAddress') ?? '', address)) return attendee;
  return xml(
    attendee.name,
    {},
    mailbox,
    textElement('t:ResponseType', response),
    textElement('t:LastResponseTime', at),
  );
};

/** The organizer's own item of the meeting, or of its occurrence. */
function findOriginal(context: RequestContext, { item, occurrence }: OpenItem): OpenItem | undefined {
  const [organizer = ''] = addressesOf(item.properties['Organizer']);
  const entry = findMailbox(context.directory, organizer);
  if (!entry) return undefined;
  const mailbox = { entry, store: context.store.mailbox(entry.address) };
  const found = mailbox.store
    .items('calendar')
    .map((one): OpenItem => ({ mailbox, item: one }))
    .find((open) => open.item.properties['UID']?.text === item.properties['UID']?.text && isOrganizer(open));
  const originalStart = occurrence?.originalStart ?? item.properties['RecurrenceId']?.text;
  if (!found || originalStart === undefined || !isSeries(found.item)) return found;
  const original = occurrenceAt(found.item, originalStart);
  return original && openOccurrence(mailbox, found.item, original);
}

/** The organizer's list of guests learns the answer, which changes the organizer's item. */
function track(context: RequestContext, answered: OpenItem, response: MeetingResponse, at: string): void {
  const original = findOriginal(context, answered);
  if (!original) return;
  const content = contentOf(original.item);
  const { address, name } = answered.mailbox.entry;
  const properties = { ...content.properties };
  for (const list of attendeeLists) {
    const element = properties[list];
    if (element)
      properties[list] = xml(element.name, {}, ...element.children.map((row) => rowWith(row, address, response, at)));
  }
  const next: ItemContent = { ...content, properties };
  if (original.occurrence) putException(original, next, name);
  else original.mailbox.store.replace(original.item.id, next, name);
}

/**
 * A guest answers a meeting, or one occurrence. A declined one goes to Deleted Items.
 * @returns the item as it is then; undefined for a declined occurrence, which is gone
 * @throws EwsError
 */
export function respondToMeeting(
  context: RequestContext,
  open: OpenItem,
  response: MeetingResponse,
  sends: boolean,
): OpenItem | undefined {
  checkAnswerable(open, response);
  const { mailbox, item } = open;
  const by = mailbox.entry.name;
  const at = toUtcText(context.clock().getTime());
  const busy = {
    Accept: item.properties['IntendedFreeBusyStatus']?.text ?? 'Busy',
    Tentative: 'Tentative',
    Decline: 'Free',
  }[response];
  const content: ItemContent = {
    ...contentOf(item),
    properties: {
      ...item.properties,
      MyResponseType: textElement('t:MyResponseType', response),
      AppointmentReplyTime: textElement('t:AppointmentReplyTime', at),
      LegacyFreeBusyStatus: textElement('t:LegacyFreeBusyStatus', busy),
    },
  };
  if (sends) {
    const recipients = addressesOf(item.properties['Organizer']);
    const subject = item.properties['Subject']?.text ?? '';
    context.store.recordMail({ mailbox: mailbox.entry.address, kind: 'response', recipients, subject });
    track(context, open, response, at);
  }
  const answered = writeContent(open, content, by);
  if (response !== 'Decline') return answered;
  if (answered.occurrence) {
    if (!removeOccurrence(answered, by)) mailbox.store.move(answered.occurrence.master.id, 'deleteditems', by);
    return undefined;
  }
  return { mailbox, item: mailbox.store.move(answered.item.id, 'deleteditems', by) };
}
