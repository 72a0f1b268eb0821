import { describe, expect, test } from '@jest/globals';
import type { ChangeMessage } from '../../../shared/domain/change-message.ts';
import type { Series } from '../../../shared/domain/recurrence.ts';
import { diesAfter } from '../../support/dies-after.ts';
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

describe('where a new time is to make the entry anew', () => {
  const begin = (profile: Record<string, unknown> = {}) =>
    engineStory({ profile: { reschedulePolicy: 'recreate', ...profile } });

  test('what the user has just written in the old one is not lost with it', async () => {
    const story = await begin();
    const { id } = story.crm.control.create();
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, { location: 'There' });
    story.crm.control.update(id, later);
    await story.announced();
    await story.run(10 * minutes);
    expect(story.calendar()).toMatchObject([{ ...later, location: 'There' }]);
    expect(story.crm.control.record(id)).toMatchObject({ ...later, location: 'There' });
  });

  test('an occurrence stays in its series', async () => {
    const story = await begin({ window: { daysBack: 2, daysAhead: 90 } });
    const series: Series = {
      recurrence: {
        pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' },
        startDate: '2026-01-12' as never,
        end: { kind: 'byCount', count: 3 },
      },
      exceptions: [],
      deleted: [],
    };
    const monday = { start: '2026-01-12T09:00:00.000Z', end: '2026-01-12T10:00:00.000Z' };
    story.exchange.control.userCreates(rep1, { ...monday, series });
    await story.run(5 * minutes);
    const first = story.records().find(({ start }) => start === monday.start);
    const tuesday = { start: '2026-01-13T09:00:00.000Z', end: '2026-01-13T10:00:00.000Z' };
    story.crm.control.update(first?.id as never, tuesday);
    await story.announced();
    await story.run(10 * minutes);
    expect(story.calendar()).toMatchObject([{ series: { exceptions: [tuesday], deleted: [] } }]);
    expect(story.records()).toHaveLength(3);
  });

  test('a meeting whose making was never noted is moved, and its guests are not invited twice', async () => {
    const story = await begin({ notifyPolicy: 'all' });
    const guest = { email: 'ada@customer.example', name: '', role: 'required', response: 'none' } as const;
    const { id } = story.crm.control.create({ attendees: [guest] });
    await story.announceCrmChanges();
    const change = story.changes.take() as ChangeMessage;
    await diesAfter(story, 'exchange', 'createItems', change);
    story.crm.control.update(id, later);
    await story.changes.send([{ body: change }]);
    await story.run(20 * minutes);
    expect(story.calendar()).toMatchObject([later]);
    expect(story.exchange.control.mails.map(({ kind }) => kind)).toEqual(['invitation', 'update']);
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
