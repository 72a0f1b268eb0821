import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ExchangeService } from 'ews-javascript-api';
import { appointmentOf, refusalOfTime } from '../../../shared/adapters/ews/ews-appointments.ts';
import type { ItemContext } from '../../../shared/adapters/ews/ews-item-values.ts';
import { itemOfDraft, itemOfPatch } from '../../../shared/adapters/ews/ews-items.ts';
import { loadEwsLibrary } from '../../../shared/adapters/ews/ews-library.ts';
import { parseStamp, stampText } from '../../../shared/adapters/ews/ews-stamp.ts';
import { ianaZoneOf, windowsZoneOf } from '../../../shared/adapters/ews/ews-time-zones.ts';
import type { AppointmentPatch } from '../../../shared/domain/appointment.ts';
import type { ItemRef, Stamp } from '../../../shared/domain/item.ts';
import type { LogFields } from '../../../shared/ports/log.ts';
import { quietLog } from '../../support/gateway-ports.ts';

const ref = { itemId: 'item', changeKey: 'key' } as ItemRef;
const stamp = { mailboxId: 'm-1', recordId: 'r|1' } as Stamp;
const warnings: LogFields[] = [];
let context: ItemContext;
let service: ExchangeService;

beforeAll(async () => {
  const library = await loadEwsLibrary();
  context = { library, log: { ...quietLog, warn: (fields) => warnings.push(fields) } };
  service = new library.ExchangeService(library.ExchangeVersion.Exchange2016, library.TimeZoneInfo.Utc);
});

/** What the library sends for a change, without the envelope. */
async function changeXml(patch: Omit<AppointmentPatch, 'kind'>): Promise<string> {
  const { EwsServiceXmlWriter } = (await import('ews-javascript-api/js/Core/EwsServiceXmlWriter.js'))
    .default as unknown as {
    EwsServiceXmlWriter: new (service: unknown) => { GetXML(): string };
  };
  const writer = new EwsServiceXmlWriter(service);
  const item = itemOfPatch(context, service, ref, { kind: 'appointment', ...patch }) as unknown as {
    WriteToXmlForUpdate(writer: unknown): void;
  };
  item.WriteToXmlForUpdate(writer);
  return writer.GetXML().replace(/ xmlns:\w+="[^"]*"/g, '');
}

const fieldsIn = (xml: string) =>
  [...xml.matchAll(/FieldURI="([^"]+)"|PropertyName="([^"]+)"/g)].map((found) => found[1] ?? found[2]);

const startIn = (xml: string) => new Date(/<t:Start>([^<]+)</.exec(xml)?.[1] ?? '').toISOString();

