import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findWords, wordsIn } from '../support/canary.ts';
import { eventually } from '../support/eventually.ts';
import { blankForm } from '../support/local-clients.ts';
import { type LocalEnvironment, startLocalEnvironment } from '../support/local-environment.ts';
import { people, recordOf } from '../support/local-exchange-client.ts';
import { writesWhilePolling } from '../support/quiet.ts';

/** Until a look into the mailbox has come round, and the change it found is applied. */
const lookMs = 30_000;
/** Words that stand nowhere else, for each kind of content that must not be kept. */
const canaries = {
  subject: 'canary-subject-q7x2',
  description: 'canary-description-m4k9',
  location: 'canary-location-w8t5',
  attendee: 'canary-attendee-z3p6@partner.example',
  outlookSubject: 'canary-outlook-subject-h1v8',
  outlookBody: 'canary-outlook-body-r5n2',
};

describe('activities and appointments', () => {
  let environment: LocalEnvironment;
  beforeAll(async () => {
    environment = await startLocalEnvironment();
  }, 60_000);
  afterAll(() => environment?.dispose(), 30_000);

  const daysAhead = (days: number, hour: number) =>
    `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T${`${hour}`.padStart(2, '0')}:00:00Z`;

  async function synced(form: Parameters<LocalEnvironment['crm']['create']>[0] = {}) {
    const activity = await environment.crm.create(form);
    const item = await eventually(() => environment.exchange.itemOf(people.rep1, activity.id));
    return { activity, item };
  }

  test('an activity arrives in its owner’s calendar with its links, place and zone', async () => {
    const { activity, item } = await synced({
      subject: canaries.subject,
      description: `Bring the brochure.\n${canaries.description}`,
      location: canaries.location,
      individual: 'Rosa Miller',
    });
    expect(item).toMatchObject({
      subject: canaries.subject,
      location: canaries.location,
      start: '2030-05-06T14:00:00Z',
      end: '2030-05-06T15:00:00Z',
      timeZone: 'Central Standard Time',
      requiredAttendees: [],
    });
    const { links } = activity;
    for (const text of ['Bring the brochure.', canaries.description, links.activity, links.individual])
      expect(item.body).toContain(text);
  });

  test('a rescheduled activity moves its appointment, which stays the same item', async () => {
    const { activity, item } = await synced({ subject: 'To be moved' });
    const { individual: _, ...form } = blankForm;
    await environment.crm.update(activity.id, {
      ...form,
      subject: 'To be moved',
      start: '2030-05-08T16:30',
      end: '2030-05-08T17:00',
      timeZone: 'Europe/Berlin',
    });
    const moved = await eventually(async () => {
      const now = await environment.exchange.itemOf(people.rep1, activity.id);
      expect(now.start).toBe('2030-05-08T14:30:00Z');
      return now;
    });
    expect(moved).toMatchObject({
      id: item.id,
      uid: item.uid,
      subject: 'To be moved',
      end: '2030-05-08T15:00:00Z',
      timeZone: 'W. Europe Standard Time',
    });
  });

  test('an activity that gets another owner moves to that owner’s calendar', async () => {
    const { activity } = await synced({ subject: 'To be handed over' });
    const { individual: _, ...form } = blankForm;
    await environment.crm.update(activity.id, { ...form, subject: 'To be handed over', ownerId: 'rep2' });
    const item = await eventually(() => environment.exchange.itemOf(people.rep2, activity.id));
    expect(item.subject).toBe('To be handed over');
    await expect(environment.exchange.itemOf(people.rep1, activity.id)).rejects.toThrow('0 items');
  });

  test.each([
    ['deleted', (id: string) => environment.crm.remove(id)],
    ['cancelled', (id: string) => environment.crm.update(id, { status: 'cancelled' })],
  ])('an activity that is %s takes its appointment out of the calendar', async (_, end) => {
    const { activity } = await synced();
    await end(activity.id);
    await eventually(() => expect(environment.exchange.itemOf(people.rep1, activity.id)).rejects.toThrow('0 items'));
  });

  test('an edit in Outlook changes those fields of the activity and no others', async () => {
    const { activity, item } = await synced({
      subject: 'Before',
      description: 'Notes stay.',
      location: 'Here',
      individual: 'Rosa Miller',
    });
    const edited = await environment.exchange.edit(people.rep1, item.id, { subject: 'After', location: 'There' });
    await environment.lookInto('mailbox-rep1');
    const after = await eventually(async () => {
      const now = await environment.crm.find(activity.id);
      expect(now?.subject).toBe('After');
      return now;
    }, lookMs);
    const { version: _version, modifiedAt: _modifiedAt, ...unchanged } = activity;
    expect(after).toMatchObject({ ...unchanged, subject: 'After', location: 'There' });
    expect((await environment.exchange.itemOf(people.rep1, activity.id)).changeKey).toBe(edited.changeKey);
  }, 60_000);

  test('a new appointment in Outlook becomes an activity that comes from Exchange', async () => {
    const item = await environment.exchange.create(people.rep2, {
      subject: canaries.outlookSubject,
      body: `<p>${canaries.outlookBody}</p>`,
      location: canaries.location,
      start: daysAhead(7, 10),
      end: daysAhead(7, 11),
      timeZone: 'Eastern Standard Time',
      requiredAttendees: [canaries.attendee],
    });
    await environment.lookInto('mailbox-rep2');
    const activity = await eventually(async () => {
      const found = (await environment.crm.activities()).find(({ subject }) => subject === item.subject);
      expect(found).toBeDefined();
      return found;
    }, lookMs);
    expect(activity).toMatchObject({
      origin: 'exchange',
      ownerId: 'rep2',
      type: 'Outlook event',
      description: canaries.outlookBody,
      location: canaries.location,
      start: daysAhead(7, 10).replace('Z', '.000Z'),
      end: daysAhead(7, 11).replace('Z', '.000Z'),
      timeZone: 'America/New_York',
      status: 'open',
    });
    expect(activity?.links.individual).toBeUndefined();
    const stamped = await eventually(() => environment.exchange.itemOf(people.rep2, activity?.id ?? ''));
    expect(stamped).toMatchObject({ id: item.id, requiredAttendees: [canaries.attendee] });
    expect((await environment.exchange.mails()).total).toBe(0);
  }, 60_000);

  test('what is deleted in Outlook is deleted in the CRM, wherever it was made', async () => {
    const { activity, item } = await synced({ subject: 'Made in the CRM' });
    const own = await environment.exchange.create(people.rep1, {
      subject: 'Made in Outlook',
      start: daysAhead(5, 8),
      end: daysAhead(5, 9),
    });
    await environment.lookInto('mailbox-rep1');
    const made = await eventually(async () => {
      const now = (await environment.exchange.calendar(people.rep1)).find(({ id }) => id === own.id);
      expect(now && recordOf(now)).toBeDefined();
      return now && recordOf(now);
    }, lookMs);
    await environment.exchange.remove(people.rep1, item.id);
    await environment.exchange.remove(people.rep1, own.id);
    await environment.lookInto('mailbox-rep1');
    await eventually(async () => {
      expect(await environment.crm.find(activity.id)).toBeUndefined();
      expect(await environment.crm.find(made ?? '')).toBeUndefined();
    }, lookMs);
  }, 90_000);

  test('a meeting cancelled in Outlook cancels the activity', async () => {
    const { activity, item } = await synced({ subject: 'To be called off' });
    await environment.exchange.edit(people.rep1, item.id, { isCancelled: true });
    await environment.lookInto('mailbox-rep1');
    await eventually(async () => {
      expect(await environment.crm.find(activity.id)).toMatchObject({
        status: 'cancelled',
        subject: 'To be called off',
      });
      await expect(environment.exchange.itemOf(people.rep1, activity.id)).rejects.toThrow('0 items');
    }, lookMs);
  }, 60_000);

  test('once both sides agree, looking writes nothing', async () => {
    expect(await writesWhilePolling(environment)).toBe(0);
    expect(await environment.admin.failures()).toEqual([]);
    expect(await environment.admin.strayFailures()).toEqual([]);
  }, 90_000);

  test('no content of any item or activity is kept in tables, blobs, queues or logs', async () => {
    await environment.stop();
    // That the search finds what is there: a record's id is in the journal of the queues, and the words are in the mailboxes.
    expect(findWords(environment.data, ['act-1001']).join('\n')).toMatch(/service-bus.*: act-1001/);
    const words = Object.values(canaries);
    const kept = findWords(environment.data, words);
    const theirOwn = (place: string) => /^(crm|exchange)[\\/]/.test(place);
    for (const word of words) expect(kept.filter(theirOwn).join('\n')).toContain(word);
    expect(kept.filter((place) => !theirOwn(place))).toEqual([]);
    expect(wordsIn(Buffer.from(environment.logs().join('\n')), [...words, ...secretWords])).toEqual([]);
    const ours = findWords(environment.data, secretWords).filter((place) => !/^secrets\.json/.test(place));
    expect(ours).toEqual([]);
  }, 30_000);
});

const secretWords = ['whsec_bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk=', 'sync@contoso.example:local-only'];
