import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { type Exchange, startExchange } from '../../local/exchange/start-exchange.ts';
import { controlClient } from '../support/control-client.ts';
import { clear, ewsRequests, itemId, occurrenceId, set, times } from '../support/ews-requests.ts';
import { soapClient } from '../support/soap-client.ts';

let exchange: Exchange;
let ews: ReturnType<typeof ewsRequests>;

beforeAll(async () => {
  exchange = await startExchange({ port: 0, mailboxes });
  ews = ewsRequests(soapClient(exchange.url, { user: 'sync@contoso.example', as: 'rep1@contoso.example' }));
});
afterAll(() => exchange.close());

const items = 'mailboxes/rep1@contoso.example/items';
beforeEach(async () => {
  const control = controlClient(exchange.url);
  const { body } = await control<{ id: string }[]>('GET', items);
  for (const { id } of body) await control('DELETE', `${items}/${encodeURIComponent(id)}?type=HardDelete`);
});

const berlin = '<t:StartTimeZone Id="W. Europe Standard Time"/><t:EndTimeZone Id="W. Europe Standard Time"/>';
const weekly = '<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek></t:WeeklyRecurrence>';
const daily = '<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>';
const numbered = (count: number, start = '2026-03-16') =>
  `<t:NumberedRecurrence><t:StartDate>${start}</t:StartDate><t:NumberOfOccurrences>${count}</t:NumberOfOccurrences></t:NumberedRecurrence>`;
const noEnd = (start = '2026-03-16') => `<t:NoEndRecurrence><t:StartDate>${start}</t:StartDate></t:NoEndRecurrence>`;

async function createSeries(
  pattern: string,
  range: string,
  when = times('2026-03-16T08:00:00Z', '2026-03-16T09:00:00Z'),
) {
  const answer = await ews.create(
    `<t:CalendarItem><t:Subject>Stand-up</t:Subject>${when}<t:Location>Oslo</t:Location><t:Recurrence>${pattern}${range}</t:Recurrence>${berlin}</t:CalendarItem>`,
  );
  expect(answer.first('ResponseCode')).toBe('NoError');
  return answer.attribute('ItemId', 'Id') ?? '';
}
const march = () => ews.view('2026-03-01T00:00:00Z', '2026-04-30T00:00:00Z');
const changeKey = async (id: string) => (await ews.get(itemId(id))).attribute('ItemId', 'ChangeKey');

