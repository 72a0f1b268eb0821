import { beforeEach, describe, expect, test } from '@jest/globals';
import { Attendee } from '../../../shared/domain/attendee.ts';
import type { ItemId, RecordId } from '../../../shared/domain/ids.ts';
import type { Series } from '../../../shared/domain/recurrence.ts';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

let story: EngineStory;
beforeEach(async () => {
  story = await engineStory({ profile: { recurrencePolicy: 'series' }, crm: { knowsSeries: true } });
});

const mondays = ['2026-01-12T09:00:00.000Z', '2026-01-19T09:00:00.000Z', '2026-01-26T09:00:00.000Z'] as const;
const weekly: Series = {
  recurrence: {
    pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'sunday' },
    startDate: '2026-01-12' as never,
    end: { kind: 'byCount', count: 10 },
  },
  exceptions: [],
  deleted: [],
};
const times = { start: mondays[0], end: '2026-01-12T10:00:00.000Z', timeZone: 'UTC' };
const moved = {
  originalStart: mondays[1],
  start: '2026-01-20T11:00:00.000Z',
  end: '2026-01-20T12:00:00.000Z',
};
const item = () => story.calendar()[0];

/** Another half hour changes nothing on either side. */
async function isAtRest(): Promise<void> {
  const state = () => JSON.stringify([story.records(), story.exchange.control.items(rep1)]);
  await story.run(5 * minutes);
  const before = state();
  await story.run(30 * minutes);
  expect(state()).toBe(before);
}

