import { importance, responseType, sensitivity } from './property-values.ts';

export type ItemKind = 'CalendarItem' | 'Task' | 'Contact' | 'Message';

/** How the content of a property is written in XML; `opaque` is kept and given back as it came. */
export type PropertyKind =
  | 'string'
  | 'boolean'
  | 'int'
  | 'double'
  | 'dateTime'
  | 'base64'
  | 'id'
  | 'body'
  | 'strings'
  | 'attendees'
  | 'recipients'
  | 'recipient'
  | 'zone'
  | 'recurrence'
  | 'entries'
  | 'extended'
  | 'opaque'
  | readonly string[];

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

/** flags: D default shape, A all properties, Q only when asked for; r read-only; l not in lists. */
type Row = readonly [element: string, kind?: PropertyKind, flags?: string];

const toProperties = (prefix: string, rows: readonly Row[]): Property[] =>
  rows.map(([element, kind = 'opaque', flags = 'Q']) => ({
    element,
    fieldUri: `${prefix}:${element}`,
    kind,
    shape: flags.includes('D') ? 'default' : flags.includes('A') ? 'all' : 'asked',
    readOnly: flags.includes('r'),
    notInLists: flags.includes('l'),
  }));

const freeBusy = ['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere', 'NoData'] as const;

/** t:ItemType: its elements in the order the schema demands. */
const item = toProperties('item', [
  ['MimeContent', 'opaque', 'Ql'],
  ['ItemId', 'id', 'Dr'],
  ['ParentFolderId', 'id', 'Ar'],
  ['ItemClass', 'string', 'A'],
  ['Subject', 'string', 'D'],
  ['Sensitivity', sensitivity, 'A'],
  ['Body', 'body', 'Dl'],
  ['Attachments', 'opaque', 'Ql'],
  ['DateTimeReceived', 'dateTime', 'Ar'],
  ['Size', 'int', 'Ar'],
  ['Categories', 'strings', 'A'],
  ['Importance', importance, 'A'],
  ['InReplyTo', 'string', 'A'],
  ['IsSubmitted', 'boolean', 'Ar'],
  ['IsDraft', 'boolean', 'Ar'],
  ['IsFromMe', 'boolean', 'Ar'],
  ['IsResend', 'boolean', 'Ar'],
  ['IsUnmodified', 'boolean', 'Ar'],
  ['InternetMessageHeaders', 'opaque', 'Qrl'],
  ['DateTimeSent', 'dateTime', 'Ar'],
  ['DateTimeCreated', 'dateTime', 'Ar'],
  ['ResponseObjects', 'opaque', 'Qrl'],
  ['ReminderDueBy', 'dateTime', 'A'],
  ['ReminderIsSet', 'boolean', 'A'],
  ['ReminderNextTime', 'dateTime', 'Q'],
  ['ReminderMinutesBeforeStart', 'int', 'A'],
  ['DisplayCc', 'string', 'Ar'],
  ['DisplayTo', 'string', 'Ar'],
  ['HasAttachments', 'boolean', 'Dr'],
  ['ExtendedProperty', 'extended', 'Q'],
  ['Culture', 'string', 'A'],
  ['EffectiveRights', 'opaque', 'Ar'],
  ['LastModifiedName', 'string', 'Ar'],
  ['LastModifiedTime', 'dateTime', 'Ar'],
  ['IsAssociated', 'boolean', 'Ar'],
  ['WebClientReadFormQueryString', 'string', 'Qr'],
  ['WebClientEditFormQueryString', 'string', 'Qr'],
  ['ConversationId', 'id', 'Qr'],
  ['UniqueBody', 'body', 'Qrl'],
  ['Flag', 'opaque', 'Q'],
  ['StoreEntryId', 'base64', 'Qr'],
  ['InstanceKey', 'base64', 'Qr'],
  ['NormalizedBody', 'body', 'Qrl'],
  ['EntityExtractionResult', 'opaque', 'Qr'],
  ['PolicyTag'],
  ['ArchiveTag'],
  ['RetentionDate', 'dateTime', 'Q'],
  ['Preview', 'string', 'Qr'],
  ['RightsManagementLicenseData', 'opaque', 'Qr'],
  ['PredictedActionReasons', 'opaque', 'Qr'],
  ['IsClutter', 'boolean', 'Qr'],
  ['NextPredictedAction', 'opaque', 'Qr'],
  ['GroupingAction', 'opaque', 'Qr'],
  ['BlockStatus', 'boolean', 'Qr'],
  ['HasBlockedImages', 'boolean', 'Qr'],
  ['TextBody', 'body', 'Qrl'],
  ['IconIndex', 'opaque', 'Qr'],
  ['MimeContentUTF8', 'opaque', 'Ql'],
  ['SearchKey', 'base64', 'Qr'],
  ['SortKey', 'int', 'Qr'],
  ['Hashtags', 'strings', 'Q'],
  ['Mentions', 'recipients', 'Q'],
  ['MentionedMe', 'boolean', 'Qr'],
  ['PendingSocialActivityTagIds', 'strings', 'Q'],
]);

