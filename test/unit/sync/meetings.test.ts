import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1, rep2 } from '../../support/engine-world.ts';

let story: EngineStory;
const begin = async (profile: Record<string, unknown> = {}) => {
  story = await engineStory({ profile });
};
beforeEach(() => begin());

const customer = { email: 'ada@customer.example', name: 'Ada', role: 'required', response: 'none' } as const;
const colleague = { email: 'manager@contoso.example', name: 'Manager', role: 'required', response: 'none' } as const;
const room = { email: 'room@contoso.example', name: 'Room', role: 'resource', response: 'none' } as const;
const mails = () => story.exchange.control.mails.map(({ kind, to }) => [kind, ...to]);
const item = (mailbox = rep1) => story.calendar(mailbox)[0];

describe('a meeting of the CRM', () => {
  test('has its people and its room as attendees, and nobody gets mail by default', async () => {
    const { id } = story.crm.control.create({ attendees: [customer, colleague, room] });
    await story.announced();
    expect(item()?.attendees).toMatchObject([
      { email: customer.email, role: 'required' },
      { email: colleague.email },
      { email: room.email, role: 'resource' },
    ]);
    story.crm.control.update(id, { subject: 'New name' });
    await story.announced();
    story.crm.control.delete(id);
    await story.announced();
    expect(mails()).toEqual([]);
  });

  test('invites, updates and cancels where the profile tells all', async () => {
    await begin({ notifyPolicy: 'all' });
    const { id } = story.crm.control.create({ attendees: [customer] });
    await story.announced();
    story.crm.control.update(id, { subject: 'New name' });
    await story.announced();
    story.crm.control.delete(id);
    await story.announced();
    expect(mails()).toEqual([
      ['invitation', customer.email],
      ['update', customer.email],
      ['cancellation', customer.email],
    ]);
  });

  test('tells colleagues only where nobody outside is invited, if the profile says internal', async () => {
    await begin({ notifyPolicy: 'internal' });
    story.crm.control.create({ attendees: [colleague, customer] });
    story.crm.control.create({ attendees: [colleague] });
    await story.announced();
    expect(mails()).toEqual([['invitation', colleague.email]]);
  });

  test('never tells somebody outside who came later, if the profile says internal', async () => {
    await begin({ notifyPolicy: 'internal' });
    const { id } = story.crm.control.create({ attendees: [colleague] });
    await story.announced();
    for (const change of [{ attendees: [colleague, customer] }, { subject: 'New name' }]) {
      story.crm.control.update(id, change);
      await story.announced();
    }
    story.crm.control.delete(id);
    await story.announced();
    expect(mails()).toEqual([['invitation', colleague.email]]);
  });

  test('whoever was invited through us is told of its end although the profile has become silent', async () => {
    await begin({ notifyPolicy: 'all' });
    const { id } = story.crm.control.create({ attendees: [customer] });
    await story.announced();
    const profile = await story.stores.directory.findProfile('contoso' as never, 'main' as never);
    await story.stores.directory.saveProfile({ ...profile?.value, notifyPolicy: 'none' } as never);
    story.crm.control.update(id, { status: 'cancelled' });
    await story.announced();
    expect(mails()).toEqual([
      ['invitation', customer.email],
      ['cancellation', customer.email],
    ]);
  });

  test('of the past tells nobody', async () => {
    await begin({ notifyPolicy: 'all' });
    const { id } = story.crm.control.create({
      attendees: [customer],
      start: '2025-12-01T09:00:00.000Z',
      end: '2025-12-01T10:00:00.000Z',
    });
    await story.announced();
    story.crm.control.update(id, { subject: 'What it was about' });
    await story.announced();
    story.crm.control.delete(id);
    await story.announced();
    expect(mails()).toEqual([]);
  });

  test('has no links into the CRM in its body where guests are from outside', async () => {
    const links = { activity: 'https://crm.example/activities/1' };
    story.crm.control.create({ attendees: [customer], links });
    await story.announced();
    expect(item()?.bodyText).not.toContain('crm.example');
    const { id } = story.crm.control.create({ attendees: [colleague], links });
    await story.announced();
    const internal = story.calendar().find(({ stamp }) => stamp?.recordId === id);
    expect(internal?.bodyText).toContain('crm.example');
    story.crm.control.update(id, { attendees: [colleague, customer] });
    await story.announced();
    const now = story.calendar().find(({ stamp }) => stamp?.recordId === id);
    expect(now?.attendees).toHaveLength(2);
    expect(now?.bodyText).not.toContain('crm.example');
  });

  test('takes over what people answer, and is not written back for it', async () => {
    const { id } = story.crm.control.create({ attendees: [customer, colleague] });
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, item()?.itemId as ItemId, {
      attendees: [{ ...customer, response: 'accepted' }, colleague],
    });
    const { changeKey } = item() ?? {};
    await story.run(5 * minutes);
    expect(story.crm.control.record(id)?.attendees).toMatchObject([{ response: 'accepted' }, { response: 'none' }]);
    expect(item()?.changeKey).toBe(changeKey);
  });

  test('keeps its online meeting while its notes change on either side', async () => {
    const { id } = story.crm.control.create({ description: 'Agenda' });
    await story.run(5 * minutes);
    story.exchange.control.userAddsOnlineMeeting(rep1, item()?.itemId as ItemId, 'https://meet.example/join/1');
    await story.run(5 * minutes);
    expect(story.crm.control.record(id)?.description).toBe('Agenda');
    story.crm.control.update(id, { description: 'New agenda' });
    await story.announced();
    await story.run(5 * minutes);
    expect(item()?.rawBody).toContain('https://meet.example/join/1');
    expect(item()?.bodyText).toContain('New agenda');
    expect(story.crm.control.record(id)?.description).toBe('New agenda');
  });
});

