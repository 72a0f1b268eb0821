import { HttpRequest, type HttpResponseInit } from '@azure/functions';
import { expect, test } from '@jest/globals';
import { registerAdminJobs } from '../../../functions/admin-jobs.ts';
import type { Triggers } from '../../../functions/triggers.ts';
import { minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';
import { jobStory } from '../../support/job-story.ts';

type Handler = (request: HttpRequest) => Promise<HttpResponseInit>;

/** The admin's requests, straight into the functions. */
async function adminStory() {
  const story = await jobStory();
  const handlers = new Map<string, Handler>();
  const app = {
    http: (name: string, { handler }: { handler: Handler }) => void handlers.set(name, handler),
  } as unknown as Triggers;
  registerAdminJobs(app, story.worker.deps);
  const call = async (
    name: string,
    params: Record<string, string>,
    body?: unknown,
    query: Record<string, string> = {},
  ) => {
    const handler = handlers.get(`admin-${name}`);
    if (handler === undefined) throw new Error(`no function ${name}`);
    const request = new HttpRequest({
      method: body === undefined ? 'GET' : 'POST',
      url: 'https://localhost/api',
      params: { org: 'contoso', ...params },
      query,
      ...(body === undefined ? {} : { body: { string: JSON.stringify(body) } }),
    });
    return handler(request);
  };
  return { ...story, call };
}

test('a job is started, is under way only once, and says how far it is', async () => {
  const { call, run, crm } = await adminStory();
  crm.control.create({ subject: 'Visit' });
  const started = await call('mailbox-jobs', { id: rep1 }, { kind: 'dryRun' });
  expect([started.status, started.jsonBody]).toMatchObject([
    202,
    { id: 'dryRun-1', state: 'waiting', finished: false },
  ]);
  expect(started.jsonBody).not.toHaveProperty('cursor');
  expect((await call('mailbox-jobs', { id: rep1 }, { kind: 'dryRun' })).status).toBe(200);
  await run(minutes);
  expect((await call('mailbox-job', { id: rep1, job: 'dryRun-1' })).jsonBody).toMatchObject({
    ...{ state: 'done', finished: true, progress: { done: 1, total: 1 }, counts: { createItem: 1 } },
  });
  const plan = await call('mailbox-job', { id: rep1, job: 'dryRun-1' }, undefined, { parts: '1' });
  expect(plan.jsonBody).toMatchObject({ plan: [{ act: 'createItem', recordId: 'activity-1' }] });
  expect((await call('mailbox-jobs', { id: rep1 })).jsonBody).toHaveLength(1);
  expect((await call('jobs', {})).jsonBody).toHaveLength(1);
});

test('a plan is carried out when it is asked for', async () => {
  const { call, run, crm, calendar } = await adminStory();
  crm.control.create({ subject: 'Visit' });
  await call('mailbox-jobs', { id: rep1 }, { kind: 'dryRun' });
  expect((await call('mailbox-job-apply', { id: rep1, job: 'dryRun-1' }, {})).status).toBe(409);
  await run(minutes);
  expect((await call('mailbox-job-apply', { id: rep1, job: 'dryRun-1' }, {})).status).toBe(202);
  await run(minutes);
  expect(calendar()).toHaveLength(1);
});

test('pairs are listed and decided about', async () => {
  const { call, done, run, crm, exchange } = await adminStory();
  crm.control.create({
    subject: 'Call',
    location: '',
    start: '2026-02-02T08:00:00.000Z',
    end: '2026-02-02T09:00:00.000Z',
  });
  exchange.control.userCreates(rep1, {
    ...{ subject: 'Call', start: '2026-02-02T12:00:00.000Z', end: '2026-02-02T13:00:00.000Z' },
  });
  await done('firstSync');
  const listed = (await call('reviews', {})).jsonBody as { id: string; mailboxId: string }[];
  expect(listed).toMatchObject([{ mailboxId: rep1, score: expect.any(Number) }]);
  const review = listed[0]?.id ?? '';
  expect((await call('review-decide', { id: rep1, review }, { decision: 'perhaps' })).status).toBe(400);
  expect((await call('review-decide', { id: rep1, review }, { decision: 'same' })).status).toBe(204);
  expect((await call('review-decide', { id: rep1, review }, { decision: 'different' })).status).toBe(409);
  expect((await call('review-decide', { id: rep1, review: 'none' }, { decision: 'same' })).status).toBe(404);
  await run(5 * minutes);
  expect((await call('reviews', {})).jsonBody).toEqual([]);
});

test('a job is stopped, and then does nothing more', async () => {
  const { call, drain, worker, changes, crm } = await adminStory();
  crm.control.create({ subject: 'Visit' });
  await call('mailbox-jobs', { id: rep1 }, { kind: 'sweep' });
  expect((await call('mailbox-job-stop', { id: rep1, job: 'sweep-1' }, {})).status).toBe(204);
  await drain(worker);
  expect(changes.sent()).toEqual([]);
  expect((await call('mailbox-job-stop', { id: rep1, job: 'sweep-1' }, {})).status).toBe(409);
});

test('what does not exist and what cannot be asked for is refused', async () => {
  const { call } = await adminStory();
  expect((await call('mailbox-jobs', { id: 'nobody' }, { kind: 'sweep' })).status).toBe(404);
  expect((await call('mailbox-job', { id: rep1, job: 'sweep-9' })).status).toBe(404);
  expect((await call('mailbox-jobs', { id: rep1 }, { kind: 'offBoard' })).status).toBe(400);
});
