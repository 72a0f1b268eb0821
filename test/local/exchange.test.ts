import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { insideBody } from '../../local/exchange/rewrite-html.ts';
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { soapClient } from '../support/soap-client.ts';

const crmId =
  '<t:ExtendedFieldURI PropertySetId="c11ff724-aa03-4555-9952-8fa248a11c3e" PropertyName="CrmId" PropertyType="String"/>';
const calendar = '<t:DistinguishedFolderId Id="calendar"/>';

let exchange: Exchange;
let call: ReturnType<typeof soapClient>;

beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
  call = soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' });
});
afterAll(() => exchange.close());

const calendarItem = (subject: string, more = '') =>
  `<t:CalendarItem><t:Subject>${subject}</t:Subject>${more}<t:Start>2026-07-01T09:00:00Z</t:Start><t:End>2026-07-01T10:00:00Z</t:End></t:CalendarItem>`;
const create = (items: string, mode = 'SendToNone', as = 'rep1@contoso.example') =>
  call(`<m:CreateItem SendMeetingInvitations="${mode}"><m:Items>${items}</m:Items></m:CreateItem>`, { as });
const get = (id: string, more = '', base = 'AllProperties') =>
  call(
    `<m:GetItem><m:ItemShape><t:BaseShape>${base}</t:BaseShape>${more}</m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
  );
const update = (id: string, key: string, updates: string, resolution = 'NeverOverwrite', mode = 'SendToNone') =>
  call(
    `<m:UpdateItem ConflictResolution="${resolution}" SendMeetingInvitationsOrCancellations="${mode}"><m:ItemChanges><t:ItemChange>` +
      `<t:ItemId Id="${id}" ChangeKey="${key}"/><t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
  );
const setSubject = (subject: string) =>
  `<t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem><t:Subject>${subject}</t:Subject></t:CalendarItem></t:SetItemField>`;
const remove = (id: string, type = 'HardDelete', mode = 'SendToNone') =>
  call(
    `<m:DeleteItem DeleteType="${type}" SendMeetingCancellations="${mode}"><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:DeleteItem>`,
  );
const sync = (state = '', maximum = 512, as = 'rep1@contoso.example') =>
  call(
    `<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>${calendar}</m:SyncFolderId>` +
      `${state === '' ? '' : `<m:SyncState>${state}</m:SyncState>`}<m:MaxChangesReturned>${maximum}</m:MaxChangesReturned></m:SyncFolderItems>`,
    { as },
  );

describe('signing in', () => {
  test('asks for Basic or Bearer when nobody signed in', async () => {
    const answer = await soapClient(exchange.url)('<m:GetFolder/>');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toMatch(/Basic.*Bearer/);
  });

  test('refuses a wrong password', async () => {
    expect((await call('<m:GetFolder/>', { password: 'wrong' })).status).toBe(401);
  });

  test('answers ErrorImpersonateUserDenied as a SOAP fault for a mailbox outside the list', async () => {
    const answer = await call('<m:GetFolder/>', { as: 'finance@contoso.example' });
    expect(answer.status).toBe(500);
    expect(answer.first('faultcode')).toBe('a:ErrorImpersonateUserDenied');
    expect(answer.first('ResponseCode')).toBe('ErrorImpersonateUserDenied');
  });

  test('answers ErrorNonExistentMailbox for an address that has none', async () => {
    expect((await call('<m:GetFolder/>', { as: 'nobody@contoso.example' })).first('ResponseCode')).toBe(
      'ErrorNonExistentMailbox',
    );
  });
});