describe('a change writes', () => {
  const time = {
    start: '2026-06-09T09:00:00+02:00',
    end: '2026-06-09T08:00:00.000Z',
    timeZone: 'Europe/Berlin',
    allDay: false,
  };
  test.each<[string, Omit<AppointmentPatch, 'kind'>, string[]]>([
    ['a subject', { subject: 'x' }, ['item:Subject']],
    ['an empty location', { location: '' }, ['calendar:Location']],
    ['a body', { body: { notes: 'x', links: {} } }, ['item:Body']],
    ['that it must not ring', { reminderMinutes: null }, ['item:ReminderIsSet']],
    ['that it rings as it would', { reminderByDefault: true }, ['item:ReminderIsSet']],
    ['when it rings', { reminderMinutes: 5 }, ['item:ReminderIsSet', 'item:ReminderMinutesBeforeStart']],
    ['what the time is shown as', { showAs: 'outOfOffice' }, ['calendar:LegacyFreeBusyStatus']],
    ['a sensitivity', { sensitivity: 'personal' }, ['item:Sensitivity']],
    ['categories', { categories: ['a', 'b'] }, ['item:Categories']],
    ['no categories', { categories: [] }, ['item:Categories']],
    [
      'who is invited',
      { attendees: [{ email: 'a@b.example', name: '', role: 'required', response: 'none' }] },
      ['calendar:RequiredAttendees', 'calendar:OptionalAttendees', 'calendar:Resources'],
    ],
    ['a stamp', { stamp }, ['CrmRecord', 'CrmRecord']],
    ['that it has no stamp', { stamp: null }, ['CrmRecord']],
    [
      'a time, whole',
      { time },
      ['calendar:StartTimeZone', 'calendar:EndTimeZone', 'calendar:Start', 'calendar:End', 'calendar:IsAllDayEvent'],
    ],
  ])('%s and nothing else', async (_what, patch, fields) => {
    expect(fieldsIn(await changeXml(patch)).sort()).toEqual([...fields].sort());
  });

  test('only what is different from undefined', async () => {
    const patch = { subject: undefined, location: 'Here' } as unknown as Omit<AppointmentPatch, 'kind'>;
    expect(fieldsIn(await changeXml(patch))).toEqual(['calendar:Location']);
  });

  test('the item by its reference, instants in UTC and the zone by its Windows id', async () => {
    const xml = await changeXml({ time });
    expect(xml).toContain('<t:ItemId Id="item" ChangeKey="key">');
    expect(startIn(xml)).toBe('2026-06-09T07:00:00.000Z');
    expect(xml).toContain('Id="W. Europe Standard Time"');
  });

  test('an unknown zone as UTC with the same instants, and warns', async () => {
    warnings.length = 0;
    const xml = await changeXml({ time: { ...time, timeZone: 'Mars/Olympus' } });
    expect(xml).toContain('Id="UTC"');
    expect(startIn(xml)).toBe('2026-06-09T07:00:00.000Z');
    expect(warnings).toEqual([{ timeZone: 'Mars/Olympus' }]);
  });

  test('a zone younger than the library', async () => {
    expect(await changeXml({ time: { ...time, timeZone: 'Asia/Qyzylorda' } })).toContain(
      'Id="Qyzylorda Standard Time"',
    );
  });
});

test('a draft rings by the default of the mailbox, when it is told to, or not at all', () => {
  const body = { notes: '', links: {} };
  const draft = {
    kind: 'appointment',
    stamp,
    subject: 's',
    body,
    location: '',
    timeZone: 'Etc/UTC',
    allDay: false,
  } as const;
  const times = { start: '2026-06-09T07:00:00Z', end: '2026-06-09T08:00:00Z' };
  const isSet = (reminder: { reminderMinutes?: number | null }) => {
    const item = itemOfDraft(context, service, { ...draft, ...times, ...reminder });
    const found = { outValue: undefined };
    return item.TryGetProperty(context.library.ItemSchema.IsReminderSet, found) ? found.outValue : undefined;
  };
  expect([isSet({ reminderMinutes: null }), isSet({}), isSet({ reminderMinutes: 0 })]).toEqual([
    false,
    undefined,
    true,
  ]);
});

test('times that are none are refused before anything is sent', () => {
  expect(refusalOfTime({ start: 'soon', end: '2026-06-09T08:00:00Z' })).toMatchObject({ remedy: { kind: 'park' } });
  expect(refusalOfTime({ start: '2026-06-09T07:00:00Z', end: '2026-06-09T08:00:00Z' })).toBeUndefined();
});

/** The shape into which the library turns an answer before it reads it. */
type Loose = Record<string, unknown>;
const whole: Loose = {
  ItemId: { Id: 'item', ChangeKey: 'key' },
  Subject: 'Visit',
  Sensitivity: 'Normal',
  Body: { BodyType: 'HTML', Body: '<p>Hello</p>' },
  LastModifiedTime: '2026-06-01T08:00:00Z',
  UID: 'uid-1',
  Start: '2026-06-09T07:00:00Z',
  End: '2026-06-09T08:00:00Z',
  IsAllDayEvent: 'false',
  IsCancelled: 'false',
  IsMeeting: 'false',
  IsRecurring: 'false',
  CalendarItemType: 'Single',
  MyResponseType: 'Unknown',
  AppointmentState: '0',
  Location: 'Room 4',
  StartTimeZone: { Id: 'W. Europe Standard Time', Name: '(UTC+01:00) Berlin' },
};

