import type { Compute } from './compute.ts';
import { contactProperties } from './contact-properties.ts';
import { homeFolder } from './folders.ts';
import { globalObjectId } from './global-object-id.ts';
import { encodeChangeKey, encodeId } from './ids.ts';
import { itemIdElement } from './item-id-element.ts';
import type { MailboxDirectory } from './mailbox-directory.ts';
import { addressesOf, attendeeLists, mailboxElement, namesOf } from './people.ts';
import type { ItemKind } from './properties.ts';
import type { OpenItem } from './request-context.ts';
import { seriesProperties } from './series-properties.ts';
import { zoneContent } from './time-zone-definition.ts';
import { timeZoneName } from './time-zones.ts';
import { childOf, childText, textElement, type XmlElement, xml } from './xml.ts';

const classes: Readonly<Record<ItemKind, string>> = {
  CalendarItem: 'IPM.Appointment',
  Task: 'IPM.Task',
  Contact: 'IPM.Contact',
  Message: 'IPM.Note',
};
/** An exception carries the class of the message embedded in its master (MS-OXOCAL 2.2.10.2). */
function itemClass({ item, occurrence }: OpenItem): string {
  if (occurrence?.exception) return 'IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}';
  return occurrence ? 'IPM.Appointment.Occurrence' : classes[item.kind];
}

const seconds = (iso: string) => `${iso.slice(0, 19)}Z`;
const stored = ({ item }: OpenItem, name: string) => item.properties[name];
const storedText = (open: OpenItem, name: string) => stored(open, name)?.text;

export function attendeesOf({ item }: OpenItem | { item: Pick<OpenItem['item'], 'properties'> }): string[] {
  return addressesOf(...attendeeLists.map((list) => item.properties[list]));
}

export const isMeeting = (open: OpenItem) => attendeesOf(open).length > 0 || stored(open, 'Organizer') !== undefined;

/** Whether this copy is the organizer's; a copy received from somebody else has a stored Organizer. */
export function isOrganizer(open: OpenItem): boolean {
  const organizer = childText(childOf(stored(open, 'Organizer'), 't:Mailbox'), 't:EmailAddress');
  return organizer === undefined || organizer.toLowerCase() === open.mailbox.entry.address.toLowerCase();
}

function duration(open: OpenItem): string {
  const minutes = (Date.parse(storedText(open, 'End') ?? '') - Date.parse(storedText(open, 'Start') ?? '')) / 60_000;
  const days = Math.floor(minutes / 1440);
  const rest = `${Math.floor((minutes % 1440) / 60)}H${Math.floor(minutes % 60)}M`;
  return days > 0 ? `P${days}DT${rest}` : `PT${rest}`;
}

/** With its rules, which Microsoft's own client demands; a custom zone comes back as it was written. */
function fullZone(open: OpenItem, name: 'StartTimeZone' | 'EndTimeZone'): XmlElement | undefined {
  const zone = stored(open, name);
  if (!zone || zone.children.length > 0) return zone;
  return xml(
    `t:${name}`,
    ...zoneContent(zone.attributes['Id'] ?? 'UTC', Number(storedText(open, 'Start')?.slice(0, 4))),
  );
}

/** Bits of PidLidAppointmentStateFlags (MS-OXOCAL 2.2.1.10): 1 meeting, 2 received, 4 cancelled. */
const state = (open: OpenItem) =>
  (isMeeting(open) ? 1 : 0) + (isOrganizer(open) ? 0 : 2) + (storedText(open, 'IsCancelled') === 'true' ? 4 : 0);

const rights = (): XmlElement =>
  xml(
    't:EffectiveRights',
    {},
    textElement('t:CreateAssociated', 'false'),
    ...['CreateContents', 'CreateHierarchy'].map((name) => textElement(`t:${name}`, 'false')),
    ...['Delete', 'Modify', 'Read', 'ViewPrivateItems'].map((name) => textElement(`t:${name}`, 'true')),
  );

/** Properties that the server knows; what is kept in the item comes first where the comment says so. */
const forAll: Readonly<Record<string, Compute>> = {
  ItemId: itemIdElement,
  ParentFolderId: ({ item, mailbox }) =>
    textElement('t:ParentFolderId', '', {
      Id: encodeId({ kind: 'folder', mailboxGuid: mailbox.store.guid, key: item.folder }),
      ChangeKey: encodeChangeKey('folder', mailbox.store.guid, 1),
    }),
  DateTimeReceived: ({ item }) => seconds(item.createdAt),
  Size: ({ item }) => String(JSON.stringify(item.properties).length),
  IsSubmitted: () => 'false',
  IsDraft: ({ item }) => String(item.kind === 'Message' && item.folder === homeFolder.Message),
  IsFromMe: () => 'false',
  IsResend: () => 'false',
  IsUnmodified: () => 'false',
  DateTimeSent: ({ item }) => seconds(item.createdAt),
  DateTimeCreated: ({ item }) => seconds(item.createdAt),
  DisplayCc: (open) => namesOf(stored(open, 'OptionalAttendees'), stored(open, 'CcRecipients')),
  DisplayTo: (open) => namesOf(stored(open, 'RequiredAttendees'), stored(open, 'ToRecipients')),
  HasAttachments: () => 'false',
  EffectiveRights: rights,
  LastModifiedName: ({ item }) => item.modifiedBy,
  LastModifiedTime: ({ item }) => seconds(item.modifiedAt),
  IsAssociated: () => 'false',
};

