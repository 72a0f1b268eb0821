import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import type { ActivityForm } from '../support/local-clients.ts';
import { people, recordOf } from '../support/local-exchange-client.ts';
import { timeIn, useLocalEnvironment } from '../support/use-local-environment.ts';

const local = useLocalEnvironment();
const outside = 'rosa@partner.example';
const invited = (...emails: string[]) => emails.map((email) => ({ email }));

async function synced(form: Partial<ActivityForm>) {
  const activity = await local.crm.create(form);
  const item = await eventually(() => local.exchange.itemOf(people.rep1, activity.id));
  return { activity, item };
}
/** What the organizer sent. */
const mailKinds = async (subject: string) =>
  (await local.exchange.mailsAbout(subject))
    .filter(({ mailbox }) => mailbox === people.rep1)
    .map(({ kind, recipients }) => `${kind} to ${[...recipients].sort().join(' ')}`);
const copyIn = async (address: string, subject: string) => {
  const found = (await local.exchange.calendar(address)).filter((item) => item.subject === subject);
  expect(found).toHaveLength(1);
  return found[0] as (typeof found)[0];
};
const recordsAbout = async (subject: string) =>
  (await local.crm.activities()).filter((activity) => activity.subject === subject);

describe('by default nobody is told', () => {
  test('an activity with attendees is a meeting of its owner, and no mail goes out', async () => {
    const { activity, item } = await synced({
      subject: 'Quiet meeting',
      individual: 'Rosa Miller',
      attendees: [...invited(people.manager), { email: people.room, role: 'resource' }],
    });
    expect(item).toMatchObject({
      requiredAttendees: [people.manager],
      resources: [people.room],
      organizer: people.rep1,
    });
    expect(item.body).toContain(activity.links.activity);
    await local.crm.change(activity.id, { start: '2030-05-07T09:00', end: '2030-05-07T10:00', location: 'Garden' });
    await eventually(async () =>
      expect((await local.exchange.itemOf(people.rep1, activity.id)).location).toBe('Garden'),
    );
    await local.crm.remove(activity.id);
    await eventually(() => expect(local.exchange.itemOf(people.rep1, activity.id)).rejects.toThrow('0 items'));
    expect(await mailKinds('Quiet meeting')).toEqual([]);
    expect(await local.exchange.calendar(people.manager)).toEqual([]);
  });

  test('a guest from outside sees no addresses of the CRM: they go as soon as one is invited', async () => {
    const { activity, item } = await synced({ subject: 'Later with guests', individual: 'Rosa', description: 'Hello' });
    expect(item.body).toContain(activity.links.individual);
    await local.crm.change(activity.id, { attendees: invited(outside) });
    const meeting = await eventually(async () => {
      const now = await local.exchange.itemOf(people.rep1, activity.id);
      expect(now.requiredAttendees).toEqual([outside]);
      expect(now.body).not.toContain(new URL(activity.links.activity ?? '').host);
      return now;
    });
    expect(meeting.body).toContain('Hello');
    expect(meeting.body).not.toContain('CRM');
    expect(await mailKinds('Later with guests')).toEqual([]);
  });
});

describe('where the profile says that all are told', () => {
  afterEach(() => local.admin.changeProfile({ notifyPolicy: 'none' }));

  test('guests get invitation, update and cancellation, and those here have a copy', async () => {
    await local.admin.changeProfile({ notifyPolicy: 'all' });
    const subject = 'Loud meeting';
    const { activity } = await synced({ subject, attendees: invited(people.manager, outside) });
    const both = [people.manager, outside].sort().join(' ');
    await eventually(async () => expect(await mailKinds(subject)).toEqual([`request to ${both}`]));
    expect(await copyIn(people.manager, subject)).toMatchObject({
      organizer: people.rep1,
      start: '2030-05-06T14:00:00Z',
    });

    // Whoever was invited through us hears of it, whatever the profile says by now.
    await local.admin.changeProfile({ notifyPolicy: 'none' });
    await local.crm.change(activity.id, { start: '2030-05-06T10:00', end: '2030-05-06T11:00' });
    await eventually(async () => expect(await mailKinds(subject)).toEqual([`request to ${both}`, `update to ${both}`]));
    expect(await copyIn(people.manager, subject)).toMatchObject({ start: '2030-05-06T15:00:00Z' });
    await local.crm.update(activity.id, { status: 'cancelled' });
    await eventually(async () => expect((await mailKinds(subject)).at(-1)).toBe(`cancellation to ${both}`));
    expect(await copyIn(people.manager, `Canceled: ${subject}`)).toMatchObject({ isCancelled: true });
    expect(await mailKinds(subject)).toHaveLength(3);
  });

  test('what a guest answers comes to the CRM, and the room’s answer too; nothing of it goes back', async () => {
    await local.admin.changeProfile({ notifyPolicy: 'all' });
    const subject = 'With answers';
    const { activity, item } = await synced({
      subject,
      attendees: [...invited(people.manager, people.assistant), { email: people.room, role: 'resource' }],
    });
    await local.exchange.respond(people.manager, (await copyIn(people.manager, subject)).id, 'Accept');
    await local.exchange.respond(people.assistant, (await copyIn(people.assistant, subject)).id, 'Tentative');
    await local.afterALook('rep1', async () => {
      const answers = (await local.crm.find(activity.id))?.attendees?.map(({ email, response }) => [email, response]);
      expect(answers).toEqual([
        [people.manager, 'accepted'],
        [people.assistant, 'tentative'],
        [people.room, 'accepted'],
      ]);
    });
    const before = await local.exchange.itemOf(people.rep1, activity.id);
    expect(before.id).toBe(item.id);
    await local.looked('rep1');
    expect((await local.exchange.itemOf(people.rep1, activity.id)).changeKey).toBe(before.changeKey);
    expect(await mailKinds(subject)).toHaveLength(1);
  });
});

