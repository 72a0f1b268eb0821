import { describe, expect, test } from '@jest/globals';
import { hours, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const start = Date.parse('2026-01-06T08:00:00.000Z');
const at = (slot: number) => ({
  start: new Date(start + slot * hours).toISOString(),
  end: new Date(start + slot * hours + hours / 2).toISOString(),
});

/** What another product left: the same on both sides, and nobody's mark on it. */
function copies(story: JobStory, count: number): void {
  for (let slot = 0; slot < count; slot++) {
    const subject = `Visit ${slot} at the site`;
    story.crm.control.create({ subject, location: `Hall ${slot % 7}`, description: 'Agenda', ...at(slot) });
    story.exchange.control.userCreates(rep1, {
      ...{ subject: `  ${subject.toUpperCase()} `, location: `hall ${slot % 7}`, bodyText: 'Agenda', ...at(slot) },
      attendees: [{ email: 'guest@elsewhere.example', name: '', role: 'required', response: 'none' }],
    });
  }
}

test('what another product left on both sides is linked and not made again: 500 and 500 stay 500 and 500', async () => {
  const story = await jobStory({ profile: { notifyPolicy: 'none' } });
  copies(story, 500);
  const job = await story.done('firstSync', {}, 20 * minutes);
  expect(job).toMatchObject({
    state: 'done',
    counts: { matched: 500, doubtful: 0 },
    progress: { done: 500, total: 500 },
  });
  expect(story.records()).toHaveLength(500);
  expect(story.calendar()).toHaveLength(500);
  expect(await story.liveMappings()).toHaveLength(500);
  expect(story.writesTo('exchange', 'createItems') + story.writesTo('crm', 'createRecord')).toBe(0);
  expect(story.writesTo('exchange', 'deleteItems') + story.writesTo('crm', 'deleteRecord')).toBe(0);
  expect(story.exchange.control.mails).toEqual([]);
  expect(await story.failures()).toEqual([]);
  // From now on they are synced like any other.
  const [record] = story.records();
  story.crm.control.update(record?.id as never, { subject: 'Renamed' });
  await story.announced();
  expect(story.calendar().filter(({ subject }) => subject === 'Renamed')).toHaveLength(1);
}, 120_000);

test('until the matching is done nothing is made: changes are held and feeds are not read', async () => {
  const story = await jobStory();
  copies(story, 3);
  await story.start('firstSync');
  await story.announced();
  await story.worker.schedulePolls();
  const poll = story.polls.take();
  if (poll !== undefined) await story.worker.handlePoll(poll);
  expect(story.writes.filter(({ method }) => method.startsWith('create'))).toEqual([]);
  await story.run(5 * minutes);
  expect([story.records().length, story.calendar().length]).toEqual([3, 3]);
  expect(await story.held()).toEqual([]);
});

test('where both sides differ the policy decides, as ever', async () => {
  const story = await jobStory({ profile: { conflictPolicy: 'crm-wins' } });
  story.crm.control.create({ subject: 'Quarterly review', description: 'from the CRM', location: '', ...at(0) });
  story.exchange.control.userCreates(rep1, { subject: 'Quarterly review', bodyText: 'from Outlook', ...at(0) });
  await story.done('firstSync', {}, 5 * minutes);
  expect(story.calendar()).toMatchObject([{ bodyText: expect.stringContaining('from the CRM') }]);
  expect(story.records()).toHaveLength(1);
});

test.each([
  ['CRM', 'from the CRM'],
  ['Outlook', 'from Outlook'],
])('where the newer side wins, our mark does not make the item the newer one: %s', async (newer, expected) => {
  const story = await jobStory({ profile: { conflictPolicy: 'newest-wins' } });
  const makes = [
    () => void story.crm.control.create({ subject: 'Review', description: 'from the CRM', location: '', ...at(0) }),
    () => void story.exchange.control.userCreates(rep1, { subject: 'Review', bodyText: 'from Outlook', ...at(0) }),
  ];
  for (const make of newer === 'CRM' ? makes.reverse() : makes) {
    make();
    await story.clock.advance(minutes);
  }
  await story.done('firstSync', {}, 10 * minutes);
  expect([story.records()[0]?.description, story.calendar()[0]?.bodyText]).toEqual([expected, expected]);
});

test('what is on one side only is made on the other by the ordinary way', async () => {
  const story = await jobStory();
  story.crm.control.create({ subject: 'Only in the CRM', ...at(0) });
  story.exchange.control.userCreates(rep1, { subject: 'Only in Outlook', ...at(48) });
  await story.done('firstSync', {}, 10 * minutes);
  const subjects = ['Only in Outlook', 'Only in the CRM'];
  expect(
    story
      .records()
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(subjects);
  expect(
    story
      .calendar()
      .map(({ subject }) => subject)
      .sort(),
  ).toEqual(subjects);
});

describe('doubtful pairs', () => {
  const alike = (story: JobStory) => {
    story.crm.control.create({ subject: 'Call with Ms Weber', location: '', ...at(0) });
    story.exchange.control.userCreates(rep1, { subject: 'Call with Ms Weber', ...at(3) });
  };

  test('stay as they are until a person decides, and nothing is made of them', async () => {
    const story = await jobStory();
    alike(story);
    const job = await story.done('firstSync', {}, 10 * minutes);
    expect(job.counts).toMatchObject({ doubtful: 1 });
    expect(await story.reviews()).toMatchObject([{ reasons: ['sameSubject', 'sameDay'] }]);
    await story.announced();
    await story.done('sweep');
    expect([story.records().length, story.calendar().length]).toEqual([1, 1]);
    expect(story.writes).toEqual([]);
  });

  test('are all that become of doubles: they are never shared out', async () => {
    const story = await jobStory();
    for (let copy = 0; copy < 2; copy++) {
      story.crm.control.create({ subject: 'Jour fixe', location: '', ...at(0) });
      story.exchange.control.userCreates(rep1, { subject: 'Jour fixe', ...at(0) });
    }
    await story.done('firstSync', {}, 10 * minutes);
    expect(await story.reviews()).toHaveLength(4);
    expect([story.records().length, story.calendar().length]).toEqual([2, 2]);
    expect(await story.liveMappings()).toEqual([]);
  });
});

test('private items are matched with nothing', async () => {
  for (const privacyPolicy of ['skip', 'busyOnly']) {
    const story = await jobStory({ profile: { privacyPolicy } });
    story.crm.control.create({ subject: 'Busy', location: '', ...at(0) });
    story.exchange.control.userCreates(rep1, { subject: 'Busy', sensitivity: 'private', ...at(0) });
    const job = await story.done('firstSync', {}, 5 * minutes);
    expect(job.counts).toMatchObject({ matched: 0, doubtful: 0 });
  }
});

test('rows that were lost are found again by the mark on the items', async () => {
  const story = await jobStory();
  for (let slot = 0; slot < 5; slot++) story.crm.control.create({ subject: 'Same', ...at(0) });
  await story.announced();
  await story.run(2 * minutes);
  await story.stores.mappings.eraseMailbox({ organizationId: 'contoso' as never, mailboxId: rep1 });
  const job = await story.done('firstSync', {}, 10 * minutes);
  expect(job.counts).toMatchObject({ matched: 5, doubtful: 0 });
  expect([story.records().length, story.calendar().length]).toEqual([5, 5]);
});

test('after a move to another server every item is linked anew, and nothing is made or deleted', async () => {
  const story = await jobStory();
  for (let slot = 0; slot < 12; slot++) story.crm.control.create({ subject: `Item ${slot}`, ...at(slot) });
  await story.announced();
  await story.run(2 * minutes);
  const before = story.writes.length;
  story.exchange.control.moveMailbox(rep1);
  const job = await story.done('firstSync', {}, 15 * minutes);
  expect(job.counts).toMatchObject({ matched: 12 });
  expect([story.records().length, story.calendar().length]).toEqual([12, 12]);
  expect(story.writes.slice(before).filter(({ method }) => method !== 'updateItems')).toEqual([]);
});

test('a death at any port call is mended by the next message: nothing is made twice', async () => {
  let died = 0;
  for (let death = 0; death < 400; death++) {
    const story = await jobStory();
    copies(story, 3);
    story.crm.control.create({ subject: 'Call with Ms Weber', location: '', ...at(4 * 24) });
    story.exchange.control.userCreates(rep1, { subject: 'Call with Ms Weber', ...at(4 * 24 + 3) });
    await story.start('firstSync');
    const message = story.jobMessages.take();
    if (message === undefined) throw new Error('no message was sent');
    const mortal = story.process({ at: death, calls: 0, dead: false });
    await mortal.handleJob(message).catch(() => story.jobMessages.send([{ body: message }]));
    await story.run(15 * minutes);
    expect({ death, counts: [story.records().length, story.calendar().length] }).toEqual({ death, counts: [4, 4] });
    expect(await story.liveMappings()).toHaveLength(3);
    expect(await story.reviews()).toHaveLength(1);
    expect(await story.job('firstSync-1')).toMatchObject({ state: 'done' });
    if (!mortal.fate.dead) break;
    died += 1;
  }
  expect(died).toBeGreaterThan(30);
}, 120_000);

test('tasks and contacts are matched too', async () => {
  const story = await jobStory({
    profile: { syncAllDayTasks: true },
    mailbox: { syncAllDayTasks: true, syncContacts: true },
  });
  const day = { start: '2026-02-10T00:00:00.000Z', end: '2026-02-11T00:00:00.000Z', allDay: true };
  story.crm.control.create({ subject: 'x', description: 'Send the offer', ...day });
  story.exchange.control.userCreatesTask(rep1, { subject: 'Send the offer', dueDate: '2026-02-10' as never });
  story.crm.control.createContact({ givenName: 'Ada', surname: 'Byron', emails: ['ada@elsewhere.example'] });
  story.exchange.control.userCreatesContact(rep1, {
    ...{ givenName: 'Ada', surname: 'Byron', emails: ['Ada@Elsewhere.example'], categories: ['CRM'] },
  });
  const job = await story.done('firstSync', {}, 15 * minutes);
  expect(job.counts).toMatchObject({ matched: 2 });
  expect(story.exchange.control.items(rep1, 'task')).toHaveLength(1);
  expect(story.exchange.control.items(rep1, 'contact')).toHaveLength(1);
  expect([story.records().length, story.crm.control.contacts().length]).toEqual([1, 1]);
});
