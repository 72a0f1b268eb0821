import { describe, expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

/** Whoever changes something and then changes it back wants it as it was, although we died between. */
describe.each(['crm-wins', 'exchange-wins', 'newest-wins'] as const)('where %s', (conflictPolicy) => {
  const begin = () =>
    engineStory({ profile: { conflictPolicy, syncAllDayTasks: true }, mailbox: { syncAllDayTasks: true } });

  test('what the CRM changed and changed back is as it was on both sides, after a death at any call', async () => {
    for (let at = 0; at < 100; at++) {
      const story = await begin();
      const { id } = story.crm.control.create({
        ...{ allDay: true, start: '2026-02-03T00:00:00.000Z', end: '2026-02-04T00:00:00.000Z', timeZone: 'UTC' },
        description: 'Send the brochure',
      });
      await story.run(5 * minutes);
      story.crm.control.update(id, { status: 'completed', description: 'Sent' });
      await story.announceCrmChanges();
      const change = story.changes.take();
      if (change === undefined) throw new Error('nothing was announced');
      const mortal = story.process({ at, calls: 0, dead: false });
      await mortal.handleChange(change).catch(() => undefined);
      story.crm.control.update(id, { status: 'open', description: 'Send the brochure' });
      await story.announced();
      await story.run(30 * minutes);
      expect(story.crm.control.record(id)).toMatchObject({ status: 'open', description: 'Send the brochure' });
      expect(story.exchange.control.items(rep1, 'task')).toMatchObject([
        { complete: false, subject: 'Send the brochure' },
      ]);
      if (!mortal.fate.dead) return;
    }
    throw new Error('the handler never came to its end');
  });

  test('what the user changed and changed back is as it was on both sides, after a death at any call', async () => {
    for (let at = 0; at < 100; at++) {
      const story = await begin();
      const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Mine' });
      await story.run(5 * minutes);
      story.exchange.control.userEdits(rep1, itemId, { subject: 'Ours' });
      await story.clock.advance(2 * minutes);
      await story.worker.schedulePolls();
      await story.worker.handlePoll(story.polls.take() as never);
      const change = story.changes.take();
      if (change === undefined) throw new Error('no change was found');
      const mortal = story.process({ at, calls: 0, dead: false });
      await mortal.handleChange(change).catch(() => undefined);
      story.exchange.control.userEdits(rep1, itemId, { subject: 'Mine' });
      await story.run(30 * minutes);
      expect(story.records()).toMatchObject([{ subject: 'Mine' }]);
      expect(story.calendar()).toMatchObject([{ subject: 'Mine' }]);
      if (!mortal.fate.dead) return;
    }
    throw new Error('the handler never came to its end');
  });
});
