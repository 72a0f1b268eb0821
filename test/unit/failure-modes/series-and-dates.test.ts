import { describe, expect, test } from '@jest/globals';
import { ianaZoneOf, windowsZoneOf } from '../../../shared/adapters/ews/ews-time-zones.ts';
import type { ItemId } from '../../../shared/domain/ids.ts';
import type { Series } from '../../../shared/domain/recurrence.ts';
import { SyncError } from '../../../shared/domain/sync-error.ts';
import { instantOfWallTime, isKnownZone, wallTimeOf, zoneOr } from '../../../shared/domain/time-zone.ts';
import type { ExchangeGateway } from '../../../shared/ports/exchange-gateway.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { rep1, type WorldOptions } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const days = 24 * hours;
const first = { start: '2026-01-12T09:00:00.000Z', end: '2026-01-12T10:00:00.000Z' };
const mondays = ['2026-01-12T09:00:00.000Z', '2026-01-19T09:00:00.000Z', '2026-01-26T09:00:00.000Z'];
const weekly = (count: number | 'for ever', startDate = '2026-01-12'): Series => ({
  recurrence: {
    pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' },
    startDate: startDate as never,
    end: count === 'for ever' ? { kind: 'never' } : { kind: 'byCount', count },
  },
  exceptions: [],
  deleted: [],
});
const startsOf = (story: JobStory) =>
  story
    .records()
    .filter(({ status }) => status !== 'cancelled')
    .map(({ start }) => new Date(start).toISOString())
    .sort();

async function meeting(series: Series, options: WorldOptions = {}) {
  const story = await jobStory({ ...options, profile: { window: { daysBack: 2, daysAhead: 90 }, ...options.profile } });
  const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Weekly', ...first, series });
  await story.run(5 * minutes);
  return { story, series: itemId as ItemId };
}

describe('11 exceptions of a series neither vanish nor take the series along', () => {
  test('a moved and a deleted occurrence survive edits of the series, of the CRM, and a feed that starts over', async () => {
    const { story, series } = await meeting(weekly(3));
    const moved = { start: '2026-01-20T14:00:00.000Z', end: '2026-01-20T15:00:00.000Z' };
    story.exchange.control.userEditsOccurrence(rep1, series, mondays[1] as string, moved);
    story.exchange.control.userDeletesOccurrence(rep1, series, mondays[2] as string);
    await story.run(5 * minutes);
    story.crm.control.update(story.records().find(({ start }) => start === mondays[0])?.id as never, {
      description: 'Agenda',
    });
    await story.announced();
    story.exchange.control.forgetSyncStates();
    await story.run(hours);
    expect(startsOf(story)).toEqual([mondays[0], moved.start]);
    expect(story.calendar()[0]?.series).toMatchObject({
      exceptions: [{ originalStart: mondays[0] }, { originalStart: mondays[1], start: moved.start }],
      deleted: [mondays[2]],
    });
  });

  test('occurrences that cannot be read for a while are not deleted', async () => {
    let unreadable = false;
    const trouble = new SyncError('Not now.', { code: 'ErrorTimeoutExpired', remedy: { kind: 'retry' } });
    const exchange = (gateway: ExchangeGateway): ExchangeGateway => ({
      ...gateway,
      async readOccurrences(...input) {
        if (unreadable) throw trouble;
        return gateway.readOccurrences(...input);
      },
    });
    const { story, series } = await meeting(weekly(3), { between: { exchange } });
    unreadable = true;
    story.exchange.control.userEdits(rep1, series, { location: 'Room' });
    await story.run(10 * minutes);
    expect(startsOf(story)).toEqual(mondays);
    unreadable = false;
    await story.run(hours);
    expect(story.records().map(({ location }) => location)).toEqual(['Room', 'Room', 'Room']);
  });
});

