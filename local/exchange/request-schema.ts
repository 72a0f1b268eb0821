import {
  anyItem,
  folderIds,
  folderShape,
  id,
  itemIds,
  itemShape,
  occurrenceId,
  path,
  recurringMasterId,
  shapes,
} from './element-rules.ts';
import { EwsFault } from './ews-error.ts';
import { checkElement, isBoolean, isDateTime, isInteger, isNotEmpty, type Rule, type Step } from './request-rules.ts';
import { anything, choiceOf, maybe, one, text } from './rule-parts.ts';
import type { XmlElement } from './xml.ts';

const searchNames =
  'IsEqualTo IsNotEqualTo IsGreaterThan IsGreaterThanOrEqualTo IsLessThan IsLessThanOrEqualTo Contains Exists Excludes And Or Not'
    .split(' ')
    .map((name) => `t:${name}`);
const restriction = maybe('m:Restriction', { oneOf: choiceOf(anything, ...searchNames) });
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
    {
      names: { 't:ItemId': id, 't:OccurrenceItemId': occurrenceId, 't:RecurringMasterItemId': recurringMasterId },
    },
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
          'm:SeekToConditionPageItemView': anything,
          'm:CalendarView': { attributes: { ...page, 'StartDate!': isDateTime, 'EndDate!': isDateTime } },
          'm:ContactsView': { attributes: { ...page, InitialName: undefined, FinalName: undefined } },
        },
        optional: true,
      },
      { names: { 'm:GroupBy': anything, 'm:DistinguishedGroupBy': anything }, optional: true },
      restriction,
      maybe('m:SortOrder', {
        choice: { 't:FieldOrder': { attributes: { 'Order!': ['Ascending', 'Descending'] }, sequence: [path] } },
      }),
      one('m:ParentFolderIds', { choice: folderIds }),
      maybe('m:QueryString', anything),
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
        choice: choiceOf(anything, 't:AlternateId', 't:AlternatePublicFolderId', 't:AlternatePublicFolderItemId'),
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
