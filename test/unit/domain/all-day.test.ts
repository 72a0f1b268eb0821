import { describe, expect, test } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { datesOfAllDay, instantsOfDates } from '../../../shared/domain/all-day.ts';
import { PlainDate } from '../../../shared/domain/plain-date.ts';

const dates = (startDate: string, endDate: string) => ({
  startDate: PlainDate.parse(startDate),
  endDate: PlainDate.parse(endDate),
});
const there = (startDate: string, endDate: string, timeZone: string) => {
  const { start, end } = instantsOfDates(dates(startDate, endDate), timeZone);
  return { start, end, timeZone };
};

const zones = [
  ...Array.from({ length: 12 }, (_, at) => `Etc/GMT+${12 - at}`),
  'UTC',
  ...Array.from({ length: 14 }, (_, at) => `Etc/GMT-${at + 1}`),
  'Pacific/Pago_Pago',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
];

describe.each(zones)('in %s', (timeZone) => {
  test.each([
    ['2030-05-06', '2030-05-07'],
    ['2030-12-31', '2031-01-01'],
    ['2028-02-28', '2028-03-02'],
  ])('%s up to %s comes back as it went', (startDate, endDate) => {
    expect(datesOfAllDay(there(startDate, endDate, timeZone))).toEqual(dates(startDate, endDate));
  });
});

/** Days of the next years on which clocks are set in a zone. */
function daysOfChange(timeZone: string): string[] {
  const found: string[] = [];
  let change = Temporal.ZonedDateTime.from(`2024-01-01T00:00[${timeZone}]`).getTimeZoneTransition('next');
  for (; change !== null && change.year < 2031; change = change.getTimeZoneTransition('next'))
    found.push(change.toPlainDate().toString());
  return found;
}
const dayAfter = (date: string, days: number) =>
  new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);

test('every zone that there is brings back the days around each change of its clocks', () => {
  const changes = Intl.supportedValuesOf('timeZone').flatMap((timeZone) =>
    daysOfChange(timeZone).flatMap((change) =>
      [-1, 0, 1].map((by) => ({ timeZone, from: dayAfter(change, by), to: dayAfter(change, by + 1) })),
    ),
  );
  const shifted = changes.filter(({ timeZone, from, to }) => {
    const back = datesOfAllDay(there(from, to, timeZone));
    return back.startDate !== from || back.endDate !== to;
  });
  expect(changes.length).toBeGreaterThan(1000);
  expect(shifted).toEqual([]);
});

describe('midnights', () => {
  test.each([
    // Clocks go from 23:59 to 01:00 at the start of the day.
    ['that do not exist', 'America/Sao_Paulo', '2018-11-04'],
    ['that do not exist', 'Africa/Cairo', '2024-04-26'],
    ['that do not exist', 'Asia/Beirut', '2024-03-31'],
    // Clocks go from 00:59 to 00:00.
    ['that come twice', 'America/Havana', '2024-11-03'],
    // Clocks go from 23:59 to 23:00: the day has 25 hours.
    ['before which an hour comes twice', 'America/Sao_Paulo', '2018-02-18'],
    ['before which an hour comes twice', 'Africa/Cairo', '2024-11-01'],
  ])('%s (%s, %s) neither shift nor stretch the days around them', (_, timeZone, date) => {
    const day = (by: number) => dayAfter(date, by);
    for (const [from, to] of [
      [-1, 0],
      [0, 1],
      [-1, 1],
    ] as const)
      expect(datesOfAllDay(there(day(from), day(to), timeZone))).toEqual(dates(day(from), day(to)));
  });

  test('the second midnight of a day ends the day before as well', () => {
    // 2024-11-03 05:00 UTC is the second midnight in Havana, an hour after the first.
    const havana = { start: '2024-11-02T04:00:00Z', end: '2024-11-03T05:00:00Z', timeZone: 'America/Havana' };
    expect(datesOfAllDay(havana)).toEqual(dates('2024-11-02', '2024-11-03'));
  });

  test('before the day that Samoa never had comes one day', () => {
    expect(datesOfAllDay(there('2011-12-29', '2011-12-30', 'Pacific/Apia'))).toEqual(dates('2011-12-29', '2011-12-30'));
    expect(datesOfAllDay(there('2011-12-31', '2012-01-01', 'Pacific/Apia'))).toEqual(dates('2011-12-31', '2012-01-01'));
  });
});

test('an event of another zone keeps its dates, whoever reads it', () => {
  const kiritimati = { start: '2030-05-05T10:00:00Z', end: '2030-05-06T10:00:00Z', timeZone: 'Pacific/Kiritimati' };
  const honolulu = { start: '2030-05-06T10:00:00Z', end: '2030-05-07T10:00:00Z', timeZone: 'Pacific/Honolulu' };
  expect(datesOfAllDay(kiritimati)).toEqual(dates('2030-05-06', '2030-05-07'));
  expect(datesOfAllDay(honolulu)).toEqual(datesOfAllDay(kiritimati));
});

test.each([
  ['an end within a day takes the whole day', '2030-05-06T22:00:00Z', '2030-05-08T10:00:00Z', '2030-05-09'],
  ['an end one second after midnight takes a day more', '2030-05-06T22:00:00Z', '2030-05-07T22:00:01Z', '2030-05-09'],
  ['no length is one day', '2030-05-06T22:00:00Z', '2030-05-06T22:00:00Z', '2030-05-08'],
  ['no length in the midst of a day is that day', '2030-05-07T10:00:00Z', '2030-05-07T10:00:00Z', '2030-05-08'],
  ['an end before the start is one day', '2030-05-06T22:00:00Z', '2030-05-01T22:00:00Z', '2030-05-08'],
])('%s', (_, start, end, endDate) => {
  expect(datesOfAllDay({ start, end, timeZone: 'Europe/Berlin' })).toEqual(dates('2030-05-07', endDate));
});

test('an unknown zone is taken as UTC and drops nothing', () => {
  const odd = { start: '2030-05-06T00:00:00Z', end: '2030-05-07T00:00:00Z', timeZone: 'Customized Time Zone' };
  expect(datesOfAllDay(odd)).toEqual(dates('2030-05-06', '2030-05-07'));
  expect(instantsOfDates(dates('2030-05-06', '2030-05-07'), odd.timeZone).start).toBe('2030-05-06T00:00:00.000Z');
});
