import { expect, test } from '@jest/globals';
import { saveMailbox } from '../../../shared/admin/save-mailbox.ts';
import { saveProfile } from '../../../shared/admin/save-profile.ts';
import type { EmailServerProfile } from '../../../shared/domain/email-server-profile.ts';
import { MailboxId } from '../../../shared/domain/ids.ts';
import { inputOf } from '../../../shared/domain/job-cursor.ts';
import { Mailbox } from '../../../shared/domain/mailbox.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1 } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const id = MailboxId.parse('mailbox-manager');
const manager = (more: Partial<Mailbox> = {}) =>
  Mailbox.parse({
    ...{ id, organizationId: contoso, profileId: 'main', address: 'manager@contoso.example', crmUserId: 'manager' },
    ...{ approval: 'approved', ...more },
  });

const profileOf = async (story: JobStory): Promise<EmailServerProfile> => {
  const profile = await story.stores.directory.findProfile(contoso, 'main' as never);
  if (profile === undefined) throw new Error('no profile');
  return profile.value;
};
const depsOf = (story: JobStory) => {
  const { jobs, jobMessages, directory, statuses, schedules } = story.worker.deps;
  return { directory, statuses, schedules, clock: story.clock, firstSyncs: { jobs, jobMessages, clock: story.clock } };
};
const firstSyncsOf = (story: JobStory, mailboxId = id) =>
  story.stores.jobs.list(contoso, { mailboxId, kind: 'firstSync' });

test('a mailbox that is enrolled is matched first, once, and then synced', async () => {
  const story = await jobStory();
  const time = { start: '2026-02-02T09:00:00.000Z', end: '2026-02-02T10:00:00.000Z' };
  story.crm.control.create({ subject: 'Visit', location: '', ownerId: 'manager' as never, ...time });
  story.exchange.control.userCreates(id, { subject: 'Visit', ...time });
  await saveMailbox(depsOf(story), manager(), await profileOf(story));
  await story.announced();
  await story.run(10 * minutes);
  expect(await firstSyncsOf(story)).toMatchObject([{ state: 'done', counts: { matched: 1 } }]);
  expect([story.records().length, story.calendar(id).length]).toEqual([1, 1]);
  const saved = await story.stores.directory.findMailbox(contoso, id);
  await saveMailbox(depsOf(story), manager(), await profileOf(story), saved?.etag);
  expect(await firstSyncsOf(story)).toHaveLength(1);
});

test('a kind that is switched on later is matched then, and only it waits', async () => {
  const story = await jobStory();
  await saveMailbox(depsOf(story), manager(), await profileOf(story));
  await story.run(5 * minutes);
  await saveMailbox(depsOf(story), manager({ syncContacts: true }), await profileOf(story));
  const [latest] = await firstSyncsOf(story);
  expect(latest && inputOf(latest)).toEqual({ kinds: ['contact'] });
  const { firstSync } = story.process().deps;
  const key = { organizationId: contoso, mailboxId: id };
  expect([await firstSync(key, 'appointment'), await firstSync(key, 'contact')]).toEqual([false, true]);
  await story.run(5 * minutes);
  expect(await firstSync(key, 'contact')).toBe(false);
});

test('a kind that is switched on while the first sync is under way is matched by the same', async () => {
  const story = await jobStory();
  await saveMailbox(depsOf(story), manager(), await profileOf(story));
  await saveMailbox(depsOf(story), manager({ syncContacts: true }), await profileOf(story));
  await story.run(5 * minutes);
  const all = await firstSyncsOf(story);
  expect(all.map((job) => inputOf(job).kinds)).toEqual([['appointment', 'contact']]);
  expect(all).toMatchObject([{ state: 'done' }]);
});

test('a kind that a profile switches on is matched in each of its mailboxes', async () => {
  const story = await jobStory({ mailbox: { syncAllDayTasks: true } });
  await saveProfile(depsOf(story), { ...(await profileOf(story)), syncAllDayTasks: true });
  expect(await firstSyncsOf(story, rep1)).toMatchObject([{ state: 'waiting' }]);
  await story.run(5 * minutes);
  expect(await firstSyncsOf(story, rep1)).toMatchObject([{ state: 'done' }]);
});

test('a first sync that fails goes on holding the mailbox back, until another is done', async () => {
  const story = await jobStory();
  const record = story.crm.control.create({ subject: 'Visit' });
  const { deps } = story.worker;
  const broken = new Proxy(deps.crm, {
    get: (port, name) => {
      if (name !== 'listRecords') return Reflect.get(port, name);
      return async () => {
        throw new Error('not foreseen');
      };
    },
  });
  const working = deps.crm;
  Object.assign(deps, { crm: broken });
  await story.start('firstSync');
  await story.run(hours);
  expect(await story.job('firstSync-1')).toMatchObject({ state: 'failed' });
  await story.announced();
  expect(story.calendar()).toEqual([]);
  expect(await story.held()).toHaveLength(1);
  Object.assign(deps, { crm: working });
  await story.done('firstSync', {}, 5 * minutes);
  expect(story.calendar()).toMatchObject([{ subject: record.subject }]);
});

test('what the CRM told of while a process was switched off is made up for once it is on again', async () => {
  const story = await jobStory();
  const owner = { ownerId: 'manager' as never };
  const { id: contactId } = story.crm.control.createContact({ givenName: 'Ada', ...owner });
  const save = async (syncContacts: boolean) => {
    const saved = await story.stores.directory.findMailbox(contoso, id);
    await saveMailbox(depsOf(story), manager({ syncContacts }), await profileOf(story), saved?.etag);
  };
  const contacts = () => story.exchange.control.items(id, 'contact').map(({ givenName }) => givenName);
  await save(true);
  await story.run(10 * minutes);
  expect(contacts()).toEqual(['Ada']);
  await save(false);
  story.crm.control.updateContact(contactId, { givenName: 'Augusta' });
  await story.run(10 * minutes);
  // Others go on in the CRM: its feed is past that.
  story.crm.control.create();
  await story.run(10 * minutes);
  await save(true);
  await story.run(5 * minutes);
  expect(contacts()).toEqual(['Augusta']);
});
