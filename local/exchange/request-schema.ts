import { EwsFault } from './ews-error.ts';
import { folders } from './folders.ts';
import { type ItemKind, itemKinds, type PropertyKind, propertiesOf, propertyByUri } from './properties.ts';
import {
  type Check,
  checkElement,
  isBase64,
  isBoolean,
  isDateTime,
  isDouble,
  isInteger,
  isNotEmpty,
  type Rule,
  type Step,
} from './request-rules.ts';
import type { XmlElement } from './xml.ts';

const any: Rule = {};
const anyText = () => true;
const text = (check: Check = anyText): Rule => ({ text: check, attributes: {} });
const one = (name: string, rule: Rule): Step => ({ names: { [name]: rule } });
const maybe = (name: string, rule: Rule): Step => ({ names: { [name]: rule }, optional: true });
const many = (name: string, rule: Rule): Step => ({ names: { [name]: rule }, many: true });
const choiceOf = (rule: Rule, ...names: string[]): Record<string, Rule> =>
  Object.fromEntries(names.map((name) => [name, rule]));

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
const fieldUri = (value: string) =>
  propertyByUri(value) !== undefined ||
  /^(folder|meeting|meetingRequest|postitem|distributionlist|conversation|person|persona):\w+$/.test(value);

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
  't:IndexedFieldURI': { attributes: { 'FieldURI!': undefined, 'FieldIndex!': undefined }, sequence: [] },
  't:ExtendedFieldURI': extendedFieldUri,
};
const path: Step = { names: paths };

const id: Rule = { attributes: { 'Id!': undefined, ChangeKey: undefined }, sequence: [] };
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
const patterns = ['RelativeYearly', 'AbsoluteYearly', 'RelativeMonthly', 'AbsoluteMonthly', 'Weekly', 'Daily'].map(
  (name) => `t:${name}Recurrence`,
);

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
      return {
        sequence: [
          { names: choiceOf(any, ...patterns) },
          { names: choiceOf(any, 't:NoEndRecurrence', 't:EndDateRecurrence', 't:NumberedRecurrence') },
        ],
      };
    case 'entries':
      return { choice: { 't:Entry': any } };
    case 'extended':
      return extendedProperty;
    case 'opaque':
      return any;
    default:
      return text(kind);
  }
}

const itemRule = (kind: ItemKind): Rule => ({
  sequence: propertiesOf[kind].map(({ element, kind: content }) => ({
    names: { [`t:${element}`]: ruleOfKind(content) },
    optional: true,
    many: content === 'extended',
  })),
});
const itemRules = Object.fromEntries(itemKinds.map((kind) => [`t:${kind}`, itemRule(kind)]));
const anyItem: Record<string, Rule> = {
  ...itemRules,
  ...choiceOf(any, 't:Item', 't:MeetingRequest', 't:MeetingMessage', 't:DistributionList', 't:PostItem'),
};

