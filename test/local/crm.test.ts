import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { toInstant } from '../../local/crm/zoned-time.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { CrmEvent, CrmEventBatch } from '../../shared/domain/crm-event.ts';
import { recordIdText } from '../../shared/domain/sync-record.ts';
import { filledForm, startDemoCrm } from '../support/demo-crm.ts';
import { eventually } from '../support/eventually.ts';

const secret = 'whsec_bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk=';
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function directory(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'crm-'));
  ends.push(() => rmSync(made, { recursive: true }));
  return made;
}

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Stands in for the function that takes webhooks; answers with the next of `statuses`, then with 202. */
async function receiver(...statuses: number[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.once('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(statuses.shift() ?? 202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { received, webhook: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, secret } };
}

async function crm(options: Parameters<typeof startDemoCrm>[0] = {}) {
  const started = await startDemoCrm(options);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= started.close();
    return closed;
  };
  ends.push(close);
  return { ...started, close };
}

describe('webhooks of the demo CRM', () => {
  test('are signed as Standard Webhooks say, and name the change without its contents', async () => {
    const { received, webhook } = await receiver();
    const demo = await crm({ webhook });
    const made = await demo.create('Secret dinner');
    await eventually(() => expect(received).toHaveLength(1));
    const [{ headers, body }] = received as [Received];
    const event = CrmEvent.parse(new Webhook(secret).verify(body, headers));
    expect(headers['content-type']).toBe('application/cloudevents+json');
    expect(event.data).toEqual({ recordId: made.id, entity: 'activity', version: made.version, ownerId: 'rep1' });
    expect(body).not.toContain('Secret');
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
  });

  test('are sent again after 1 and 5 s with the same id until they are taken', async () => {
    const clock = memoryClock(new Date());
    const { received, webhook } = await receiver(503, 500);
    const demo = await crm({ webhook, clock });
    await demo.create('Once');
    for (const [count, pause] of [
      [1, 1000],
      [2, 5000],
    ] as const) {
      await eventually(() => expect(received).toHaveLength(count));
      await eventually(() => expect(clock.nextActionAt()?.getTime()).toBe(clock.now().getTime() + pause));
      await clock.advance(pause);
    }
    await eventually(() => expect(received).toHaveLength(3));
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    const waiting = async () =>
      ((await demo.send('GET', '/control/activities')).json as { webhooks: unknown }).webhooks;
    await eventually(async () => expect(await waiting()).toEqual({ enabled: true, waiting: 0 }));
  });

  test('tell of contacts by a type and an id of their own', async () => {
    const { received, webhook } = await receiver();
    const demo = await crm({ webhook });
    const { id } = await demo.createContact('Secret Rosa');
    await eventually(() => expect(received).toHaveLength(1));
    const event = CrmEvent.parse(JSON.parse(received[0]?.body ?? ''));
    expect(event).toMatchObject({ type: 'crm.contact.created.v1', data: { entity: 'contact', version: '1' } });
    expect(recordIdText('contact', event.subject)).toBe(id);
    expect(received[0]?.body).not.toContain('Rosa');
  });

  test('tell of many activities in batches of at most 100', async () => {
    const { received, webhook } = await receiver();
    const demo = await crm({ webhook });
    const { json } = await demo.send('POST', '/control/activities', { count: 150, batch: true, ownerIds: ['rep2'] });
    expect((json as { ids: string[] }).ids).toHaveLength(150);
    await eventually(() => expect(received).toHaveLength(2));
    const sizes = received.map(({ body }) => CrmEventBatch.parse(JSON.parse(body)).length);
    expect(sizes.sort((a, b) => a - b)).toEqual([50, 100]);
  });

  test('are left out while they are switched off', async () => {
    const { received, webhook } = await receiver();
    const demo = await crm({ webhook });
    await demo.send('POST', '/control/webhooks', { enabled: false });
    await demo.create('Silent');
    await demo.send('POST', '/control/webhooks', { enabled: true });
    const told = await demo.create('Told');
    await eventually(() => expect(received).toHaveLength(1));
    expect(JSON.parse(received[0]?.body ?? '').subject).toBe(told.id);
  });
});

describe('the data of the demo CRM', () => {
  test('is there after a restart, with its feed, its operations, and what was not yet told', async () => {
    const dataDirectory = directory();
    const refused = await receiver(...Array<number>(20).fill(503));
    const before = await crm({ dataDirectory, webhook: refused.webhook });
    const kept = await before.create('Kept');
    const gone = await before.create('Gone');
    await before.remove(gone.id);
    await eventually(() => expect(refused.received).toHaveLength(3));
    await before.close();

    const { received, webhook } = await receiver();
    const after = await crm({ dataDirectory, webhook });
    const { json } = await after.send('GET', '/control/activities');
    expect((json as { activities: unknown[] }).activities).toEqual([kept]);
    await eventually(() => expect(received).toHaveLength(3));
    const ids = (list: Received[]) => list.map(({ headers }) => headers['webhook-id']).sort();
    expect(ids(received)).toEqual(ids(refused.received));
    expect((await after.create('Next')).id).toBe('act-1003');
  });

  test('survives kill -9, and a last line that was cut off', async () => {
    const dataDirectory = directory();
    const first = await startMain(dataDirectory);
    const made = await postForm(first.url, 'Written');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    appendFileSync(path.join(dataDirectory, 'journal.jsonl'), '{"kind":"created","at":17');

    const second = await startMain(dataDirectory);
    const next = await postForm(second.url, 'After');
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);

    const third = await crm({ dataDirectory });
    const { activities } = (await third.send('GET', '/control/activities')).json as { activities: { id: string }[] };
    expect(activities.map(({ id }) => id)).toEqual([made.id, next.id]);
  });
});

