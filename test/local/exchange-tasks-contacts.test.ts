import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { controlClient } from '../support/control-client.ts';
import { clear, ewsRequests, itemId, set } from '../support/ews-requests.ts';
import { soapClient } from '../support/soap-client.ts';

interface Item {
  id: string;
  changeKey: string;
  [name: string]: unknown;
}

let exchange: Exchange;
let ews: ReturnType<typeof ewsRequests>;
let control: ReturnType<typeof controlClient>;
const items = 'mailboxes/rep1@contoso.example/items';

beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
  ews = ewsRequests(soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' }));
  control = controlClient(exchange.url);
});
afterAll(() => exchange.close());

const make = async (content: string, header = '') => {
  const answer = await ews.create(content, undefined, { header });
  expect(answer.first('ResponseCode')).toBe('NoError');
  return itemId(answer.attribute('ItemId', 'Id'));
};
const read = async (id: string, ...names: string[]) => names.map((await ews.get(id)).first);
const pacific = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Pacific Standard Time"/></t:TimeZoneContext>';

describe('a task', () => {
  test('has dates, which are those on the clock of the client and stay when something else is written', async () => {
    const id = await make(
      '<t:Task><t:Subject>t</t:Subject><t:DueDate>2026-07-03T23:30:00</t:DueDate><t:StartDate>2026-07-01T15:00:00Z</t:StartDate></t:Task>',
      pacific,
    );
    const dates = ['2026-07-03T00:00:00Z', '2026-07-01T00:00:00Z'];
    expect(await read(id, 'DueDate', 'StartDate')).toEqual(dates);
    await ews.update(id, set('item:Subject', '<t:Subject>u</t:Subject>', 'Task'), undefined, { header: pacific });
    expect(await read(id, 'DueDate', 'StartDate')).toEqual(dates);
  });

  test('is ticked off and taken back, over EWS and by its user', async () => {
    const id = await make('<t:Task><t:Subject>t</t:Subject></t:Task>');
    await ews.update(id, set('task:Status', '<t:Status>Completed</t:Status>', 'Task'));
    expect(await read(id, 'PercentComplete', 'IsComplete', 'StatusDescription')).toEqual(['100', 'true', 'Completed']);
    await ews.update(id, set('task:PercentComplete', '<t:PercentComplete>25</t:PercentComplete>', 'Task'));
    expect(await read(id, 'Status', 'IsComplete', 'CompleteDate')).toEqual(['InProgress', 'false', undefined]);
    await ews.update(id, clear('task:PercentComplete'));
    expect(await read(id, 'Status', 'IsComplete')).toEqual(['NotStarted', 'false']);
    const one = `${items}/${encodeURIComponent(/Id="(.*?)"/.exec(id)?.[1] ?? '')}`;
    const { body } = await control<Item>('PATCH', one, { status: 'Completed', dueDate: '2026-07-05' });
    expect(body).toMatchObject({ kind: 'Task', isComplete: true, percentComplete: 100, dueDate: '2026-07-05' });
  });

  test('is told of by the sync of its folder, from creation to deletion', async () => {
    const state = (await ews.sync('', 'tasks')).first('SyncState');
    const made = await control<Item>('POST', items, { kind: 'Task', subject: 'Call', dueDate: '2026-07-02' });
    const created = await ews.sync(state, 'tasks');
    expect([created.all('Create').length, created.attribute('ItemId', 'Id')]).toEqual([1, made.body.id]);
    await ews.remove(itemId(made.body.id));
    const removed = await ews.sync(created.first('SyncState'), 'tasks');
    expect(removed.all('Delete')).toHaveLength(1);
  });
});