describe('the life of a calendar item', () => {
  test('gives back what was written, in UTC and with the properties that Exchange computes', async () => {
    const made = await create(
      '<t:CalendarItem><t:Subject>A &amp; B &lt;x&gt;</t:Subject><t:Body BodyType="HTML">&lt;b&gt;hi&lt;/b&gt;</t:Body>' +
        `<t:Categories><t:String>Sales</t:String></t:Categories><t:ExtendedProperty>${crmId}<t:Value>crm-1</t:Value></t:ExtendedProperty>` +
        '<t:Start>2026-07-01T09:00:00+02:00</t:Start><t:End>2026-07-01T10:00:00+02:00</t:End><t:Location>Oslo</t:Location>' +
        '<t:StartTimeZone Id="W. Europe Standard Time"/></t:CalendarItem>',
    );
    expect(made.first('ResponseCode')).toBe('NoError');
    const answer = await get(
      made.attribute('ItemId', 'Id') ?? '',
      `<t:AdditionalProperties>${crmId}</t:AdditionalProperties>`,
    );
    expect(answer.first('Subject')).toBe('A & B <x>');
    expect(insideBody(answer.first('Body') ?? '')).toBe('<b>hi</b>');
    expect(answer.first('Start')).toBe('2026-07-01T07:00:00Z');
    expect(answer.first('CalendarItemType')).toBe('Single');
    expect(answer.first('Value')).toBe('crm-1');
    expect(answer.attribute('StartTimeZone', 'Id')).toBe('W. Europe Standard Time');
    expect(answer.first('UID')).toMatch(/^040000008200E00074C5B7101A82E008/);
  });

  test('a new ChangeKey comes with every change, and NeverOverwrite refuses the old one', async () => {
    const made = await create(calendarItem('first'));
    const id = made.attribute('ItemId', 'Id') ?? '';
    const key = made.attribute('ItemId', 'ChangeKey') ?? '';
    const updated = await update(id, key, setSubject('second'));
    expect(updated.first('ResponseCode')).toBe('NoError');
    expect(updated.attribute('ItemId', 'ChangeKey')).not.toBe(key);
    expect((await update(id, key, setSubject('third'))).first('ResponseCode')).toBe('ErrorIrresolvableConflict');
    expect((await update(id, key, setSubject('fourth'), 'AutoResolve')).first('ResponseCode')).toBe('NoError');
    expect((await get(id)).first('Subject')).toBe('fourth');
  });

  test('a deleted item is ErrorItemNotFound, beside others of the same batch that are there', async () => {
    const made = await create(calendarItem('one') + calendarItem('two'));
    const [one = '', two = ''] = made.attributes('ItemId', 'Id');
    await remove(one);
    const answer = await call(
      `<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${one}"/><t:ItemId Id="${two}"/><t:ItemId Id="AAMk"/></m:ItemIds></m:GetItem>`,
    );
    expect(answer.all('ResponseCode')).toEqual(['ErrorItemNotFound', 'NoError', 'ErrorInvalidIdMalformed']);
  });
});

describe('SyncFolderItems', () => {
  test('tells each item once in pages, and then only what changed', async () => {
    const as = 'rep2@contoso.example';
    const made = await create(['a', 'b', 'c'].map((subject) => calendarItem(subject)).join(''), 'SendToNone', as);
    const [one = '', two = ''] = made.attributes('ItemId', 'Id');
    const firstPage = await sync('', 2, as);
    expect(firstPage.first('IncludesLastItemInRange')).toBe('false');
    expect(firstPage.attributes('ItemId', 'Id')).toHaveLength(2);
    const lastPage = await sync(firstPage.first('SyncState'), 2, as);
    expect(lastPage.first('IncludesLastItemInRange')).toBe('true');
    expect(lastPage.all('Create')).toHaveLength(1);
    await call(
      `<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToNone"><m:ItemIds><t:ItemId Id="${one}"/></m:ItemIds></m:DeleteItem>`,
      { as },
    );
    const key = made.attributes('ItemId', 'ChangeKey')[1] ?? '';
    await call(
      `<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToNone"><m:ItemChanges><t:ItemChange><t:ItemId Id="${two}" ChangeKey="${key}"/><t:Updates>${setSubject('b2')}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
      { as },
    );
    const next = await sync(lastPage.first('SyncState'), 512, as);
    expect(next.all('Delete')).toHaveLength(1);
    expect(next.all('Update')).toHaveLength(1);
    expect(next.attributes('ItemId', 'Id')).toEqual([one, two]);
  });
});
