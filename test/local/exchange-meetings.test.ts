import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { controlClient } from '../support/control-client.ts';
import { attendees, ewsRequests, itemId, occurrenceId, set, times } from '../support/ews-requests.ts';
import { soapClient } from '../support/soap-client.ts';

interface Item {
  id: string;
  changeKey: string;
  subject: string;
  [name: string]: unknown;
}

const [rep1, rep2, manager, room] = ['rep1', 'rep2', 'manager', 'room'].map((name) => `${name}@contoso.example`);
const asRep2 = { as: 'rep2@contoso.example' };
const toAll = 'SendToAllAndSaveCopy';

let exchange: Exchange;
let ews: ReturnType<typeof ewsRequests>;
let control: ReturnType<typeof controlClient>;

beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes, clock: () => new Date('2026-07-01T07:00:00Z') });
  ews = ewsRequests(soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' }));
  control = controlClient(exchange.url);
});
afterAll(() => exchange.close());

const path = (address: string | undefined, id?: string, rest = '') =>
  `mailboxes/${address}/items${id === undefined ? '' : `/${encodeURIComponent(id)}`}${rest}`;
const calendar = async (address: string | undefined) =>
  (await control<Item[]>('GET', `${path(address)}?folder=calendar`)).body;
const only = async (address: string | undefined): Promise<Item> => {
  const [item, ...more] = await calendar(address);
  if (!item || more.length > 0) throw new Error(`${more.length} items too many`);
  return item;
};
const see = async (id: string) => (await control<Item>('GET', path(rep1, id))).body;
const mails = async () =>
  (await control<{ mails: { kind: string; mailbox: string }[] }>('GET', 'mails')).body.mails.map(
    ({ kind, mailbox }) => `${kind} by ${mailbox.split('@')[0]}`,
  );

beforeEach(async () => {
  for (const address of [rep1, rep2, manager, room])
    for (const { id } of (await control<Item[]>('GET', path(address))).body)
      await control('DELETE', `${path(address, id)}?type=HardDelete`);
  await control('POST', 'reset-counters');
});

const morning = times('2026-07-06T09:00:00Z', '2026-07-06T10:00:00Z');
const weekly =
  '<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>' +
  '<t:NumberedRecurrence><t:StartDate>2026-07-06</t:StartDate><t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>';
async function invite(guests: string, { mode = toAll, recurrence = '', when = morning } = {}): Promise<string> {
  const answer = await ews.create(
    `<t:CalendarItem><t:Subject>Tour</t:Subject><t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>${when}${guests}${recurrence}</t:CalendarItem>`,
    mode,
  );
  expect(answer.first('ResponseCode')).toBe('NoError');
  return answer.attribute('ItemId', 'Id') ?? '';
}
const both =
  attendees('RequiredAttendees', 'rep2@contoso.example') + attendees('OptionalAttendees', 'guest@partner.example');
const respond = (element: string, id: string, more = asRep2, disposition = 'SendAndSaveCopy') =>
  ews.call(
    `<m:CreateItem MessageDisposition="${disposition}"><m:Items><t:${element}><t:ReferenceItemId Id="${id}"/></t:${element}></m:Items></m:CreateItem>`,
    more,
  );