function read(fields: Loose, privacy: 'skip' | 'busyOnly' = 'skip') {
  const item = new context.library.Appointment(service);
  const merged = Object.fromEntries(Object.entries({ ...whole, ...fields }).filter(([, value]) => value !== undefined));
  const internal = item as unknown as { LoadFromXmlJsObject(from: object, service: unknown, clear: boolean): void };
  internal.LoadFromXmlJsObject(merged, service, true);
  return appointmentOf(context, item, privacy);
}

describe('an item is read', () => {
  test('whole', () => {
    expect(read({})).toEqual({
      kind: 'appointment',
      ...ref,
      subject: 'Visit',
      bodyText: 'Hello',
      richBody: false,
      rawBody: '<p>Hello</p>',
      location: 'Room 4',
      start: '2026-06-09T07:00:00.000Z',
      end: '2026-06-09T08:00:00.000Z',
      timeZone: 'Europe/Berlin',
      allDay: false,
      cancelled: false,
      ownMeeting: true,
      recurring: false,
      iCalUid: 'uid-1',
      attendees: [],
      reminderMinutes: null,
      showAs: 'busy',
      categories: [],
      sensitivity: 'normal',
      stamp: undefined,
      modifiedAt: '2026-06-01T08:00:00.000Z',
    });
  });

  const spaces = { __prefix: 't', __type: 'Subject' };
  test.each<[string, Loose, Loose]>([
    ['without a subject', { Subject: undefined }, { subject: '' }],
    [
      'with a subject of white space, which arrives as an object',
      { Subject: spaces, Location: spaces },
      { subject: '', location: '' },
    ],
    ['with an empty body', { Body: { BodyType: 'HTML' } }, { bodyText: '' }],
    [
      'with a body of plain text',
      { Body: { BodyType: 'Text', Body: ' a <b>\r\n\r\n\r\nc' } },
      { bodyText: 'a <b>\n\nc' },
    ],
    [
      'with nine digits of a second',
      { Start: '2026-06-09T07:00:00.123456789Z' },
      { start: '2026-06-09T07:00:00.123Z' },
    ],
    ['with an offset', { Start: '2026-06-09T09:00:00+02:00' }, { start: '2026-06-09T07:00:00.000Z' }],
    [
      'with a fraction and an offset',
      { Start: '2026-06-09T09:00:00.5000000+02:00' },
      { start: '2026-06-09T07:00:00.500Z' },
    ],
    [
      'with a property sent twice',
      { Start: ['2026-06-09T07:00:00Z', '2026-06-09T07:00:00Z'], Subject: ['Visit', 'Visit'] },
      { subject: 'Visit', start: '2026-06-09T07:00:00.000Z' },
    ],
    ['without an offset, which is UTC', { Start: '2026-06-09T07:00:00' }, { start: '2026-06-09T07:00:00.000Z' }],
    [
      'in a zone we know and the library does not',
      { StartTimeZone: { Id: 'South Sudan Standard Time' } },
      { timeZone: 'Africa/Juba' },
    ],
    [
      'in a zone nobody knows, by its own id',
      { StartTimeZone: { Id: 'Customized Time Zone' } },
      { timeZone: 'Customized Time Zone' },
    ],
    ['without a zone', { StartTimeZone: undefined }, { timeZone: 'Etc/UTC' }],
    ['as an all-day event', { IsAllDayEvent: 'true' }, { allDay: true }],
    ['as cancelled', { IsCancelled: 'true' }, { cancelled: true }],
    ['as the master of a series', { CalendarItemType: 'RecurringMaster' }, { recurring: true }],
    ['as an exception of a series', { CalendarItemType: 'Exception' }, { recurring: true }],
    ['as a meeting of our own', { IsMeeting: 'true', MyResponseType: 'Organizer' }, { ownMeeting: true }],
    ['as an accepted invitation', { IsMeeting: 'true', MyResponseType: 'Accept' }, { ownMeeting: false }],
    [
      'as an invitation without an answer',
      { IsMeeting: 'true', MyResponseType: 'NoResponseReceived' },
      { ownMeeting: false },
    ],
    [
      'as a meeting that only its state tells to be received',
      { IsMeeting: 'true', AppointmentState: '3' },
      { ownMeeting: false },
    ],
    [
      'as a meeting that only its state tells to be our own',
      { IsMeeting: 'true', AppointmentState: '1' },
      { ownMeeting: true },
    ],
    [
      'as a meeting of which nothing tells whose it is',
      { IsMeeting: 'true', MyResponseType: undefined, AppointmentState: undefined },
      { ownMeeting: false },
    ],
    ['without a UID', { UID: undefined }, { iCalUid: undefined }],
  ])('%s', (_what, fields, expected) => {
    expect(read(fields)).toMatchObject(expected);
  });

  test.each(['Private', 'Confidential'])('never when it is %s', (sensitivity) => {
    expect(() => read({ Sensitivity: sensitivity })).toThrow(
      expect.objectContaining({ code: 'PrivateItem', kind: 'notFound' }),
    );
    expect(read({ Sensitivity: sensitivity }, 'busyOnly')).toMatchObject({
      subject: 'Busy',
      bodyText: '',
      location: '',
    });
  });

  test('not while its body is cut off: it is read again later', () => {
    const cut = { BodyType: 'HTML', Body: '<p>The first half of it === Truncated Data ===</p>' };
    expect(() => read({ Body: cut })).toThrow(
      expect.objectContaining({ code: 'TruncatedData', remedy: { kind: 'retry' } }),
    );
  });

  test('not without its times', () => {
    expect(() => read({ Start: undefined })).toThrow(expect.objectContaining({ code: 'IncompleteItem' }));
  });

  test('not when it is something else', () => {
    const contact = new context.library.Contact(service);
    expect(() => appointmentOf(context, contact, 'skip')).toThrow(
      expect.objectContaining({ code: 'NotAnAppointment' }),
    );
    expect(() => appointmentOf(context, undefined, 'skip')).toThrow(
      expect.objectContaining({ code: 'NotAnAppointment' }),
    );
  });

  test('with the stamp, however the answer writes the property', async () => {
    const { propertySetOf } = await stampParts();
    const uri = (id: string) => ({ PropertySetId: id, PropertyName: 'CrmRecord', PropertyType: 'String' });
    for (const id of [propertySetOf.toLowerCase(), propertySetOf.toUpperCase()]) {
      const value = { ExtendedFieldURI: uri(id), Value: 'm-1|r|1' };
      expect(read({ ExtendedProperty: value }).stamp).toEqual(stamp);
      expect(
        read({
          ExtendedProperty: [{ ExtendedFieldURI: uri('11111111-2222-4333-8444-555555555555'), Value: 'z' }, value],
        }).stamp,
      ).toEqual(stamp);
    }
  });
});

