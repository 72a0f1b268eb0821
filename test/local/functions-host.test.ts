import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { type FunctionsHostProcess, hostKeys, startFunctionsHostProcess } from '../support/functions-host-process.ts';

const app = path.join(import.meta.dirname, '..', 'support', 'fixture-app');

describe.each([
  ['whole bodies', 'false'],
  ['HTTP streaming', 'true'],
])('the Functions host with %s', (_, stream) => {
  let host: FunctionsHostProcess;
  const get = (route: string, init?: RequestInit) => fetch(`${host.url}/${route}`, init);
  const textOf = async (route: string) => (await get(route)).text();

  beforeAll(async () => {
    host = await startFunctionsHostProcess({
      app,
      environment: { STREAM: stream, ALREADY_SET: 'mine', 'AzureWebJobs.switched-off.Disabled': 'true' },
    });
  });
  afterAll(async () => {
    expect(await host.stop()).toBe(0);
  });

  test('hands a request to the function as it came, and its response back', async () => {
    const body = Uint8Array.from({ length: 200_000 }, (_value, index) => index % 256);
    const response = await get('api/echo/5/a/b%20c?x=1&y=2', { method: 'PUT', body, headers: { 'x-sent': 'hi' } });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-seen')).toBe('hi');
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/^seen=a%20b; .*HttpOnly.*SameSite=Lax/)]);
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', body)).toString('hex');
    expect(await response.json()).toEqual({
      method: 'PUT',
      url: `${host.url}/api/echo/5/a/b%20c?x=1&y=2`,
      params: { number: '5', rest: 'a/b c' },
      query: [
        ['x', '1'],
        ['y', '2'],
      ],
      length: body.length,
      sha256: digest,
    });
  });

  test('prefers the more specific route', async () => {
    expect(await Promise.all(['today', '5', 'x'].map((id) => textOf(`api/items/${id}`)))).toEqual([
      'literal',
      'number 5',
      'any x',
    ]);
  });

  test.each([
    ['GET', 'api/nowhere', 404],
    ['DELETE', 'api/hello', 404],
    ['GET', 'hello', 404],
    ['GET', 'api/switched-off', 404],
    ['GET', 'api/admin/console', 404],
    ['GET', 'api/%ff', 400],
    ['GET', 'api/guarded', 401],
    ['GET', 'api/guarded?code=wrong', 401],
    ['GET', `api/guarded?code=${hostKeys.function}`, 200],
    ['GET', `api/guarded?code=${hostKeys.master}`, 200],
    ['GET', `api/locked?code=${hostKeys.function}`, 401],
    ['GET', `api/locked?code=${hostKeys.master}`, 200],
    ['POST', 'api/fail', 500],
    ['GET', 'api/silent', 204],
    ['GET', 'api/too-late', 500],
    ['GET', 'admin/host/status', 401],
    ['GET', `admin/host/status?code=${hostKeys.function}`, 401],
    ['GET', `admin/host/status?code=${hostKeys.master}`, 200],
    ['GET', 'admin/host/ping', 200],
    ['POST', `admin/functions/nothing?code=${hostKeys.master}`, 404],
  ])('answers %s %s with %d', async (method, route, status) => {
    const response = await get(route, { method });
    const body = await response.text();
    expect(response.status).toBe(status);
    if (status !== 200) expect(body).toBe('');
  });

  test('writes a streamed body piece by piece', async () => {
    expect(await textOf('api/stream')).toBe('first,second');
  });

  test('fails an invocation that runs longer than functionTimeout, and says so', async () => {
    expect((await get('api/slow?ms=3000')).status).toBe(500);
    expect(host.lines).toContainEqual(expect.stringMatching(/^\[error\] slow: failed .*functionTimeout/));
  });

  test('lets hooks replace the handler, the result and the log line', async () => {
    expect(await textOf('api/hooked')).toBe('from the hook, twice');
    await get('api/talkative');
    await eventually(() => expect(host.lines).toContain('[warn] talkative: hello from | the app, hooked'));
    expect(host.lines.join('\n')).not.toContain('hidden');
  });

  test('gives the app its local settings, those of the environment first', async () => {
    expect(await (await get('api/settings')).json()).toEqual({ local: 'yes', already: 'mine' });
  });

  test('refuses a body above 100 MB with 413', async () => {
    const body = Buffer.alloc(104_857_601);
    expect((await get('api/echo/1/x', { method: 'POST', body })).status).toBe(413);
    expect((await get('api/hello')).status).toBe(200);
  });

  test('drops an upload whose sender goes away, and goes on', async () => {
    const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
    socket.write('POST /api/echo/1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nbegin');
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    expect(await textOf('api/hello')).toBe('hello');
  });

  test('runs timers on their schedule, at start-up and by hand', async () => {
    const journal = async () => (await get('api/journal')).json() as Promise<unknown[]>;
    await eventually(async () =>
      expect((await journal()).filter((entry) => entry === 'tick').length).toBeGreaterThan(1),
    );
    expect(await journal()).toContainEqual({ startup: false, next: expect.stringMatching(/T03:00:00/), adjust: true });
    const run = await get('admin/functions/third-time-lucky', {
      method: 'POST',
      headers: { 'x-functions-key': hostKeys.master, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(run.status).toBe(202);
    await eventually(async () =>
      expect(await journal()).toEqual(expect.arrayContaining([{ retry: 0 }, { retry: 1 }, { retry: 2 }])),
    );
  });

  test('leaves out what Azure would refuse, and says why', () => {
    expect(host.lines).toContainEqual(expect.stringMatching(/^\[error\] misspelt: is in error .*NCRONTAB/));
    expect(host.lines).toContainEqual(expect.stringMatching(/^\[error\] console: is in error .*built in routes/));
  });
});

describe('stopping', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'functions-host-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('on SIGTERM what runs may finish, and appTerminate hooks run', async () => {
    const file = path.join(directory, 'terminated');
    const host = await startFunctionsHostProcess({ app, environment: { TERMINATE_FILE: file } });
    const slow = fetch(`${host.url}/api/slow?ms=700`).then((response) => response.text());
    await eventually(async () => {
      expect(await (await fetch(`${host.url}/api/journal`)).json()).toContain('slow began');
    });
    const [text, code] = await Promise.all([slow, host.stop()]);
    expect({ text, code }).toEqual({ text: 'slow but done', code: 0 });
    expect(existsSync(file)).toBe(true);
  });

  test('the host ends when the channel to its parent closes', async () => {
    const host = await startFunctionsHostProcess({ app });
    const exited = new Promise((resolve) => host.child.once('exit', resolve));
    host.child.disconnect();
    expect(await exited).toBe(0);
  });

  test('a folder that is no app is refused with the reason', async () => {
    await expect(startFunctionsHostProcess({ app: directory })).rejects.toThrow('has no "main"');
  });
});
