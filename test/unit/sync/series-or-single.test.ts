import { describe, expect, test } from '@jest/globals';
import type { ChangeMessage } from '../../../shared/domain/change-message.ts';
import type { ItemId, RecordId } from '../../../shared/domain/ids.ts';
import { occurrenceItemId } from '../../../shared/domain/occurrence-key.ts';
import type { Series } from '../../../shared/domain/recurrence.ts';
import { newsOfFeed } from '../../support/dies-after.ts';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

const weekly: Series = {
  recurrence: {
    pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' },
    startDate: '2026-01-12' as never,
    end: { kind: 'byCount', count: 3 },
  },
  exceptions: [],
  deleted: [],
};
const monday = { start: '2026-01-12T09:00:00.000Z', end: '2026-01-12T10:00:00.000Z', timeZone: 'UTC' };
const mondays = [monday.start, '2026-01-19T09:00:00.000Z', '2026-01-26T09:00:00.000Z'];
const profile = { window: { daysBack: 2, daysAhead: 90 } };

/** When its records are, and whose is the first one. */
const startsOf = (story: EngineStory) =>
  story
    .records()
    .map(({ start }) => new Date(start).toISOString())
    .sort();
const recordAt = (story: EngineStory, start: string) =>
  story.records().find((record) => Date.parse(record.start) === Date.parse(start));
const itemOf = (story: EngineStory): ItemId => story.calendar()[0]?.itemId as ItemId;
const repeats = (story: EngineStory) =>
  story.exchange.control.userEdits(rep1, itemOf(story), { series: weekly, recurring: true });

/** Another half hour changes nothing on either side. */
async function isAtRest(story: EngineStory): Promise<void> {
  const state = () => JSON.stringify([story.records(), story.exchange.control.items(rep1)]);
  const before = state();
  await story.run(30 * minutes);
  expect(state()).toBe(before);
}

/** A mailbox with one appointment of both sides, made by either. */
async function single(madeBy: 'crm' | 'exchange'): Promise<{ story: EngineStory; id: RecordId }> {
  const story = await engineStory({ profile });
  if (madeBy === 'crm') story.crm.control.create({ ...monday, subject: 'Weekly' });
  else story.exchange.control.userCreates(rep1, { ...monday, subject: 'Weekly' });
  await story.run(5 * minutes);
  return { story, id: story.records()[0]?.id as RecordId };
}

/** A mailbox with a series of Outlook, and its first record. */
async function series(fields: Partial<Series> = {}): Promise<{ story: EngineStory; id: RecordId }> {
  const story = await engineStory({ profile });
  const options = { ...monday, subject: 'Weekly', recurring: true };
  story.exchange.control.userCreates(rep1, { ...options, series: { ...weekly, ...fields } });
  await story.run(5 * minutes);
  return { story, id: recordAt(story, monday.start)?.id as RecordId };
}

/** Handles the news with a process that dies at each port call in turn, one story for each. */
async function dyingAnywhere(
  begin: () => Promise<{ story: EngineStory; id: RecordId }>,
  change: (story: EngineStory) => void,
  check: (story: EngineStory, id: RecordId) => void,
): Promise<void> {
  for (let at = 0; at < 200; at++) {
    const { story, id } = await begin();
    change(story);
    const news = await newsOfFeed(story);
    const mortal = story.process({ at, calls: 0, dead: false });
    await mortal.handleChange(news).catch(() => story.changes.send([{ body: news }]));
    await story.run(10 * minutes);
    check(story, id);
    if (!mortal.fate.dead) return;
  }
  throw new Error('the handler never came to its end');
}

