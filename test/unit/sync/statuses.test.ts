import { beforeEach, expect, test } from '@jest/globals';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { enableProcess } from '../../../shared/admin/enable-process.ts';
import { saveMailbox } from '../../../shared/admin/save-mailbox.ts';
import { saveProfile } from '../../../shared/admin/save-profile.ts';
import { Mailbox } from '../../../shared/domain/mailbox.ts';
import { startMailboxJob } from '../../../shared/sync/jobs/start-mailbox-job.ts';
import { reportSuccess } from '../../../shared/sync/report-status.ts';
import { type EngineStory, engineStory, hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1 } from '../../support/engine-world.ts';

let story: EngineStory;
beforeEach(async () => {
  story = await engineStory();
});

const key = { organizationId: contoso, mailboxId: rep1 };
const adminDeps = () => ({ ...story.stores, clock: story.clock });
const mainProfile = async () => {
  const profile = await story.stores.directory.findProfile(contoso, 'main' as never);
  if (profile === undefined) throw new Error('there is no profile');
  return profile.value;
};

test('a success that comes late does not switch a process on again', async () => {
  const mailbox = await story.stores.directory.findMailbox(contoso, rep1);
  if (mailbox === undefined) throw new Error('there is no mailbox');
  await saveMailbox(adminDeps(), { ...mailbox.value, syncCalendar: false }, await mainProfile());
  await reportSuccess(story.worker.deps, key, 'appointments');
  expect((await story.statusOf(rep1))?.status).toBe('notEnabled');
});

test('mailboxes that waited for approval sync once their profile no longer asks for it', async () => {
  const profile = await mainProfile();
  const fields = { id: 'mailbox-3', organizationId: contoso, profileId: 'main', address: 'x@contoso.example' };
  const mailbox = Mailbox.parse({ ...fields, crmUserId: 'manager' });
  await saveMailbox(adminDeps(), mailbox, profile);
  story.crm.control.create({ ownerId: 'manager' as never });
  await story.announced();
  expect(story.calendar(mailbox.id)).toEqual([]);
  await saveProfile(adminDeps(), { ...profile, processOnlyApprovedUsers: false });
  story.exchange.control.userCreates(mailbox.id, { subject: 'Mine' });
  story.crm.control.create({ ownerId: 'manager' as never });
  await story.announced();
  await story.run(10 * minutes);
  expect((await story.statusOf(mailbox.id))?.status).toBe('syncing');
  expect(story.calendar(mailbox.id).length).toBeGreaterThan(1);
  expect(story.records().some(({ subject }) => subject === 'Mine')).toBe(true);
});

test('a mailbox that is not approved cannot be enabled', async () => {
  const mailbox = await story.stores.directory.findMailbox(contoso, rep1);
  if (mailbox === undefined) throw new Error('there is no mailbox');
  await story.stores.directory.saveMailbox({ ...mailbox.value, approval: 'pending' });
  const deps = { ...adminDeps(), exchange: story.exchange.gateway, changes: story.changes, random: story.random };
  expect(await enableProcess(deps, key)).toMatchObject({ outcome: 'refused', code: 'NotEnabled' });
});

test('enabling a mailbox ends the trouble of each of its folders, and what waited for it goes on', async () => {
  story = await engineStory({ mailbox: { syncContacts: true } });
  const denied = toEwsSyncError({ kind: 'response', code: 'ErrorImpersonateUserDenied' }, 'read');
  story.exchange.control.failsWith(rep1, denied);
  await story.run(5 * minutes);
  const { statuses, jobs } = story.stores;
  const states = async () =>
    (await Promise.all((['appointments', 'contacts'] as const).map((process) => statuses.find(key, process)))).map(
      (status) => status?.value.status,
    );
  expect(await states()).toEqual(['impersonationFailed', 'impersonationFailed']);
  const firstSyncs = { jobs, jobMessages: story.jobMessages, clock: story.clock };
  const deps = { ...adminDeps(), exchange: story.exchange.gateway, changes: story.changes, random: story.random };
  await startMailboxJob(firstSyncs, key, { kind: 'sweep', by: 'engine' });
  await story.run(minutes);
  expect((await jobs.list(contoso))[0]).toMatchObject({ state: 'waiting' });
  expect(await enableProcess({ ...deps, firstSyncs }, key)).toMatchObject({ outcome: 'refused' });
  story.exchange.control.failsWith(rep1, undefined);
  expect(await enableProcess({ ...deps, firstSyncs }, key)).toEqual({ outcome: 'enabled' });
  await story.run(minutes);
  expect(await states()).toEqual(['syncing', 'syncing']);
  expect((await jobs.list(contoso))[0]).toMatchObject({ state: 'done' });
});

test('a mailbox that syncs its contacts only is looked into', async () => {
  const mailbox = await story.stores.directory.findMailbox(contoso, rep1);
  if (mailbox === undefined) throw new Error('there is no mailbox');
  const only = { ...mailbox.value, syncCalendar: false, syncContacts: true };
  await saveMailbox(adminDeps(), only, await mainProfile());
  story.exchange.control.userCreatesContact(rep1, { givenName: 'Eve', categories: ['CRM'] });
  await story.run(5 * minutes);
  expect(story.crm.control.contacts()).toMatchObject([{ givenName: 'Eve' }]);
});

test('a mailbox that fails again and again is asked when its status says, not each minute', async () => {
  let calls = 0;
  const { listChanges } = story.worker.deps.exchange;
  story.worker.deps.exchange = {
    ...story.worker.deps.exchange,
    listChanges: (access, kind, state) => {
      calls += access.mailbox.id === rep1 ? 1 : 0;
      return listChanges(access, kind, state);
    },
  };
  story.exchange.control.failsWith(rep1, toEwsSyncError({ kind: 'network', code: 'ETIMEDOUT', sent: true }, 'read'));
  await story.run(2 * hours);
  // After 0, 1, 2, 4, 8, 16, 32 and 60 minutes.
  expect(calls).toBeLessThanOrEqual(8);
  expect(await story.statusOf(rep1)).toMatchObject({ status: 'notSyncing', failuresInARow: calls });
  story.exchange.control.failsWith(rep1, undefined);
  await story.run(hours);
  expect((await story.statusOf(rep1))?.status).toBe('syncing');
});

test('a failure leaves the list once its record is applied', async () => {
  const { id } = story.crm.control.create({ start: '2026-03-01T10:00:00Z', end: '2026-03-01T09:00:00Z' });
  await story.announced();
  expect(await story.failures()).toHaveLength(1);
  story.crm.control.update(id, { end: '2026-03-01T11:00:00Z' });
  await story.announced();
  await story.run(5 * minutes);
  expect(story.calendar()).toHaveLength(1);
  expect(await story.failures()).toEqual([]);
});
