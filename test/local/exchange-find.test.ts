import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { controlClient } from '../support/control-client.ts';
import { soapClient } from '../support/soap-client.ts';

let exchange: Exchange;
let call: ReturnType<typeof soapClient>;

const rep1 = { as: 'rep1@contoso.example' };
const crmId = { PropertySetId: 'c11ff724-aa03-4555-9952-8fa248a11c3e', PropertyName: 'CrmId', PropertyType: 'String' };
const crmPath = `<t:ExtendedFieldURI PropertySetId="${crmId.PropertySetId}" PropertyName="CrmId" PropertyType="String"/>`;

beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
  call = soapClient(exchange.url, { user: 'sync@contoso.example', ...rep1 });
  const control = controlClient(exchange.url);
  for (const day of [1, 2, 3, 4, 5]) {
    const date = `2026-07-0${day}`;
    const extendedProperties = [{ ...crmId, values: [`crm-${day}`] }];
    await control('POST', 'mailboxes/rep1@contoso.example/items', {
      subject: `Day ${day}`,
      start: `${date}T09:00:00Z`,
      end: `${date}T10:00:00Z`,
      body: 'secret',
      requiredAttendees: ['a@x.example'],
      extendedProperties,
    });
  }
});
afterAll(() => exchange.close());

const find = (view: string, more = '', shape = '<t:BaseShape>Default</t:BaseShape>', folder = 'calendar') =>
  call(
    `<m:FindItem Traversal="Shallow"><m:ItemShape>${shape}</m:ItemShape>${view}${more}<m:ParentFolderIds><t:DistinguishedFolderId Id="${folder}"/></m:ParentFolderIds></m:FindItem>`,
  );
const byStart =
  '<m:SortOrder><t:FieldOrder Order="Ascending"><t:FieldURI FieldURI="calendar:Start"/></t:FieldOrder></m:SortOrder>';
const calendarView = (start: string, end: string, maximum = '') =>
  `<m:CalendarView ${maximum} StartDate="${start}" EndDate="${end}"/>`;

describe('FindItem', () => {
  test('gives pages in the asked order, and says where the next one starts', async () => {
    const first = await find(
      '<m:IndexedPageItemView MaxEntriesReturned="2" Offset="0" BasePoint="Beginning"/>',
      byStart,
    );
    expect(first.all('Subject')).toEqual(['Day 1', 'Day 2']);
    expect(first.text).toContain('IndexedPagingOffset="2" TotalItemsInView="5" IncludesLastItemInRange="false"');
    const last = await find(
      '<m:IndexedPageItemView MaxEntriesReturned="2" Offset="4" BasePoint="Beginning"/>',
      byStart,
    );
    expect(last.all('Subject')).toEqual(['Day 5']);
    expect(last.text).toContain('IncludesLastItemInRange="true"');
  });

  test('a CalendarView has what lies even partly in its window, and no more than asked for', async () => {
    const partly = await find(calendarView('2026-07-02T09:30:00Z', '2026-07-04T09:00:00Z'));
    expect(partly.all('Subject')).toEqual(['Day 2', 'Day 3']);
    const capped = await find(calendarView('2026-07-01T00:00:00Z', '2026-07-09T00:00:00Z', 'MaxEntriesReturned="3"'));
    expect(capped.all('Subject')).toHaveLength(3);
    expect(capped.text).toContain('TotalItemsInView="5" IncludesLastItemInRange="false"');
  });

  test('finds an item by an extended property', async () => {
    const restriction = `<m:Restriction><t:IsEqualTo>${crmPath}<t:FieldURIOrConstant><t:Constant Value="crm-3"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`;
    const answer = await find(
      '',
      restriction,
      `<t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${crmPath}</t:AdditionalProperties>`,
    );
    expect(answer.all('Value')).toEqual(['crm-3']);
    expect(answer.all('Subject')).toEqual([]);
  });

  test('answers neither bodies nor attendees, which take a GetItem', async () => {
    const asked =
      '<t:AdditionalProperties><t:FieldURI FieldURI="item:Body"/><t:FieldURI FieldURI="calendar:RequiredAttendees"/></t:AdditionalProperties>';
    const answer = await find('', '', `<t:BaseShape>AllProperties</t:BaseShape>${asked}`);
    expect(answer.all('CalendarItem')).toHaveLength(5);
    expect([...answer.all('Body'), ...answer.all('RequiredAttendees')]).toEqual([]);
    expect(answer.all('DisplayTo')[0]).toBe('a@x.example');
  });

  test.each([
    [
      'a window that ends before it starts',
      calendarView('2026-07-02T00:00:00Z', '2026-07-01T00:00:00Z'),
      '',
      'calendar',
      'ErrorCalendarEndDateIsEarlierThanStartDate',
    ],
    [
      'a window of more than two years',
      calendarView('2026-01-01T00:00:00Z', '2029-01-01T00:00:00Z'),
      '',
      'calendar',
      'ErrorCalendarViewRangeTooBig',
    ],
    [
      'a window on the inbox',
      calendarView('2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z'),
      '',
      'inbox',
      'ErrorCalendarFolderIsInvalidForCalendarView',
    ],
    [
      'a sort order beside a window',
      calendarView('2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z'),
      byStart,
      'calendar',
      'ErrorInvalidArgument',
    ],
  ])('refuses %s', async (_what, view, more, folder, code) => {
    expect((await find(view, more, '<t:BaseShape>IdOnly</t:BaseShape>', folder)).first('ResponseCode')).toBe(code);
  });
});