describe('an appointment that its user repeats in Outlook, where the CRM knows no series', () => {
  test.each(['crm', 'exchange'] as const)('keeps its record for the first occurrence (made by %s)', async (madeBy) => {
    const { story, id } = await single(madeBy);
    repeats(story);
    await story.run(5 * minutes);
    expect(startsOf(story)).toEqual(mondays);
    expect(recordAt(story, monday.start)?.id).toBe(id);
    expect(story.calendar()).toMatchObject([{ series: weekly }]);
    await isAtRest(story);
    story.crm.control.delete(id);
    await story.announced();
    expect(story.calendar()).toMatchObject([{ series: { deleted: [monday.start] } }]);
  });

  test.each(['crm', 'exchange'] as const)('keeps it wherever the process dies (made by %s)', async (madeBy) => {
    await dyingAnywhere(
      () => single(madeBy),
      (story) => void repeats(story),
      (story, id) => {
        expect(startsOf(story)).toEqual(mondays);
        expect(recordAt(story, monday.start)?.id).toBe(id);
        expect(story.calendar()).toMatchObject([{ series: weekly }]);
      },
    );
  });

  test('keeps it for the first occurrence that there is', async () => {
    const { story, id } = await single('crm');
    const deleted = [monday.start];
    story.exchange.control.userEdits(rep1, itemOf(story), { series: { ...weekly, deleted }, recurring: true });
    await story.run(5 * minutes);
    expect(story.records().map((record) => [record.id === id, new Date(record.start).toISOString()])).toEqual([
      [true, mondays[1]],
      [false, mondays[2]],
    ]);
  });

  test('takes over what the CRM changes meanwhile, whoever tells first', async () => {
    const { story, id } = await single('crm');
    repeats(story);
    story.crm.control.update(id, { subject: 'Only the first' });
    await story.announced();
    await story.run(5 * minutes);
    expect(startsOf(story)).toEqual(mondays);
    expect(story.records().map(({ subject }) => subject)).toEqual(['Only the first', 'Weekly', 'Weekly']);
    expect(story.calendar()).toMatchObject([
      { subject: 'Weekly', series: { exceptions: [{ originalStart: monday.start, subject: 'Only the first' }] } },
    ]);
  });

  test.each([
    ['to another folder and back', (story: EngineStory) => movesAwayAndBack(story)],
    ['with its mailbox', async (story: EngineStory) => story.exchange.control.moveMailbox(rep1)],
  ] as const)('keeps it when the series moves %s', async (_where, move) => {
    const { story, id } = await single('crm');
    repeats(story);
    await story.run(5 * minutes);
    const ids = story.records().map((record) => record.id);
    await move(story);
    await story.run(10 * minutes);
    expect(story.records().map((record) => record.id)).toEqual(ids);
    story.crm.control.update(id, { subject: 'Only the first' });
    await story.announced();
    expect(story.calendar()).toMatchObject([{ series: { exceptions: [{ originalStart: monday.start }] } }]);
  });
});

async function movesAwayAndBack(story: EngineStory): Promise<void> {
  const { itemId } = story.exchange.control.userMoves(rep1, itemOf(story), 'elsewhere');
  await story.run(5 * minutes);
  story.exchange.control.userMoves(rep1, itemId, 'folder');
}

describe('a series of Outlook that becomes a single appointment, where the CRM knows no series', () => {
  const ends = (story: EngineStory) => void story.exchange.control.userEndsSeries(rep1, itemOf(story));

  test('keeps the record of its first occurrence, and loses the others', async () => {
    const { story, id } = await series();
    ends(story);
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, subject: 'Weekly' }]);
    expect(startsOf(story)).toEqual([monday.start]);
    await isAtRest(story);
    story.crm.control.update(id, { subject: 'Once' });
    await story.announced();
    expect(story.calendar()).toMatchObject([{ subject: 'Once', recurring: false }]);
  });

  test('keeps it wherever the process dies', async () => {
    await dyingAnywhere(series, ends, (story, id) => {
      expect(story.records().map((record) => record.id)).toEqual([id]);
      expect(story.calendar()).toMatchObject([{ recurring: false, stamp: { recordId: id } }]);
    });
  });

  test('and gets another name at once has it in its record', async () => {
    const { story, id } = await series();
    ends(story);
    story.exchange.control.userEdits(rep1, itemOf(story), { subject: 'Once' });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, subject: 'Once' }]);
  });

  test('takes over what the CRM changes meanwhile, whoever tells first', async () => {
    const { story, id } = await series();
    ends(story);
    story.crm.control.update(id, { subject: 'By the CRM' });
    await story.announced();
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, subject: 'By the CRM' }]);
    expect(story.calendar()).toMatchObject([{ subject: 'By the CRM', recurring: false }]);
    await isAtRest(story);
  });

  test('keeps it although news of that occurrence come before those of the series', async () => {
    const { story, id } = await series();
    ends(story);
    const news = { ...(await newsOfFeed(story)), itemId: occurrenceItemId(itemOf(story), monday.start) };
    await story.worker.handleChange(news as ChangeMessage);
    await story.run(5 * minutes);
    expect(story.records().map((record) => record.id)).toEqual([id]);
    story.exchange.control.touch(rep1, itemOf(story));
    await story.run(5 * minutes);
    expect(story.records().map((record) => record.id)).toEqual([id]);
  });

  test('at a time of which there is no record gets one of its own', async () => {
    const { story, id } = await series({ deleted: [monday.start] });
    expect(id).toBeUndefined();
    ends(story);
    await story.run(5 * minutes);
    expect(startsOf(story)).toEqual([monday.start]);
    await isAtRest(story);
  });

  test('before the window loses the records in it and keeps that of its time', async () => {
    const { story, id } = await series();
    await story.run(4 * 24 * 60 * minutes);
    ends(story);
    await story.run(5 * minutes);
    expect(story.records().map((record) => record.id)).toEqual([id]);
  });

  test('and is moved to another folder at once has no records left there but is found again when it comes back', async () => {
    const { story } = await series();
    ends(story);
    await movesAwayAndBack(story);
    await story.run(10 * minutes);
    expect(startsOf(story)).toEqual([monday.start]);
    await isAtRest(story);
  });
});
