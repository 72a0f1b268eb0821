import { describe, expect, test } from '@jest/globals';
import type { ChangeMessage } from '../../../shared/domain/change-message.ts';
import { diesAfter, newsOfFeed } from '../../support/dies-after.ts';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

const later = { start: '2026-02-09T09:00:00.000Z', end: '2026-02-09T10:00:00.000Z' };

/** An appointment that a user made and that has a record. */
async function made(profile: Record<string, unknown> = {}) {
  const story = await engineStory({ profile });
  const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Mine' });
  await story.run(5 * minutes);
  await story.announced();
  return { ...story, itemId };
}

describe('one side was removed by a process that died before it noted so, and the other side is told of it first', () => {
  test('an item that has become private stays in its mailbox', async () => {
    const story = await made();
    story.exchange.control.userEdits(rep1, story.itemId, { sensitivity: 'private' });
    const change = await newsOfFeed(story);
    await diesAfter(story, 'crm', 'deleteRecord', change);
    await story.announced();
    await story.changes.send([{ body: change }]);
    await story.run(10 * minutes);
    expect([story.calendar().length, story.records().length]).toEqual([1, 0]);
    story.exchange.control.userEdits(rep1, story.itemId, { sensitivity: 'normal' });
    await story.run(10 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Mine' }]);
  });

  test('an item whose record is made anew for its new time stays and gets that record', async () => {
    const story = await made({ reschedulePolicy: 'recreate' });
    story.exchange.control.userEdits(rep1, story.itemId, later);
    const change = await newsOfFeed(story);
    await diesAfter(story, 'crm', 'deleteRecord', change);
    await story.announced();
    await story.changes.send([{ body: change }]);
    await story.run(10 * minutes);
    expect(story.calendar()).toMatchObject([{ itemId: story.itemId, ...later }]);
    expect(story.records()).toMatchObject([{ subject: 'Mine', ...later }]);
  });

  test.each(['crm-wins', 'exchange-wins'])(
    'a record whose item is made anew for its new time stays and gets that item, where %s',
    async (conflictPolicy) => {
      const story = await engineStory({ profile: { reschedulePolicy: 'recreate', conflictPolicy } });
      const { id } = story.crm.control.create();
      await story.announced();
      await story.run(5 * minutes);
      story.crm.control.update(id, later);
      await story.announceCrmChanges();
      const change = story.changes.take() as ChangeMessage;
      await diesAfter(story, 'exchange', 'deleteItems', change);
      const deletion = await newsOfFeed(story);
      await story.worker.handleChange(deletion);
      await story.changes.send([{ body: change }]);
      await story.run(10 * minutes);
      expect(story.records()).toMatchObject([{ id, ...later }]);
      expect(story.calendar()).toMatchObject([later]);
    },
  );
});