describe('an online meeting', () => {
  test('keeps its way in when the notes change', async () => {
    const { activity, item } = await synced({ subject: 'Online', description: 'Old notes', individual: 'Rosa' });
    const joinUrl = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_journey';
    const online = await local.exchange.addOnlineMeeting(people.rep1, item.id, joinUrl);
    const block = online.body.slice(online.body.indexOf('____'));
    await local.looked('rep1');
    expect((await local.crm.find(activity.id))?.description).toBe('Old notes');
    await local.crm.change(activity.id, { description: 'New notes' });
    const now = await eventually(async () => {
      const found = await local.exchange.itemOf(people.rep1, activity.id);
      expect(found.body).toContain('New notes');
      return found;
    });
    for (const text of [joinUrl, activity.links.activity, activity.links.individual]) expect(now.body).toContain(text);
    expect(now.body).not.toContain('Old notes');
    expect(block.length).toBeGreaterThan(100);
    expect((await local.crm.find(activity.id))?.description).toBe('New notes');
  });
});

describe('copies of a meeting', () => {
  const tomorrow = { start: timeIn(1, 9), end: timeIn(1, 10) };

  test('one that a colleague organises, who is synced too, has one record: the organizer’s', async () => {
    const subject = 'Made in Outlook by Renate';
    await local.exchange.create(people.rep1, { subject, ...tomorrow, requiredAttendees: [people.rep2], send: true });
    await local.afterALook('rep2', async () => expect(await recordsAbout(subject)).toHaveLength(1));
    await local.afterALook('rep1', async () =>
      expect(await recordsAbout(subject)).toMatchObject([{ ownerId: 'rep1', attendees: [{ email: people.rep2 }] }]),
    );
    await Promise.all(['rep1', 'rep2'].map((user) => local.looked(user)));
    expect(await recordsAbout(subject)).toHaveLength(1);
  });

  test('one that somebody organises who is not synced has one record, and no copy is written but for its mark', async () => {
    const subject = 'Made by the manager';
    const meeting = await local.exchange.create(people.manager, {
      ...{ subject, ...tomorrow, body: 'Agenda', send: true },
      requiredAttendees: [people.rep1, people.rep2],
    });
    await Promise.all(['rep1', 'rep2'].map((user) => local.looked(user)));
    const record = await local.afterALook('rep1', async () => {
      const [found, ...more] = await recordsAbout(subject);
      expect([found?.organizer?.email, more]).toEqual([people.manager, []]);
      return found;
    });
    await Promise.all(['rep1', 'rep2'].map((user) => local.looked(user)));
    const copies = await Promise.all([people.rep1, people.rep2].map((address) => copyIn(address, subject)));
    await eventually(async () => {
      const marks = await Promise.all(
        copies.map(({ id }, place) => local.exchange.item([people.rep1, people.rep2][place] ?? '', id)),
      );
      expect(marks.map((copy) => recordOf(copy)).filter((mark) => mark !== undefined)).toEqual([record?.id]);
    });

    await local.crm.change(record?.id ?? '', { subject: 'Renamed in the CRM', location: 'Elsewhere' });
    await Promise.all(['rep1', 'rep2'].map((user) => local.looked(user)));
    expect(await copyIn(people.rep1, subject)).toMatchObject({ location: '' });

    await local.exchange.edit(people.manager, meeting.id, { start: timeIn(2, 9), end: timeIn(2, 10), send: true });
    await local.afterALook('rep1', async () =>
      expect(await local.crm.find(record?.id ?? '')).toMatchObject({ start: timeIn(2, 9).replace('Z', '.000Z') }),
    );
    expect((await local.crm.activities()).filter(({ organizer }) => organizer?.email === people.manager)).toHaveLength(
      1,
    );
  });
});

test('once all agree, looking writes nothing', async () => {
  const before = (await local.exchange.mails()).total;
  await local.atRest();
  expect((await local.exchange.mails()).total).toBe(before);
}, 60_000);
