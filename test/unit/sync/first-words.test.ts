import { describe, expect, test } from '@jest/globals';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';
import { jobStory } from '../../support/job-story.ts';

const time = { start: '2026-02-09T09:00:00.000Z', end: '2026-02-09T10:00:00.000Z' };
const customer = { email: 'ada@customer.example', name: 'Ada', role: 'required', response: 'none' } as const;

describe('a pair that is matched for the first time', () => {
  const matched = async (record: object, item: object) => {
    const story = await jobStory({ profile: { notifyPolicy: 'all' } });
    story.crm.control.create({ subject: 'Visit the site', ...time, ...record });
    story.exchange.control.userCreates(rep1, { subject: 'Visit the site', ...time, ...item });
    await story.done('firstSync', {}, 20 * minutes);
    expect(await story.liveMappings()).toHaveLength(1);
    return story;
  };

  test('mails nobody, although its sides are made alike and the profile tells all', async () => {
    const story = await matched(
      { location: 'Hall', description: 'Agenda' },
      { location: 'Room', bodyText: 'Other', attendees: [customer] },
    );
    expect(story.calendar()).toMatchObject([{ location: 'Hall', bodyText: 'Agenda' }]);
    expect(story.exchange.control.mails).toEqual([]);
    story.crm.control.update(story.records()[0]?.id as never, { location: 'Court' });
    await story.announced();
    expect(story.exchange.control.mails).toMatchObject([{ kind: 'update', to: [customer.email] }]);
  });

  test('loses nothing to a side that says nothing', async () => {
    const story = await matched(
      { location: '', description: 'Agenda', attendees: [] },
      { location: 'Room', bodyText: '', attendees: [customer] },
    );
    expect(story.calendar()).toMatchObject([{ location: 'Room', bodyText: 'Agenda', attendees: [customer] }]);
    expect(story.records()).toMatchObject([{ location: 'Room', description: 'Agenda', attendees: [customer] }]);
  });
});

test('a CRM that learns of new fields fills them from Exchange and empties nothing there', async () => {
  const ignoresFields = ['attendees', 'categories', 'reminderMinutes'];
  const story = await engineStory({ crm: { ignoresFields }, profile: { notifyPolicy: 'all' } });
  const own = { attendees: [customer], categories: ['Red'], reminderMinutes: 30 };
  const { itemId } = story.exchange.control.userCreates(rep1, { subject: 'Mine', ...own });
  await story.run(5 * minutes);
  const id = story.records()[0]?.id as never;
  ignoresFields.length = 0;
  story.crm.control.setKnowsSeries(false);
  story.crm.control.update(id, { location: 'Here', attendees: [], categories: [], reminderMinutes: null });
  await story.announced();
  await story.run(5 * minutes);
  expect(story.calendar()).toMatchObject([{ itemId, location: 'Here', ...own }]);
  expect(story.crm.control.record(id)).toMatchObject(own);
  story.crm.control.update(id, { categories: [] });
  await story.announced();
  expect(story.calendar()).toMatchObject([{ categories: [] }]);
});
