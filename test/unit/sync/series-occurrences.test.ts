import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import type { Series } from '../../../shared/domain/recurrence.ts';
import { newsOfFeed } from '../../support/dies-after.ts';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

let story: EngineStory;
const weekly = (count: number): Series => ({
  recurrence: {
    pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' },
    startDate: '2026-01-12' as never,
    end: { kind: 'byCount', count },
  },
  exceptions: [],
  deleted: [],
});
const starts = () =>
  story
    .records()
    .filter(({ status }) => status !== 'cancelled')
    .map(({ start }) => new Date(start).toISOString())
    .sort();

beforeEach(async () => {
  story = await engineStory({ profile: { window: { daysBack: 2, daysAhead: 90 } } });
});

const meets = (series: Series) =>
  story.exchange.control.userCreates(rep1, {
    subject: 'Weekly',
    start: '2026-01-12T09:00:00.000Z',
    end: '2026-01-12T10:00:00.000Z',
    series,
    recurring: true,
  }).itemId as ItemId;

const monday = { start: '2026-01-12T09:00:00.000Z', end: '2026-01-12T10:00:00.000Z' };
const mondays = ['2026-01-12T09:00:00.000Z', '2026-01-19T09:00:00.000Z', '2026-01-26T09:00:00.000Z'];

