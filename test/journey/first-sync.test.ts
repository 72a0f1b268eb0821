import { expect, test } from '@jest/globals';
import type { MailboxJob } from '../../shared/domain/mailbox-job.ts';
import type { PlanPart } from '../../shared/domain/plan-line.ts';
import type { ReviewPair } from '../../shared/domain/review-pair.ts';
import { eventually } from '../support/eventually.ts';
import { people, recordOf } from '../support/local-exchange-client.ts';
import { useLocalEnvironment } from '../support/use-local-environment.ts';

const local = useLocalEnvironment();
const guest = 'rosa@partner.example';
const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
const id = 'mailbox-manager';
const job = (jobId: string) => local.admin.read<MailboxJob>(`/mailboxes/${id}/jobs/${jobId}`);
const finished = (jobId: string) =>
  eventually(async () => {
    const found = await job(jobId);
    expect(['done', 'failed', 'refused', 'stopped']).toContain(found.state);
    return found;
  }, 60_000);
const inCrm = async () => (await local.crm.activities()).filter(({ ownerId }) => ownerId === 'manager');

test('a mailbox that another product has filled before is enrolled: all is linked, nothing is made, nobody gets mail', async () => {
  await local.crm.createMany({ count: 24, ownerIds: ['manager'], start: `${day}T00:00:00.000Z` });
  for (const { subject, description, start, end } of await inCrm()) {
    const copy = { subject: subject.toUpperCase(), body: description, start, end, timeZone: 'UTC' };
    await local.exchange.create(people.manager, { ...copy, requiredAttendees: [guest] });
  }
  const late = { start: `${day}T20:00:00Z`, end: `${day}T21:00:00Z`, timeZone: 'UTC' };
  await local.exchange.create(people.manager, { subject: 'Call with Ms Weber', ...late });
  await local.crm.create({
    ...{ ownerId: 'manager', subject: 'Call with Ms Weber', timeZone: 'UTC' },
    ...{ start: `${day}T16:00`, end: `${day}T17:00` },
  });

  const mailbox = { profileId: 'main', address: people.manager, crmUserId: 'manager' };
  await local.admin.put(`/mailboxes/${id}`, { ...mailbox, approval: 'pending' });
  expect((await local.admin.post(`/mailboxes/${id}/jobs`, { kind: 'dryRun' })).status).toBe(202);
  expect(await finished('dryRun-1')).toMatchObject({ state: 'done', counts: { match: 24, doubtful: 1, lines: 25 } });
  const { plan } = await local.admin.read<{ plan: PlanPart }>(`/mailboxes/${id}/jobs/dryRun-1?parts=1`);
  expect(plan).toHaveLength(25);
  expect((await local.exchange.calendar(people.manager)).filter((item) => recordOf(item) !== undefined)).toEqual([]);

  await local.admin.put(`/mailboxes/${id}`, { ...mailbox, approval: 'approved' });
  expect(await finished('firstSync-1')).toMatchObject({ state: 'done', counts: { matched: 24, doubtful: 1 } });
  expect(await finished('sweep-1')).toMatchObject({ state: 'done' });
  await local.looked('manager');
  const calendar = await local.exchange.calendar(people.manager);
  expect([calendar.length, (await inCrm()).length]).toEqual([25, 25]);
  expect(new Set(calendar.map(recordOf)).size).toBe(25);
  expect((await local.exchange.mails()).total).toBe(0);

  // From now on they are synced, and the pair that is left waits for a person.
  const [first] = await inCrm();
  await local.crm.change(first?.id ?? '', { subject: 'Renamed' });
  await eventually(async () =>
    expect(await local.exchange.itemOf(people.manager, first?.id ?? '')).toMatchObject({ subject: 'Renamed' }),
  );
  const [pair] = await local.admin.read<ReviewPair[]>('/reviews');
  const decided = await local.admin.post(`/mailboxes/${id}/reviews/${pair?.id}/decide`, { decision: 'same' });
  expect(decided.status).toBe(204);
  await eventually(async () => {
    const item = await local.exchange.itemOf(people.manager, pair?.recordId ?? '');
    expect(item).toMatchObject({ start: `${day}T16:00:00Z` });
  });
  expect(await local.admin.failures()).toEqual([]);

  // Where all is agreed, a sweep finds nothing.
  await local.looked('manager');
  expect((await local.admin.post(`/mailboxes/${id}/jobs`, { kind: 'sweep' })).status).toBe(202);
  expect(await finished('sweep-2')).toMatchObject({ state: 'done', counts: { news: 0 } });
}, 180_000);