describe('a meeting that is sent', () => {
  test('lies in the calendar of a guest who has a mailbox here, as a copy with the same UID', async () => {
    const id = await invite(both);
    const original = await see(id);
    const copy = await only(rep2);
    expect(copy).toMatchObject({
      subject: 'Tour',
      uid: original['uid'],
      organizer: rep1,
      isOrganizer: false,
      myResponse: 'NoResponseReceived',
      freeBusy: 'Tentative',
      reminderMinutes: 15,
    });
    const answer = await ews.get(itemId(copy.id), undefined, asRep2);
    expect([answer.first('AppointmentState'), answer.first('MeetingRequestWasSent')]).toEqual(['3', 'true']);
    expect((await ews.get(itemId(id))).first('AppointmentState')).toBe('1');
    expect(await mails()).toEqual(['request by rep1']);
  });

  test('and is not sent leaves no copy and no mail', async () => {
    await invite(both, { mode: 'SendToNone' });
    expect([await calendar(rep2), await mails()]).toEqual([[], []]);
  });

  test('is followed by its changes; what is the guest’s own stays', async () => {
    const id = await invite(both);
    await control('PATCH', path(rep2, (await only(rep2)).id), { categories: ['Mine'], reminderMinutes: 5 });
    const untouched = await see(id);
    expect(untouched.changeKey).toBe((await ews.get(itemId(id))).attribute('ItemId', 'ChangeKey'));
    await ews.update(itemId(id), set('item:Subject', '<t:Subject>Tour 2</t:Subject>'));
    expect((await only(rep2)).subject).toBe('Tour');
    await ews.update(itemId(id), set('calendar:Location', '<t:Location>Oslo</t:Location>'), toAll);
    expect(await only(rep2)).toMatchObject({
      subject: 'Tour 2',
      location: 'Oslo',
      categories: ['Mine'],
      reminderMinutes: 5,
    });
  });

  test('is called off in the copies of those who are told', async () => {
    const id = await invite(both);
    await ews.remove(itemId(id), 'SendOnlyToAll');
    expect(await only(rep2)).toMatchObject({ subject: 'Canceled: Tour', isCancelled: true, freeBusy: 'Free' });
    const again = await invite(attendees('RequiredAttendees', manager ?? ''));
    await ews.remove(itemId(again));
    expect(await only(manager)).toMatchObject({ subject: 'Tour', isCancelled: false });
  });

  test('is called off for a guest who is taken from the list', async () => {
    const id = await invite(attendees('RequiredAttendees', rep2 ?? '', manager ?? ''));
    await ews.update(
      itemId(id),
      set('calendar:RequiredAttendees', attendees('RequiredAttendees', manager ?? '')),
      'SendToChangedAndSaveCopy',
    );
    expect([(await only(rep2))['isCancelled'], (await only(manager))['isCancelled']]).toEqual([true, false]);
  });

  test('is cancelled by CancelCalendarItem, which deletes it too', async () => {
    const id = await invite(both);
    expect((await respond('CancelCalendarItem', id, {} as typeof asRep2)).first('ResponseCode')).toBe('NoError');
    expect([(await only(rep2))['isCancelled'], await calendar(rep1)]).toEqual([true, []]);
  });
});

describe('an answer', () => {
  test.each([
    ['AcceptItem', 'Accept', 'Busy'],
    ['TentativelyAcceptItem', 'Tentative', 'Tentative'],
  ])('by %s is kept in the copy and told to the organizer, whose ChangeKey moves', async (element, response, busy) => {
    const id = await invite(both);
    const { changeKey } = await see(id);
    const copy = await only(rep2);
    const answer = await respond(element, copy.id);
    expect([answer.first('ResponseCode'), answer.attribute('ItemId', 'Id')]).toEqual(['NoError', copy.id]);
    expect(await only(rep2)).toMatchObject({ myResponse: response, freeBusy: busy });
    const original = await ews.get(itemId(id));
    expect(original.attribute('ItemId', 'ChangeKey')).not.toBe(changeKey);
    expect([original.all('ResponseType'), original.all('LastResponseTime')]).toEqual([
      [response, 'Unknown'],
      ['2026-07-01T07:00:00Z'],
    ]);
    expect(await mails()).toEqual(['request by rep1', 'response by rep2']);
  });

  test('that declines takes the copy out of the calendar', async () => {
    const id = await invite(both);
    await respond('DeclineItem', (await only(rep2)).id);
    expect(await calendar(rep2)).toEqual([]);
    expect((await see(id))['responses']).toMatchObject({ 'rep2@contoso.example': 'Decline' });
  });

  test('that is not sent is not told', async () => {
    const id = await invite(both);
    await respond('AcceptItem', (await only(rep2)).id, asRep2, 'SaveOnly');
    expect([(await only(rep2))['myResponse'], (await see(id))['responses']]).toEqual([
      'Accept',
      { 'rep2@contoso.example': 'Unknown', 'guest@partner.example': 'Unknown' },
    ]);
  });

  test('is asked for anew when the time changes, not when the place does', async () => {
    const id = await invite(both);
    await control('POST', path(rep2, (await only(rep2)).id, '/respond'), { response: 'Accept' });
    await ews.update(itemId(id), set('calendar:Location', '<t:Location>Oslo</t:Location>'), toAll);
    expect((await only(rep2))['myResponse']).toBe('Accept');
    await ews.update(itemId(id), set('calendar:End', '<t:End>2026-07-06T11:00:00Z</t:End>'), toAll);
    expect((await only(rep2))['myResponse']).toBe('NoResponseReceived');
  });

  test('is refused to the organizer, for what is no meeting, and for one that was cancelled', async () => {
    const id = await invite(both);
    const code = async (item: string, more?: typeof asRep2) =>
      (await respond('AcceptItem', item, more)).first('ResponseCode');
    expect(await code(id, { as: 'rep1@contoso.example' })).toBe('ErrorCalendarIsOrganizerForAccept');
    const copy = await only(rep2);
    await ews.remove(itemId(id), toAll);
    expect(await code(copy.id)).toBe('ErrorCalendarIsCancelledForAccept');
    const single = await control<Item>('POST', path(rep2), { subject: 'x' });
    expect(await code(single.body.id)).toBe('ErrorInvalidItemForOperationAcceptItem');
  });

  test('comes from a room by itself: it accepts when it is free and declines when it is not', async () => {
    const resources = attendees('Resources', room ?? '');
    const first = await invite(resources);
    const second = await invite(resources, { when: times('2026-07-06T09:30:00Z', '2026-07-06T10:30:00Z') });
    const third = await invite(resources, { when: times('2026-07-06T10:00:00Z', '2026-07-06T10:30:00Z') });
    const answers = [];
    for (const id of [first, second, third]) answers.push((await see(id))['responses']);
    expect(answers).toEqual(['Accept', 'Decline', 'Accept'].map((answer) => ({ 'room@contoso.example': answer })));
    expect(await calendar(room)).toHaveLength(2);
  });
});