describe('a series of a CRM that knows series', () => {
  test('is one series in Outlook, with what was moved and deleted', async () => {
    story.crm.control.create({ ...times, series: { ...weekly, exceptions: [moved], deleted: [mondays[2]] } });
    await story.announced();
    expect(story.calendar()).toMatchObject([
      { start: mondays[0], series: { exceptions: [{ start: moved.start }], deleted: [mondays[2]] } },
    ]);
  });

  test('takes over what is moved and deleted in Outlook, as one aggregate', async () => {
    const { id } = story.crm.control.create({ ...times, series: weekly });
    await story.run(5 * minutes);
    story.exchange.control.userEditsOccurrence(rep1, item()?.itemId as ItemId, mondays[1], {
      start: moved.start,
      end: moved.end,
    });
    story.exchange.control.userDeletesOccurrence(rep1, item()?.itemId as ItemId, mondays[2]);
    await story.run(5 * minutes);
    expect(story.crm.control.record(id)?.series).toMatchObject({
      exceptions: [{ originalStart: mondays[1], start: moved.start }],
      deleted: [mondays[2]],
    });
    expect(story.records()).toHaveLength(1);
  });

  test('keeps its exceptions when only its name changes in the CRM', async () => {
    const { id } = story.crm.control.create({ ...times, series: { ...weekly, exceptions: [moved] } });
    await story.run(5 * minutes);
    story.crm.control.update(id, { subject: 'New name' });
    await story.announced();
    expect(item()).toMatchObject({ subject: 'New name', series: { exceptions: [{ start: moved.start }] } });
  });

  test('is moved with its exceptions to the time the CRM gives it', async () => {
    const { id } = story.crm.control.create({ ...times, series: { ...weekly, exceptions: [moved] } });
    await story.run(5 * minutes);
    story.crm.control.update(id, { start: '2026-01-12T15:00:00.000Z', end: '2026-01-12T16:00:00.000Z' });
    await story.announced();
    await story.run(5 * minutes);
    expect(item()).toMatchObject({
      start: '2026-01-12T15:00:00.000Z',
      series: { exceptions: [{ start: moved.start }] },
    });
  });

  test('made in Outlook is one record with its series', async () => {
    story.exchange.control.userCreates(rep1, { ...times, subject: 'Weekly', series: weekly });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Weekly', series: { recurrence: weekly.recurrence } }]);
    const versions = story.records().map(({ version }) => version);
    await story.run(30 * minutes);
    expect(story.records().map(({ version }) => version)).toEqual(versions);
  });

  test('becomes a single appointment in Outlook when the CRM takes the recurrence off', async () => {
    const { id } = story.crm.control.create({ ...times, series: { ...weekly, exceptions: [moved] } });
    await story.run(5 * minutes);
    const before = item()?.itemId;
    story.crm.control.update(id, { series: null, subject: 'Once' });
    await story.announced();
    expect(story.calendar()).toMatchObject([
      { itemId: before, subject: 'Once', start: mondays[0], end: times.end, recurring: false },
    ]);
    expect(item()?.series).toBeUndefined();
    await isAtRest();
  });

  test('becomes a single activity when its user takes the recurrence off in Outlook', async () => {
    const { id } = story.crm.control.create({ ...times, series: { ...weekly, deleted: [mondays[2]] } });
    await story.run(5 * minutes);
    story.exchange.control.userEndsSeries(rep1, item()?.itemId as ItemId);
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, start: mondays[0], series: null }]);
    await isAtRest();
  });

  test('comes of a single appointment that its user repeats in Outlook', async () => {
    story.exchange.control.userCreates(rep1, { ...times, subject: 'Once' });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ series: null }]);
    story.exchange.control.userEdits(rep1, item()?.itemId as ItemId, { series: weekly, recurring: true });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Once', series: { recurrence: weekly.recurrence } }]);
    await isAtRest();
  });

  test('comes of a single activity that the CRM repeats', async () => {
    const { id } = story.crm.control.create({ ...times });
    await story.run(5 * minutes);
    const before = item()?.itemId;
    story.crm.control.update(id, { series: weekly });
    await story.announced();
    expect(story.calendar()).toMatchObject([{ itemId: before, recurring: true, series: weekly }]);
    await isAtRest();
  });

  test('that the CRM ends while its user renames it in Outlook is both', async () => {
    const { id } = story.crm.control.create({ ...times, series: weekly });
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, item()?.itemId as ItemId, { subject: 'Renamed' });
    story.crm.control.update(id, { series: null });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, subject: 'Renamed', series: null }]);
    expect(story.calendar()).toMatchObject([{ subject: 'Renamed', recurring: false }]);
  });

  test('that the CRM moves while its user takes the recurrence off in Outlook is single at the new time', async () => {
    const { id } = story.crm.control.create({ ...times, series: weekly });
    await story.run(5 * minutes);
    story.exchange.control.userEndsSeries(rep1, item()?.itemId as ItemId);
    const later = { start: '2026-01-12T15:00:00.000Z', end: '2026-01-12T16:00:00.000Z' };
    story.crm.control.update(id, later);
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, series: null, ...later }]);
    expect(story.calendar()).toMatchObject([{ recurring: false, ...later }]);
  });

  test('that its user moves in Outlook while the CRM takes the recurrence off is single at the new time', async () => {
    const { id } = story.crm.control.create({ ...times, series: weekly });
    await story.run(5 * minutes);
    const later = { start: '2026-01-12T15:00:00.000Z', end: '2026-01-12T16:00:00.000Z' };
    story.exchange.control.userEdits(rep1, item()?.itemId as ItemId, later);
    story.crm.control.update(id, { series: null });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, series: null, ...later }]);
    expect(story.calendar()).toMatchObject([{ recurring: false, ...later }]);
  });

  test.each(['move', 'recreate'] as const)(
    'keeps its identity where it ends at another time (%s)',
    async (reschedulePolicy) => {
      story = await engineStory({
        profile: { recurrencePolicy: 'series', reschedulePolicy },
        crm: { knowsSeries: true },
      });
      const { id } = story.crm.control.create({ ...times, series: weekly });
      await story.run(5 * minutes);
      const before = item()?.itemId;
      const later = { start: '2026-01-13T15:00:00.000Z', end: '2026-01-13T16:00:00.000Z' };
      story.crm.control.update(id, { series: null, ...later });
      await story.announced();
      expect(story.calendar()).toMatchObject([{ itemId: before, recurring: false, ...later }]);
      story.crm.control.update(id, times);
      await story.announced();
      expect(item()?.itemId === before).toBe(reschedulePolicy === 'move');
    },
  );

  test('tells guests who were invited through us that it has become a single appointment, even one of the past', async () => {
    story = await engineStory({
      profile: { recurrencePolicy: 'series', notifyPolicy: 'all' },
      crm: { knowsSeries: true },
    });
    const guest = Attendee.parse({ email: 'ada@contoso.example' });
    const { id } = story.crm.control.create({ ...times, series: weekly, attendees: [guest] });
    await story.run(8 * 24 * 60 * minutes);
    expect(Date.parse(times.end)).toBeLessThan(story.clock.now().getTime());
    story.crm.control.update(id, { series: null });
    await story.announced();
    expect(story.exchange.control.mails.map(({ kind }) => kind)).toEqual(['invitation', 'update']);
  });

  test('that was a single appointment still has its guests told of its end after its first occurrence', async () => {
    story = await engineStory({
      profile: { recurrencePolicy: 'series', notifyPolicy: 'all' },
      crm: { knowsSeries: true },
    });
    const guest = Attendee.parse({ email: 'ada@contoso.example' });
    const { id } = story.crm.control.create({ ...times, attendees: [guest] });
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, item()?.itemId as ItemId, { series: weekly, recurring: true });
    await story.run(8 * 24 * 60 * minutes);
    story.crm.control.delete(id);
    await story.announced();
    expect(story.exchange.control.mails.map(({ kind }) => kind)).toEqual(['invitation', 'cancellation']);
  });

  test('is split in Outlook into what was and what follows', async () => {
    const { id } = story.crm.control.create({ ...times, subject: 'Weekly', series: weekly });
    await story.run(5 * minutes);
    const { recurrence } = weekly;
    story.exchange.control.userEdits(rep1, item()?.itemId as ItemId, {
      series: { ...weekly, recurrence: { ...recurrence, end: { kind: 'byDate', date: '2026-01-25' as never } } },
    });
    story.exchange.control.userCreates(rep1, {
      subject: 'Weekly',
      start: '2026-01-26T13:00:00.000Z',
      end: '2026-01-26T14:00:00.000Z',
      series: { ...weekly, recurrence: { ...recurrence, startDate: '2026-01-26' as never } },
    });
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(2);
    expect(story.crm.control.record(id)?.series?.recurrence.end).toEqual({ kind: 'byDate', date: '2026-01-25' });
  });
});