describe('a series', () => {
  test('is one master in the folder, with its first and last occurrence', async () => {
    const master = await createSeries(weekly, numbered(4));
    const answer = await ews.get(itemId(master));
    expect([answer.first('CalendarItemType'), answer.first('IsRecurring')]).toEqual(['RecurringMaster', 'true']);
    expect(answer.first('DaysOfWeek')).toBe('Monday');
    expect(answer.first('NumberOfOccurrences')).toBe('4');
    // Summer time begins on 29 March: the clock in Berlin goes on showing nine.
    expect(/<t:LastOccurrence>.*<t:OriginalStart>(.*?)</s.exec(answer.text)?.[1]).toBe('2026-04-06T07:00:00Z');
    expect(/<t:FirstOccurrence>.*?<t:OriginalStart>(.*?)</s.exec(answer.text)?.[1]).toBe('2026-03-16T08:00:00Z');
    expect((await ews.sync()).all('Create')).toHaveLength(1);
  });

  test('is seen in a calendar view as its occurrences, each with an id of its own and the UID of the series', async () => {
    const master = await createSeries(weekly, numbered(4));
    const view = await march();
    expect(view.all('Start')).toEqual(
      ['2026-03-16T08', '2026-03-23T08', '2026-03-30T07', '2026-04-06T07'].map((hour) => `${hour}:00:00Z`),
    );
    expect(view.all('OriginalStart')).toEqual(view.all('Start'));
    expect(new Set(view.all('CalendarItemType'))).toEqual(new Set(['Occurrence']));
    expect(new Set(view.all('UID')).size).toBe(1);
    const ids = view.attributes('ItemId', 'Id');
    expect(new Set([...ids, master]).size).toBe(5);
    const third = await ews.get(itemId(ids[2]));
    expect([third.first('Start'), third.first('Subject')]).toEqual(['2026-03-30T07:00:00Z', 'Stand-up']);
    const back = await ews.get(`<t:RecurringMasterItemId OccurrenceId="${ids[2]}"/>`);
    expect(back.attribute('ItemId', 'Id')).toBe(master);
  });

  test.each([
    [
      'AbsoluteMonthly',
      '<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>31</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>',
      ['2026-03-31', '2026-04-30', '2026-05-31'],
    ],
    [
      'RelativeMonthly',
      '<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex></t:RelativeMonthlyRecurrence>',
      ['2026-03-31', '2026-04-30', '2026-05-29'],
    ],
    [
      'AbsoluteYearly',
      '<t:AbsoluteYearlyRecurrence><t:DayOfMonth>29</t:DayOfMonth><t:Month>February</t:Month></t:AbsoluteYearlyRecurrence>',
      ['2027-02-28', '2028-02-29', '2029-02-28'],
    ],
    [
      'RelativeYearly',
      '<t:RelativeYearlyRecurrence><t:DaysOfWeek>Thursday</t:DaysOfWeek><t:DayOfWeekIndex>Fourth</t:DayOfWeekIndex><t:Month>November</t:Month></t:RelativeYearlyRecurrence>',
      ['2026-11-26', '2027-11-25', '2028-11-23'],
    ],
    [
      'Daily',
      '<t:DailyRecurrence><t:Interval>3</t:Interval></t:DailyRecurrence>',
      ['2026-03-16', '2026-03-19', '2026-03-22'],
    ],
    [
      'Weekly',
      '<t:WeeklyRecurrence><t:Interval>2</t:Interval><t:DaysOfWeek>Sunday Tuesday</t:DaysOfWeek><t:FirstDayOfWeek>Monday</t:FirstDayOfWeek></t:WeeklyRecurrence>',
      ['2026-03-17', '2026-03-22', '2026-03-31'],
    ],
  ])('follows the pattern %s', async (_name, pattern, dates) => {
    const master = await createSeries(pattern, numbered(3));
    const starts: (string | undefined)[] = [];
    for (const index of [1, 2, 3])
      starts.push((await ews.get(occurrenceId(master, index))).first('Start')?.slice(0, 10));
    expect(starts).toEqual(dates);
    expect((await ews.get(itemId(master))).first('StartDate')).toBe(`${dates[0]}Z`);
  });

  test('without end is found decades later, and ends on its end date otherwise', async () => {
    await createSeries(weekly, noEnd());
    expect((await ews.view('2046-01-01T00:00:00Z', '2046-01-15T00:00:00Z')).all('Start')).toHaveLength(2);
    const ended = await createSeries(
      daily,
      '<t:EndDateRecurrence><t:StartDate>2026-03-16</t:StartDate><t:EndDate>2026-03-18</t:EndDate></t:EndDateRecurrence>',
    );
    expect(/<t:LastOccurrence>.*<t:Start>(.*?)</s.exec((await ews.get(itemId(ended))).text)?.[1]).toBe(
      '2026-03-18T08:00:00Z',
    );
  });

  test('of all-day events keeps its dates in its own zone across summer time', async () => {
    await ews.create(
      `<t:CalendarItem><t:Start>2026-03-27T23:00:00Z</t:Start><t:End>2026-03-28T23:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent><t:Recurrence>${daily}${numbered(3, '2026-03-28')}</t:Recurrence>${berlin}</t:CalendarItem>`,
    );
    const view = await march();
    expect(view.all('Start')).toEqual(['2026-03-27T23:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z']);
    expect(view.all('End')).toEqual(['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', '2026-03-30T22:00:00Z']);
  });

  test.each([
    [
      'whose occurrences overlap',
      `${daily}${noEnd()}`,
      times('2026-03-16T08:00:00Z', '2026-03-17T09:00:00Z'),
      'ErrorOccurrenceTimeSpanTooBig',
    ],
    [
      'that ends before it begins',
      `${weekly}<t:EndDateRecurrence><t:StartDate>2026-03-17</t:StartDate><t:EndDate>2026-03-18</t:EndDate></t:EndDateRecurrence>`,
      times('2026-03-17T08:00:00Z', '2026-03-17T09:00:00Z'),
      'ErrorRecurrenceHasNoOccurrence',
    ],
    [
      'with an interval of nothing',
      `<t:DailyRecurrence><t:Interval>0</t:Interval></t:DailyRecurrence>${noEnd()}`,
      times('2026-03-16T08:00:00Z', '2026-03-16T09:00:00Z'),
      'ErrorCalendarInvalidRecurrence',
    ],
  ])('%s is refused', async (_what, recurrence, when, code) => {
    const answer = await ews.create(
      `<t:CalendarItem>${when}<t:Recurrence>${recurrence}</t:Recurrence>${berlin}</t:CalendarItem>`,
    );
    expect(answer.first('ResponseCode')).toBe(code);
  });
});