describe('the copy of a meeting that somebody else organises', () => {
  const invited = (mailbox = rep1, organizer = 'ada@customer.example') =>
    story.exchange.control.userCreates(mailbox, {
      subject: 'Negotiation',
      ownMeeting: false,
      organizer: { email: organizer, name: '' },
      attendees: [{ email: 'rep1@contoso.example', name: '', role: 'required', response: 'accepted' }],
      iCalUid: 'uid-of-the-meeting',
    });

  test('is an activity, and is never written for it', async () => {
    const { itemId } = invited();
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ subject: 'Negotiation', organizer: { email: 'ada@customer.example' } }]);
    const { id } = story.records()[0] ?? {};
    story.crm.control.update(id as never, { subject: 'Our name for it', location: 'Elsewhere' });
    await story.announced();
    expect(item()).toMatchObject({ itemId, subject: 'Negotiation', location: '' });
    story.crm.control.delete(id as never);
    await story.announced();
    await story.run(5 * minutes);
    expect([story.calendar().length, story.records().length, mails().length]).toEqual([1, 0, 0]);
  });

  test('follows its organizer', async () => {
    const { itemId } = invited();
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, itemId, {
      start: '2026-06-02T09:00:00.000Z',
      end: '2026-06-02T10:00:00.000Z',
    });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ start: '2026-06-02T09:00:00.000Z' }]);
    story.exchange.control.userEdits(rep1, itemId, { cancelled: true });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ status: 'cancelled' }]);
    expect(story.calendar()).toHaveLength(1);
  });

  test('that is cancelled and takes place after all has a record that is open', async () => {
    const { itemId } = invited();
    await story.run(5 * minutes);
    for (let turn = 1; turn <= 2; turn++) {
      story.exchange.control.userEdits(rep1, itemId, { cancelled: true });
      await story.run(5 * minutes);
      story.exchange.control.userEdits(rep1, itemId, { cancelled: false });
      await story.run(5 * minutes);
      const open = story.records().filter(({ status }) => status === 'open');
      expect([open.length, story.records().length, story.calendar().length]).toEqual([1, 1 + turn, 1]);
    }
  });

  test('has one record although several mailboxes were invited', async () => {
    invited(rep1);
    invited(rep2);
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(1);
  });

  test('has none of its own where the organizer is synced', async () => {
    const { id } = story.crm.control.create({ subject: 'Negotiation' });
    await story.announced();
    invited(rep2, 'REP1@contoso.example');
    await story.run(5 * minutes);
    expect(story.records().map((record) => record.id)).toEqual([id]);
  });

  test('takes a reminder of the CRM, which is the user’s own', async () => {
    invited();
    await story.run(5 * minutes);
    story.crm.control.update(story.records()[0]?.id as never, { reminderMinutes: 45 });
    await story.announced();
    expect(item()?.reminderMinutes).toBe(45);
  });
});

describe('a meeting of somebody whom we do not sync', () => {
  const guest = { ...customer, email: 'bob@customer.example' };
  const invited = async () => {
    await begin({ notifyPolicy: 'all' });
    story.exchange.control.userCreates(rep1, {
      subject: 'Negotiation',
      ownMeeting: false,
      organizer: { email: customer.email, name: '' },
      attendees: [{ ...guest, email: 'rep1@contoso.example', response: 'accepted' }, guest],
    });
    await story.run(5 * minutes);
    return story.records()[0]?.id as never;
  };

  test('is organised by nobody else, although its record gets another owner', async () => {
    const id = await invited();
    story.crm.control.update(id, { ownerId: 'rep2' as never });
    await story.announced();
    await story.run(5 * minutes);
    expect([mails(), story.calendar(rep1).length, story.calendar(rep2).length]).toEqual([[], 1, 0]);
    story.exchange.control.userEdits(rep1, item()?.itemId as ItemId, { subject: 'Moved on' });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ id, subject: 'Moved on' }]);
  });

  test('is never written for its record being cancelled and opened again', async () => {
    const id = await invited();
    story.crm.control.update(id, { status: 'cancelled' });
    await story.announced();
    await story.run(5 * minutes);
    story.crm.control.update(id, { status: 'open', subject: 'Ours', location: 'Here' });
    await story.announced();
    await story.run(5 * minutes);
    expect(mails()).toEqual([]);
    expect(story.calendar(rep1)).toMatchObject([{ subject: 'Negotiation', location: '' }]);
  });
});
