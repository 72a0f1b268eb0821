import { expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

test('an item that its user took back out of Deleted Items is the one of its record when that is reopened', async () => {
  const story = await engineStory();
  const { id } = story.crm.control.create();
  await story.announced();
  await story.run(2 * minutes);
  story.crm.control.update(id, { status: 'cancelled' });
  await story.announced();
  await story.run(2 * minutes);
  const [deleted] = story.exchange.control.items(rep1);
  const restored = story.exchange.control.userMoves(rep1, deleted?.itemId as never, 'folder');
  await story.run(2 * minutes);
  story.crm.control.update(id, { status: 'open', subject: 'Open again' });
  await story.announced();
  await story.run(15 * minutes);
  expect(story.calendar()).toMatchObject([{ itemId: restored.itemId, subject: 'Open again' }]);
  expect(story.records()).toHaveLength(1);
});

test('an item that its user deleted and took back gets its record anew', async () => {
  const story = await engineStory();
  const made = story.exchange.control.userCreates(rep1, { subject: 'Mine' });
  await story.run(2 * minutes);
  const [first] = story.records();
  const deleted = story.exchange.control.userDeletes(rep1, made.itemId);
  await story.run(2 * minutes);
  expect(story.records()).toEqual([]);
  story.exchange.control.userMoves(rep1, deleted.itemId, 'folder');
  await story.run(15 * minutes);
  expect(story.records()).toMatchObject([{ subject: 'Mine' }]);
  expect(story.records()[0]?.id).not.toBe(first?.id);
  expect(story.calendar()).toHaveLength(1);
});