describe('one occurrence', () => {
  test('that is changed becomes an exception, which the master lists; only the master is told of', async () => {
    const master = await createSeries(weekly, numbered(4));
    const key = await changeKey(master);
    const state = (await ews.sync()).first('SyncState');
    const changed = await ews.update(
      occurrenceId(master, 2),
      set('item:Subject', '<t:Subject>Retro</t:Subject>') +
        set('calendar:Start', '<t:Start>2026-03-24T10:00:00Z</t:Start>') +
        set('calendar:End', '<t:End>2026-03-24T11:00:00Z</t:End>'),
    );
    expect(changed.first('ResponseCode')).toBe('NoError');
    expect(await changeKey(master)).not.toBe(key);
    const told = await ews.sync(state);
    expect(told.all('Update')).toHaveLength(1);
    expect(told.attributes('ItemId', 'Id')).toEqual([master]);
    const answer = await ews.get(itemId(master));
    const modified = answer.first('ModifiedOccurrences') ?? '';
    expect(modified).toContain('<t:OriginalStart>2026-03-23T08:00:00Z');
    expect(modified).toContain('<t:Start>2026-03-24T10:00:00Z');
    const view = await march();
    expect(view.all('CalendarItemType')).toEqual(['Occurrence', 'Exception', 'Occurrence', 'Occurrence']);
    expect(view.all('Subject')).toEqual(['Stand-up', 'Retro', 'Stand-up', 'Stand-up']);
    const exception = await ews.get(itemId(changed.attribute('ItemId', 'Id')));
    expect([exception.first('OriginalStart'), exception.first('Location')]).toEqual(['2026-03-23T08:00:00Z', 'Oslo']);
  });

  test('follows its master in all that is not its own', async () => {
    const master = await createSeries(weekly, numbered(4));
    await ews.update(occurrenceId(master, 2), set('item:Subject', '<t:Subject>Retro</t:Subject>'));
    await ews.update(occurrenceId(master, 3), clear('calendar:Location'));
    await ews.update(
      itemId(master),
      set('item:Subject', '<t:Subject>Daily</t:Subject>') + set('calendar:Location', '<t:Location>Rome</t:Location>'),
    );
    const places = async (index: number) => {
      const answer = await ews.get(occurrenceId(master, index));
      return [answer.first('Subject'), answer.first('Location')];
    };
    expect([await places(1), await places(2), await places(3)]).toEqual([
      ['Daily', 'Rome'],
      ['Retro', 'Rome'],
      ['Daily', undefined],
    ]);
  });

  test('that is deleted is listed by the master, counts in the index and is gone from the view', async () => {
    const master = await createSeries(weekly, numbered(4));
    const id = (await ews.get(occurrenceId(master, 2))).attribute('ItemId', 'Id');
    await ews.update(itemId(id), set('item:Subject', '<t:Subject>Retro</t:Subject>'));
    expect((await ews.remove(itemId(id))).first('ResponseCode')).toBe('NoError');
    const answer = await ews.get(itemId(master));
    expect(answer.first('DeletedOccurrence')).toBe('<t:Start>2026-03-23T08:00:00Z</t:Start>');
    expect(answer.first('ModifiedOccurrences')).toBeUndefined();
    expect((await march()).all('Start')).toHaveLength(3);
    expect((await ews.get(itemId(id))).first('ResponseCode')).toBe('ErrorItemNotFound');
    const code = async (index: number) => (await ews.get(occurrenceId(master, index))).first('ResponseCode');
    expect([await code(1), await code(2), await code(3), await code(4), await code(5), await code(0)]).toEqual([
      'NoError',
      'ErrorCalendarOccurrenceIsDeletedFromRecurrence',
      'NoError',
      'NoError',
      'ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange',
      'ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange',
    ]);
  });

  test('takes the series with it when it was the last one', async () => {
    const master = await createSeries(weekly, numbered(2));
    await ews.remove(occurrenceId(master, 1));
    expect((await ews.get(itemId(master))).first('ResponseCode')).toBe('NoError');
    await ews.remove(occurrenceId(master, 2));
    expect((await ews.get(itemId(master))).first('ResponseCode')).toBe('ErrorItemNotFound');
  });

  test.each([
    ['past the next one', times('2026-03-31T08:00:00Z', '2026-03-31T09:00:00Z')],
    ['before the one before', times('2026-03-15T08:00:00Z', '2026-03-15T09:00:00Z')],
    ['onto the day of the next one', times('2026-03-30T03:00:00Z', '2026-03-30T04:00:00Z')],
    ['into the next one', times('2026-03-29T08:00:00Z', '2026-03-30T08:00:00Z')],
  ])('may not be moved %s', async (_what, when) => {
    const master = await createSeries(weekly, numbered(4));
    const [start = '', end = ''] = [/<t:Start>.*<\/t:Start>/.exec(when)?.[0], /<t:End>.*<\/t:End>/.exec(when)?.[0]];
    const answer = await ews.update(occurrenceId(master, 2), set('calendar:Start', start) + set('calendar:End', end));
    expect(answer.first('ResponseCode')).toBe('ErrorOccurrenceCrossingBoundary');
    expect((await ews.get(itemId(master))).first('ModifiedOccurrences')).toBeUndefined();
  });

  test('may take the place of a neighbour that is deleted or has moved away', async () => {
    const master = await createSeries(weekly, numbered(4));
    await ews.remove(occurrenceId(master, 3));
    const moved = await ews.update(
      occurrenceId(master, 2),
      set('calendar:Start', '<t:Start>2026-03-31T08:00:00Z</t:Start>') +
        set('calendar:End', '<t:End>2026-03-31T09:00:00Z</t:End>'),
    );
    expect(moved.first('ResponseCode')).toBe('NoError');
  });

  test.each(['MoveItem', 'CopyItem'])('does not leave its series by %s', async (operation) => {
    const master = await createSeries(weekly, numbered(4));
    const id = (await ews.get(occurrenceId(master, 2))).attribute('ItemId', 'Id');
    const answer = await ews.call(
      `<m:${operation}><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds>${itemId(id)}</m:ItemIds></m:${operation}>`,
    );
    expect(answer.first('ResponseCode')).toBe('ErrorCalendarCannotMoveOrCopyOccurrence');
  });

  test('is not named by the id of something else', async () => {
    const master = await createSeries(weekly, numbered(4));
    const single = await ews.create(
      `<t:CalendarItem>${times('2026-03-16T08:00:00Z', '2026-03-16T09:00:00Z')}</t:CalendarItem>`,
    );
    const id = single.attribute('ItemId', 'Id');
    expect((await ews.get(occurrenceId(id, 1))).first('ResponseCode')).toBe(
      'ErrorCalendarCannotUseIdForRecurringMasterId',
    );
    expect((await ews.get(`<t:RecurringMasterItemId OccurrenceId="${master}"/>`)).first('ResponseCode')).toBe(
      'ErrorCalendarCannotUseIdForOccurrenceId',
    );
  });
});

