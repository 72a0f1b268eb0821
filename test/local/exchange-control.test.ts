import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { insideBody } from '../../local/exchange/rewrite-html.ts';
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { controlClient } from '../support/control-client.ts';
import { soapClient } from '../support/soap-client.ts';

interface Item {
  id: string;
  changeKey: string;
  folder: string;
  subject: string;
  [name: string]: unknown;
}

const items = 'mailboxes/rep1@contoso.example/items';
const crmId = { PropertySetId: 'c11ff724-aa03-4555-9952-8fa248a11c3e', PropertyName: 'CrmId', PropertyType: 'String' };
const meeting = { subject: 'Tour', start: '2026-07-01T09:00:00Z', end: '2026-07-01T10:00:00Z' };

let exchange: Exchange;
let call: ReturnType<typeof soapClient>;
let control: ReturnType<typeof controlClient>;

beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
  call = soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' });
  control = controlClient(exchange.url);
});
afterAll(() => exchange.close());
beforeEach(async () => {
  await control('DELETE', 'faults');
  await control('POST', 'reset-counters');
});

const getFolder =
  '<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>';
const createItem = (subject: string, attendees = '', mode = 'SendToNone') =>
  `<m:CreateItem SendMeetingInvitations="${mode}"><m:Items><t:CalendarItem><t:Subject>${subject}</t:Subject><t:Start>2026-07-01T09:00:00Z</t:Start>` +
  `<t:End>2026-07-01T10:00:00Z</t:End>${attendees}</t:CalendarItem></m:Items></m:CreateItem>`;
const attendees = (...addresses: string[]) =>
  `<t:RequiredAttendees>${addresses.map((address) => `<t:Attendee><t:Mailbox><t:EmailAddress>${address}</t:EmailAddress></t:Mailbox></t:Attendee>`).join('')}</t:RequiredAttendees>`;

describe('items by the control API', () => {
  test('what a user makes in Outlook is there over EWS, with extended properties', async () => {
    const made = await control<Item>('POST', items, {
      ...meeting,
      body: '<p>x</p>',
      extendedProperties: [{ ...crmId, values: ['crm-1'] }],
    });
    expect(made.status).toBe(201);
    const path = `<t:ExtendedFieldURI PropertySetId="${crmId.PropertySetId}" PropertyName="CrmId" PropertyType="String"/>`;
    const answer = await call(
      `<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape><t:AdditionalProperties>${path}</t:AdditionalProperties></m:ItemShape>` +
        `<m:ItemIds><t:ItemId Id="${made.body.id}"/></m:ItemIds></m:GetItem>`,
    );
    expect([answer.first('Subject'), answer.first('Value')]).toEqual(['Tour', 'crm-1']);
    expect(insideBody(answer.first('Body') ?? '')).toBe('<p>x</p>');
  });

  test('an edit keeps the rest and gives a new ChangeKey; a deleted item lies in Deleted Items under a new id', async () => {
    const { body: made } = await control<Item>('POST', items, { ...meeting, location: 'Oslo', categories: ['Sales'] });
    const one = `${items}/${encodeURIComponent(made.id)}`;
    const { body: edited } = await control<Item>('PATCH', one, { subject: 'Tour 2', location: '' });
    expect(edited).toMatchObject({
      id: made.id,
      subject: 'Tour 2',
      location: '',
      categories: ['Sales'],
      start: meeting.start,
    });
    expect(edited.changeKey).not.toBe(made.changeKey);
    expect((await control('DELETE', one)).status).toBe(204);
    expect((await control('GET', one)).status).toBe(404);
    const { body: deleted } = await control<Item[]>('GET', `${items}?folder=deleteditems`);
    expect(deleted.map((item) => item.subject)).toContain('Tour 2');
    expect(deleted.map((item) => item.id)).not.toContain(made.id);
  });

  test('puts an item into the archive of a mailbox that has one', async () => {
    const made = await control<Item>('POST', items, meeting);
    const archived = await control<Item>('PATCH', `${items}/${encodeURIComponent(made.body.id)}`, {
      folder: 'archivecalendar',
    });
    expect([archived.status, archived.body.folder]).toEqual([200, 'archivecalendar']);
    const others = 'mailboxes/rep2@contoso.example/items';
    const other = await control<Item>('POST', others, meeting);
    const refused = await control('PATCH', `${others}/${encodeURIComponent(other.body.id)}`, {
      folder: 'archivecalendar',
    });
    expect(refused.status).toBe(404);
    await control('DELETE', `${items}/${encodeURIComponent(archived.body.id)}?type=HardDelete`);
  });

  test('a meeting of somebody else is an attendee copy that may not be sent again', async () => {
    const { body: made } = await control<Item>('POST', items, {
      ...meeting,
      organizer: 'guest@partner.example',
      requiredAttendees: ['rep1@contoso.example'],
    });
    expect(made).toMatchObject({ isMeeting: true, isOrganizer: false, organizer: 'guest@partner.example' });
    const answer = await call(
      `<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToAllAndSaveCopy"><m:ItemChanges><t:ItemChange>` +
        `<t:ItemId Id="${made.id}"/><t:Updates><t:SetItemField><t:FieldURI FieldURI="item:Subject"/><t:CalendarItem><t:Subject>x</t:Subject></t:CalendarItem></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    );
    expect(answer.first('ResponseCode')).toBe('ErrorCalendarIsNotOrganizer');
  });

  test('says what is wrong with an input', async () => {
    const answer = await control<{ error: string }>('POST', items, { subjekt: 'x' });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain('subjekt');
    expect((await control('POST', 'mailboxes/nobody@contoso.example/items', meeting)).status).toBe(404);
  });
});

describe('mails and counters', () => {
  test('notes who would get mail, and of which kind', async () => {
    const made = await call(createItem('m', attendees('a@x.example', 'b@x.example'), 'SendToAllAndSaveCopy'));
    const id = made.attribute('ItemId', 'Id');
    await call(createItem('silent', attendees('a@x.example')));
    await call(
      `<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="SendToChangedAndSaveCopy"><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/>` +
        `<t:Updates><t:SetItemField><t:FieldURI FieldURI="calendar:RequiredAttendees"/><t:CalendarItem>${attendees('b@x.example', 'c@x.example')}</t:CalendarItem></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
    );
    await call(
      `<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendOnlyToAll"><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:DeleteItem>`,
    );
    const { body } = await control<{
      total: number;
      perMailbox: Record<string, number>;
      mails: { kind: string; recipients: string[] }[];
    }>('GET', 'mails');
    expect(body.perMailbox).toEqual({ 'rep1@contoso.example': 4 });
    expect(body.mails.map(({ kind, recipients }) => [kind, recipients])).toEqual([
      ['request', ['a@x.example', 'b@x.example']],
      ['request', ['c@x.example']],
      ['cancellation', ['a@x.example']],
      ['cancellation', ['b@x.example', 'c@x.example']],
    ]);
  });

  test('counts requests by operation until it is reset', async () => {
    await call(getFolder);
    await call(getFolder);
    expect((await control('GET', 'requests')).body).toEqual({ total: 2, operations: { GetFolder: 2 } });
    await control('POST', 'reset-counters');
    expect((await control('GET', 'requests')).body).toEqual({ total: 0, operations: {} });
  });
});

