import { describe, expect, test } from '@jest/globals';
import { CrmUserId } from '../../../shared/domain/ids.ts';
import { SyncError } from '../../../shared/domain/sync-error.ts';
import { nightlySweep } from '../../../shared/sync/jobs/start-sweeps.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1, rep2 } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

/** All that webhooks and feeds would tell is lost. */
function loseNews(story: JobStory): void {
  for (const queue of [story.changes, story.polls]) while (queue.take() !== undefined);
  story.exchange.control.forgetSyncStates({ mailboxId: rep1 });
}

const settled = async (options: Parameters<typeof jobStory>[0] = {}, records = 3) => {
  const story = await jobStory(options);
  for (let count = 0; count < records; count++) story.crm.control.create({ subject: `Visit ${count}` });
  await story.announced();
  await story.run(30 * minutes);
  return story;
};

const newsOf = async (story: JobStory) => (await story.alone('sweep')).counts['news'];

test('where all is agreed a sweep sends nothing', async () => {
  const story = await settled();
  story.exchange.control.userCreates(rep1, { subject: 'Mine' });
  await story.run(30 * minutes);
  const before = story.changes.sent().length;
  expect(await newsOf(story)).toBe(0);
  expect(story.changes.sent()).toHaveLength(before);
});

describe('a sweep repairs', () => {
  test('a record that nobody told of', async () => {
    const story = await settled();
    story.crm.control.create({ subject: 'Made before the mailbox was enrolled' });
    expect(await newsOf(story)).toBe(1);
    await story.drain(story.worker);
    expect(story.calendar()).toHaveLength(4);
    expect(await newsOf(story)).toBe(0);
  });

  test('a change of a record that nobody told of', async () => {
    const story = await settled();
    story.crm.control.update(story.records()[0]?.id as never, { subject: 'Another' });
    expect(await newsOf(story)).toBe(1);
    await story.drain(story.worker);
    expect(story.calendar().filter(({ subject }) => subject === 'Another')).toHaveLength(1);
    expect(await newsOf(story)).toBe(0);
  });

  test('a deletion of a record that nobody told of', async () => {
    const story = await settled();
    story.crm.control.delete(story.records()[0]?.id as never);
    expect(await newsOf(story)).toBe(1);
    await story.drain(story.worker);
    expect(story.calendar()).toHaveLength(2);
    expect(await newsOf(story)).toBe(0);
  });

  test('an item that enters the window because a day has passed', async () => {
    const story = await settled({ profile: { window: { daysBack: 2, daysAhead: 30 } } });
    const { start, end } = { start: '2026-02-06T09:00:00.000Z', end: '2026-02-06T10:00:00.000Z' };
    story.exchange.control.userCreates(rep1, { subject: 'Far away', start, end });
    await story.run(10 * minutes);
    expect(story.records()).toHaveLength(3);
    expect(await newsOf(story)).toBe(0);
    await story.clock.advance(48 * hours);
    expect(await newsOf(story)).toBe(1);
    await story.drain(story.worker);
    expect(story.records()).toHaveLength(4);
    await story.run(10 * minutes);
    expect(await newsOf(story)).toBe(0);
  });

  test('an occurrence that enters the window, of a series that the CRM does not know', async () => {
    const story = await settled({ profile: { window: { daysBack: 2, daysAhead: 10 } } });
    story.exchange.control.userCreates(rep1, {
      ...{ subject: 'Weekly', start: '2026-01-06T09:00:00.000Z', end: '2026-01-06T10:00:00.000Z', timeZone: 'Etc/UTC' },
      series: {
        recurrence: {
          pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['tuesday'], firstDayOfWeek: 'monday' },
          startDate: '2026-01-06',
          end: { kind: 'never' },
        },
        exceptions: [],
        deleted: [],
      } as never,
    });
    await story.run(20 * minutes);
    const weekly = () => story.records().filter(({ subject }) => subject === 'Weekly').length;
    expect(weekly()).toBe(2);
    expect(await newsOf(story)).toBe(0);
    await story.clock.advance(7 * 24 * hours);
    expect(await newsOf(story)).toBe(1);
    await story.run(10 * minutes);
    expect(weekly()).toBe(3);
    expect(await newsOf(story)).toBe(0);
  });

  test('a deletion and an edit that were lost with the sync state, when it is lost', async () => {
    const story = await settled();
    const [deleted, edited] = story.calendar();
    story.exchange.control.userDeletes(rep1, deleted?.itemId as never);
    story.exchange.control.userEdits(rep1, edited?.itemId as never, { subject: 'Edited' });
    loseNews(story);
    await story.run(15 * minutes);
    expect(story.records().map(({ subject }) => subject)).toEqual(['Edited', 'Visit 2']);
    expect((await story.job('sweep-1')).state).toBe('done');
    expect(await newsOf(story)).toBe(0);
  });

  test('a record that was given to another user', async () => {
    const story = await settled();
    story.crm.control.update(story.records()[0]?.id as never, { ownerId: CrmUserId.parse('rep2') });
    expect(await newsOf(story)).toBe(1);
    await story.run(5 * minutes);
    expect([story.calendar(rep1).length, story.calendar(rep2).length]).toEqual([2, 1]);
    expect(await newsOf(story)).toBe(0);
  });
});

