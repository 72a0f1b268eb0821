import { describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1, rep2 } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const ada = { email: 'ada@customer.example', name: 'Ada', role: 'required', response: 'none' } as const;
const colleague = { email: 'rep2@contoso.example', name: '', role: 'required', response: 'none' } as const;
const copyOf = (organizer: string, iCalUid: string | undefined) =>
  ({
    subject: 'Negotiation',
    ownMeeting: false,
    organizer: { email: organizer, name: '' },
    ...(iCalUid === undefined ? {} : { iCalUid }),
    attendees: [{ email: 'rep2@contoso.example', name: '', role: 'required', response: 'accepted' }],
  }) as const;
const itemOf = (story: JobStory, mailboxId = rep1) => story.calendar(mailboxId)[0];
const mails = (story: JobStory) => story.exchange.control.mails.map(({ kind, to }) => [kind, ...to]);

describe('3 copies of one meeting in several mailboxes are one record', () => {
  test.each([
    ['the organizer’s copy first', [rep1, rep2]],
    ['the attendee’s copy first', [rep2, rep1]],
  ])('of a meeting between two synced users, %s', async (_, order) => {
    const story = await jobStory();
    for (const mailboxId of order) {
      if (mailboxId === rep1)
        story.exchange.control.userCreates(rep1, {
          ...{ subject: 'Negotiation', iCalUid: 'uid-1', attendees: [colleague] },
        });
      else story.exchange.control.userCreates(rep2, copyOf('rep1@contoso.example', 'uid-1'));
      await story.run(5 * minutes);
    }
    expect(story.records()).toMatchObject([{ subject: 'Negotiation', ownerId: 'rep1' }]);
  });

  test('of a meeting that a customer organises and both users are invited to', async () => {
    const story = await jobStory();
    story.exchange.control.userCreates(rep1, copyOf('ada@customer.example', 'uid-2'));
    story.exchange.control.userCreates(rep2, copyOf('ada@customer.example', 'uid-2'));
    await story.run(30 * minutes);
    story.exchange.control.forgetSyncStates();
    await story.run(30 * minutes);
    expect(story.records()).toHaveLength(1);
  });
});

describe('4 what happens to an attendee’s copy never reaches the organizer’s meeting', () => {
  async function invited() {
    const story = await jobStory({ profile: { notifyPolicy: 'all' } });
    const { id } = story.crm.control.create({ subject: 'Negotiation', attendees: [colleague] });
    await story.announced();
    await story.run(3 * minutes);
    const uid = itemOf(story)?.iCalUid;
    const copy = story.exchange.control.userCreates(rep2, copyOf('rep1@contoso.example', uid));
    await story.run(5 * minutes);
    return { story, id, copy: copy.itemId, mailsBefore: mails(story).length };
  }

  test('not a change, and not its deletion: nobody gets mail, no call fails for ever', async () => {
    const { story, id, copy, mailsBefore } = await invited();
    const before = itemOf(story);
    story.exchange.control.userEdits(rep2, copy, { subject: 'My own name for it', location: 'Elsewhere' });
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(1);
    story.exchange.control.userDeletes(rep2, copy);
    await story.run(30 * minutes);
    expect(story.crm.control.record(id)).toMatchObject({ subject: 'Negotiation', status: 'open', location: '' });
    expect(story.records()).toHaveLength(1);
    expect(itemOf(story)).toEqual(before);
    expect(mails(story)).toHaveLength(mailsBefore);
    expect(await story.failures()).toEqual([]);
  });

  test('and an edit in the CRM goes to the organizer’s item alone', async () => {
    const { story, id, copy } = await invited();
    const before = story.calendar(rep2).find(({ itemId }) => itemId === copy);
    story.crm.control.update(id, { subject: 'Contract' });
    await story.announced();
    await story.run(10 * minutes);
    expect(itemOf(story)?.subject).toBe('Contract');
    expect(story.calendar(rep2)).toEqual([before]);
  });
});