async function postForm(url: string, subject: string): Promise<{ id: string }> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(filledForm(subject));
  return (await fetch(`${url}/ui/activities`, { method: 'POST', headers, body })).json() as Promise<{ id: string }>;
}

const main = path.join(import.meta.dirname, '..', '..', 'local', 'crm', 'main.ts');

async function startMain(dataDirectory: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main, '--port', '0', '--data', dataDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const address = /^crm ready on (.+)\n$/.exec(line.toString())?.[1];
  expect(address).toBeDefined();
  return { child, url: `http://${address}` };
}

describe('the program', () => {
  test('says so when its port is taken', async () => {
    const demo = await crm();
    const child = spawn(process.execPath, [main, '--port', `${demo.port}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [[text], [code]] = await Promise.all([once(child.stderr, 'data'), once(child, 'exit')]);
    expect(`${text}`).toContain(`Port ${demo.port} is taken`);
    expect(code).toBe(1);
  });

  test('ends when the process that started it is gone', async () => {
    const child = spawn(process.execPath, [main, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('the page of the demo CRM', () => {
  test('takes times on the clock of the zone, and refuses an end before the start by name', async () => {
    const demo = await crm();
    const made = await demo.create('Tour');
    expect([made.start, made.timeZone]).toEqual(['2030-05-06T14:00:00.000Z', 'America/Chicago']);
    expect(made.links).toEqual({
      activity: `${demo.url}/activities/${made.id}`,
      individual: `${demo.url}/individuals/rosa-miller`,
    });
    const late = await demo.send('POST', '/ui/activities', { ...filledForm('x'), end: '2030-05-06T08:00' });
    expect(late).toMatchObject({ status: 422, json: { code: 'start-after-end' } });
  });

  test('shows a user’s activities and says plainly that there is no simulator', async () => {
    const demo = await crm();
    await demo.create('Tour');
    const { json } = await demo.send('GET', '/ui/state?user=rep1');
    expect(json).toMatchObject({
      mailbox: { state: 'absent' },
      activities: [{ subject: 'Tour', individual: 'Rosa Miller' }],
    });
    const page = await fetch(`${demo.url}/activities/act-1001`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<title>Demo CRM');
  });

  test('may not be written to by a page of another origin', async () => {
    const demo = await crm();
    const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
    const body = JSON.stringify(filledForm('x'));
    const { status } = await fetch(`${demo.url}/ui/activities`, { method: 'POST', headers, body });
    expect(status).toBe(403);
  });
});

test.each([
  ['2030-01-15T09:00', 'America/Chicago', '2030-01-15T15:00:00.000Z'],
  ['2030-07-15T09:00', 'Europe/Berlin', '2030-07-15T07:00:00.000Z'],
  ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['2026-03-29T03:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['2026-11-01T01:30', 'America/Chicago', '2026-11-01T06:30:00.000Z'],
  ['2030-01-15T09:00', 'Asia/Kolkata', '2030-01-15T03:30:00.000Z'],
])('%s in %s is %s', (wallClock, timeZone, instant) => {
  expect(toInstant(wallClock, timeZone)).toBe(instant);
});
