import { describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import type { Series } from '../../../shared/domain/recurrence.ts';
import { diesAfter, newsOfFeed } from '../../support/dies-after.ts';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';
import { jobStory } from '../../support/job-story.ts';

const publicly = { sensitivity: 'normal' } as const;
const privately = { sensitivity: 'private' } as const;

/** An appointment that a user made and that has a record; `becomes` is the user's hand on it. */
async function made(profile: Record<string, unknown> = {}) {
  const story = await engineStory({ profile });
  const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Doctor', bodyText: 'Blood test' });
  await story.run(3 * minutes);
  expect(story.records()).toHaveLength(1);
  const becomes = async (fields: object) => {
    story.exchange.control.userEdits(rep1, itemId, fields);
    await story.run(3 * minutes);
  };
  return { ...story, itemId, becomes };
}

/** An activity of the CRM with its item. */
async function sent(profile: Record<string, unknown> = {}) {
  const story = await engineStory({ profile });
  const { id } = story.crm.control.create({ subject: 'Visit', description: 'Agenda' });
  await story.announced();
  await story.run(3 * minutes);
  const itemId = story.calendar()[0]?.itemId as ItemId;
  const becomes = async (fields: object) => {
    story.exchange.control.userEdits(rep1, itemId, fields);
    await story.run(3 * minutes);
  };
  return { ...story, id, itemId, becomes };
}

describe('an appointment that a user makes private later', () => {
  test('loses its record, and gets one anew when it is public again', async () => {
    const story = await made();
    for (let time = 0; time < 3; time++) {
      await story.becomes(privately);
      expect(story.records()).toEqual([]);
      await story.becomes(publicly);
      expect(story.records()).toMatchObject([{ subject: 'Doctor' }]);
      expect(story.calendar()).toMatchObject([{ itemId: story.itemId }]);
    }
  });

  test('loses its record also where somebody has just edited that in the CRM', async () => {
    const story = await made();
    story.exchange.control.userEdits(rep1, story.itemId, privately);
    story.crm.control.update(story.records()[0]?.id as never, { description: 'Call him' });
    await story.announced();
    await story.run(3 * minutes);
    expect(story.records()).toEqual([]);
    expect(story.calendar()).toMatchObject([{ bodyText: 'Blood test' }]);
  });

  test('loses the record that a process had just made of it when it died', async () => {
    const story = await engineStory();
    await story.run(5 * minutes);
    const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Doctor' });
    const change = await newsOfFeed(story);
    await diesAfter(story, 'crm', 'createRecord', change);
    story.exchange.control.userEdits(rep1, itemId, privately);
    await story.changes.send([{ body: change }]);
    await story.run(10 * minutes);
    expect([story.records().length, story.calendar().length]).toEqual([0, 1]);
    story.exchange.control.userEdits(rep1, itemId, publicly);
    await story.run(10 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Doctor' }]);
  });

  test('as the copy of a meeting that somebody else organises is never deleted for it, however often it changes', async () => {
    const story = await engineStory();
    const { itemId } = story.exchange.control.userCreates(rep1, {
      subject: 'Negotiation',
      ownMeeting: false,
      organizer: { email: 'ada@customer.example', name: '' },
    });
    for (const sensitivity of ['private', 'normal', 'private', 'normal', 'private', 'normal'] as const) {
      await story.run(3 * minutes);
      story.exchange.control.userEdits(rep1, itemId, { sensitivity });
    }
    await story.run(3 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Negotiation' }]);
    expect(story.calendar()).toMatchObject([{ itemId }]);
  });

  test('tells only its time where the profile says so, and its own words are back with the next change', async () => {
    const story = await made({ privacyPolicy: 'busyOnly' });
    await story.becomes(privately);
    expect(story.records()).toMatchObject([{ subject: 'Busy', description: '' }]);
    await story.becomes(publicly);
    expect(story.records()).toMatchObject([{ subject: 'Doctor', description: 'Blood test' }]);
  });

  test('takes the records of a whole series along, and back, however fast', async () => {
    const story = await engineStory({ duplicateDetection: true, profile: { window: { daysBack: 2, daysAhead: 90 } } });
    const recurrence: Series['recurrence'] = {
      pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' },
      startDate: '2026-01-12' as never,
      end: { kind: 'byCount', count: 3 },
    };
    const { itemId } = story.exchange.control.userCreates(rep1, {
      ...{ subject: 'Therapy', start: '2026-01-12T09:00:00.000Z', end: '2026-01-12T10:00:00.000Z' },
      series: { recurrence, exceptions: [], deleted: [] },
    });
    for (let time = 0; time < 3; time++) {
      story.exchange.control.userEdits(rep1, itemId, publicly);
      await story.run(2 * minutes);
      expect(story.records()).toHaveLength(3);
      story.exchange.control.userEdits(rep1, itemId, privately);
      await story.run(2 * minutes);
      expect(story.records()).toEqual([]);
    }
    expect(story.calendar()).toMatchObject([{ itemId, series: { deleted: [] } }]);
  });
});

describe('an activity of the CRM whose item a user makes private', () => {
  test('stays as it is, and what changed on either side meanwhile is merged when the item is public again', async () => {
    const story = await sent();
    await story.becomes({ ...privately, location: 'Clinic' });
    story.crm.control.update(story.id, { subject: 'Visit moved' });
    await story.announced();
    expect(story.crm.control.record(story.id)).toMatchObject({ subject: 'Visit moved', location: '' });
    expect(story.calendar()).toMatchObject([{ subject: 'Visit', location: 'Clinic' }]);
    await story.becomes(publicly);
    expect(story.crm.control.record(story.id)).toMatchObject({ subject: 'Visit moved', location: 'Clinic' });
    expect(story.calendar()).toMatchObject([{ subject: 'Visit moved', location: 'Clinic' }]);
  });

  test('gets what was changed in the CRM meanwhile although nothing but its sensitivity changed in Exchange', async () => {
    const story = await sent();
    await story.becomes(privately);
    story.crm.control.update(story.id, { subject: 'Visit moved' });
    await story.announced();
    await story.run(30 * minutes);
    await story.becomes(publicly);
    expect(story.calendar()).toMatchObject([{ subject: 'Visit moved' }]);
  });

  test('that the CRM itself marks private is synced one way as before', async () => {
    const story = await engineStory();
    const { id } = story.crm.control.create({ subject: 'Visit', sensitivity: 'private' });
    await story.announced();
    await story.run(3 * minutes);
    story.crm.control.update(id, { subject: 'Visit moved' });
    await story.announced();
    expect(story.calendar()).toMatchObject([{ subject: 'Visit moved', sensitivity: 'private' }]);
    expect(story.crm.control.record(id)).toMatchObject({ subject: 'Visit moved' });
  });

  test('keeps its own words and takes only the time where the profile says so', async () => {
    const story = await sent({ privacyPolicy: 'busyOnly' });
    await story.becomes({
      ...privately,
      subject: 'Doctor',
      start: '2026-06-03T09:00:00.000Z',
      end: '2026-06-03T10:00:00.000Z',
    });
    expect(story.crm.control.record(story.id)).toMatchObject({
      subject: 'Visit',
      description: 'Agenda',
      start: '2026-06-03T09:00:00.000Z',
    });
    await story.becomes(publicly);
    expect(story.crm.control.record(story.id)).toMatchObject({ subject: 'Doctor', description: 'Agenda' });
  });
});

test.each(['skip', 'busyOnly'])(
  'an activity that was only matched with an appointment survives that becoming private (%s)',
  async (privacyPolicy) => {
    const story = await jobStory({ profile: { privacyPolicy } });
    const same = {
      subject: 'Visit at the site',
      ...{ start: '2026-01-07T09:00:00.000Z', end: '2026-01-07T10:00:00.000Z' },
    };
    const { id } = story.crm.control.create({ ...same, location: 'Hall', description: 'Agenda' });
    const { itemId } = story.exchange.control.userCreates(rep1, { ...same, location: 'Hall', bodyText: 'Agenda' });
    await story.done('firstSync', {}, 5 * minutes);
    expect(await story.liveMappings()).toHaveLength(1);
    story.exchange.control.userEdits(rep1, itemId, privately);
    await story.run(3 * minutes);
    expect(story.crm.control.record(id)).toMatchObject({ subject: 'Visit at the site', description: 'Agenda' });
  },
);
