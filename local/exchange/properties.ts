import { calendarRows, itemRows } from './calendar-rows.ts';
import { contactRows } from './contact-rows.ts';
import type { PropertyKind, PropertyRow } from './property-row.ts';

export type ItemKind = 'CalendarItem' | 'Task' | 'Contact' | 'Message';

export interface Property {
  /** Local name of the element, unique within an item kind. */
  element: string;
  fieldUri: string;
  kind: PropertyKind;
  /** The smallest base shape that answers it: the default shape, all properties, or only when asked for by name. */
  shape: 'default' | 'all' | 'asked';
  /** Computed by the server: a client that sets it gets ErrorInvalidPropertySet. */
  readOnly: boolean;
  /** FindItem and SyncFolderItems never answer it: it takes a GetItem. */
  notInLists: boolean;
}

const toProperties = (prefix: string, rows: readonly PropertyRow[]): Property[] =>
  rows.map(([element, kind = 'opaque', flags = 'Q']) => ({
    element,
    fieldUri: `${prefix}:${element}`,
    kind,
    shape: flags.includes('D') ? 'default' : flags.includes('A') ? 'all' : 'asked',
    readOnly: flags.includes('r'),
    notInLists: flags.includes('l'),
  }));

const item = toProperties('item', itemRows);
const calendar = toProperties('calendar', calendarRows);
const contact = toProperties('contacts', contactRows);

const message = toProperties('message', [
  ['Sender', 'recipient', 'D'],
  ['ToRecipients', 'recipients', 'Al'],
  ['CcRecipients', 'recipients', 'Al'],
  ['BccRecipients', 'recipients', 'Al'],
  ['IsReadReceiptRequested', 'boolean', 'A'],
  ['IsDeliveryReceiptRequested', 'boolean', 'A'],
  ['ConversationIndex', 'base64', 'A'],
  ['ConversationTopic', 'string', 'A'],
  ['From', 'recipient', 'D'],
  ['InternetMessageId', 'string', 'A'],
  ['IsRead', 'boolean', 'D'],
  ['IsResponseRequested', 'boolean', 'A'],
  ['References', 'string', 'A'],
  ['ReplyTo', 'recipients', 'Al'],
  ['ReceivedBy', 'recipient', 'Q'],
  ['ReceivedRepresenting', 'recipient', 'Q'],
  ['ApprovalRequestData'],
  ['VotingInformation'],
  ['ReminderMessageData'],
]);

const task = toProperties('task', [
  ['ActualWork', 'int', 'A'],
  ['AssignedTime', 'dateTime', 'Qr'],
  ['BillingInformation', 'string', 'A'],
  ['ChangeCount', 'int', 'Ar'],
  ['Companies', 'strings', 'A'],
  ['CompleteDate', 'dateTime', 'A'],
  ['Contacts', 'strings', 'A'],
  ['DelegationState', 'string', 'Qr'],
  ['Delegator', 'string', 'Qr'],
  ['DueDate', 'dateTime', 'D'],
  ['IsAssignmentEditable', 'int', 'Qr'],
  ['IsComplete', 'boolean', 'Ar'],
  ['IsRecurring', 'boolean', 'Ar'],
  ['IsTeamTask', 'boolean', 'Qr'],
  ['Mileage', 'string', 'A'],
  ['Owner', 'string', 'Ar'],
  ['PercentComplete', 'double', 'D'],
  ['Recurrence', 'opaque', 'Al'],
  ['StartDate', 'dateTime', 'D'],
  ['Status', ['NotStarted', 'InProgress', 'Completed', 'WaitingOnOthers', 'Deferred'], 'D'],
  ['StatusDescription', 'string', 'Ar'],
  ['TotalWork', 'int', 'A'],
]);

/** The properties of each item kind, in schema order: everything that is read or written goes through this table. */
export const propertiesOf: Readonly<Record<ItemKind, readonly Property[]>> = {
  CalendarItem: [...item, ...calendar],
  Message: [...item, ...message],
  Task: [...item, ...task],
  Contact: [...item, ...contact],
};

export const itemKinds = Object.keys(propertiesOf) as ItemKind[];

const byUri = new Map(
  [...item, ...calendar, ...message, ...task, ...contact].map((property) => [property.fieldUri, property]),
);

export function propertyByUri(fieldUri: string): Property | undefined {
  return byUri.get(fieldUri);
}

export function propertyByElement(kind: ItemKind, element: string): Property | undefined {
  return propertiesOf[kind].find((property) => property.element === element);
}
