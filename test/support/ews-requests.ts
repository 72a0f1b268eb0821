import type { SoapAnswer, SoapCall } from './soap-client.ts';

export type SoapClient = (body: string, call?: SoapCall) => Promise<SoapAnswer>;

const allProperties = '<t:BaseShape>AllProperties</t:BaseShape>';
export const itemId = (id: string | undefined) => `<t:ItemId Id="${id}"/>`;
export const occurrenceId = (master: string | undefined, index: number) =>
  `<t:OccurrenceItemId RecurringMasterId="${master}" InstanceIndex="${index}"/>`;
export const times = (start: string, end: string) => `<t:Start>${start}</t:Start><t:End>${end}</t:End>`;
export const set = (uri: string, value: string, kind = 'CalendarItem') =>
  `<t:SetItemField><t:FieldURI FieldURI="${uri}"/><t:${kind}>${value}</t:${kind}></t:SetItemField>`;
export const clear = (uri: string) => `<t:DeleteItemField><t:FieldURI FieldURI="${uri}"/></t:DeleteItemField>`;
export const attendees = (list: string, ...addresses: string[]) =>
  `<t:${list}>${addresses.map((address) => `<t:Attendee><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:Attendee>`).join('')}</t:${list}>`;

/** The requests that tests of the Exchange simulator are made of, as raw SOAP; an id is an element such as itemId's. */
export function ewsRequests(call: SoapClient) {
  return {
    call,
    create: (content: string, mode = 'SendToNone', more?: SoapCall) =>
      call(
        `<m:CreateItem SendMeetingInvitations="${mode}" MessageDisposition="SaveOnly"><m:Items>${content}</m:Items></m:CreateItem>`,
        more,
      ),
    get: (id: string, shape = allProperties, more?: SoapCall) =>
      call(`<m:GetItem><m:ItemShape>${shape}</m:ItemShape><m:ItemIds>${id}</m:ItemIds></m:GetItem>`, more),
    update: (id: string, updates: string, mode = 'SendToNone', more?: SoapCall) =>
      call(
        `<m:UpdateItem ConflictResolution="AlwaysOverwrite" MessageDisposition="SaveOnly" SendMeetingInvitationsOrCancellations="${mode}"><m:ItemChanges>` +
          `<t:ItemChange>${id}<t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
        more,
      ),
    remove: (id: string, mode = 'SendToNone', type = 'MoveToDeletedItems', more?: SoapCall) =>
      call(
        `<m:DeleteItem DeleteType="${type}" SendMeetingCancellations="${mode}" AffectedTaskOccurrences="AllOccurrences"><m:ItemIds>${id}</m:ItemIds></m:DeleteItem>`,
        more,
      ),
    view: (from: string, to: string, more?: SoapCall) =>
      call(
        `<m:FindItem Traversal="Shallow"><m:ItemShape>${allProperties}</m:ItemShape><m:CalendarView StartDate="${from}" EndDate="${to}"/>` +
          '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>',
        more,
      ),
    sync: (state = '', folder = 'calendar', more?: SoapCall) =>
      call(
        `<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId><t:DistinguishedFolderId Id="${folder}"/></m:SyncFolderId>` +
          `<m:SyncState>${state}</m:SyncState><m:MaxChangesReturned>512</m:MaxChangesReturned></m:SyncFolderItems>`,
        more,
      ),
  };
}