describe('injected faults', () => {
  test('a busy server answers a fault with its back-off, as often as asked and only where it matches', async () => {
    const match = { operation: 'GetFolder', mailbox: 'REP1@contoso.example' };
    await control('POST', 'faults', {
      match,
      answer: { responseCode: 'ErrorServerBusy', backOffMilliseconds: 1500 },
      times: 1,
    });
    expect((await call(getFolder, { as: 'rep2@contoso.example' })).status).toBe(200);
    const answer = await call(getFolder);
    expect(answer.status).toBe(500);
    expect(answer.first('faultcode')).toBe('a:ErrorServerBusy');
    expect(answer.text).toContain('<t:Value Name="BackOffMilliseconds">1500</t:Value>');
    expect((await call(getFolder)).status).toBe(200);
  });

  test('answers a bare HTTP status, or one error message for a whole batch', async () => {
    await control('POST', 'faults', {
      answer: { status: 503, body: 'down', headers: { 'Retry-After': '7' } },
      times: 1,
    });
    const down = await call(getFolder);
    expect([down.status, down.text, down.headers.get('Retry-After')]).toEqual([503, 'down', '7']);
    await control('POST', 'faults', { answer: { responseMessageCode: 'ErrorMailboxStoreUnavailable' }, times: 1 });
    const message = await call(getFolder);
    expect([message.status, message.first('ResponseCode')]).toEqual([200, 'ErrorMailboxStoreUnavailable']);
  });

  test('a connection cut before does nothing; one cut after has done it', async () => {
    const match = { operation: 'CreateItem' };
    const subjects = async () =>
      (await control<Item[]>('GET', `${items}?folder=calendar`)).body.map((item) => item.subject);
    await control('POST', 'faults', { match, answer: { cut: 'before' }, times: 1 });
    await expect(call(createItem('cut before'))).rejects.toThrow();
    await control('POST', 'faults', { match, answer: { cut: 'after' }, times: 1 });
    await expect(call(createItem('cut after'))).rejects.toThrow();
    expect(await subjects()).toContain('cut after');
    expect(await subjects()).not.toContain('cut before');
  });

  test('every answer takes the delay that is set', async () => {
    await control('PUT', 'delay', { ms: 60 });
    const started = performance.now();
    await call(getFolder);
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
    await control('PUT', 'delay', { ms: 0 });
  });

  test('forgotten SyncStates are refused', async () => {
    const sync = (state: string) =>
      call(
        `<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId><t:DistinguishedFolderId Id="calendar"/></m:SyncFolderId>${state}<m:MaxChangesReturned>5</m:MaxChangesReturned></m:SyncFolderItems>`,
      );
    const state = `<m:SyncState>${(await sync('')).first('SyncState')}</m:SyncState>`;
    expect((await sync(state)).first('ResponseCode')).toBe('NoError');
    await control('POST', 'sync-states/forget');
    expect((await sync(state)).first('ResponseCode')).toBe('ErrorInvalidSyncStateData');
  });
});
