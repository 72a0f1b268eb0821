import { expect, test } from '@jest/globals';
import { mendJobs } from '../../../shared/sync/jobs/start-mailbox-job.ts';
import { contoso, type Fate, type PortCall, rep1, rep2 } from '../../support/engine-world.ts';
import type { JobStory } from '../../support/job-story.ts';
import { receiptOf, startOffBoarding, stillKept, twoMailboxes } from '../../support/off-boarding.ts';

const mortalAt = (at: number): Fate => ({ at, calls: 0, dead: false });

/** One process off-boards until it dies or is done; gives how many steps it lived. */
async function offBoardBy(story: JobStory, fate: Fate): Promise<void> {
  const worker = story.process(fate);
  const unlessDead = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      if (!fate.dead) throw error;
    }
  };
  await unlessDead(startOffBoarding(story, 'remove', rep1, worker));
  for (let minute = 0; !fate.dead && minute < 15; minute++) {
    const job = story.jobMessages.take();
    if (job !== undefined) await unlessDead(worker.handleJob(job));
    else await story.clock.advance(60_000);
  }
}

test('dying before or after any call, it is gone on with, and nothing is left, removed twice or mailed', async () => {
  const whole = mortalAt(-1);
  await offBoardBy(await twoMailboxes(), whole);
  expect(whole.calls).toBeGreaterThan(60);
  for (let at = 0; at < whole.calls; at++) {
    const deletes: PortCall[] = [];
    const watch = { before: (call: PortCall) => void (call.method === 'deleteItems' && deletes.push(call)) };
    const story = await twoMailboxes({ watch });
    const fate = mortalAt(at);
    await offBoardBy(story, fate);
    expect(fate.dead).toBe(true);
    // What the dead process had taken comes again, or is mended by the timer; an admin who got no answer asks again.
    const next = story.process();
    await startOffBoarding(story, 'remove', rep1, next);
    await story.clock.advance(45 * 60_000);
    await mendJobs(next.deps, contoso);
    for (let round = 0; round < 20; round++) {
      const job = story.jobMessages.take();
      if (job !== undefined) await next.handleJob(job);
      else await story.clock.advance(60_000);
    }
    const receipts = await story.stores.jobs.list(contoso, { kind: 'offBoard' });
    expect([at, receipts.map(({ state }) => state)]).toEqual([at, ['done']]);
    expect(story.calendar()).toMatchObject([{ subject: 'Mine', bodyText: 'My notes', stamp: undefined }]);
    expect(story.exchange.control.items(rep1).filter(({ place }) => place === 'deletedItems')).toHaveLength(2);
    expect(story.exchange.control.mails).toEqual([]);
    expect([at, await stillKept(story)]).toEqual([at, []]);
    expect(story.calendar(rep2)).toHaveLength(3);
    // A death costs at most the repetition of one piece of work.
    expect(deletes.length).toBeLessThan(8);
  }
}, 240_000);

test('what messages on their way leave after the erasure is erased as well', async () => {
  const story = await twoMailboxes();
  await startOffBoarding(story, 'keep', rep1);
  while ((await receiptOf(story)).counts['erased.directory'] === undefined) await story.run(30_000);
  expect(await receiptOf(story)).toMatchObject({ state: 'waiting' });
  await story.stores.failures.report({
    ...({ id: 'late', organizationId: contoso, mailboxId: rep1, reason: 'late', text: 'Late.', attempts: 4 } as const),
    failedAt: story.clock.now().toISOString(),
  });
  await story.run(10 * 60_000);
  expect(await receiptOf(story)).toMatchObject({ state: 'done' });
  expect(await stillKept(story)).toEqual([]);
});
