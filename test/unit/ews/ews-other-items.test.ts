import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ExchangeService } from 'ews-javascript-api';
import type { ItemContext } from '../../../shared/adapters/ews/ews-item-values.ts';
import { itemOf, itemOfPatch } from '../../../shared/adapters/ews/ews-items.ts';
import { loadEwsLibrary } from '../../../shared/adapters/ews/ews-library.ts';
import type { ItemKind, ItemRef } from '../../../shared/domain/item.ts';
import { PlainDate } from '../../../shared/domain/plain-date.ts';
import type { ItemPatch } from '../../../shared/domain/sync-item.ts';
import { quietLog } from '../../support/gateway-ports.ts';

const ref = { itemId: 'item', changeKey: 'key' } as ItemRef;
let context: ItemContext;
let service: ExchangeService;

beforeAll(async () => {
  const library = await loadEwsLibrary();
  context = { library, log: quietLog };
  service = new library.ExchangeService(library.ExchangeVersion.Exchange2016, library.TimeZoneInfo.Utc);
});

type Loose = Record<string, unknown>;

/** Reads the shape into which the library turns an answer. */
function read(kind: ItemKind, fields: Loose) {
  const { Task, Contact, Appointment } = context.library;
  const item = new { task: Task, contact: Contact, appointment: Appointment }[kind](service);
  const internal = item as unknown as { LoadFromXmlJsObject(from: object, service: unknown, clear: boolean): void };
  internal.LoadFromXmlJsObject({ ItemId: { Id: 'item', ChangeKey: 'key' }, ...fields }, service, true);
  return itemOf(context, kind, item, 'busyOnly');
}

async function changeXml(patch: ItemPatch): Promise<string> {
  const { EwsServiceXmlWriter } = (await import('ews-javascript-api/js/Core/EwsServiceXmlWriter.js'))
    .default as unknown as { EwsServiceXmlWriter: new (service: unknown) => { GetXML(): string } };
  const writer = new EwsServiceXmlWriter(service);
  const item = itemOfPatch(context, service, ref, patch) as unknown as { WriteToXmlForUpdate(writer: unknown): void };
  item.WriteToXmlForUpdate(writer);
  return writer.GetXML().replace(/ xmlns:\w+="[^"]*"/g, '');
}

const changesIn = (xml: string) =>
  [...xml.matchAll(/<t:(Set|Delete)ItemField>.*?FieldURI="([^"]+)"(?: FieldIndex="([^"]+)")?/gs)].map(
    ([, act, field, index]) => `${act} ${field}${index === undefined ? '' : ` ${index}`}`,
  );

describe('a task', () => {
  const dateProperty = (id: string, value: string) => ({
    ExtendedFieldURI: { DistinguishedPropertySetId: 'Task', PropertyId: id, PropertyType: 'SystemTime' },
    Value: value,
  });

  test.each([
    ['as midnight in UTC', { DueDate: '2026-06-09T00:00:00Z' }],
    ['as midnight of Berlin', { DueDate: '2026-06-08T22:00:00Z' }],
    ['as midnight of Hawaii', { DueDate: '2026-06-09T10:00:00Z' }],
    [
      'as midnight of Kiritimati, where only the date without a zone tells',
      { DueDate: '2026-06-08T10:00:00Z', ExtendedProperty: [dateProperty('33029', '2026-06-09T00:00:00Z')] },
    ],
    [
      'as midnight of Pago Pago, where only the date without a zone tells',
      { DueDate: '2026-06-09T11:00:00Z', ExtendedProperty: [dateProperty('33029', '2026-06-09T00:00:00Z')] },
    ],
  ])('is due on its date, however that comes: %s', (_what, fields) => {
    expect(read('task', fields)).toMatchObject({ dueDate: '2026-06-09', startDate: undefined });
  });

  test('is read whole', () => {
    const fields = {
      Subject: ' Call ',
      Body: { BodyType: 'Text', Body: 'a\r\nb' },
      StartDate: '2026-06-08T00:00:00Z',
      IsComplete: 'true',
      IsRecurring: 'true',
      Categories: { String: ['A', 'B'] },
    };
    expect(read('task', fields)).toMatchObject({
      ...{ kind: 'task', ...ref, subject: 'Call', bodyText: 'a\nb', richBody: false },
      ...{ startDate: '2026-06-08', dueDate: undefined, complete: true, recurring: true },
      ...{ categories: ['A', 'B'], private: false, stamp: undefined },
    });
  });

  test('is completed and opened again by its status, and due at midnight in UTC', async () => {
    const done = await changeXml({ kind: 'task', complete: true, dueDate: PlainDate.parse('2026-06-09') });
    expect(done).toContain('<t:Status>Completed</t:Status>');
    const [, due = ''] = /<t:DueDate>([^<]+)</.exec(done) ?? [];
    expect(new Date(due).toISOString()).toBe('2026-06-09T00:00:00.000Z');
    expect(await changeXml({ kind: 'task', complete: false })).toContain('<t:Status>NotStarted</t:Status>');
  });
});