async function stampParts(): Promise<{ propertySetOf: string }> {
  const xml = await changeXml({ stamp });
  return { propertySetOf: /PropertySetId="([^"]+)"/.exec(xml)?.[1] ?? '' };
}

test('a stamp is text and back; what is none of ours is none', () => {
  expect(parseStamp(stampText(stamp))).toEqual(stamp);
  expect(['', 'x', '|x', 'x|', 'a b|c', 7, null].map(parseStamp)).toEqual(Array(7).fill(undefined));
});

test.each([
  ['Europe/Berlin', 'W. Europe Standard Time', 'Europe/Berlin'],
  ['Asia/Kolkata', 'India Standard Time', 'Asia/Calcutta'],
  ['Europe/Kyiv', 'FLE Standard Time', 'Europe/Kiev'],
  ['America/New_York', 'Eastern Standard Time', 'America/New_York'],
  ['US/Pacific', 'Pacific Standard Time', 'America/Los_Angeles'],
  ['Etc/UTC', 'UTC', 'Etc/UTC'],
  ['Nowhere/Else', undefined, undefined],
])('%s is %s in Windows', (iana, windows, back) => {
  expect(windowsZoneOf(iana)).toBe(windows);
  expect(windows === undefined ? undefined : ianaZoneOf(windows)).toBe(back);
});