describe('folders', () => {
  const shape = '<m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>';

  test('GetFolder counts, names and classes them, and says which one is not there', async () => {
    const ids = ['calendar', 'tasks', 'journal'].map((id) => `<t:DistinguishedFolderId Id="${id}"/>`).join('');
    const answer = await call(`<m:GetFolder>${shape}<m:FolderIds>${ids}</m:FolderIds></m:GetFolder>`);
    expect(answer.all('ResponseCode')).toEqual(['NoError', 'NoError', 'ErrorFolderNotFound']);
    expect(answer.all('FolderClass')).toEqual(['IPF.Appointment', 'IPF.Task']);
    expect(answer.all('TotalCount')).toEqual(['5', '0']);
    const id = answer.attribute('FolderId', 'Id');
    const again = await call(`<m:GetFolder>${shape}<m:FolderIds><t:FolderId Id="${id}"/></m:FolderIds></m:GetFolder>`);
    expect(again.first('DisplayName')).toBe('Calendar');
    const other = await call(`<m:GetFolder>${shape}<m:FolderIds><t:FolderId Id="${id}"/></m:FolderIds></m:GetFolder>`, {
      as: 'rep2@contoso.example',
    });
    expect(other.first('ResponseCode')).toBe('ErrorFolderNotFound');
  });

  test('a calendar of somebody else is not found without the right to it, and a mailbox that is not there is said to be so', async () => {
    const named = (address: string) =>
      call(
        `<m:GetFolder>${shape}<m:FolderIds><t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId></m:FolderIds></m:GetFolder>`,
      );
    expect((await named('rep1@contoso.example')).first('ResponseCode')).toBe('NoError');
    expect((await named('rep2@contoso.example')).first('ResponseCode')).toBe('ErrorFolderNotFound');
    expect((await named('nobody@contoso.example')).first('ResponseCode')).toBe('ErrorNonExistentMailbox');
  });

  test('an archive lies beside the mailbox that has one, its calendar without a name of its own', async () => {
    const search = (as: string) =>
      call(
        `<m:FindFolder Traversal="Deep">${shape}<m:ParentFolderIds><t:DistinguishedFolderId Id="archiveroot"/></m:ParentFolderIds></m:FindFolder>`,
        { as },
      );
    const answer = await search('rep1@contoso.example');
    expect(answer.all('DisplayName')).toEqual(['Top of Information Store', 'Calendar']);
    expect(answer.all('DistinguishedFolderId')).toEqual(['archivemsgfolderroot']);
    const calendar = answer.attributes('FolderId', 'Id').at(-1);
    const again = (as: string) =>
      call(`<m:GetFolder>${shape}<m:FolderIds><t:FolderId Id="${calendar}"/></m:FolderIds></m:GetFolder>`, { as });
    expect((await again('rep1@contoso.example')).first('FolderClass')).toBe('IPF.Appointment');
    expect((await again('rep2@contoso.example')).first('ResponseCode')).toBe('ErrorFolderNotFound');
    expect((await search('rep2@contoso.example')).first('ResponseCode')).toBe('ErrorFolderNotFound');
    const byName = await call(
      `<m:GetFolder>${shape}<m:FolderIds><t:DistinguishedFolderId Id="archivecalendar"/></m:FolderIds></m:GetFolder>`,
    );
    expect(byName.text).toContain('ErrorSchemaValidation');
  });

  test('FindFolder goes deep, and by folder class', async () => {
    const restriction =
      '<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="folder:FolderClass"/><t:FieldURIOrConstant><t:Constant Value="IPF.Appointment"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>';
    const search = (traversal: string, more: string) =>
      call(
        `<m:FindFolder Traversal="${traversal}">${shape}${more}<m:ParentFolderIds><t:DistinguishedFolderId Id="root"/></m:ParentFolderIds></m:FindFolder>`,
      );
    expect((await search('Deep', restriction)).all('DisplayName')).toEqual(['Calendar']);
    expect((await search('Shallow', '')).all('DisplayName')).toEqual(['Top of Information Store', 'Recoverable Items']);
  });
});