test('a listing that shows nothing deletes nothing: each item is looked for by its id', async () => {
  const story = await settled({}, 15);
  const { deps } = story.worker;
  const listing = deps.exchange;
  const emptied = new Proxy(listing, {
    get: (port, name) =>
      name === 'listItems' ? async () => ({ items: [], next: undefined }) : Reflect.get(port, name),
  });
  Object.assign(deps, { exchange: emptied });
  expect(await newsOf(story)).toBe(0);
  await story.run(5 * minutes);
  expect(story.records()).toHaveLength(15);
});

test('what left the window is frozen: it is neither read nor told of', async () => {
  const story = await settled({ profile: { window: { daysBack: 2, daysAhead: 30 } } });
  await story.clock.advance(20 * 24 * hours);
  const reads: unknown[] = [];
  const { deps } = story.worker;
  const counting = new Proxy(deps.exchange, {
    get: (port, name) => {
      if (name === 'readItems') reads.push(name);
      return Reflect.get(port, name);
    },
  });
  Object.assign(deps, { exchange: counting });
  expect(await newsOf(story)).toBe(0);
  expect(reads).toEqual([]);
});

test('there is one sweep at a time', async () => {
  const story = await settled();
  const first = await story.start('sweep');
  const second = await story.start('sweep');
  expect([first.outcome, second.outcome, second.job.id]).toEqual(['started', 'running', first.job.id]);
  await story.run(5 * minutes);
  expect((await story.start('sweep')).job.id).toBe('sweep-2');
});

test('a sweep of a mailbox that stands still waits, says why, and goes on by itself', async () => {
  const story = await settled();
  await story.pauseProfile(10 * minutes);
  const { job } = await story.start('sweep');
  await story.drain(story.worker);
  expect(await story.job(job.id)).toMatchObject({ state: 'waiting', text: expect.stringContaining('ErrorServerBusy') });
  await story.run(20 * minutes);
  expect(await story.job(job.id)).toMatchObject({ state: 'done' });
});

test('every mailbox is swept once a night, at a moment of its own', async () => {
  const story = await settled();
  const { jobs, jobMessages, directory } = story.worker.deps;
  const deps = { jobs, jobMessages, directory, clock: story.clock, log: story.worker.deps.log };
  for (let run = 0; run < (2 * 24 * 60) / 5; run++) {
    await nightlySweep(deps);
    await story.drain(story.worker);
    await story.clock.advance(5 * minutes);
  }
  const sweeps = await story.stores.jobs.list(contoso, { kind: 'sweep' });
  const at = (mailboxId: string) =>
    sweeps.filter((job) => job.mailboxId === mailboxId).map((job) => job.createdAt.slice(11, 16));
  expect(at(rep1)).toHaveLength(2);
  expect(at(rep2)).toHaveLength(2);
  expect(new Set(at(rep1)).size).toBe(1);
  expect(at(rep1)[0]).not.toBe(at(rep2)[0]);
});

test('when the CRM forgets its watermark, all mailboxes are swept', async () => {
  const story = await settled();
  story.crm.control.create({ subject: 'Unheard of' });
  const { deps } = story.worker;
  let refused = 0;
  const forgetful = new Proxy(deps.crm, {
    get: (port, name) => {
      const method = Reflect.get(port, name);
      if (name !== 'listChanges') return method;
      return async (...input: Parameters<typeof deps.crm.listChanges>) => {
        if (input[1] === undefined || refused > 0) return method(...input);
        refused += 1;
        throw new SyncError('forgotten', { code: 'HTTP_410', remedy: { kind: 'resync' } });
      };
    },
  });
  Object.assign(deps, { crm: forgetful });
  await story.run(45 * minutes);
  expect(story.calendar()).toHaveLength(4);
  expect(await story.stores.jobs.list(contoso, { kind: 'sweep' })).toHaveLength(2);
});
