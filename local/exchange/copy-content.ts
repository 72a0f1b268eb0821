import type { MailboxDirectory } from './mailbox-directory.ts';
import { attendeeLists, mailboxElement } from './people.ts';
import type { ItemContent } from './store.ts';
import { childOf, textElement, type XmlElement, xml } from './xml.ts';

/** What each one keeps for himself: it does not travel with a meeting request. */
const personal = [
  'Categories',
  'ReminderIsSet',
  'ReminderMinutesBeforeStart',
  'MyResponseType',
  'AppointmentReplyTime',
  'LegacyFreeBusyStatus',
] as const;

type Properties = Record<string, XmlElement>;

const isPersonal = (name: string) => personal.some((one) => one === name);

export const withoutPersonal = <Value>(properties: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !isPersonal(name)));

const personalOf = (properties: Readonly<Record<string, XmlElement>>): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => isPersonal(name)));

/** Guests do not see who has answered. */
const withoutResponses = (list: XmlElement): XmlElement =>
  xml(
    list.name,
    {},
    ...list.children.map((attendee) =>
      xml(attendee.name, {}, childOf(attendee, 't:Mailbox'), textElement('t:ResponseType', 'Unknown')),
    ),
  );

const hasMoved = (one: Properties, other: Properties) =>
  ['Start', 'End', 'Recurrence'].some((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));

/**
 * The organizer's meeting as a guest's calendar gets it: what is the guest's own in `old` stays, but after a change of time the
 * guest is to answer anew. Exceptions of a series are left to the caller.
 */
export function copyContent(
  directory: MailboxDirectory,
  organizer: string,
  meeting: ItemContent,
  old: ItemContent | undefined,
): ItemContent {
  const { LegacyFreeBusyStatus: busy, ...shared } = meeting.properties;
  const properties: Properties = withoutPersonal(shared);
  for (const name of attendeeLists) {
    const list = properties[name];
    if (list) properties[name] = withoutResponses(list);
  }
  const unanswered: Properties = {
    MyResponseType: textElement('t:MyResponseType', 'NoResponseReceived'),
    LegacyFreeBusyStatus: textElement('t:LegacyFreeBusyStatus', 'Tentative'),
  };
  const own = old ? personalOf(old.properties) : {};
  if (old && hasMoved(old.properties, meeting.properties)) delete own['AppointmentReplyTime'];
  return {
    kind: 'CalendarItem',
    properties: {
      ...properties,
      Organizer: xml('t:Organizer', {}, mailboxElement(directory, organizer)),
      IntendedFreeBusyStatus: textElement('t:IntendedFreeBusyStatus', busy?.text ?? 'Busy'),
      ...unanswered,
      ...own,
      ...(old && hasMoved(old.properties, meeting.properties) ? unanswered : {}),
    },
    extended: old?.extended ?? {},
  };
}

const prefix = 'Canceled: ';

/** What is left of a meeting in a guest's calendar when the organizer has called it off. */
export function cancelledContent(content: ItemContent): ItemContent {
  const subject = content.properties['Subject']?.text ?? '';
  return {
    ...content,
    properties: {
      ...content.properties,
      Subject: textElement('t:Subject', subject.startsWith(prefix) ? subject : `${prefix}${subject}`),
      IsCancelled: textElement('t:IsCancelled', 'true'),
      LegacyFreeBusyStatus: textElement('t:LegacyFreeBusyStatus', 'Free'),
    },
  };
}