describe('a series of Outlook, where the CRM knows no series', () => {
  test('gives an activity for each occurrence in the window, and then nothing more is written', async () => {
    meets(weekly(3));
    await story.run(5 * minutes);
    expect(starts()).toEqual(mondays);
    const versions = story.records().map(({ version }) => version);
    await story.run(30 * minutes);
    expect(story.records().map(({ version }) => version)).toEqual(versions);
  });

  test('takes along an occurrence that is moved, changed or deleted, and leaves the others alone', async () => {
    const series = meets(weekly(3));
    await story.run(5 * minutes);
    const untouched = story.records().find(({ start }) => new Date(start).toISOString() === mondays[0]);
    story.exchange.control.userEditsOccurrence(rep1, series, mondays[1] as string, {
      start: '2026-01-20T11:00:00.000Z',
      end: '2026-01-20T12:00:00.000Z',
      subject: 'Moved',
    });
    story.exchange.control.userDeletesOccurrence(rep1, series, mondays[2] as string);
    await story.run(5 * minutes);
    expect(starts()).toEqual([mondays[0], '2026-01-20T11:00:00.000Z']);
    expect(story.records().find(({ id }) => id === untouched?.id)?.version).toBe(untouched?.version);
  });

  test('changes and deletes one occurrence from the CRM', async () => {
    const series = meets(weekly(3));
    await story.run(5 * minutes);
    const [first, second] = [...story.records()].sort((a, b) => a.start.localeCompare(b.start));
    story.crm.control.update(first?.id as never, { subject: 'Only this one' });
    story.crm.control.delete(second?.id as never);
    await story.announced();
    await story.run(5 * minutes);
    const master = story.calendar().find(({ itemId }) => itemId === series);
    expect(master).toMatchObject({
      subject: 'Weekly',
      series: { exceptions: [{ subject: 'Only this one' }], deleted: [mondays[1]] },
    });
    expect(starts()).toEqual([mondays[0], mondays[2]]);
  });

  test('loses all its activities when it is deleted, none when it is moved to another folder', async () => {
    const series = meets(weekly(3));
    await story.run(5 * minutes);
    const moved = story.exchange.control.userMoves(rep1, series, 'elsewhere');
    await story.run(5 * minutes);
    expect(starts()).toEqual(mondays);
    const back = story.exchange.control.userMoves(rep1, moved.itemId, 'folder');
    await story.run(5 * minutes);
    expect(starts()).toEqual(mondays);
    story.exchange.control.userDeletes(rep1, back.itemId);
    await story.run(5 * minutes);
    expect(starts()).toEqual([]);
  });

  test('follows a new pattern: what it no longer has is deleted, what it has now is made', async () => {
    const series = meets(weekly(3));
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, series, { series: weekly(2) });
    await story.run(5 * minutes);
    expect(starts()).toEqual(mondays.slice(0, 2));
  });

  test('a lost SyncState neither doubles nor deletes', async () => {
    meets(weekly(3));
    await story.run(5 * minutes);
    const ids = story.records().map(({ id }) => id);
    story.exchange.control.forgetSyncStates();
    await story.run(5 * minutes);
    expect(story.records().map(({ id }) => id)).toEqual(ids);
  });

  test('occurrences that leave the window stay as they are', async () => {
    meets(weekly(3));
    await story.run(5 * minutes);
    await story.run(8 * 24 * 60 * minutes);
    expect(starts()).toEqual(mondays);
  });

  describe('that is moved, with its mailbox or to another folder, before its feed tells of it', () => {
    const moves = [
      ['folder', (series: ItemId) => void story.exchange.control.userMoves(rep1, series, 'elsewhere')],
      ['mailbox', () => story.exchange.control.moveMailbox(rep1)],
    ] as const;
    const first = () => story.records().find(({ start }) => start === mondays[0])?.id as never;

    test.each(moves)('keeps an occurrence that is changed in the CRM in the series (%s)', async (_what, move) => {
      const series = meets(weekly(3));
      await story.run(5 * minutes);
      move(series);
      story.crm.control.update(first(), { subject: 'Only this one' });
      await story.announced();
      await story.run(10 * minutes);
      expect(story.calendar()).toMatchObject([{ series: { exceptions: [{ subject: 'Only this one' }], deleted: [] } }]);
      expect(starts()).toEqual(mondays);
    });

    test.each(moves)('loses the occurrence that is deleted in the CRM for good (%s)', async (_what, move) => {
      const series = meets(weekly(3));
      await story.run(5 * minutes);
      move(series);
      story.crm.control.delete(first());
      await story.announced();
      await story.run(10 * minutes);
      expect(story.calendar()).toMatchObject([{ series: { deleted: [mondays[0]] } }]);
      expect(starts()).toEqual(mondays.slice(1));
    });
  });

  test('that becomes a single appointment and a series again has the records of what it is', async () => {
    const series = meets(weekly(3));
    await story.run(5 * minutes);
    for (let turn = 0; turn < 2; turn++) {
      story.exchange.control.userEdits(rep1, series, { series: undefined as never, recurring: false });
      await story.run(5 * minutes);
      expect(starts()).toEqual(mondays.slice(0, 1));
      story.exchange.control.userEdits(rep1, series, { subject: `Single ${turn}` });
      await story.run(5 * minutes);
      expect(story.records()).toMatchObject([{ subject: `Single ${turn}` }]);
      story.exchange.control.userEdits(rep1, series, { series: weekly(3), recurring: true });
      await story.run(5 * minutes);
      expect(starts()).toEqual(mondays);
    }
  });

  test('that was a single appointment keeps its record for the first occurrence, wherever the process dies', async () => {
    for (let at = 0; at < 200; at++) {
      story = await engineStory({ profile: { window: { daysBack: 2, daysAhead: 90 } } });
      const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Weekly', ...monday });
      await story.run(5 * minutes);
      const { id } = story.records()[0] ?? {};
      story.exchange.control.userEdits(rep1, itemId, { series: weekly(3), recurring: true });
      const change = await newsOfFeed(story);
      const mortal = story.process({ at, calls: 0, dead: false });
      await mortal.handleChange(change).catch(() => story.changes.send([{ body: change }]));
      await story.run(10 * minutes);
      expect(starts()).toEqual(mondays);
      expect(story.records().find(({ start }) => start === mondays[0])?.id).toBe(id);
      expect(story.calendar()).toMatchObject([{ itemId, series: weekly(3) }]);
      if (!mortal.fate.dead) return;
    }
    throw new Error('the handler never came to its end');
  });

  test('that somebody else organises loses a record in the CRM for good, and keeps all its occurrences', async () => {
    const { itemId } = story.exchange.control.userCreates(rep1, {
      ...{ subject: 'Weekly', ...monday, series: weekly(3), ownMeeting: false },
      organizer: { email: 'ada@customer.example', name: '' },
    });
    await story.run(5 * minutes);
    story.crm.control.delete(story.records().find(({ start }) => start === mondays[1])?.id as never);
    await story.announced();
    for (const location of ['Hall', 'Room']) {
      story.exchange.control.userEdits(rep1, itemId, { location });
      await story.run(5 * minutes);
      expect(starts()).toEqual([mondays[0], mondays[2]]);
      expect(story.records()).toMatchObject([{ location }, { location }]);
    }
    expect(story.calendar()).toMatchObject([{ itemId, series: { deleted: [] } }]);
  });
});