describe('12 a series that is moved or split neither doubles nor explodes', () => {
  test('moved by an hour and back, its activities are the same ones, an hour later', async () => {
    const { story, series } = await meeting(weekly(3));
    const ids = story.records().map(({ id }) => id);
    const later = { start: '2026-01-12T10:00:00.000Z', end: '2026-01-12T11:00:00.000Z' };
    story.exchange.control.userEdits(rep1, series, { ...later, series: weekly(3) });
    await story.run(10 * minutes);
    expect(startsOf(story)).toEqual(mondays.map((start) => start.replace('T09', 'T10')));
    story.exchange.control.userEdits(rep1, series, { ...first, series: weekly(3) });
    await story.run(10 * minutes);
    expect(startsOf(story)).toEqual(mondays);
    expect(story.records().map(({ id }) => id)).toEqual(ids);
    expect(story.calendar()).toHaveLength(1);
  });

  test('"this and following" ends one series and begins another: no occurrence is there twice', async () => {
    const { story, series } = await meeting(weekly(3));
    story.exchange.control.userEdits(rep1, series, { series: weekly(1) });
    story.exchange.control.userCreates(rep1, {
      ...{ subject: 'Weekly, from now on', start: mondays[1] as string, end: '2026-01-19T10:00:00.000Z' },
      series: weekly(2, '2026-01-19'),
    });
    await story.run(10 * minutes);
    expect(startsOf(story)).toEqual(mondays);
  });

  test('one without an end gives what lies in the window, and a week later one more', async () => {
    const { story } = await meeting(weekly('for ever'));
    const count = story.records().length;
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(15);
    await story.run(10 * minutes);
    expect(story.records()).toHaveLength(count);
  });
});

describe('14 a whole day stays on its day', () => {
  const zones = [
    ...['Pacific/Pago_Pago', 'America/Los_Angeles', 'America/St_Johns', 'Etc/UTC', 'Europe/Berlin'],
    ...['Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Kiritimati'],
  ];
  // In a usual week, and on the days on which clocks are changed in Berlin, Los Angeles and on Lord Howe.
  const dates = ['2026-02-10', '2026-03-08', '2026-03-29', '2026-04-05', '2026-10-25'];

  test.each(zones)('from Outlook to the CRM and back in %s, on the days when clocks change too', async (timeZone) => {
    const story = await jobStory({ profile: { activityKinds: { 'Outlook event': 'allDayAppointment' } } });
    for (const date of dates) {
      const next = new Date(Date.parse(`${date}T00:00:00Z`) + days).toISOString().slice(0, 10);
      story.exchange.control.userCreates(rep1, {
        ...{ subject: date, allDay: true, timeZone },
        start: instantOfWallTime(`${date}T00:00:00`, timeZone),
        end: instantOfWallTime(`${next}T00:00:00`, timeZone),
      });
    }
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(dates.length);
    for (const record of story.records()) {
      expect([record.allDay, wallTimeOf(record.start, record.timeZone)]).toEqual([true, `${record.subject}T00:00:00`]);
      story.crm.control.update(record.id, { description: 'Notes' });
    }
    await story.announced();
    await story.run(30 * minutes);
    for (const item of story.calendar()) {
      expect(item).toMatchObject({ allDay: true, bodyText: expect.stringContaining('Notes') });
      expect(wallTimeOf(item.start, timeZone)).toBe(`${item.subject}T00:00:00`);
      expect(Date.parse(item.end) - Date.parse(item.start)).toBeGreaterThan(22 * hours);
    }
  });
});

describe('15 a zone that nobody knows is no reason to drop or to move an appointment', () => {
  test('every Windows zone of Exchange has a name in the CRM and finds back to the same wall time', () => {
    for (const windows of [
      'W. Europe Standard Time',
      'Pacific Standard Time',
      'India Standard Time',
      'UTC',
      'Samoa Standard Time',
    ]) {
      const iana = ianaZoneOf(windows);
      expect(iana !== undefined && isKnownZone(iana)).toBe(true);
      expect(windowsZoneOf(iana as string)).toBe(windows);
    }
    expect(ianaZoneOf('Customized Time Zone')).toBeUndefined();
    expect(zoneOr('Customized Time Zone', 'Etc/UTC')).toBe('Etc/UTC');
  });

  test('an activity in a zone of the CRM’s own making keeps its instant in Exchange', async () => {
    const story = await jobStory();
    story.crm.control.create({ subject: 'Visit', ...first, timeZone: 'Mars/Olympus_Mons' });
    await story.announced();
    await story.run(5 * minutes);
    expect(story.calendar().map(({ start, end }) => ({ start, end }))).toEqual([first]);
    expect(await story.failures()).toEqual([]);
  });
});
