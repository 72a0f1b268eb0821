import { expect, test } from '@jest/globals';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { MailboxId } from '../../../shared/domain/ids.ts';
import { stepOf } from '../../../shared/sync/jobs/job-types.ts';
import { handleJobMessage, type JobWorks, runMailboxJob } from '../../../shared/sync/jobs/run-mailbox-job.ts';
import { insertMailboxJob, mendJobs, startMailboxJob } from '../../../shared/sync/jobs/start-mailbox-job.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1 } from '../../support/engine-world.ts';
import { jobStory } from '../../support/job-story.ts';

const key = { organizationId: contoso, mailboxId: rep1 };

test('a job whose work is long is done in slices of 90 seconds, and says after each piece how far it is', async () => {
  const story = await jobStory();
  const begun: string[] = [];
  const seen: number[] = [];
  const works: JobWorks = {
    sweep: async (_deps, context) => {
      const now = story.clock.now();
      if (begun.at(-1) !== (await story.job('sweep-1')).leaseUntil)
        begun.push((await story.job('sweep-1')).leaseUntil ?? '');
      seen.push(context.job.progress.done);
      story.clock.set(new Date(now.getTime() + 40_000));
      const done = context.job.progress.done + 1;
      const end = done === 6 ? { end: { state: 'done', text: 'six' } as const } : {};
      return stepOf(context, { progress: { done, total: 6 }, ...end });
    },
  };
  await story.start('sweep');
  for (let message = story.jobMessages.take(); message !== undefined; message = story.jobMessages.take())
    await runMailboxJob(story.worker.deps, works, message);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  expect(new Set(begun).size).toBe(2);
  expect(await story.job('sweep-1')).toMatchObject({ state: 'done', text: 'six', progress: { done: 6, total: 6 } });
  expect(await story.job('sweep-1')).not.toHaveProperty('leaseUntil');
});

test('while one works on a job, another leaves it alone and comes back when the lease is over', async () => {
  const story = await jobStory();
  await story.start('sweep');
  const message = story.jobMessages.take();
  if (message === undefined) throw new Error('no message was sent');
  let worked = 0;
  const works: JobWorks = {
    sweep: async (deps, context) => {
      worked += 1;
      await runMailboxJob(deps, works, message);
      return stepOf(context, { end: { state: 'done', text: 'done' } });
    },
  };
  await runMailboxJob(story.worker.deps, works, message);
  expect(worked).toBe(1);
  expect(story.jobMessages.waiting().map(({ dueAt }) => dueAt.getTime() - story.clock.now().getTime())).toEqual([
    151_000,
  ]);
});

test('a job that lost its message gets another', async () => {
  const story = await jobStory();
  await insertMailboxJob(story.worker.deps, key, { kind: 'sweep', by: 'an-admin' });
  await story.clock.advance(5 * minutes);
  await mendJobs(story.worker.deps, contoso);
  expect(story.jobMessages.waiting()).toHaveLength(0);
  await story.clock.advance(10 * minutes);
  await mendJobs(story.worker.deps, contoso);
  await story.drain(story.worker);
  expect(await story.job('sweep-1')).toMatchObject({ state: 'done' });
});

test('trouble that may pass is tried four times, and then the job has failed and says why', async () => {
  const story = await jobStory();
  story.exchange.control.failsWith(
    rep1,
    toEwsSyncError({ kind: 'response', code: 'ErrorInternalServerError' }, 'read'),
  );
  await story.start('sweep');
  const started = story.clock.now().getTime();
  await story.run(hours);
  const job = await story.job('sweep-1');
  expect(job).toMatchObject({ state: 'failed', text: expect.stringContaining('ErrorInternalServerError') });
  expect(Date.parse(job.updatedAt) - started).toBeGreaterThan(20 * minutes);
});

test('throttling holds the job back as long as the mailbox, and uses up no try', async () => {
  const story = await jobStory();
  const busy = toEwsSyncError({ kind: 'response', code: 'ErrorServerBusy' }, 'read');
  story.exchange.control.failsWith(rep1, busy);
  await story.start('sweep');
  await story.run(3 * hours);
  expect(await story.job('sweep-1')).toMatchObject({
    state: 'waiting',
    text: expect.stringContaining('ErrorServerBusy'),
  });
  story.exchange.control.failsWith(rep1, undefined);
  await story.run(hours);
  expect(await story.job('sweep-1')).toMatchObject({ state: 'done' });
});

test('a disabled mailbox makes its jobs wait until an admin has enabled it', async () => {
  const story = await jobStory();
  const denied = toEwsSyncError({ kind: 'response', code: 'ErrorImpersonateUserDenied' }, 'read');
  story.exchange.control.failsWith(rep1, denied);
  await story.start('firstSync');
  await story.run(hours);
  expect(await story.job('firstSync-1')).toMatchObject({ state: 'waiting' });
  expect(await story.statusOf(rep1)).toMatchObject({ status: 'impersonationFailed', disabled: true });
  story.exchange.control.failsWith(rep1, undefined);
  const status = await story.stores.statuses.find(key, 'appointments');
  const fresh = { status: 'unattempted', since: story.clock.now().toISOString(), failuresInARow: 0 } as const;
  await story.stores.statuses.save(key, 'appointments', fresh, status?.etag);
  await story.run(30 * minutes);
  expect(await story.job('firstSync-1')).toMatchObject({ state: 'done' });
});

test('trouble with tasks does not keep the calendar from its first sync', async () => {
  const story = await jobStory({ profile: { syncAllDayTasks: true }, mailbox: { syncAllDayTasks: true } });
  const denied = toEwsSyncError({ kind: 'response', code: 'ErrorAccessDenied' }, 'read');
  story.exchange.control.failsWith(rep1, denied, 'task');
  story.crm.control.create({ subject: 'Visit' });
  await story.start('firstSync', { kinds: ['appointment', 'task'] });
  await story.run(hours);
  expect(await story.job('firstSync-1')).toMatchObject({ state: 'waiting' });
  expect(story.calendar()).toMatchObject([{ subject: 'Visit' }]);
});

test('a job of a mailbox that is gone is stopped, and what is no message of ours is dropped', async () => {
  const story = await jobStory();
  const nobody = MailboxId.parse('mailbox-nobody');
  await startMailboxJob(
    story.worker.deps,
    { organizationId: contoso, mailboxId: nobody },
    { kind: 'sweep', by: 'engine' },
  );
  await story.run(30 * minutes);
  expect(await story.job('sweep-1', nobody)).toMatchObject({ state: 'stopped' });
  await handleJobMessage(story.worker.deps, {}, { kind: 'job', schema: 7 });
});

test('of a kind the last ten are kept', async () => {
  const story = await jobStory();
  for (let count = 0; count < 14; count++) await story.alone('sweep');
  const kept = await story.stores.jobs.list(contoso, { mailboxId: rep1, kind: 'sweep' });
  expect(kept.map(({ id }) => id)).toContain('sweep-14');
  expect(kept.length).toBeLessThanOrEqual(11);
});