const forKind: Readonly<Record<ItemKind, Readonly<Record<string, Compute>>>> = {
  CalendarItem: {
    DateTimeStamp: ({ item }) => seconds(item.modifiedAt),
    IsMeeting: (open) => String(isMeeting(open)),
    ReminderDueBy: (open) => storedText(open, 'Start'),
    ...seriesProperties,
    MyResponseType: (open) =>
      storedText(open, 'MyResponseType') ??
      (!isMeeting(open) ? 'Unknown' : isOrganizer(open) ? 'Organizer' : 'NoResponseReceived'),
    Organizer: (open, directory) =>
      stored(open, 'Organizer') ?? xml('t:Organizer', {}, mailboxElement(directory, open.mailbox.entry.address)),
    StartTimeZone: (open) => fullZone(open, 'StartTimeZone'),
    EndTimeZone: (open) => fullZone(open, 'EndTimeZone'),
    Duration: duration,
    TimeZone: (open) => timeZoneName(stored(open, 'StartTimeZone')?.attributes['Id'] ?? 'UTC'),
    AppointmentState: (open) => String(state(open)),
    StartTimeZoneId: (open) => stored(open, 'StartTimeZone')?.attributes['Id'] ?? 'UTC',
    EndTimeZoneId: (open) => stored(open, 'EndTimeZone')?.attributes['Id'] ?? 'UTC',
    IsOrganizer: (open) => String(isOrganizer(open)),
  },
  Task: {
    ChangeCount: ({ item }) => String(item.version - item.createdIn + 1),
    IsComplete: (open) => String(storedText(open, 'Status') === 'Completed'),
    IsRecurring: (open) => String(stored(open, 'Recurrence') !== undefined),
    Owner: ({ mailbox }) => mailbox.entry.name,
    StatusDescription: (open) => (storedText(open, 'Status') ?? 'NotStarted').replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
  },
  Contact: contactProperties,
  Message: {},
};

const defaults: Readonly<Record<ItemKind, Readonly<Record<string, string>>>> = {
  CalendarItem: {
    ReminderIsSet: 'true',
    ReminderMinutesBeforeStart: '15',
    IsAllDayEvent: 'false',
    LegacyFreeBusyStatus: 'Busy',
    IsCancelled: 'false',
    MeetingRequestWasSent: 'false',
    IsResponseRequested: 'true',
    AppointmentSequenceNumber: '0',
    AllowNewTimeProposal: 'true',
    IsOnlineMeeting: 'false',
  },
  Task: { ReminderIsSet: 'false', ReminderMinutesBeforeStart: '0', PercentComplete: '0', Status: 'NotStarted' },
  Contact: { ReminderIsSet: 'false', ReminderMinutesBeforeStart: '0' },
  Message: {
    ReminderIsSet: 'false',
    ReminderMinutesBeforeStart: '0',
    IsRead: 'true',
    IsReadReceiptRequested: 'false',
    IsDeliveryReceiptRequested: 'false',
  },
};
const defaultsForAll: Readonly<Record<string, string>> = {
  Sensitivity: 'Normal',
  Importance: 'Normal',
  Culture: 'en-US',
};

/** The present value of a property, computed, kept or by default; undefined when the item has none. */
export function propertyValue(open: OpenItem, element: string, directory: MailboxDirectory): XmlElement | undefined {
  const { kind, properties } = open.item;
  const compute = forKind[kind][element] ?? forAll[element];
  const value =
    compute?.(open, directory) ??
    properties[element] ??
    (element === 'ItemClass' ? itemClass(open) : (defaults[kind][element] ?? defaultsForAll[element]));
  return typeof value === 'string' ? textElement(`t:${element}`, value) : value;
}

/** Values of extended properties: those that were written, and the GlobalObjectIds that Exchange derives from the UID. */
export function extendedValuesOf({ item }: OpenItem, key: string): readonly string[] | undefined {
  const uid = item.properties['UID']?.text;
  if (uid !== undefined && /^6ed8da90-450b-101b-98da-00aa003f1305\|(3|35)\|Binary$/.test(key))
    return [globalObjectId(uid).toString('base64')];
  return item.extended[key]?.values;
}
