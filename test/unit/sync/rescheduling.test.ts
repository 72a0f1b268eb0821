import { describe, expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

const later = { start: '2026-02-09T09:00:00.000Z', end: '2026-02-09T10:00:00.000Z' };

describe.each(['move', 'recreate'] as const)('where a new time is to %s the entry', (reschedulePolicy) => {
  test('a new time in the CRM is that of one item', async () => {
    const story = await engineStory({ profile: { reschedulePolicy } });
    const { id } = story.crm.control.create();
    await story.run(5 * minutes);
    const before = story.calendar()[0]?.itemId;
    story.crm.control.update(id, later);
    await story.announced();
    await story.run(5 * minutes);
    expect(story.calendar()).toMatchObject([{ ...later, stamp: { recordId: id } }]);
    expect(story.calendar()[0]?.itemId === before).toBe(reschedulePolicy === 'move');
  });

  test('a new time in Outlook is that of one record', async () => {
    const story = await engineStory({ profile: { reschedulePolicy } });
    const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Mine' });
    await story.run(5 * minutes);
    const before = story.records()[0]?.id;
    story.exchange.control.userEdits(rep1, itemId, later);
    await story.run(10 * minutes);
    expect(story.records()).toMatchObject([{ ...later, subject: 'Mine' }]);
    expect(story.records()[0]?.id === before).toBe(reschedulePolicy === 'move');
    expect(story.calendar()).toMatchObject([{ ...later, stamp: { recordId: story.records()[0]?.id } }]);
  });

  test('a change of the text alone keeps both', async () => {
    const story = await engineStory({ profile: { reschedulePolicy } });
    const { id } = story.crm.control.create();
    await story.run(5 * minutes);
    const before = story.calendar()[0]?.itemId;
    story.crm.control.update(id, { subject: 'Only the name' });
    await story.announced();
    expect(story.calendar()).toMatchObject([{ itemId: before, subject: 'Only the name' }]);
  });
});

test('an entry that is made anew survives a death at any call', async () => {
  for (let at = 0; at < 100; at++) {
    const story = await engineStory({ profile: { reschedulePolicy: 'recreate' } });
    const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Mine' });
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, itemId, later);
    await story.clock.advance(2 * minutes);
    await story.worker.schedulePolls();
    await story.worker.handlePoll(story.polls.take() as never);
    const change = story.changes.take();
    if (change === undefined) throw new Error('no change was found');
    const mortal = story.process({ at, calls: 0, dead: false });
    await mortal.handleChange(change).catch(() => story.changes.send([{ body: change }]));
    await story.run(20 * minutes);
    expect(story.records()).toMatchObject([{ ...later, subject: 'Mine' }]);
    expect(story.calendar()).toMatchObject([{ ...later, stamp: { recordId: story.records()[0]?.id } }]);
    if (!mortal.fate.dead) return;
  }
  throw new Error('the handler never came to its end');
});