describe('a contact', () => {
  const entry = (Key: string, value: string) => ({ Key, Entry: value });

  test('is read whole, its entries in the order of their use', () => {
    const fields = {
      GivenName: 'Ada',
      Surname: 'King',
      CompanyName: 'Contoso',
      JobTitle: 'Countess',
      EmailAddresses: { Entry: [entry('EmailAddress2', 'b@x.example'), entry('EmailAddress1', 'a@x.example')] },
      PhoneNumbers: { Entry: [entry('MobilePhone', '+1 2'), entry('Pager', '9')] },
      PhysicalAddresses: { Entry: { Key: 'Home', Street: '1 High St\r\nUp', City: 'Bonn', PostalCode: '53113' } },
      Birthday: '1815-12-10T11:59:00Z',
    };
    expect(read('contact', fields)).toMatchObject({
      ...{ kind: 'contact', givenName: 'Ada', surname: 'King', company: 'Contoso', jobTitle: 'Countess' },
      ...{ emails: ['a@x.example', 'b@x.example'], phones: { mobile: '+1 2' }, birthday: '1815-12-10' },
      addresses: { home: { street: '1 High St\nUp', city: 'Bonn', state: '', postalCode: '53113', country: '' } },
    });
  });

  test('without any field is empty, not broken', () => {
    expect(read('contact', {})).toMatchObject({ givenName: '', emails: [], phones: {}, addresses: {} });
  });

  test.each([
    ['one minute before noon in UTC', '1990-05-06T11:59:00Z'],
    ['midnight in UTC', '1990-05-06T00:00:00Z'],
    ['midnight of Berlin', '1990-05-05T22:00:00Z'],
    ['midnight of Auckland', '1990-05-05T12:00:00Z'],
    ['midnight of Los Angeles', '1990-05-06T07:00:00Z'],
  ])('has its birthday on its date, however that comes: %s', (_what, Birthday) => {
    expect(read('contact', { Birthday })).toMatchObject({ birthday: '1990-05-06' });
  });

  test('gets entries one by one; what a list or map no longer names is deleted, part by part', async () => {
    const xml = await changeXml({
      kind: 'contact',
      emails: ['a@x.example'],
      phones: { mobile: '+1' },
      addresses: { home: { street: '', city: 'Bonn', state: '', postalCode: '', country: '' } },
      birthday: null,
    });
    const changes = changesIn(xml);
    expect(changes).toEqual(
      expect.arrayContaining([
        'Set contacts:EmailAddress EmailAddress1',
        'Delete contacts:EmailAddress EmailAddress2',
        'Delete contacts:EmailAddress EmailAddress3',
        'Set contacts:PhoneNumber MobilePhone',
        'Delete contacts:PhoneNumber BusinessPhone',
        'Set contacts:PhysicalAddress:City Home',
        'Delete contacts:PhysicalAddress:Street Home',
        'Delete contacts:PhysicalAddress:City Business',
        'Delete contacts:Birthday',
      ]),
    );
    expect(new Set(changes).size).toBe(changes.length);
    expect(xml).not.toContain('gone');
  });

  test.each([
    [{ givenName: 'Ada', surname: 'King' }, 'Ada King', 'King, Ada'],
    [{ givenName: '', surname: 'King' }, 'King', 'King'],
    [{ givenName: '', surname: '', company: 'Contoso' }, 'Contoso', 'Contoso'],
  ])('is shown and filed by its names: %j', async (names, shown, filed) => {
    const xml = await changeXml({ kind: 'contact', ...names });
    expect(xml).toContain(`<t:DisplayName>${shown}</t:DisplayName>`);
    expect(xml).toContain(`<t:FileAs>${filed}</t:FileAs>`);
  });
});

