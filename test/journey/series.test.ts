import { describe, expect, test } from '@jest/globals';
import { Recurrence, Series } from '../../shared/domain/recurrence.ts';
import { eventually } from '../support/eventually.ts';
import { people, recordOf } from '../support/local-exchange-client.ts';
import { dateIn, timeIn, useLocalEnvironment } from '../support/use-local-environment.ts';

const daily = (count: number, startDate: string) =>
  Recurrence.parse({ pattern: { kind: 'daily' }, startDate, end: { kind: 'byCount', count } });
/** Instants as activities have them. */
const at = (days: number, hour: number) => timeIn(days, hour).replace('Z', '.000Z');

describe('with a CRM that knows no series', () => {
  const local = useLocalEnvironment();
  const subject = 'Morning round';
  let seriesId = '';
  const records = async () =>
    (await local.crm.activities())
      .filter((activity) => activity.subject.startsWith(subject))
      .sort((a, b) => a.start.localeCompare(b.start));
  const starts = async () => (await records()).map(({ start }) => start);
  const occurrences = () => local.exchange.occurrences(people.rep1, seriesId, timeIn(0, 0), timeIn(30, 0));

  test('each occurrence of a series made in Outlook is an activity of its own', async () => {
    const series = await local.exchange.create(people.rep1, {
      ...{ subject, start: timeIn(2, 9), end: timeIn(2, 10), recurrence: daily(5, dateIn(2)) },
    });
    seriesId = series.id;
    await local.afterALook('rep1', async () =>
      expect(await starts()).toEqual([2, 3, 4, 5, 6].map((days) => at(days, 9))),
    );
    for (const activity of await records()) {
      expect(activity).toMatchObject({ origin: 'exchange', ownerId: 'rep1' });
      expect(activity.series).toBeUndefined();
    }
  });

  test('one that is moved in Outlook moves its own activity, one that is deleted takes its own away', async () => {
    const before = await records();
    const [, second, third] = await occurrences();
    const moved = { start: timeIn(3, 14), end: timeIn(3, 15), location: 'Garden' };
    await local.exchange.editOccurrence(people.rep1, seriesId, second?.index ?? 0, moved);
    await local.exchange.removeOccurrence(people.rep1, seriesId, third?.index ?? 0);
    await local.afterALook('rep1', async () =>
      expect(await starts()).toEqual([at(2, 9), at(3, 14), at(5, 9), at(6, 9)]),
    );
    const after = await records();
    expect(after.map(({ id }) => id)).toEqual([0, 1, 3, 4].map((place) => before[place]?.id));
    expect(after.map(({ location }) => location)).toEqual(['', 'Garden', '', '']);
  });

  test('one that is changed in the CRM changes its own occurrence, one that is deleted takes its own away', async () => {
    const [first, , third, fourth] = await records();
    await local.crm.change(first?.id ?? '', { subject: `${subject}, renamed` });
    await local.crm.change(third?.id ?? '', { description: 'Bring the keys.', location: 'Attic' });
    await local.crm.remove(fourth?.id ?? '');
    await eventually(async () => {
      const shown = await occurrences();
      expect(shown.map((one) => [one.start, one.subject, one.location])).toEqual([
        [timeIn(2, 9), `${subject}, renamed`, ''],
        [timeIn(3, 14), subject, 'Garden'],
        [timeIn(5, 9), subject, 'Attic'],
      ]);
      expect(shown[2]?.body).toContain('Bring the keys.');
      expect(shown[0]?.body).not.toContain('Bring the keys.');
    });
    expect(await local.exchange.item(people.rep1, seriesId)).toMatchObject({ subject });
    expect(await records()).toHaveLength(3);
  });

  test('an activity that repeats itself is a single one to such a CRM, and one appointment', async () => {
    const repeat = { every: 'day', until: '2030-05-20' } as const;
    const { id } = await local.crm.create({ subject: 'Wanted daily', repeat });
    const item = await eventually(() => local.exchange.itemOf(people.rep1, id));
    expect(item.recurrence).toBeUndefined();
  });

  test('a series that is deleted takes all its activities away', async () => {
    await local.looked('rep1');
    await local.exchange.remove(people.rep1, seriesId);
    await local.afterALook('rep1', async () => expect(await records()).toEqual([]));
    expect((await local.exchange.mails()).total).toBe(0);
  });

  test('once both sides agree, looking writes nothing', () => local.atRest(), 60_000);
});

