import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { insideBody } from '../../local/exchange/rewrite-html.ts';
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { controlClient } from '../support/control-client.ts';
import { ewsRequests, itemId, set, times } from '../support/ews-requests.ts';
import { soapClient } from '../support/soap-client.ts';

interface Item {
  id: string;
  changeKey: string;
  body: string;
  [name: string]: unknown;
}

const day = 86_400_000;
let now = Date.parse('2026-07-01T08:00:00Z');
let exchange: Exchange;
let ews: ReturnType<typeof ewsRequests>;
let control: ReturnType<typeof controlClient>;
const items = 'mailboxes/rep1@contoso.example/items';
const keeping = {
  ...mailboxes,
  mailboxes: mailboxes.mailboxes.map((mailbox) => ({ ...mailbox, keepsPurged: mailbox.address.startsWith('rep2') })),
};

beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes: keeping, clock: () => new Date(now) });
  ews = ewsRequests(soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' }));
  control = controlClient(exchange.url);
});
afterAll(() => exchange.close());

const stamp = { PropertySetId: 'c11ff724-aa03-4555-9952-8fa248a11c3e', PropertyName: 'CrmId', PropertyType: 'String' };
const tour = {
  subject: 'Tour',
  start: '2026-07-02T09:00:00Z',
  end: '2026-07-02T10:00:00Z',
  body: '<p>Bring shoes</p>',
};
const one = (id: string, rest = '') => `${items}/${encodeURIComponent(id)}${rest}`;

describe('what an Exchange server does unasked', () => {
  test('a ChangeKey moves although nothing changed, and the sync tells of it', async () => {
    const { body: made } = await control<Item>('POST', items, tour);
    const state = (await ews.sync()).first('SyncState');
    const { body: touched } = await control<Item>('POST', one(made.id, '/touch'));
    expect(touched.changeKey).not.toBe(made.changeKey);
    expect({ ...touched, changeKey: '' }).toEqual({ ...made, changeKey: '' });
    expect((await ews.sync(state)).all('Update')).toHaveLength(1);
  });

  test('a user’s copy of an item has its extended properties and its UID', async () => {
    const { body: made } = await control<Item>('POST', items, {
      ...tour,
      extendedProperties: [{ ...stamp, values: ['1'] }],
    });
    const { body: copy } = await control<Item>('POST', one(made.id, '/copy'));
    expect(copy.id).not.toBe(made.id);
    expect([copy['extendedProperties'], copy['uid']]).toEqual([made['extendedProperties'], made['uid']]);
  });

  test('Teams puts its block at the end of the body, with the link to join', async () => {
    const { body: made } = await control<Item>('POST', items, tour);
    const { body: online } = await control<Item>('POST', one(made.id, '/online-meeting'), {
      url: 'https://teams.example/j/1',
    });
    const html = insideBody(online.body);
    expect(html.startsWith('<p>Bring shoes</p>')).toBe(true);
    expect(html).toContain('<a href="https://teams.example/j/1">Join the meeting now</a>');
    const answer = await ews.get(
      itemId(made.id),
      '<t:BaseShape>AllProperties</t:BaseShape><t:BodyType>Text</t:BodyType>',
    );
    expect(answer.first('Body')).toContain(`\r\n${'_'.repeat(80)}\r\nMicrosoft Teams meeting`);
    expect(answer.first('IsOnlineMeeting')).toBe('true');
  });

  test('what is deleted for good is gone, or kept with the purged items where the mailbox does so', async () => {
    const codes: (string | undefined)[] = [];
    for (const as of ['rep1@contoso.example', 'rep2@contoso.example']) {
      const made = await ews.create(
        `<t:CalendarItem>${times('2026-07-02T09:00:00Z', '2026-07-02T10:00:00Z')}</t:CalendarItem>`,
        undefined,
        { as },
      );
      await ews.remove(itemId(made.attribute('ItemId', 'Id')), undefined, 'HardDelete', { as });
      const folder = await ews.call(
        '<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="recoverableitemspurges"/></m:FolderIds></m:GetFolder>',
        { as },
      );
      codes.push(folder.first('TotalCount'));
    }
    expect(codes).toEqual(['0', '1']);
  });
});

describe('what a folder knows', () => {
  test('when something in it last changed, and how much was taken out of it', async () => {
    const read = async () => {
      const tags = ['0x670A" PropertyType="SystemTime', '0x670B" PropertyType="Integer'];
      const answer = await ews.call(
        `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${tags.map((tag) => `<t:ExtendedFieldURI PropertyTag="${tag}"/>`).join('')}</t:AdditionalProperties></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="contacts"/></m:FolderIds></m:GetFolder>`,
      );
      return answer.all('Value');
    };
    expect(await read()).toEqual(['0']);
    const { body: made } = await control<Item>('POST', items, { kind: 'Contact', surname: 'x' });
    expect(await read()).toEqual(['2026-07-01T08:00:00.000Z', '0']);
    now += day;
    await control('DELETE', one(made.id));
    expect(await read()).toEqual(['2026-07-02T08:00:00.000Z', '1']);
  });
});

describe('a calendar item keeps', () => {
  test.each([
    ['item:ReminderIsSet', 'ReminderIsSet', 'false'],
    ['item:ReminderMinutesBeforeStart', 'ReminderMinutesBeforeStart', '45'],
    ['calendar:LegacyFreeBusyStatus', 'LegacyFreeBusyStatus', 'OOF'],
    ['item:Sensitivity', 'Sensitivity', 'Private'],
    ['item:Importance', 'Importance', 'High'],
  ])('%s', async (uri, element, value) => {
    const { body: made } = await control<Item>('POST', items, tour);
    const answer = await ews.update(itemId(made.id), set(uri, `<t:${element}>${value}</t:${element}>`));
    expect(answer.first('ResponseCode')).toBe('NoError');
    expect((await ews.get(itemId(made.id))).first(element)).toBe(value);
  });
});