describe('4 the copy of a customer’s meeting is read and never written', () => {
  test('whatever is changed in the CRM, and although its record is deleted there', async () => {
    const story = await jobStory({ profile: { notifyPolicy: 'all' } });
    story.exchange.control.userCreates(rep2, copyOf('ada@customer.example', 'uid-3'));
    await story.run(5 * minutes);
    const before = story.calendar(rep2);
    const [record] = story.records();
    story.crm.control.update(record?.id as never, { subject: 'Ours', location: 'Here', description: 'Notes' });
    await story.announced();
    story.crm.control.delete(record?.id as never);
    await story.announced();
    await story.run(30 * minutes);
    expect(story.calendar(rep2).map(({ changeKey: _, modifiedAt: _at, ...item }) => item)).toEqual(
      before.map(({ changeKey: _, modifiedAt: _at, ...item }) => item),
    );
    expect(mails(story)).toEqual([]);
  });
});

describe('5 nobody outside gets mail by accident', () => {
  const past = { start: '2025-11-03T09:00:00.000Z', end: '2025-11-03T10:00:00.000Z' };

  test('neither by a first sync of three hundred meetings, nor by all being read anew', async () => {
    const story = await jobStory({ profile: { notifyPolicy: 'all' } });
    for (let count = 0; count < 300; count++) {
      const start = new Date(Date.parse('2026-01-06T08:00:00Z') + count * hours);
      const times = { start: start.toISOString(), end: new Date(start.getTime() + 30 * minutes).toISOString() };
      story.crm.control.create({ subject: `Visit ${count} at Ada`, attendees: [ada], ...times });
      story.exchange.control.userCreates(rep1, { subject: `Visit ${count} at Ada`, attendees: [ada], ...times });
    }
    await story.done('firstSync', {}, 20 * minutes);
    story.exchange.control.forgetSyncStates();
    await story.run(30 * minutes);
    expect([story.calendar().length, story.records().length, mails(story)]).toEqual([300, 300, []]);
  }, 120_000);

  test('nor by what is past: made, changed, cancelled, and made again', async () => {
    const story = await jobStory({ profile: { notifyPolicy: 'all' } });
    const { id } = story.crm.control.create({ subject: 'Last year', attendees: [ada], ...past });
    await story.announced();
    story.crm.control.update(id, { subject: 'What it was about' });
    await story.announced();
    story.exchange.control.userDeletes(rep1, itemOf(story)?.itemId as ItemId);
    story.crm.control.update(id, { description: 'Minutes' });
    await story.announced();
    await story.run(30 * minutes);
    story.crm.control.update(id, { status: 'cancelled' });
    await story.announced();
    await story.run(30 * minutes);
    expect(mails(story)).toEqual([]);
  });

  test('nor by a record that is written over and over: the same change is told once', async () => {
    const story = await jobStory({ profile: { notifyPolicy: 'all' } });
    const { id } = story.crm.control.create({ subject: 'Visit', attendees: [ada] });
    await story.announced();
    for (let save = 0; save < 10; save++) {
      story.crm.control.update(id, { subject: 'Visit' });
      await story.announced();
      await story.run(minutes);
    }
    expect(mails(story)).toEqual([['invitation', ada.email]]);
  });

  test('and where a script goes wild the budget of an hour stops the mailbox before the mail goes out', async () => {
    const story = await jobStory({ profile: { notifyPolicy: 'all', brakes: { mails: 5 } } });
    for (let count = 0; count < 20; count++) story.crm.control.create({ subject: `Offer ${count}`, attendees: [ada] });
    await story.announced();
    await story.run(30 * minutes);
    expect(mails(story)).toHaveLength(5);
    const box = { organizationId: contoso, mailboxId: rep1 };
    expect((await story.stores.brakes.listActive(box)).map(({ value }) => value.brake)).toContain('mailBudget');
    expect((await story.held()).length).toBeGreaterThan(10);
    expect(await story.failures()).toEqual([]);
  });
});

describe('6 what is the CRM’s own is nothing for guests, who get mail on every patch of some servers', () => {
  test('a change of links or notes that nobody outside is to see writes nothing to a meeting with guests', async () => {
    const story = await jobStory({ profile: { notifyPolicy: 'all' } });
    const { id } = story.crm.control.create({
      ...{ subject: 'Visit', attendees: [ada], links: { activity: 'https://crm.example/activities/1' } },
    });
    await story.announced();
    await story.run(3 * minutes);
    const before = itemOf(story);
    story.crm.control.update(id, { links: { activity: 'https://crm.example/activities/2' } });
    await story.announced();
    await story.run(10 * minutes);
    expect(itemOf(story)).toEqual(before);
    expect(before?.bodyText).not.toContain('crm.example');
    expect(mails(story)).toEqual([['invitation', ada.email]]);
  });
});
