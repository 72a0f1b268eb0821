import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { insideBody } from '../../local/exchange/rewrite-html.ts';
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { soapClient } from '../support/soap-client.ts';

let exchange: Exchange;
let call: ReturnType<typeof soapClient>;
beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
  call = soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' });
});
afterAll(() => exchange.close());

const create = (content: string, attributes: string) =>
  call(`<m:CreateItem ${attributes}><m:Items>${content}</m:Items></m:CreateItem>`);
const get = (id: string | undefined, shape = '<t:BaseShape>AllProperties</t:BaseShape>') =>
  call(`<m:GetItem><m:ItemShape>${shape}</m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`);
const update = (id: string | undefined, updates: string, attributes: string) =>
  call(
    `<m:UpdateItem ConflictResolution="AlwaysOverwrite" ${attributes}><m:ItemChanges><t:ItemChange><t:ItemId Id="${id}"/><t:Updates>${updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
  );

describe('other kinds of items', () => {
  test('a task that is completed says so in all its properties', async () => {
    const made = await create(
      '<t:Task><t:Subject>t</t:Subject><t:DueDate>2026-07-01T00:00:00Z</t:DueDate></t:Task>',
      '',
    );
    const id = made.attribute('ItemId', 'Id');
    const completed =
      '<t:SetItemField><t:FieldURI FieldURI="task:Status"/><t:Task><t:Status>Completed</t:Status></t:Task></t:SetItemField>';
    await update(id, completed, '');
    const answer = await get(id);
    expect(['Status', 'PercentComplete', 'IsComplete', 'DueDate'].map(answer.first)).toEqual([
      'Completed',
      '100',
      'true',
      '2026-07-01T00:00:00Z',
    ]);
  });

  test('a contact is updated part by part', async () => {
    const made = await create(
      '<t:Contact><t:GivenName>Ada</t:GivenName><t:EmailAddresses><t:Entry Key="EmailAddress1">a@x.example</t:Entry></t:EmailAddresses><t:PhysicalAddresses><t:Entry Key="Business"><t:City>Bonn</t:City></t:Entry></t:PhysicalAddresses></t:Contact>',
      '',
    );
    const id = made.attribute('ItemId', 'Id');
    const part = (uri: string, index: string, content: string) =>
      `<t:SetItemField><t:IndexedFieldURI FieldURI="${uri}" FieldIndex="${index}"/><t:Contact>${content}</t:Contact></t:SetItemField>`;
    const street =
      '<t:PhysicalAddresses><t:Entry Key="Business"><t:Street>Main 1</t:Street></t:Entry></t:PhysicalAddresses>';
    await update(id, part('contacts:PhysicalAddress:Street', 'Business', street), '');
    const answer = await get(id);
    expect([answer.first('Street'), answer.first('City'), answer.first('GivenName')]).toEqual([
      'Main 1',
      'Bonn',
      'Ada',
    ]);
  });

  test('a sent message lies in Sent Items, and its body comes as text or HTML', async () => {
    const mail =
      '<t:Message><t:Subject>m</t:Subject><t:Body BodyType="HTML">&lt;p&gt;a &amp;amp; b&lt;/p&gt;</t:Body><t:ToRecipients><t:Mailbox><t:EmailAddress>a@x.example</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>';
    const made = await create(mail, 'MessageDisposition="SendAndSaveCopy"');
    const body = async (type: string) =>
      (
        await get(made.attribute('ItemId', 'Id'), `<t:BaseShape>Default</t:BaseShape><t:BodyType>${type}</t:BodyType>`)
      ).first('Body');
    expect(await body('Text')).toBe('a & b');
    expect(insideBody((await body('Best')) ?? '')).toBe('<p>a &amp; b</p>');
  });
});
