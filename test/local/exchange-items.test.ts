import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { insideBody } from '../../local/exchange/rewrite-html.ts';
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { type SoapCall, soapClient } from '../support/soap-client.ts';

let exchange: Exchange;
let call: ReturnType<typeof soapClient>;
beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
  call = soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' });
});
afterAll(() => exchange.close());

const times = (start: string, end: string) => `<t:Start>${start}</t:Start><t:End>${end}</t:End>`;
const morning = times('2026-07-01T09:00:00Z', '2026-07-01T10:00:00Z');
const create = (
  content: string,
  attributes = 'SendMeetingInvitations="SendToNone"',
  more: SoapCall = {},
  folder = '',
) => call(`<m:CreateItem ${attributes}>${folder}<m:Items>${content}</m:Items></m:CreateItem>`, more);
const createCalendarItem = (content: string, more: SoapCall = {}) =>
  create(`<t:CalendarItem>${content}</t:CalendarItem>`, undefined, more);
const get = (id: string | undefined, shape = '<t:BaseShape>AllProperties</t:BaseShape>', more: SoapCall = {}) =>
  call(`<m:GetItem><m:ItemShape>${shape}</m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`, more);
const update = (
  id: string | undefined,
  updates: string,
  attributes = 'SendMeetingInvitationsOrCancellations="SendToNone"',
  resolution = 'AlwaysOverwrite',
) =>
  call(
    `<m:UpdateItem ConflictResolution="${resolution}" ${attributes}><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
  );
const set = (uri: string, value: string, action = 'SetItemField') =>
  `<t:${action}><t:FieldURI FieldURI="${uri}"/><t:CalendarItem>${value}</t:CalendarItem></t:${action}>`;
const remove = (uri: string) => `<t:DeleteItemField><t:FieldURI FieldURI="${uri}"/></t:DeleteItemField>`;
const extended = (name: string, type: string, value: string) =>
  `<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="${name}" PropertyType="${type}"/>${value}</t:ExtendedProperty>`;

describe('times of a calendar item', () => {
  test('an all-day event fills whole days in its own zone', async () => {
    const zone = '<t:StartTimeZone Id="W. Europe Standard Time"/>';
    const made = await createCalendarItem(
      `${times('2026-07-01T09:00:00', '2026-07-02T09:00:00')}<t:IsAllDayEvent>1</t:IsAllDayEvent>${zone}`,
    );
    const answer = await get(made.attribute('ItemId', 'Id'));
    expect([answer.first('Start'), answer.first('End')]).toEqual(['2026-06-30T22:00:00Z', '2026-07-02T22:00:00Z']);
    expect(answer.first('IsAllDayEvent')).toBe('true');
  });

  test('a time without offset is on the clock of the TimeZoneContext, which becomes the zone of the item', async () => {
    const header = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Pacific Standard Time"/></t:TimeZoneContext>';
    const made = await createCalendarItem(times('2026-07-01T09:00:00', '2026-07-01T10:00:00'), { header });
    const answer = await get(made.attribute('ItemId', 'Id'));
    expect(answer.first('Start')).toBe('2026-07-01T16:00:00Z');
    expect(answer.attribute('StartTimeZone', 'Id')).toBe('Pacific Standard Time');
  });

  test.each([
    [
      'an end before its start',
      times('2026-07-01T10:00:00Z', '2026-07-01T09:00:00Z'),
      'ErrorCalendarEndDateIsEarlierThanStartDate',
    ],
    ['an unknown zone', `${morning}<t:StartTimeZone Id="Middle-earth Standard Time"/>`, 'ErrorTimeZone'],
    [
      'what only the server may write',
      `<t:HasAttachments>true</t:HasAttachments>${morning}`,
      'ErrorInvalidPropertySet',
    ],
    [
      'an integer that is none',
      `${extended('n', 'Integer', '<t:Value>x</t:Value>')}${morning}`,
      'ErrorInvalidExtendedPropertyValue',
    ],
  ])('refuses %s, and the other items of the batch are made', async (_what, content, code) => {
    const answer = await create(
      `<t:CalendarItem>${content}</t:CalendarItem><t:CalendarItem>${morning}</t:CalendarItem>`,
    );
    expect(answer.all('ResponseCode')).toEqual([code, 'NoError']);
  });
});

describe('what a request must say', () => {
  test('whether mail goes out, for calendar items and messages', async () => {
    const made = await createCalendarItem(morning);
    const id = made.attribute('ItemId', 'Id');
    const code = async (answer: Promise<Awaited<ReturnType<typeof call>>>) => (await answer).first('ResponseCode');
    expect(await code(create(`<t:CalendarItem>${morning}</t:CalendarItem>`, ''))).toBe(
      'ErrorSendMeetingInvitationsRequired',
    );
    expect(await code(create('<t:Message><t:Subject>x</t:Subject></t:Message>', ''))).toBe(
      'ErrorMessageDispositionRequired',
    );
    expect(await code(update(id, set('item:Subject', '<t:Subject>x</t:Subject>'), ''))).toBe(
      'ErrorSendMeetingInvitationsOrCancellationsRequired',
    );
    expect(
      await code(
        call(`<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:DeleteItem>`),
      ),
    ).toBe('ErrorSendMeetingCancellationsRequired');
    const task = await create('<t:Task><t:Subject>x</t:Subject></t:Task>', '');
    const taskId = task.attribute('ItemId', 'Id');
    expect(
      await code(
        call(`<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="${taskId}"/></m:ItemIds></m:DeleteItem>`),
      ),
    ).toBe('ErrorAffectedTaskOccurrencesRequired');
  });

  test('a ChangeKey, unless it overwrites always', async () => {
    const made = await createCalendarItem(morning);
    const answer = await update(
      made.attribute('ItemId', 'Id'),
      set('item:Subject', '<t:Subject>x</t:Subject>'),
      undefined,
      'AutoResolve',
    );
    expect(answer.first('ResponseCode')).toBe('ErrorChangeKeyRequiredForWriteOperations');
  });

  test.each([
    [
      'elements out of order',
      '<m:CreateItem><m:Items><t:CalendarItem><t:End>2026-07-01T10:00:00Z</t:End><t:Start>2026-07-01T09:00:00Z</t:Start></t:CalendarItem></m:Items></m:CreateItem>',
    ],
    [
      'an unknown element',
      '<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:Nonsense/></m:ItemShape></m:GetItem>',
    ],
    [
      'an unknown field',
      '<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="item:Nonsense"/></t:AdditionalProperties></m:ItemShape><m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:GetItem>',
    ],
    ['a missing attribute', '<m:DeleteItem><m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:DeleteItem>'],
    [
      'a value outside its enumeration',
      '<m:DeleteItem DeleteType="Shred"><m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:DeleteItem>',
    ],
    [
      'a date that is none',
      '<m:CreateItem><m:Items><t:CalendarItem><t:Start>tomorrow</t:Start></t:CalendarItem></m:Items></m:CreateItem>',
    ],
    [
      'too large a page',
      '<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId><m:MaxChangesReturned>513</m:MaxChangesReturned></m:SyncFolderItems>',
    ],
  ])('what the schema demands: %s is ErrorSchemaValidation', async (_what, body) => {
    const answer = await call(body);
    expect([answer.status, answer.first('ResponseCode')]).toEqual([500, 'ErrorSchemaValidation']);
    expect(Number(answer.first('LineNumber'))).toBeGreaterThan(0);
  });

  test('a known operation and a known version', async () => {
    expect((await call('<m:GetUserOofSettingsRequest/>')).first('ResponseCode')).toBe('ErrorInvalidRequest');
    expect((await call('<m:GetFolder/>', { version: 'Exchange2099' })).first('ResponseCode')).toBe(
      'ErrorInvalidServerVersion',
    );
    expect((await call('<m:GetFolder>')).first('ResponseCode')).toBe('ErrorInvalidRequest');
  });
});

describe('updates', () => {
  test('set, append and delete fields of every kind in one request', async () => {
    const made = await createCalendarItem(
      `<t:Subject>a</t:Subject><t:Body BodyType="HTML">one</t:Body><t:Categories><t:String>x</t:String></t:Categories>${extended('gone', 'String', '<t:Value>v</t:Value>')}${morning}<t:Location>Oslo</t:Location>`,
    );
    const id = made.attribute('ItemId', 'Id');
    const path = (name: string, type: string) =>
      `<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="${name}" PropertyType="${type}"/>`;
    const list = extended('list', 'StringArray', '<t:Values><t:Value>1</t:Value><t:Value>2</t:Value></t:Values>');
    const answer = await update(
      id,
      set('item:Body', '<t:Body BodyType="HTML"> two</t:Body>', 'AppendToItemField') +
        set('item:Categories', '<t:Categories><t:String>y</t:String><t:String>z</t:String></t:Categories>') +
        set('calendar:End', '<t:End>2026-07-01T11:00:00Z</t:End>') +
        `<t:SetItemField>${path('list', 'StringArray')}<t:CalendarItem>${list}</t:CalendarItem></t:SetItemField>` +
        `<t:DeleteItemField>${path('gone', 'String')}</t:DeleteItemField>${remove('calendar:Location')}`,
    );
    expect(answer.first('ResponseCode')).toBe('NoError');
    const shape = `<t:BaseShape>AllProperties</t:BaseShape><t:AdditionalProperties>${path('list', 'StringArray')}${path('gone', 'String')}</t:AdditionalProperties>`;
    const after = await get(id, shape);
    expect([insideBody(after.first('Body') ?? ''), after.first('End'), after.first('Location')]).toEqual([
      'one two',
      '2026-07-01T11:00:00Z',
      undefined,
    ]);
    expect(after.all('String')).toEqual(['y', 'z']);
    expect(after.all('Value')).toEqual(['1', '2']);
  });

  test.each([
    [
      'a path that names another property',
      set('item:Subject', '<t:Location>x</t:Location>'),
      'ErrorUpdatePropertyMismatch',
    ],
    [
      'two properties at once',
      set('item:Subject', '<t:Subject>x</t:Subject><t:Location>x</t:Location>'),
      'ErrorIncorrectUpdatePropertyCount',
    ],
    [
      'appending to what cannot be appended to',
      set('item:Subject', '<t:Subject>x</t:Subject>', 'AppendToItemField'),
      'ErrorInvalidPropertyAppend',
    ],
    ['deleting the start', remove('calendar:Start'), 'ErrorInvalidPropertyDelete'],
    ['a new UID', set('calendar:UID', '<t:UID>x</t:UID>'), 'ErrorInvalidPropertySet'],
    [
      'an end before the start',
      set('calendar:End', '<t:End>2026-06-01T11:00:00Z</t:End>'),
      'ErrorCalendarEndDateIsEarlierThanStartDate',
    ],
  ])('refuses %s and changes nothing', async (_what, updates, code) => {
    const made = await createCalendarItem(`<t:Subject>same</t:Subject>${morning}`);
    const id = made.attribute('ItemId', 'Id');
    expect((await update(id, updates)).first('ResponseCode')).toBe(code);
    expect((await get(id)).attribute('ItemId', 'ChangeKey')).toBe(made.attribute('ItemId', 'ChangeKey'));
  });
});

describe('where items lie', () => {
  test('a move gives a new id and keeps what was written; a copy leaves the item', async () => {
    const made = await createCalendarItem(
      `<t:Subject>s</t:Subject>${extended('CrmId', 'String', '<t:Value>crm-1</t:Value>')}${morning}`,
    );
    const id = made.attribute('ItemId', 'Id');
    const send = (operation: string, item: string | undefined) =>
      call(
        `<m:${operation}><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds><t:ItemId Id="${item}"/></m:ItemIds></m:${operation}>`,
      );
    const copied = await send('CopyItem', id);
    expect((await get(id)).first('ResponseCode')).toBe('NoError');
    const moved = await send('MoveItem', id);
    expect((await get(id)).first('ResponseCode')).toBe('ErrorItemNotFound');
    const path =
      '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="CrmId" PropertyType="String"/>';
    for (const answer of [copied, moved]) {
      const after = await get(
        answer.attribute('ItemId', 'Id'),
        `<t:BaseShape>Default</t:BaseShape><t:AdditionalProperties>${path}</t:AdditionalProperties>`,
      );
      expect([after.first('Subject'), after.first('Value')]).toEqual(['s', 'crm-1']);
    }
  });

  test('a move into the archive and back takes a mailbox that has one', async () => {
    const findCalendars =
      '<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:ParentFolderIds><t:DistinguishedFolderId Id="archivemsgfolderroot"/></m:ParentFolderIds></m:FindFolder>';
    const archive = (await call(findCalendars)).attribute('FolderId', 'Id');
    const move = (folder: string, item: string | undefined) =>
      call(
        `<m:MoveItem><m:ToFolderId>${folder}</m:ToFolderId><m:ItemIds><t:ItemId Id="${item}"/></m:ItemIds></m:MoveItem>`,
      );
    const made = await createCalendarItem(`<t:Subject>s</t:Subject>${morning}`);
    const archived = await move(`<t:FolderId Id="${archive}"/>`, made.attribute('ItemId', 'Id'));
    expect((await get(made.attribute('ItemId', 'Id'))).first('ResponseCode')).toBe('ErrorItemNotFound');
    const id = archived.attribute('ItemId', 'Id');
    expect((await get(id, '<t:BaseShape>Default</t:BaseShape>')).first('Subject')).toBe('s');
    const back = await move('<t:DistinguishedFolderId Id="calendar"/>', id);
    expect((await get(back.attribute('ItemId', 'Id'))).first('ResponseCode')).toBe('NoError');
    const without = await call(findCalendars, { as: 'rep2@contoso.example' });
    expect(without.first('ResponseCode')).toBe('ErrorFolderNotFound');
  });

  test('another mailbox does not see an item, and no item lies in a folder of another class', async () => {
    const made = await createCalendarItem(morning);
    expect(
      (await get(made.attribute('ItemId', 'Id'), undefined, { as: 'rep2@contoso.example' })).first('ResponseCode'),
    ).toBe('ErrorItemNotFound');
    const inbox = '<m:SavedItemFolderId><t:DistinguishedFolderId Id="inbox"/></m:SavedItemFolderId>';
    const refused = await create(`<t:CalendarItem>${morning}</t:CalendarItem>`, undefined, {}, inbox);
    expect(refused.first('ResponseCode')).toBe('ErrorCannotCreateCalendarItemInNonCalendarFolder');
  });
});
