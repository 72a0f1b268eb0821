import { expect, test } from '@jest/globals';
import { CrmUserId } from '../../../shared/domain/ids.ts';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

test('a mailbox that is slow keeps forty changes waiting for half a minute; the rest is held and made later', async () => {
  const story = await engineStory();
  const { gateway } = story.exchange;
  const { createItems } = gateway;
  let answer = () => {};
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  gateway.createItems = async (...input) => {
    await slow;
    return createItems(...input);
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

test('what arrives while every connection of the profile is in use travels together, and no call is begun beyond them', async () => {
  const story = await engineStory({ profile: { maxConcurrentConnections: 1 } });
  const { gateway } = story.exchange;
  const { createItems } = gateway;
  const sizes: number[] = [];
  let underWay = 0;
  let release = () => {};
  const first = new Promise<void>((resolve) => {
    release = resolve;
  });
  gateway.createItems = async (access, drafts, notify) => {
    underWay += 1;
    expect(underWay).toBe(1);
    sizes.push(drafts.length);
    if (access.mailbox.id === rep1) await first;
    underWay -= 1;
    return createItems(access, drafts, notify);
  };
  const worker = story.process();
  story.crm.control.create();
  for (let made = 0; made < 5; made++) story.crm.control.create({ ownerId: CrmUserId.parse('rep2') });
  await story.announceCrmChanges();
  const all: Promise<void>[] = [];
  for (let change = story.changes.take(); change !== undefined; change = story.changes.take())
    all.push(worker.handleChange(change));
  await story.clock.advance(1_000);
  expect(sizes).toEqual([1]);
  release();
  await Promise.all(all);
  expect(sizes).toEqual([1, 5]);
});
