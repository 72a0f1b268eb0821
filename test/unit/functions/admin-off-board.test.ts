import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { beforeEach, expect, test } from '@jest/globals';
import { registerAdminOffBoard } from '../../../functions/admin-off-board.ts';
import type { Triggers } from '../../../functions/triggers.ts';
import { contoso, rep1 } from '../../support/engine-world.ts';
import type { JobStory } from '../../support/job-story.ts';
import { receiptOf, twoMailboxes } from '../../support/off-boarding.ts';

type Handler = (request: HttpRequest) => Promise<HttpResponseInit>;
let story: JobStory;
let handlers: Map<string, Handler>;

beforeEach(async () => {
  story = await twoMailboxes();
  handlers = new Map();
  const http = (name: string, { handler }: { handler: Handler }) => void handlers.set(name, handler);
  registerAdminOffBoard({ http } as unknown as Triggers, story.worker.deps);
});

const send = (name: string, params: object, query = '', headers: Record<string, string> = {}) =>
  (handlers.get(name) as Handler)({
    method: 'DELETE',
    params: { org: contoso, ...params },
    query: new URLSearchParams(query),
    headers: new Headers(headers),
  } as unknown as HttpRequest);

test('a mailbox is off-boarded by DELETE, its items kept unless it says otherwise, and asked again it is the same job', async () => {
  const first = await send('admin-mailbox-off-board', { id: rep1 });
  expect(first).toMatchObject({ status: 202, jsonBody: { id: `mailbox-${rep1}-1`, mailboxId: 'off-boarded' } });
  expect(JSON.parse((await receiptOf(story)).input ?? '')).toEqual({ mailboxId: rep1, items: 'keep' });
  expect(await send('admin-mailbox-off-board', { id: rep1 }, 'items=remove')).toMatchObject({ status: 200 });
});

test('what is unknown or malformed is refused', async () => {
  expect(await send('admin-mailbox-off-board', { id: 'nobody' })).toMatchObject({ status: 404 });
  expect(await send('admin-mailbox-off-board', { id: 'no/body' })).toMatchObject({ status: 404 });
  expect(await send('admin-mailbox-off-board', { id: rep1 }, 'items=some')).toMatchObject({ status: 400 });
  expect(await story.stores.jobs.list(contoso)).toEqual([]);
});

test('an organization goes only where a header names it', async () => {
  const confirmed = { 'x-confirm-organization': contoso };
  expect(await send('admin-organization-off-board', {})).toMatchObject({ status: 428 });
  expect(await send('admin-organization-off-board', {}, '', { 'x-confirm-organization': 'other' })).toMatchObject({
    status: 428,
  });
  expect((await story.stores.directory.findOrganization(contoso))?.value.state).toBe('active');
  expect(await send('admin-organization-off-board', {}, 'items=remove', confirmed)).toMatchObject({ status: 202 });
  expect((await story.stores.directory.findOrganization(contoso))?.value.state).toBe('suspended');
});