const folderNames = [...folders.map((folder) => folder.name)];
const distinguishedNames = [
  ...folderNames,
  ...(
    'journal notes publicfoldersroot junkemail searchfolders voicemail recoverableitemsversions recoverableitemspurges recoverableitemsdiscoveryholds ' +
    'archiveroot archivemsgfolderroot archivedeleteditems archiveinbox archiverecoverableitemsroot archiverecoverableitemsdeletions ' +
    'archiverecoverableitemsversions archiverecoverableitemspurges archiverecoverableitemsdiscoveryholds syncissues conflicts localfailures ' +
    'serverfailures recipientcache quickcontacts conversationhistory adminauditlogs todosearch mycontacts directory imcontactlist peopleconnect ' +
    'favorites mecontact personmetadata'
  ).split(' '),
];
const folderIds: Record<string, Rule> = {
  't:FolderId': id,
  't:DistinguishedFolderId': {
    attributes: { 'Id!': distinguishedNames, ChangeKey: undefined },
    sequence: [maybe('t:Mailbox', address)],
  },
};
const itemIds: Rule = {
  choice: {
    't:ItemId': id,
    't:OccurrenceItemId': any,
    't:RecurringMasterItemId': any,
    't:RecurringMasterItemIdRanges': any,
  },
};
const shapes = ['IdOnly', 'Default', 'AllProperties'];
const bodyTypes = text(['Best', 'HTML', 'Text']);
const additional = maybe('t:AdditionalProperties', { choice: paths });
const folderShape: Rule = { sequence: [one('t:BaseShape', text(shapes)), additional] };
const itemShape: Rule = {
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

const searchNames =
  'IsEqualTo IsNotEqualTo IsGreaterThan IsGreaterThanOrEqualTo IsLessThan IsLessThanOrEqualTo Contains Exists Excludes And Or Not'
    .split(' ')
    .map((name) => `t:${name}`);
const restriction = maybe('m:Restriction', { oneOf: choiceOf(any, ...searchNames) });
const targetFolder: Rule = { oneOf: folderIds };
const sendToAll = ['SendToNone', 'SendOnlyToAll', 'SendToAllAndSaveCopy'];
const sendToChanged = [...sendToAll, 'SendOnlyToChanged', 'SendToChangedAndSaveCopy'];
const disposition = ['SaveOnly', 'SendOnly', 'SendAndSaveCopy'];
const page = { MaxEntriesReturned: isInteger };
const indexedPage: Rule = { attributes: { ...page, 'Offset!': isInteger, 'BasePoint!': ['Beginning', 'End'] } };
const fractionalPage: Rule = { attributes: { ...page, 'Numerator!': isInteger, 'Denominator!': isInteger } };
const moveOrCopy: Rule = {
  sequence: [
    one('m:ToFolderId', targetFolder),
    one('m:ItemIds', itemIds),
    maybe('m:ReturnNewItemIds', text(isBoolean)),
  ],
};
const wrapped: Step = { names: anyItem };
const itemChange: Rule = {
  sequence: [
    { names: choiceOf(any, 't:ItemId', 't:OccurrenceItemId', 't:RecurringMasterItemId') },
    one('t:Updates', {
      choice: {
        't:SetItemField': { sequence: [path, wrapped] },
        't:AppendToItemField': { sequence: [path, wrapped] },
        't:DeleteItemField': { sequence: [path] },
      },
    }),
  ],
};

/** Each operation's request, by the messages schema of Exchange 2016. */
const operations: Readonly<Record<string, Rule>> = {
  GetFolder: { sequence: [one('m:FolderShape', folderShape), one('m:FolderIds', { choice: folderIds })] },
  FindFolder: {
    attributes: { 'Traversal!': ['Shallow', 'Deep', 'SoftDeleted'] },
    sequence: [
      one('m:FolderShape', folderShape),
      {
        names: { 'm:IndexedPageFolderView': indexedPage, 'm:FractionalPageFolderView': fractionalPage },
        optional: true,
      },
      restriction,
      one('m:ParentFolderIds', { choice: folderIds }),
    ],
  },
  FindItem: {
    attributes: { 'Traversal!': ['Shallow', 'SoftDeleted', 'Associated'] },
    sequence: [
      one('m:ItemShape', itemShape),
      {
        names: {
          'm:IndexedPageItemView': indexedPage,
          'm:FractionalPageItemView': fractionalPage,
          'm:SeekToConditionPageItemView': any,
          'm:CalendarView': { attributes: { ...page, 'StartDate!': isDateTime, 'EndDate!': isDateTime } },
          'm:ContactsView': { attributes: { ...page, InitialName: undefined, FinalName: undefined } },
        },
        optional: true,
      },
      { names: { 'm:GroupBy': any, 'm:DistinguishedGroupBy': any }, optional: true },
      restriction,
      maybe('m:SortOrder', {
        choice: { 't:FieldOrder': { attributes: { 'Order!': ['Ascending', 'Descending'] }, sequence: [path] } },
      }),
      one('m:ParentFolderIds', { choice: folderIds }),
      maybe('m:QueryString', any),
    ],
  },
  GetItem: { sequence: [one('m:ItemShape', itemShape), one('m:ItemIds', itemIds)] },
  CreateItem: {
    attributes: { MessageDisposition: disposition, SendMeetingInvitations: sendToAll },
    sequence: [maybe('m:SavedItemFolderId', targetFolder), one('m:Items', { choice: anyItem })],
  },
  UpdateItem: {
    attributes: {
      'ConflictResolution!': ['NeverOverwrite', 'AutoResolve', 'AlwaysOverwrite'],
      MessageDisposition: disposition,
      SendMeetingInvitationsOrCancellations: sendToChanged,
      SuppressReadReceipts: isBoolean,
    },
    sequence: [
      maybe('m:SavedItemFolderId', targetFolder),
      one('m:ItemChanges', { choice: { 't:ItemChange': itemChange } }),
    ],
  },
  DeleteItem: {
    attributes: {
      'DeleteType!': ['HardDelete', 'SoftDelete', 'MoveToDeletedItems'],
      SendMeetingCancellations: sendToAll,
      AffectedTaskOccurrences: ['AllOccurrences', 'SpecifiedOccurrenceOnly'],
      SuppressReadReceipts: isBoolean,
    },
    sequence: [one('m:ItemIds', itemIds)],
  },
  MoveItem: moveOrCopy,
  CopyItem: moveOrCopy,
  SyncFolderItems: {
    sequence: [
      one('m:ItemShape', itemShape),
      one('m:SyncFolderId', targetFolder),
      maybe('m:SyncState', text()),
      maybe('m:Ignore', { sequence: [{ names: { 't:ItemId': id }, many: true, optional: true }] }),
      one(
        'm:MaxChangesReturned',
        text((value) => isInteger(value) && Number(value) >= 1 && Number(value) <= 512),
      ),
      maybe('m:SyncScope', text(['NormalItems', 'NormalAndAssociatedItems'])),
      maybe('m:NumberOfDays', text(isInteger)),
      maybe('m:MaximumCount', text(isInteger)),
      maybe('m:MinimumCount', text(isInteger)),
    ],
  },
  SyncFolderHierarchy: {
    sequence: [one('m:FolderShape', folderShape), maybe('m:SyncFolderId', targetFolder), maybe('m:SyncState', text())],
  },
  GetServerTimeZones: {
    attributes: { ReturnFullTimeZoneData: isBoolean },
    sequence: [maybe('m:Ids', { choice: { 't:Id': text() } })],
  },
  ResolveNames: {
    attributes: {
      'ReturnFullContactData!': isBoolean,
      SearchScope: ['ActiveDirectory', 'ActiveDirectoryContacts', 'Contacts', 'ContactsActiveDirectory'],
      ContactDataShape: shapes,
    },
    sequence: [maybe('m:ParentFolderIds', { choice: folderIds }), one('m:UnresolvedEntry', text(isNotEmpty))],
  },
  ConvertId: {
    attributes: { 'DestinationFormat!': ['EwsLegacyId', 'EwsId', 'EntryId', 'HexEntryId', 'StoreId', 'OwaId'] },
    sequence: [
      one('m:SourceIds', {
        choice: choiceOf(any, 't:AlternateId', 't:AlternatePublicFolderId', 't:AlternatePublicFolderItemId'),
      }),
    ],
  },
};

/** The operation's name without prefix. @throws EwsFault when it is unknown or its request does not follow the schema. */
export function checkRequest(body: XmlElement): string {
  const name = body.name.replace(/^m:/, '');
  const rule = operations[name];
  if (!body.name.startsWith('m:') || !rule) {
    throw new EwsFault('ErrorInvalidRequest', `The request is invalid: this server has no operation '${body.name}'.`);
  }
  checkElement(body, { attributes: {}, ...rule });
  return name;
}