describe('the pattern of a series', () => {
  const withExceptions = async () => {
    const master = await createSeries(weekly, numbered(4));
    await ews.update(occurrenceId(master, 2), set('item:Subject', '<t:Subject>Retro</t:Subject>'));
    await ews.remove(occurrenceId(master, 3));
    return master;
  };
  const specials = async (master: string) => {
    const answer = await ews.get(itemId(master));
    return [answer.all('ModifiedOccurrences').length, answer.all('DeletedOccurrences').length];
  };

  test.each([
    ['its recurrence', set('calendar:Recurrence', `<t:Recurrence>${weekly}${numbered(5)}</t:Recurrence>`)],
    ['its start', set('calendar:Start', '<t:Start>2026-03-16T08:30:00Z</t:Start>')],
    ['its end', set('calendar:End', '<t:End>2026-03-16T09:30:00Z</t:End>')],
  ])('that changes by %s drops all that was special', async (_what, updates) => {
    const master = await withExceptions();
    expect(await specials(master)).toEqual([1, 1]);
    expect((await ews.update(itemId(master), updates)).first('ResponseCode')).toBe('NoError');
    expect(await specials(master)).toEqual([0, 0]);
  });

  test('that is written as it was keeps them, as another subject does', async () => {
    const master = await withExceptions();
    await ews.update(
      itemId(master),
      set('calendar:Recurrence', `<t:Recurrence>${weekly}${numbered(4)}</t:Recurrence>`) +
        set('calendar:Start', '<t:Start>2026-03-16T08:00:00Z</t:Start>') +
        set('item:Subject', '<t:Subject>Daily</t:Subject>'),
    );
    expect(await specials(master)).toEqual([1, 1]);
  });

  test('that is taken away leaves a single item, and another start moves the series', async () => {
    const master = await withExceptions();
    await ews.update(
      itemId(master),
      set('calendar:Start', '<t:Start>2026-03-18T08:00:00Z</t:Start>') +
        set('calendar:End', '<t:End>2026-03-18T09:00:00Z</t:End>'),
    );
    expect((await march()).all('Start')[0]).toBe('2026-03-23T08:00:00Z');
    await ews.update(itemId(master), clear('calendar:Recurrence'));
    const answer = await ews.get(itemId(master));
    expect([answer.first('CalendarItemType'), answer.first('IsRecurring')]).toEqual(['Single', 'false']);
    expect((await march()).all('Start')).toHaveLength(1);
  });

  test('goes with the series into another folder', async () => {
    const master = await withExceptions();
    const moved = await ews.call(
      `<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="deleteditems"/></m:ToFolderId><m:ItemIds>${itemId(master)}</m:ItemIds></m:MoveItem>`,
    );
    expect(await specials(moved.attribute('ItemId', 'Id') ?? '')).toEqual([1, 1]);
  });
});
