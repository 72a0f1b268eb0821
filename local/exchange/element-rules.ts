import { entriesRules } from './contact-entry-rules.ts';
import { folders } from './folders.ts';
import { type ItemKind, itemKinds, propertiesOf, propertyByUri } from './properties.ts';
import type { PropertyKind } from './property-row.ts';
import { sensitivity } from './property-values.ts';
import { recurrenceRule } from './recurrence-rule.ts';
import {
  isBase64,
  isBoolean,
  isDateTime,
  isDouble,
  isInteger,
  isNotEmpty,
  type Rule,
  type Step,
} from './request-rules.ts';
import { anyText, anything, choiceOf, many, maybe, one, text } from './rule-parts.ts';

const guid = (value: string) => /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/.test(value);
const mapiTypes =
  'ApplicationTime Binary Boolean CLSID Currency Double Error Float Integer Long Null Object Short SystemTime String'
    .split(' ')
    .flatMap((type) => [type, `${type}Array`])
    .filter((type) => !['ErrorArray', 'NullArray', 'BooleanArray'].includes(type));
const propertySets =
  'Meeting Appointment Common PublicStrings Address InternetHeaders CalendarAssistant UnifiedMessaging Task Sharing'.split(
    ' ',
  );
/** Field URIs of the schema that name no element of an item, and those of things that are not simulated. */
const otherFieldUri =
  /^(item:PredictedActionReason|contacts:(Culture|MobileIMEnabled|PartnerNetwork(Profile|Thumbnail)PhotoUrl|contacts:ConversationGuid)|(folder|meeting|meetingRequest|postitem|distributionlist|conversation|person|persona|rolemember|network|abchperson|booking|insight):\w+)$/;
const fieldUri = (value: string) => propertyByUri(value) !== undefined || otherFieldUri.test(value);

const indexedUri = (value: string) =>
  /^(item:InternetMessageHeader|contacts:(ImAddress|PhoneNumber|EmailAddress|PhysicalAddress:(Street|City|State|CountryOrRegion|PostalCode))|distributionlist:Members:Member)$/.test(
    value,
  );

const extendedFieldUri: Rule = {
  attributes: {
    DistinguishedPropertySetId: propertySets,
    PropertySetId: guid,
    PropertyTag: (value) => /^(0[xX][0-9A-Fa-f]{1,4}|\d{1,5})$/.test(value),
    PropertyName: undefined,
    PropertyId: isInteger,
    'PropertyType!': mapiTypes,
  },
  sequence: [],
};
const paths: Record<string, Rule> = {
  't:FieldURI': { attributes: { 'FieldURI!': fieldUri }, sequence: [] },
  't:IndexedFieldURI': { attributes: { 'FieldURI!': indexedUri, 'FieldIndex!': undefined }, sequence: [] },
  't:ExtendedFieldURI': extendedFieldUri,
};
export const path: Step = { names: paths };

export const id: Rule = { attributes: { 'Id!': undefined, ChangeKey: undefined }, sequence: [] };
export const occurrenceId: Rule = {
  attributes: { 'RecurringMasterId!': undefined, ChangeKey: undefined, 'InstanceIndex!': isInteger },
  sequence: [],
};
export const recurringMasterId: Rule = {
  attributes: { 'OccurrenceId!': undefined, ChangeKey: undefined },
  sequence: [],
};
const address: Rule = {
  sequence: [
    maybe('t:Name', text()),
    maybe('t:EmailAddress', text(isNotEmpty)),
    maybe('t:RoutingType', text(isNotEmpty)),
    maybe(
      't:MailboxType',
      text(['Unknown', 'OneOff', 'Mailbox', 'PublicDL', 'PrivateDL', 'Contact', 'PublicFolder', 'GroupMailbox']),
    ),
    maybe('t:ItemId', id),
    maybe('t:OriginalDisplayName', text()),
  ],
};
const attendee: Rule = {
  sequence: [
    one('t:Mailbox', address),
    maybe('t:ResponseType', text()),
    maybe('t:LastResponseTime', text(isDateTime)),
    maybe('t:ProposedStart', text(isDateTime)),
    maybe('t:ProposedEnd', text(isDateTime)),
  ],
};
const extendedProperty: Rule = {
  sequence: [
    one('t:ExtendedFieldURI', extendedFieldUri),
    { names: { 't:Value': text(), 't:Values': { sequence: [many('t:Value', text())] } } },
  ],
};
function ruleOfKind(kind: PropertyKind): Rule {
  switch (kind) {
    case 'string':
      return text();
    case 'boolean':
      return text(isBoolean);
    case 'int':
      return text(isInteger);
    case 'double':
      return text(isDouble);
    case 'dateTime':
      return text(isDateTime);
    case 'base64':
      return text(isBase64);
    case 'id':
      return id;
    case 'body':
      return { attributes: { 'BodyType!': ['HTML', 'Text'], IsTruncated: isBoolean }, text: anyText };
    case 'strings':
      return { sequence: [{ names: { 't:String': text() }, many: true, optional: true }] };
    case 'attendees':
      return { choice: { 't:Attendee': attendee } };
    case 'recipients':
      return { sequence: [{ names: { 't:Mailbox': address }, many: true, optional: true }] };
    case 'recipient':
      return { oneOf: { 't:Mailbox': address } };
    case 'zone':
      return { attributes: { Id: undefined, Name: undefined } };
    case 'recurrence':
      return recurrenceRule;
    case 'entries':
      return { choice: { 't:Entry': text() } };
    case 'extended':
      return extendedProperty;
    case 'opaque':
      return anything;
    default:
      return text(kind);
  }
}

