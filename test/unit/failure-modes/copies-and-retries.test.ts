import { describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import type { ExchangeGateway } from '../../../shared/ports/exchange-gateway.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1, rep2, type WorldOptions } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';
import { type LateAnswers, lateCrm, lateExchange, noLateAnswers } from '../../support/model/late-answers.ts';

const creates = ({ writes }: JobStory) => writes.filter(({ method }) => method.startsWith('create')).length;
const quickProfile = { minimumPollingIntervalMinutes: 0.2 };

/** A world whose answers may be lost after the work was done. */
async function forgetful(options: WorldOptions = {}): Promise<JobStory & { late: LateAnswers }> {
  const late = noLateAnswers();
  const story = await jobStory({
    ...options,
    profile: { ...quickProfile, ...options.profile },
    between: {
      exchange: (gateway, clock) => lateExchange(gateway, clock, late),
      crm: (gateway) => lateCrm(gateway, late),
    },
  });
  return { ...story, late };
}

describe('1 a new copy at every run', () => {
  test('fifty runs and fifty repeated webhooks make one item of a record and one record of an item', async () => {
    const story = await jobStory({ duplicateDetection: false });
    const { id } = story.crm.control.create({ subject: 'Visit' });
    story.exchange.control.userCreates(rep1, { subject: 'Lunch' });
    await story.announced();
    await story.run(3 * minutes);
    for (let run = 0; run < 50; run++) {
      const change = {
        kind: 'crmChange',
        schema: 1,
        organizationId: contoso,
        recordId: id,
        reason: 'created',
      } as const;
      const seenAt = story.clock.now().toISOString();
      await story.changes.send([{ body: { ...change, attempt: 1, hop: 0, lagged: 0, seenAt } }]);
      await story.run(minutes);
    }
    expect([story.calendar().length, story.records().length, creates(story)]).toEqual([2, 2, 2]);
  });

  test.each(['the CRM', 'Outlook'])(
    'with all our rows lost and everything read anew, what was made before is found by its mark, %s first',
    async (side) => {
      const story = await jobStory();
      const { id } = story.crm.control.create({ subject: 'Visit' });
      story.exchange.control.userCreates(rep1, { subject: 'Lunch' });
      await story.announced();
      await story.run(20 * minutes);
      await story.stores.mappings.eraseMailbox({ organizationId: contoso, mailboxId: rep1 });
      story.exchange.control.forgetSyncStates();
      const known = story.calendar().find(({ stamp }) => stamp?.recordId === id);
      if (side === 'the CRM') {
        story.crm.control.update(id, { subject: 'Visit moved' });
        await story.announced();
      } else story.exchange.control.userEdits(rep1, known?.itemId as ItemId, { location: 'Room 1' });
      await story.run(hours);
      expect([story.calendar().length, story.records().length]).toEqual([2, 2]);
      const said = { subject: side === 'the CRM' ? 'Visit moved' : 'Visit' };
      expect([
        story.crm.control.record(id),
        story.calendar().find(({ stamp }) => stamp?.recordId === id),
      ]).toMatchObject([said, said]);
    },
  );
});

describe('2 a create that succeeded, whose answer is lost, is not done twice', () => {
  test.each([
    ['at once', 0],
    ['a minute after the time-out', 60_000],
  ])('an item that Exchange makes %s is adopted by its mark, and its guests get one invitation', async (_, afterMs) => {
    const story = await forgetful({ profile: { notifyPolicy: 'all' } });
    // No feed helps: it is the search by the mark that finds it.
    for (const mailboxId of [rep1, rep2]) await story.stores.schedules.remove({ organizationId: contoso, mailboxId });
    const guest = { email: 'ada@customer.example', name: '', role: 'required', response: 'none' } as const;
    story.late.exchange.push(afterMs);
    const { id } = story.crm.control.create({ subject: 'Visit', attendees: [guest] });
    await story.announced();
    await story.run(30 * minutes);
    expect(story.calendar()).toMatchObject([{ subject: 'Visit', stamp: { recordId: id } }]);
    expect(story.exchange.control.mails).toHaveLength(1);
    expect(await story.failures()).toEqual([]);
  });

  test('a record that the CRM makes is given again for its operation, three lost answers in a row', async () => {
    const story = await forgetful();
    story.late.crm = 3;
    story.exchange.control.userCreates(rep1, { subject: 'Lunch' });
    await story.run(hours);
    expect(story.records()).toMatchObject([{ subject: 'Lunch' }]);
    expect(story.late.crm).toBe(0);
  });
});

describe('runner-up: two runs on one mailbox at once', () => {
  test('double nothing, whichever of them is ahead', async () => {
    const story = await jobStory({ duplicateDetection: false });
    const other = story.process();
    for (let count = 0; count < 5; count++) {
      story.crm.control.create({ subject: `Visit ${count}` });
      story.exchange.control.userCreates(rep1, { subject: `Lunch ${count}` });
    }
    await story.announceCrmChanges();
    await story.worker.schedulePolls();
    for (let poll = story.polls.take(); poll !== undefined; poll = story.polls.take())
      await Promise.all([story.worker.handlePoll(poll), other.handlePoll(poll)]);
    const changes = [];
    for (let change = story.changes.take(); change !== undefined; change = story.changes.take()) changes.push(change);
    await Promise.all(changes.flatMap((change) => [story.worker.handleChange(change), other.handleChange(change)]));
    await story.run(30 * minutes);
    expect([story.calendar().length, story.records().length]).toEqual([10, 10]);
    expect(await story.failures()).toEqual([]);
  });
});

describe('runner-up: duplicate contacts', () => {
  const ada = { givenName: 'Ada', surname: 'Miller', emails: ['ada@miller.example'], categories: ['CRM'] };

  test('a contact whose answer is lost on the way to the CRM is one contact', async () => {
    const story = await forgetful({ mailbox: { syncContacts: true } });
    story.late.crm = 2;
    story.exchange.control.userCreatesContact(rep1, ada);
    await story.run(hours);
    expect(story.crm.control.contacts()).toHaveLength(1);
  });

  test('a contact that both sides had before is matched by its address and made on neither', async () => {
    const story = await jobStory({ mailbox: { syncContacts: true } });
    const { categories: _, ...fields } = ada;
    story.crm.control.createContact(fields);
    story.exchange.control.userCreatesContact(rep1, ada);
    await story.done('firstSync', {}, 10 * minutes);
    const inMailbox = story.exchange.control.items(rep1, 'contact');
    expect([story.crm.control.contacts().length, inMailbox.length, creates(story)]).toEqual([1, 1, 0]);
  });
});

describe('runner-up: a room is invited, never written to', () => {
  test('the room of a meeting is one of its people, and its own calendar is not touched', async () => {
    const written = new Set<string>();
    const exchange = (gateway: ExchangeGateway): ExchangeGateway => ({
      ...gateway,
      async createItems(access, drafts, notify) {
        written.add(access.mailbox.address);
        return gateway.createItems(access, drafts, notify);
      },
    });
    const story = await jobStory({ between: { exchange } });
    const room = await story.stores.directory.findMailbox(contoso, rep2);
    if (room === undefined) throw new Error('the world is incomplete');
    const address = 'room@contoso.example' as never;
    const { crmUserId: _, ...rest } = room.value;
    await story.stores.directory.saveMailbox({ ...rest, kind: 'room', address });
    const asks = { email: 'room@contoso.example', name: 'Room', role: 'resource', response: 'none' } as const;
    story.crm.control.create({ subject: 'Workshop', attendees: [asks] });
    await story.announced();
    await story.run(10 * minutes);
    expect(story.calendar()).toMatchObject([{ attendees: [{ email: 'room@contoso.example', role: 'resource' }] }]);
    expect([...written]).toEqual(['rep1@contoso.example']);
    expect(story.calendar(rep2)).toEqual([]);
  });
});