test('a CRM that learns of series gets the one there is, and ends none', async () => {
  story = await engineStory({ profile: { recurrencePolicy: 'series' } });
  story.exchange.control.userCreates(rep1, { ...times, subject: 'Weekly', series: weekly });
  await story.run(5 * minutes);
  const id = story.records()[0]?.id as RecordId;
  story.crm.control.setKnowsSeries(true);
  story.crm.control.update(id, { subject: 'New name' });
  await story.run(5 * minutes);
  expect(story.calendar()).toMatchObject([{ subject: 'New name', series: weekly }]);
  expect(story.records()).toMatchObject([{ id, series: { recurrence: weekly.recurrence } }]);
});

test('a series that was made of a record stays its one item when our rows are lost, although the profile splits series', async () => {
  story = await engineStory({ crm: { knowsSeries: true } });
  const { id } = story.crm.control.create({ ...times, series: weekly });
  // Until the CRM's feed is read no more for what came late.
  await story.run(20 * minutes);
  await story.stores.mappings.eraseMailbox({ organizationId: 'contoso' as never, mailboxId: rep1 });
  story.exchange.control.forgetSyncStates();
  await story.run(20 * minutes);
  expect(story.records().map((record) => record.id)).toEqual([id]);
  expect(story.calendar()).toHaveLength(1);
});