describe('a contact', () => {
  const ada =
    '<t:Contact><t:GivenName>Ada</t:GivenName><t:MiddleName>King</t:MiddleName><t:CompanyName>Engines</t:CompanyName>' +
    '<t:EmailAddresses><t:Entry Key="EmailAddress1">ada@x.example</t:Entry><t:Entry Key="EmailAddress2">ada@y.example</t:Entry></t:EmailAddresses>' +
    '<t:PhysicalAddresses><t:Entry Key="Business"><t:Street>Main 1</t:Street><t:City>Bonn</t:City></t:Entry></t:PhysicalAddresses>' +
    '<t:PhoneNumbers><t:Entry Key="BusinessPhone">1</t:Entry><t:Entry Key="MobilePhone">2</t:Entry></t:PhoneNumbers>' +
    '<t:Birthday>1815-12-10T00:00:00Z</t:Birthday><t:JobTitle>Countess</t:JobTitle><t:Surname>Lovelace</t:Surname></t:Contact>';
  const shown = async (id: string) =>
    (await control<Item>('GET', `${items}/${encodeURIComponent(/Id="(.*?)"/.exec(id)?.[1] ?? '')}`)).body;
  const setEntry = (uri: string, index: string, content: string) =>
    `<t:SetItemField><t:IndexedFieldURI FieldURI="${uri}" FieldIndex="${index}"/><t:Contact>${content}</t:Contact></t:SetItemField>`;
  const clearEntry = (uri: string, index: string) =>
    `<t:DeleteItemField><t:IndexedFieldURI FieldURI="${uri}" FieldIndex="${index}"/></t:DeleteItemField>`;

  test('keeps all that makes it one, and is named and filed by its parts', async () => {
    const id = await make(ada);
    expect(await read(id, 'DisplayName', 'FileAs', 'Subject', 'FullName')).toEqual([
      'Ada King Lovelace',
      'Lovelace, Ada',
      'Ada King Lovelace',
      'Ada King Lovelace',
    ]);
    expect(await shown(id)).toMatchObject({
      companyName: 'Engines',
      jobTitle: 'Countess',
      birthday: '1815-12-10',
      emails: { EmailAddress1: 'ada@x.example', EmailAddress2: 'ada@y.example' },
      phones: { BusinessPhone: '1', MobilePhone: '2' },
      addresses: { Business: { street: 'Main 1', city: 'Bonn' } },
    });
    expect((await ews.get(id)).attributes('Entry', 'RoutingType')).toEqual(['SMTP', 'SMTP']);
  });

  test('is edited entry by entry: one is set, one added, one deleted, part by part for addresses', async () => {
    const id = await make(ada);
    const entry = (list: string, key: string, text: string) =>
      `<t:${list}><t:Entry Key="${key}">${text}</t:Entry></t:${list}>`;
    const answer = await ews.update(
      id,
      setEntry('contacts:EmailAddress', 'EmailAddress1', entry('EmailAddresses', 'EmailAddress1', 'new@x.example')) +
        setEntry(
          'contacts:EmailAddress',
          'EmailAddress3',
          entry('EmailAddresses', 'EmailAddress3', 'third@x.example'),
        ) +
        clearEntry('contacts:EmailAddress', 'EmailAddress2') +
        clearEntry('contacts:PhoneNumber', 'BusinessPhone') +
        clearEntry('contacts:PhysicalAddress:City', 'Business') +
        setEntry(
          'contacts:PhysicalAddress:PostalCode',
          'Home',
          '<t:PhysicalAddresses><t:Entry Key="Home"><t:PostalCode>53111</t:PostalCode></t:Entry></t:PhysicalAddresses>',
        ),
    );
    expect(answer.first('ResponseCode')).toBe('NoError');
    const contact = await shown(id);
    expect(contact).toMatchObject({
      emails: { EmailAddress1: 'new@x.example', EmailAddress3: 'third@x.example' },
      phones: { MobilePhone: '2' },
      addresses: { Business: { street: 'Main 1' }, Home: { postalCode: '53111' } },
    });
    expect(Object.keys(contact['emails'] as object)).toHaveLength(2);
    expect((contact['addresses'] as Record<string, object>)['Business']).toEqual({ street: 'Main 1' });
  });

  test('is edited by its user, and told of by the sync of its folder', async () => {
    const { body: made } = await control<Item>('POST', items, {
      kind: 'Contact',
      givenName: 'Grace',
      surname: 'Hopper',
      emails: { EmailAddress1: 'g@x.example' },
    });
    const state = (await ews.sync('', 'contacts')).first('SyncState');
    await control('PATCH', `${items}/${encodeURIComponent(made.id)}`, {
      phones: { MobilePhone: '3' },
      emails: { EmailAddress1: '', EmailAddress2: 'h@x.example' },
      jobTitle: 'Admiral',
    });
    expect(await shown(itemId(made.id))).toMatchObject({
      displayName: 'Grace Hopper',
      emails: { EmailAddress2: 'h@x.example' },
      phones: { MobilePhone: '3' },
      jobTitle: 'Admiral',
    });
    expect((await ews.sync(state, 'contacts')).attributes('ItemId', 'Id')).toEqual([made.id]);
  });

  test.each([
    ['a key', '<t:EmailAddresses><t:Entry Key="EmailAddress4">x</t:Entry></t:EmailAddresses>'],
    [
      'a kind of address',
      '<t:PhysicalAddresses><t:Entry Key="Moon"><t:City>x</t:City></t:Entry></t:PhysicalAddresses>',
    ],
  ])('with %s that the schema does not know is refused', async (_what, content) => {
    expect((await ews.create(`<t:Contact>${content}</t:Contact>`)).first('ResponseCode')).toBe('ErrorSchemaValidation');
  });
});