const calendar = toProperties('calendar', [
  ['UID', 'string', 'A'],
  ['RecurrenceId', 'dateTime', 'Qr'],
  ['DateTimeStamp', 'dateTime', 'Ar'],
  ['Start', 'dateTime', 'D'],
  ['End', 'dateTime', 'D'],
  ['OriginalStart', 'dateTime', 'Qr'],
  ['IsAllDayEvent', 'boolean', 'A'],
  ['LegacyFreeBusyStatus', freeBusy, 'D'],
  ['Location', 'string', 'D'],
  ['When', 'string', 'A'],
  ['IsMeeting', 'boolean', 'Dr'],
  ['IsCancelled', 'boolean', 'Ar'],
  ['IsRecurring', 'boolean', 'Ar'],
  ['MeetingRequestWasSent', 'boolean', 'Ar'],
  ['IsResponseRequested', 'boolean', 'A'],
  ['CalendarItemType', 'string', 'Dr'],
  ['MyResponseType', responseType, 'Dr'],
  ['Organizer', 'recipient', 'Dr'],
  ['RequiredAttendees', 'attendees', 'Al'],
  ['OptionalAttendees', 'attendees', 'Al'],
  ['Resources', 'attendees', 'Al'],
  ['ConflictingMeetingCount', 'int', 'Qrl'],
  ['AdjacentMeetingCount', 'int', 'Qrl'],
  ['ConflictingMeetings', 'opaque', 'Qrl'],
  ['AdjacentMeetings', 'opaque', 'Qrl'],
  ['Duration', 'string', 'Ar'],
  ['TimeZone', 'string', 'Ar'],
  ['AppointmentReplyTime', 'dateTime', 'Qr'],
  ['AppointmentSequenceNumber', 'int', 'Ar'],
  ['AppointmentState', 'int', 'Ar'],
  ['Recurrence', 'recurrence', 'Al'],
  ['FirstOccurrence', 'opaque', 'Qrl'],
  ['LastOccurrence', 'opaque', 'Qrl'],
  ['ModifiedOccurrences', 'opaque', 'Qrl'],
  ['DeletedOccurrences', 'opaque', 'Qrl'],
  ['MeetingTimeZone', 'opaque', 'Ql'],
  ['StartTimeZone', 'zone', 'A'],
  ['EndTimeZone', 'zone', 'A'],
  ['ConferenceType', 'int', 'A'],
  ['AllowNewTimeProposal', 'boolean', 'A'],
  ['IsOnlineMeeting', 'boolean', 'A'],
  ['MeetingWorkspaceUrl', 'string', 'A'],
  ['NetShowUrl', 'string', 'A'],
  ['EnhancedLocation', 'opaque', 'Q'],
  ['StartWallClock', 'dateTime', 'Q'],
  ['EndWallClock', 'dateTime', 'Q'],
  ['StartTimeZoneId', 'string', 'Q'],
  ['EndTimeZoneId', 'string', 'Q'],
  ['IntendedFreeBusyStatus', freeBusy, 'Q'],
  ['JoinOnlineMeetingUrl', 'string', 'Q'],
  ['OnlineMeetingSettings'],
  ['IsOrganizer', 'boolean', 'Ar'],
  ['InboxReminders'],
]);

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

const contact = toProperties('contacts', [
  ['FileAs', 'string', 'D'],
  ['FileAsMapping', 'string', 'A'],
  ['DisplayName', 'string', 'D'],
  ['GivenName', 'string', 'D'],
  ['Initials', 'string', 'A'],
  ['MiddleName', 'string', 'A'],
  ['Nickname', 'string', 'A'],
  ['CompleteName', 'opaque', 'Qr'],
  ['CompanyName', 'string', 'D'],
  ['EmailAddresses', 'entries', 'D'],
  ['PhysicalAddresses', 'entries', 'A'],
  ['PhoneNumbers', 'entries', 'D'],
  ['AssistantName', 'string', 'A'],
  ['Birthday', 'dateTime', 'A'],
  ['BusinessHomePage', 'string', 'A'],
  ['Children', 'strings', 'A'],
  ['Companies', 'strings', 'A'],
  ['ContactSource', 'string', 'Qr'],
  ['Department', 'string', 'A'],
  ['Generation', 'string', 'A'],
  ['ImAddresses', 'entries', 'A'],
  ['JobTitle', 'string', 'D'],
  ['Manager', 'string', 'A'],
  ['Mileage', 'string', 'A'],
  ['OfficeLocation', 'string', 'A'],
  ['PostalAddressIndex', 'string', 'A'],
  ['Profession', 'string', 'A'],
  ['SpouseName', 'string', 'A'],
  ['Surname', 'string', 'D'],
  ['WeddingAnniversary', 'dateTime', 'A'],
  ['BirthdayLocal', 'dateTime', 'Q'],
  ['WeddingAnniversaryLocal', 'dateTime', 'Q'],
  ['HasPicture', 'boolean', 'Ar'],
  ['PhoneticFullName', 'string', 'Q'],
  ['PhoneticFirstName', 'string', 'Q'],
  ['PhoneticLastName', 'string', 'Q'],
  ['Alias', 'string', 'Q'],
  ['Notes', 'string', 'Q'],
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