describe('with a CRM that knows series', () => {
  const local = useLocalEnvironment(['--knows-series']);
  const until = (id: string, expected: object) =>
    local.afterALook('rep1', async () => expect(await local.crm.find(id)).toMatchObject(expected));

  test('a series of the CRM is one item, with all its exceptions, and one activity for ever', async () => {
    const repeat = { every: 'workday', until: '2030-05-31' } as const;
    const made = await local.crm.create({ subject: 'Daily tour', timeZone: 'America/Chicago', repeat });
    const item = await eventually(() => local.exchange.itemOf(people.rep1, made.id));
    expect(item).toMatchObject({
      recurrence: { pattern: { kind: 'weekly' }, startDate: '2030-05-06', end: { kind: 'byDate', date: '2030-05-31' } },
      timeZone: 'Central Standard Time',
    });
    const span = ['2030-05-01T00:00:00Z', '2030-07-01T00:00:00Z'] as const;
    expect(await local.exchange.occurrences(people.rep1, item.id, ...span)).toHaveLength(20);

    const activity = await local.crm.find(made.id);
    if (activity?.series === undefined) throw new Error('the CRM has no series');
    const tuesday = '2030-05-07T14:00:00.000Z';
    const moved = { originalStart: tuesday, start: '2030-05-07T20:00:00.000Z', end: '2030-05-07T21:00:00.000Z' };
    const deleted = ['2030-05-08T14:00:00.000Z'];
    await local.crm.patch(activity, { series: Series.parse({ ...activity.series, exceptions: [moved], deleted }) });
    await eventually(async () => {
      const shown = await local.exchange.occurrences(people.rep1, item.id, ...span);
      expect(shown.slice(0, 3).map(({ start }) => start)).toEqual([
        ...['2030-05-06T14:00:00Z', '2030-05-07T20:00:00Z', '2030-05-09T14:00:00Z'],
      ]);
      expect(shown).toHaveLength(19);
    });
    await local.looked('rep1');
    expect((await local.crm.activities()).filter(({ subject }) => subject === 'Daily tour')).toHaveLength(1);
  });

  test('a series of Outlook is one activity; one moved and one deleted occurrence are in it', async () => {
    const series = await local.exchange.create(people.rep1, {
      ...{
        subject: 'Evening round',
        start: timeIn(2, 17),
        end: timeIn(2, 18),
        timeZone: 'UTC',
        recurrence: daily(6, dateIn(2)),
      },
    });
    const record = await local.afterALook('rep1', async () => {
      const [found, ...more] = (await local.crm.activities()).filter((one) => one.subject === 'Evening round');
      expect(found?.series).toMatchObject({ exceptions: [], deleted: [] });
      expect(more).toEqual([]);
      return found;
    });
    expect(record).toMatchObject({ start: at(2, 17), end: at(2, 18), origin: 'exchange' });
    await local.exchange.editOccurrence(people.rep1, series.id, 2, { start: timeIn(3, 19), end: timeIn(3, 20) });
    await local.exchange.removeOccurrence(people.rep1, series.id, 4);
    await until(record?.id ?? '', {
      series: {
        exceptions: [{ originalStart: at(3, 17), start: at(3, 19), end: at(3, 20) }],
        deleted: [at(5, 17)],
      },
    });
    expect(await local.crm.activities()).toHaveLength(2);
    const [marked] = (await local.exchange.calendar(people.rep1)).filter(({ id }) => id === series.id);
    expect(marked && recordOf(marked)).toBe(record?.id);
  });

  test('the whole series moves with its record, and goes with it', async () => {
    const [record] = (await local.crm.activities()).filter(({ subject }) => subject === 'Evening round');
    const id = record?.id ?? '';
    await local.crm.change(id, { subject: 'Late round', location: 'Attic' });
    const item = await eventually(async () => {
      const now = await local.exchange.itemOf(people.rep1, id);
      expect(now).toMatchObject({ subject: 'Late round', location: 'Attic' });
      return now;
    });
    // What people changed in single occurrences stays.
    expect(item).toMatchObject({ deleted: [timeIn(5, 17)], exceptions: [{ originalStart: timeIn(3, 17) }] });
    await local.crm.remove(id);
    await eventually(() => expect(local.exchange.itemOf(people.rep1, id)).rejects.toThrow('0 items'));
  });

  test('once both sides agree, looking writes nothing', () => local.atRest(), 60_000);
});
