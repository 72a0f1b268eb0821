import { expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1, rep2 } from '../../support/engine-world.ts';

test('a huge feed is read for ninety seconds, and then on from there at once', async () => {
  const story = await engineStory();
  const { gateway } = story.exchange;
  const { listChanges } = gateway;
  let pages = 0;
  gateway.listChanges = async (access, kind, state) => {
    if (access.mailbox.id === rep2) return listChanges(access, kind, state);
    pages += 1;
    story.clock.set(new Date(story.clock.now().getTime() + 10_000));
    story.exchange.control.userCreates(rep1, { subject: `Page ${pages}` });
    return { ...(await listChanges(access, kind, state)), more: pages < 25 };
  };
  const worker = story.process();
  await worker.schedulePolls();
  const poll = story.polls.take();
  if (poll === undefined) throw new Error('no poll was asked for');
  await worker.handlePoll(poll);
  expect(pages).toBe(10);
  await story.run(5 * minutes);
  expect(pages).toBeGreaterThanOrEqual(25);
  expect(story.calendar().length).toBe(pages);
  expect(story.records()).toHaveLength(pages);
});

test('an item whose end no feed can tell, because the cursor that knew it was lost, is found gone after the next poll', async () => {
  const story = await engineStory();
  await story.run(minutes);
  story.crm.control.create();
  await story.announced();
  // What the feed tells is queued, then the process dies before the cursor is saved.
  const mortal = story.process();
  mortal.deps.cursors = { ...mortal.deps.cursors, saveSyncState: () => Promise.reject(new Error('died')) };
  mortal.deps.schedules = {
    ...story.stores.schedules,
    async save(key, schedule, etag) {
      if (schedule.leaseUntil !== undefined && schedule.leaseUntil > story.clock.now().toISOString())
        return story.stores.schedules.save(key, schedule, etag);
      throw new Error('died');
    },
  };
  await story.clock.advance(minutes);
  await story.worker.schedulePolls();
  const poll = story.polls.take();
  if (poll === undefined) throw new Error('no poll was asked for');
  await expect(mortal.handlePoll(poll)).rejects.toThrow('died');
  await story.drain(story.worker);
  expect(story.calendar()).toHaveLength(1);
  story.exchange.control.userDeletes(rep1, story.calendar()[0]?.itemId as never);
  await story.run(5 * minutes);
  expect(story.records()).toEqual([]);
});
