import { describe, expect, test } from '@jest/globals';
import { minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const time = (day: number) => ({ start: `2026-02-0${day}T09:00:00.000Z`, end: `2026-02-0${day}T10:00:00.000Z` });
const guest = { email: 'guest@elsewhere.example', name: '', role: 'required', response: 'none' } as const;

/** A mailbox with something of everything that a plan can say. */
async function mixed(options: Parameters<typeof jobStory>[0] = {}) {
  const story = await jobStory(options);
  const make = (subject: string, day: number, more = {}) =>
    story.crm.control.create({ subject, location: '', description: 'Agenda', ...time(day), ...more }).id;
  const [edited, deleted, moved, gone] = [make('A', 1), make('B', 2), make('C', 3), make('D', 4)];
  await story.announced();
  await story.run(30 * minutes);
  const itemOf = (id: string) => story.calendar().find(({ stamp }) => stamp?.recordId === id)?.itemId as never;
  story.crm.control.update(edited, { subject: 'A renamed' });
  story.crm.control.delete(deleted);
  story.exchange.control.userEdits(rep1, itemOf(moved), { location: 'Hall 3' });
  story.exchange.control.userDeletes(rep1, itemOf(gone));
  make('Copied by hand', 5);
  story.exchange.control.userCreates(rep1, { subject: 'Copied by hand', bodyText: 'Agenda', ...time(5) });
  make('Perhaps the same', 6);
  story.exchange.control.userCreates(rep1, {
    ...{ subject: 'Perhaps the same', start: '2026-02-06T15:00:00.000Z', end: '2026-02-06T16:00:00.000Z' },
  });
  make('New in the CRM', 7, { attendees: [guest] });
  story.exchange.control.userCreates(rep1, { subject: 'New in Outlook', ...time(8) });
  story.writes.length = 0;
  return story;
}

const actsOf = async (story: JobStory, id: string) =>
  (await story.plan(id))
    .map(({ act, toItem, toRecord }) => [act, ...(toItem ?? []), ...(toRecord ?? [])].join(' '))
    .sort();

describe('a dry run', () => {
  test('says what would be done, and does none of it', async () => {
    const story = await mixed();
    const sent = story.changes.sent().length;
    const job = await story.alone('dryRun');
    expect(job).toMatchObject({ state: 'done' });
    expect(await actsOf(story, job.id)).toEqual([
      ...['createItem', 'createRecord', 'doubtful', 'match'],
      ...['removeItem', 'removeRecord', 'write location', 'write subject'],
    ]);
    expect(job.counts).toMatchObject({
      createItem: 1,
      createRecord: 1,
      match: 1,
      doubtful: 1,
      removeItem: 1,
      lines: 8,
    });
    expect(job.text).toBe(
      'Would link 1 pairs and ask about 1; create 1 items and 1 records; update 1 items and 1 records; ' +
        'remove 1 items and 1 records; refuse 0; and send 0 mails to 0 people outside.',
    );
    expect(story.writes).toEqual([]);
    expect(await story.reviews()).toEqual([]);
    expect(await story.liveMappings()).toHaveLength(4);
    expect(story.changes.sent()).toHaveLength(sent);
  });

  test('says how many people outside would get mail', async () => {
    const story = await mixed({ profile: { notifyPolicy: 'all' } });
    const job = await story.alone('dryRun');
    expect(job.counts).toMatchObject({ mails: 1, outsiders: 1 });
    await story.done('applyPlan', { planId: job.id }, 10 * minutes);
    expect(story.exchange.control.mails.map(({ to }) => to)).toEqual([[guest.email]]);
  });

  test('keeps ids, versions and names of fields, and nothing of what they say', async () => {
    const story = await mixed();
    const job = await story.alone('dryRun');
    expect(JSON.stringify([job, await story.plan(job.id)])).not.toMatch(/renamed|Agenda|Copied|Perhaps|Outlook|Hall|@/);
  });

  test('looks at a mailbox that nobody has approved yet', async () => {
    const story = await jobStory({ mailbox: { approval: 'pending' } });
    story.crm.control.create({ subject: 'Visit' });
    expect((await story.alone('dryRun')).counts).toMatchObject({ createItem: 1 });
    expect(story.writes).toEqual([]);
  });

  test('survives a death at any port call', async () => {
    for (let death = 0; death < 300; death++) {
      const story = await mixed();
      const { job } = await story.start('dryRun');
      const message = story.jobMessages.take();
      if (message === undefined) throw new Error('no message was sent');
      const mortal = story.process({ at: death, calls: 0, dead: false });
      await mortal.handleJob(message).catch(() => story.jobMessages.send([{ body: message }]));
      for (let minute = 0; minute < 5; minute++) {
        for (let next = story.jobMessages.take(); next !== undefined; next = story.jobMessages.take())
          await story.worker.handleJob(next);
        await story.clock.advance(minutes);
      }
      expect({ death, lines: (await actsOf(story, job.id)).length }).toEqual({ death, lines: 8 });
      expect(await story.job(job.id)).toMatchObject({ state: 'done', counts: { lines: 8 } });
      if (!mortal.fate.dead) return;
    }
    throw new Error('the job never came to its end');
  }, 60_000);
});

describe('a plan', () => {
  test('is carried out as it stands', async () => {
    const story = await mixed();
    const plan = await story.alone('dryRun');
    const job = await story.done('applyPlan', { planId: plan.id }, 10 * minutes);
    expect(job).toMatchObject({ state: 'done', counts: { linked: 1, asked: 1, changed: 0 } });
    expect(await story.reviews()).toHaveLength(1);
    const subjects = ['A renamed', 'C', 'Copied by hand', 'New in Outlook', 'New in the CRM', 'Perhaps the same'];
    expect(
      story
        .records()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(subjects);
    expect(
      story
        .calendar()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(subjects);
    expect((await story.alone('dryRun')).counts).toMatchObject({ lines: 0 });
  });

  test.each([
    [
      'a record was changed',
      (story: JobStory) => void story.crm.control.update(story.records()[0]?.id as never, { location: 'X' }),
    ],
    ['a record was deleted', (story: JobStory) => void story.crm.control.delete(story.records()[0]?.id as never)],
    [
      'an item was changed',
      (story: JobStory) => void story.exchange.control.touch(rep1, story.calendar().at(-1)?.itemId as never),
    ],
    [
      'an item was deleted',
      (story: JobStory) => void story.exchange.control.userDeletes(rep1, story.calendar().at(-1)?.itemId as never),
    ],
  ])('is refused when %s since it was made, and nothing is written', async (_, change) => {
    const story = await mixed();
    const plan = await story.alone('dryRun');
    change(story);
    const mappings = await story.liveMappings();
    const job = await story.alone('applyPlan', { planId: plan.id });
    expect(job).toMatchObject({ state: 'refused', counts: { changed: 1 } });
    expect(job.text).toMatch(/^1 of 8 have changed/);
    expect(story.writes).toEqual([]);
    expect(await story.liveMappings()).toEqual(mappings);
  });

  test('that does not exist is refused', async () => {
    const story = await jobStory();
    expect(await story.alone('applyPlan', { planId: 'dryRun-7' })).toMatchObject({ state: 'refused' });
  });
});
