import { expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';

test('a mailbox that is slow keeps forty changes waiting for half a minute; the rest is held and made later', async () => {
  const story = await engineStory();
  const { gateway } = story.exchange;
  const { createAppointments } = gateway;
  let answer = () => {};
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  gateway.createAppointments = async (...input) => {
    await slow;
    return createAppointments(...input);
  };
  const worker = story.process();
  for (let made = 0; made < 300; made++) story.crm.control.create();
  await story.announceCrmChanges();
  let finished = 0;
  const all: Promise<void>[] = [];
  for (let change = story.changes.take(); change !== undefined; change = story.changes.take()) {
    const done = worker.handleChange(change).then(() => {
      finished += 1;
    });
    all.push(done);
  }
  // One is under way and forty wait for it; nobody else's slot is taken.
  await story.clock.advance(29_000);
  expect([finished, (await story.held()).length]).toEqual([259, 259]);
  await story.clock.advance(2_000);
  expect([finished, (await story.held()).length]).toEqual([299, 299]);
  answer();
  await Promise.all(all);
  await story.run(5 * minutes);
  expect(story.calendar()).toHaveLength(300);
  expect(await story.held()).toEqual([]);
});