const itemRule = (kind: ItemKind): Rule => ({
  sequence: propertiesOf[kind].map(({ element, kind: content }) => ({
    names: { [`t:${element}`]: (content === 'entries' ? entriesRules[element] : undefined) ?? ruleOfKind(content) },
    optional: true,
    many: content === 'extended',
  })),
});
const itemRules = Object.fromEntries(itemKinds.map((kind) => [`t:${kind}`, itemRule(kind)]));
/** t:WellKnownResponseObjectType, and what meeting responses add. */
const meetingResponse: Rule = {
  sequence: [
    maybe('t:ItemClass', text()),
    maybe('t:Sensitivity', text(sensitivity)),
    maybe('t:Body', ruleOfKind('body')),
    maybe('t:Attachments', anything),
    maybe('t:InternetMessageHeaders', anything),
    maybe('t:Sender', ruleOfKind('recipient')),
    maybe('t:ToRecipients', ruleOfKind('recipients')),
    maybe('t:CcRecipients', ruleOfKind('recipients')),
    maybe('t:BccRecipients', ruleOfKind('recipients')),
    maybe('t:IsReadReceiptRequested', text(isBoolean)),
    maybe('t:IsDeliveryReceiptRequested', text(isBoolean)),
    maybe('t:From', ruleOfKind('recipient')),
    maybe('t:ReferenceItemId', id),
    maybe('t:ProposedStart', text(isDateTime)),
    maybe('t:ProposedEnd', text(isDateTime)),
  ],
};
export const anyItem: Record<string, Rule> = {
  ...itemRules,
  ...choiceOf(meetingResponse, 't:AcceptItem', 't:TentativelyAcceptItem', 't:DeclineItem'),
  ...choiceOf(anything, 't:CancelCalendarItem'),
  ...choiceOf(anything, 't:Item', 't:MeetingRequest', 't:MeetingMessage', 't:DistributionList', 't:PostItem'),
};

const folderNames = folders.filter((folder) => folder.distinguished).map((folder) => folder.name);
const distinguishedNames = [
  ...folderNames,
  ...(
    'journal notes publicfoldersroot junkemail searchfolders voicemail recoverableitemsversions recoverableitemsdiscoveryholds ' +
    'archivedeleteditems archiveinbox archiverecoverableitemsroot archiverecoverableitemsdeletions ' +
    'archiverecoverableitemsversions archiverecoverableitemspurges archiverecoverableitemsdiscoveryholds syncissues conflicts localfailures ' +
    'serverfailures recipientcache quickcontacts conversationhistory adminauditlogs todosearch mycontacts directory imcontactlist peopleconnect ' +
    'favorites mecontact personmetadata'
  ).split(' '),
];
export const folderIds: Record<string, Rule> = {
  't:FolderId': id,
  't:DistinguishedFolderId': {
    attributes: { 'Id!': distinguishedNames, ChangeKey: undefined },
    sequence: [maybe('t:Mailbox', address)],
  },
};
export const itemIds: Rule = {
  choice: {
    't:ItemId': id,
    't:OccurrenceItemId': occurrenceId,
    't:RecurringMasterItemId': recurringMasterId,
    't:RecurringMasterItemIdRanges': anything,
  },
};
export const shapes = ['IdOnly', 'Default', 'AllProperties'];
const bodyTypes = text(['Best', 'HTML', 'Text']);
const additional = maybe('t:AdditionalProperties', { choice: paths });
export const folderShape: Rule = { sequence: [one('t:BaseShape', text(shapes)), additional] };
export const itemShape: Rule = {
  sequence: [
    one('t:BaseShape', text(shapes)),
    maybe('t:IncludeMimeContent', text(isBoolean)),
    maybe('t:BodyType', bodyTypes),
    maybe('t:UniqueBodyType', bodyTypes),
    maybe('t:NormalizedBodyType', bodyTypes),
    maybe('t:FilterHtmlContent', text(isBoolean)),
    maybe('t:ConvertHtmlCodePageToUTF8', text(isBoolean)),
    maybe('t:InlineImageUrlTemplate', text()),
    maybe('t:BlockExternalImages', text(isBoolean)),
    maybe('t:AddBlankTargetToLinks', text(isBoolean)),
    maybe('t:MaximumBodySize', text(isInteger)),
    additional,
  ],
};