describe('a series with guests', () => {
  const occurrences = async (address: string | undefined, id: string) =>
    (
      await control<Item[]>(
        'GET',
        `${path(address, id, '/occurrences')}?from=2026-07-01T00:00:00Z&to=2026-08-01T00:00:00Z`,
      )
    ).body.map((item) => `${String(item['start']).slice(5, 13)} ${item.subject}`);

  test('is a series in their calendars, and its exceptions follow', async () => {
    const id = await invite(both, { recurrence: weekly });
    const copy = await only(rep2);
    expect(copy).toMatchObject({ type: 'RecurringMaster', exceptions: [] });
    await ews.update(occurrenceId(id, 2), set('item:Subject', '<t:Subject>Retro</t:Subject>'), toAll);
    await ews.remove(occurrenceId(id, 3), toAll);
    await ews.remove(occurrenceId(id, 4));
    expect(await occurrences(rep1, id)).toEqual(['07-06T09 Tour', '07-13T09 Retro']);
    expect(await occurrences(rep2, copy.id)).toEqual([
      '07-06T09 Tour',
      '07-13T09 Retro',
      '07-20T09 Canceled: Tour',
      '07-27T09 Tour',
    ]);
    await ews.update(itemId(id), set('item:Subject', '<t:Subject>Visit</t:Subject>'), toAll);
    expect(await occurrences(rep2, copy.id)).toEqual(['07-06T09 Visit', '07-13T09 Retro']);
  });

  test('may be answered and labelled one by one, and stays so when the series changes', async () => {
    const id = await invite(both, { recurrence: weekly });
    const copy = await only(rep2);
    const second = (await ews.get(occurrenceId(copy.id, 2), undefined, asRep2)).attribute('ItemId', 'Id') ?? '';
    await respond('DeclineItem', second);
    await control('PATCH', path(rep2, copy.id, '/occurrences/3'), { categories: ['Mine'] });
    await ews.update(itemId(id), set('item:Subject', '<t:Subject>Visit</t:Subject>'), toAll);
    expect(await occurrences(rep2, copy.id)).toEqual(['07-06T09 Visit', '07-20T09 Visit', '07-27T09 Visit']);
    expect((await ews.get(occurrenceId(copy.id, 3), undefined, asRep2)).first('Categories')).toContain('Mine');
    expect((await ews.get(occurrenceId(id, 2))).all('ResponseType')[0]).toBe('Decline');
    expect((await ews.get(occurrenceId(id, 1))).all('ResponseType')[0]).toBe('Unknown');
  });

  test('shows a guest of one date only that date', async () => {
    const id = await invite(both, { recurrence: weekly });
    const more = attendees('RequiredAttendees', rep2 ?? '', manager ?? '');
    await ews.update(occurrenceId(id, 2), set('calendar:RequiredAttendees', more), 'SendToChangedAndSaveCopy');
    const copy = await only(manager);
    expect(copy).toMatchObject({ type: 'Single', start: '2026-07-13T09:00:00Z', uid: (await see(id))['uid'] });
    await ews.remove(occurrenceId(id, 2), toAll);
    expect((await only(manager))['isCancelled']).toBe(true);
  });
});
