import { expect, test } from '@jest/globals';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

const edit = (story: EngineStory, subject: string) =>
  story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, { subject });
const subjects = (story: EngineStory) => [story.records()[0]?.subject, story.calendar()[0]?.subject];

test.each(['crm-wins', 'exchange-wins', 'newest-wins'])(
  'a write of ours that died half-way never beats what the user writes next, where %s',
  async (conflictPolicy) => {
    let died = 0;
    for (let at = 0; at < 60; at++) {
      const story = await engineStory({ profile: { conflictPolicy } });
      story.crm.control.create();
      await story.announced();
      await story.run(2 * minutes);
      edit(story, 'first');
      await story.clock.advance(61_000);
      await story.worker.schedulePolls();
      for (let poll = story.polls.take(); poll !== undefined; poll = story.polls.take())
        await story.worker.handlePoll(poll);
      const change = story.changes.take();
      if (change === undefined) throw new Error('the edit was not seen');
      const mortal = story.process({ at, calls: 0, dead: false });
      await mortal.handleChange(change).catch(() => story.changes.send([{ body: change }]));
      if (!mortal.fate.dead) break;
      died += 1;
      edit(story, 'second');
      await story.run(15 * minutes);
      expect({ at, subjects: subjects(story) }).toEqual({ at, subjects: ['second', 'second'] });
    }
    expect(died).toBeGreaterThan(20);
  },
);

async function newsOfMailbox(story: EngineStory) {
  await story.clock.advance(61_000);
  await story.worker.schedulePolls();
  for (let poll = story.polls.take(); poll !== undefined; poll = story.polls.take())
    await story.worker.handlePoll(poll);
  const change = story.changes.take();
  if (change === undefined) throw new Error('the mailbox told of nothing');
  return change;
}

test.each(['crm-wins', 'newest-wins'])(
  'a record that died half-way in its making never beats what the user writes next, where %s',
  async (conflictPolicy) => {
    let died = 0;
    for (let at = 0; at < 80; at++) {
      const story = await engineStory({ profile: { conflictPolicy } });
      await story.run(2 * minutes);
      story.exchange.control.userCreates(rep1, { subject: 'first', location: 'Here' });
      const change = await newsOfMailbox(story);
      const mortal = story.process({ at, calls: 0, dead: false });
      await mortal.handleChange(change).catch(() => story.changes.send([{ body: change }]));
      if (!mortal.fate.dead) break;
      died += 1;
      edit(story, 'second');
      const record = story.records()[0];
      if (record !== undefined) story.crm.control.update(record.id, { location: 'There' });
      await story.run(15 * minutes);
      await story.announced();
      const place = record === undefined ? 'Here' : 'There';
      const both = [...subjects(story), story.records()[0]?.location, story.calendar()[0]?.location];
      expect({ at, both }).toEqual({ at, both: ['second', 'second', place, place] });
    }
    expect(died).toBeGreaterThan(20);
  },
);

test('what the user writes while the record of his item is made is in both', async () => {
  const story = await engineStory();
  await story.run(2 * minutes);
  story.exchange.control.userCreates(rep1, { subject: 'first' });
  const { createRecord } = story.crm.gateway;
  story.crm.gateway.createRecord = async (...input) => {
    edit(story, 'second');
    return createRecord(...input);
  };
  await story.run(10 * minutes);
  await story.announced();
  expect(subjects(story)).toEqual(['second', 'second']);
});

// The write was refused with a mapping that its own preparation had changed, six times over, and then given up.
test.each(['crm-wins', 'exchange-wins', 'newest-wins'])(
  'an edit in Outlook of what the CRM changed unseen ends in agreement, where %s',
  async (conflictPolicy) => {
    const story = await engineStory({ profile: { conflictPolicy } });
    const { id } = story.crm.control.create();
    await story.announced();
    await story.run(2 * minutes);
    story.crm.control.update(id, { subject: 'from the CRM' });
    await story.clock.advance(1_000);
    edit(story, 'from Outlook');
    await story.worker.schedulePolls();
    await story.drain(story.worker);
    const winner = conflictPolicy === 'crm-wins' ? 'from the CRM' : 'from Outlook';
    await story.run(5 * minutes);
    expect(subjects(story)).toEqual([winner, winner]);
    const toldAt = story.changes.sent().map((change) => ('attempt' in change ? change.attempt : 1));
    expect(Math.max(...toldAt)).toBe(1);
  },
);