test.each(['task', 'contact'] as const)(
  'a private %s stays in the mailbox, whatever the profile shows of times',
  (kind) => {
    for (const Sensitivity of ['Private', 'Confidential'])
      expect(() => read(kind, { Sensitivity })).toThrow(
        expect.objectContaining({ code: 'PrivateItem', kind: 'notFound' }),
      );
  },
);

test('an item of another kind is refused', () => {
  const { Task, Contact } = context.library;
  expect(() => itemOf(context, 'contact', new Task(service), 'skip')).toThrow(
    expect.objectContaining({ code: 'NotAContact' }),
  );
  expect(() => itemOf(context, 'task', new Contact(service), 'skip')).toThrow(
    expect.objectContaining({ code: 'NotATask' }),
  );
});

describe('a meeting', () => {
  const meeting = {
    Start: '2026-06-09T07:00:00Z',
    End: '2026-06-09T08:00:00Z',
    IsMeeting: 'true',
    MyResponseType: 'Organizer',
    Organizer: { Mailbox: { Name: 'Rep', EmailAddress: 'Rep1@contoso.example' } },
  };
  const attendee = (EmailAddress: string | undefined, ResponseType: string) => ({
    Mailbox: { Name: 'N', ...(EmailAddress === undefined ? {} : { EmailAddress }) },
    ResponseType,
  });

  test('has who is invited by role, with what they answered, and not its organizer among them', () => {
    const item = read('appointment', {
      ...meeting,
      RequiredAttendees: {
        Attendee: [
          attendee('a@x.example', 'Accept'),
          attendee('b@x.example', 'Tentative'),
          attendee('rep1@contoso.example', 'Organizer'),
          attendee(undefined, 'Accept'),
        ],
      },
      OptionalAttendees: { Attendee: attendee('c@x.example', 'Decline') },
      Resources: { Attendee: attendee('room@x.example', 'NoResponseReceived') },
    });
    expect(item).toMatchObject({
      organizer: { email: 'Rep1@contoso.example', name: 'Rep' },
      attendees: [
        { email: 'a@x.example', name: 'N', role: 'required', response: 'accepted' },
        { email: 'b@x.example', role: 'required', response: 'tentative' },
        { email: 'c@x.example', role: 'optional', response: 'declined' },
        { email: 'room@x.example', role: 'resource', response: 'none' },
      ],
    });
  });

  test('that is private tells nobody who is in it', () => {
    const item = read('appointment', {
      ...meeting,
      Sensitivity: 'Private',
      Subject: 'Doctor',
      Categories: { String: 'Health' },
      RequiredAttendees: { Attendee: attendee('a@x.example', 'Accept') },
    });
    expect(item).toMatchObject({ subject: 'Busy', attendees: [], categories: [] });
    expect(JSON.stringify(item)).not.toMatch(/Doctor|Health|x\.example|Rep/);
  });
});
