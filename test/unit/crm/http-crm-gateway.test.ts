import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { httpCrmGateway } from '../../../shared/adapters/crm/http-crm-gateway.ts';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memorySecretStore } from '../../../shared/adapters/memory/memory-secret-store.ts';
import type { ActivityDraft } from '../../../shared/domain/activity.ts';
import { CrmUserId, CrmVersion, type OperationId, RecordId } from '../../../shared/domain/ids.ts';
import { CrmConnection } from '../../../shared/domain/organization.ts';
import type { SyncError } from '../../../shared/domain/sync-error.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function crmThat(answer: Answer, deadlineMs?: number) {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/connector/v1/`;
  const secrets = memorySecretStore({ 'crm-token': 'old' });
  const logged: string[] = [];
  const note = (fields: unknown, text: string) => void logged.push(JSON.stringify(fields) + text);
  const log = { info: note, warn: note, error: note };
  const deadline = deadlineMs === undefined ? {} : { deadlineMs };
  return {
    gateway: httpCrmGateway({ secrets, clock: memoryClock(), log, allowInsecure: true, ...deadline }),
    secrets,
    logged,
    connection: connectionTo(baseUrl),
  };
}

const connectionTo = (baseUrl: string) =>
  CrmConnection.parse({
    id: 'main',
    organizationId: 'contoso',
    name: 'CRM',
    baseUrl,
    tokenSecretName: 'crm-token',
    webhookSecretNames: ['crm-webhook'],
  });
const json = (response: ServerResponse, status: number, value: unknown, type = 'application/json') =>
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
const errorOf = (promise: Promise<unknown>): Promise<SyncError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: SyncError) => error,
  );
const id = RecordId.parse('act-1');
const version = CrmVersion.parse('7');
const pause = { kind: 'pause', scope: 'crmConnection' };
const draft = { kind: 'activity', ownerId: CrmUserId.parse('rep1'), subject: 'Secret dinner' } as ActivityDraft;

describe('the token', () => {
  test('is read anew once after a 401, however many calls it refuses, and each call is repeated', async () => {
    const crm = await crmThat((request, response) =>
      request.headers.authorization === 'Bearer new' ? json(response, 200, { status: 'ok' }) : json(response, 401, {}),
    );
    await crm.gateway.probe(crm.connection).catch(() => {});
    crm.secrets.set('crm-token', 'new');
    const before = crm.secrets.refreshes('crm-token');
    await crm.gateway.probe(crm.connection);
    await crm.gateway.probe(crm.connection);
    expect(crm.secrets.refreshes('crm-token') - before).toBe(1);
  });

  test('that stays refused is not presented again, pauses the connection, and is not logged', async () => {
    let requests = 0;
    const crm = await crmThat((_request, response) => {
      requests += 1;
      json(response, 401, {});
    });
    const error = await errorOf(crm.gateway.probe(crm.connection));
    expect({ kind: error.kind, remedy: error.remedy, requests }).toEqual({
      kind: 'unauthorized',
      remedy: pause,
      requests: 1,
    });
    expect(crm.logged.join()).not.toContain('old');
  });
});

describe('a request', () => {
  test('names the version it is meant for, and the operation it belongs to', async () => {
    const seen: unknown[] = [];
    const crm = await crmThat((request, response) => {
      seen.push([request.method, request.url, request.headers['if-match'] ?? request.headers['idempotency-key']]);
      json(response, 412, {});
    });
    await errorOf(
      crm.gateway.updateRecord(crm.connection, RecordId.parse('a/b?'), version, { kind: 'activity', subject: 'x' }),
    );
    await errorOf(crm.gateway.deleteRecord(crm.connection, id, version));
    await errorOf(crm.gateway.createRecord(crm.connection, draft, 'operation-1' as OperationId));
    expect(seen).toEqual([
      ['PATCH', '/connector/v1/activities/a%2Fb%3F', '"7"'],
      ['DELETE', '/connector/v1/activities/act-1', '"7"'],
      ['POST', '/connector/v1/activities', 'operation-1'],
    ]);
  });

  test('is not made for an id that would lead to another address', async () => {
    const crm = await crmThat((_request, response) => json(response, 200, { version: '9' }));
    const error = await errorOf(crm.gateway.deleteRecord(crm.connection, RecordId.parse('..'), version));
    expect(error.remedy).toEqual({ kind: 'park' });
  });

  test.each(['http://crm.example/api', 'https://localhost/api', 'https://169.254.169.254/api', 'https://[::1]/api'])(
    'is not made to %s unless that is allowed',
    async (baseUrl) => {
      const log = { info() {}, warn() {}, error() {} };
      const gateway = httpCrmGateway({ secrets: memorySecretStore({ 'crm-token': 't' }), clock: memoryClock(), log });
      expect(await errorOf(gateway.probe(connectionTo(baseUrl)))).toMatchObject({
        code: 'CRM_URL_REFUSED',
        remedy: pause,
      });
    },
  );

  test('is not carried on to where a redirect points', async () => {
    const urls: unknown[] = [];
    const crm = await crmThat((request, response) => {
      urls.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await errorOf(crm.gateway.probe(crm.connection))).toMatchObject({ code: 'HTTP_307', remedy: pause });
    expect(urls).toEqual(['/connector/v1/health']);
  });

  test('ends at its deadline, also when the body never ends', async () => {
    const crm = await crmThat((_request, response) => void response.writeHead(200).write('{'), 100);
    const error = await errorOf(crm.gateway.createRecord(crm.connection, draft, 'operation-1' as OperationId));
    expect(error).toMatchObject({ code: 'TIMEOUT', ambiguous: true, remedy: pause });
  });

  test('that meets nobody was surely not carried out', async () => {
    const crm = await crmThat(() => {});
    for (const stop of stops.splice(0)) stop();
    const error = await errorOf(crm.gateway.createRecord(crm.connection, draft, 'operation-1' as OperationId));
    expect(error).toMatchObject({ code: 'ECONNREFUSED', ambiguous: false, remedy: pause });
  });
});

describe('an answer', () => {
  test('that is malformed is named by its field and quoted nowhere', async () => {
    const activity = { id, version: '1', type: 'T', ownerId: 'rep1', subject: 'Secret dinner', start: 'Secret noon' };
    const crm = await crmThat((_request, response) =>
      json(response, 200, { items: [{ id, state: 'present', activity }] }),
    );
    const error = await errorOf(crm.gateway.readRecords(crm.connection, [id]));
    expect(error.code).toBe('CRM_ANSWER_MALFORMED');
    expect(error.message).toContain('items.0.activity.start');
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('Secret');
  });

  test('that leaves out an id is malformed: silence is no proof', async () => {
    const crm = await crmThat((_request, response) => json(response, 200, { items: [] }));
    expect((await errorOf(crm.gateway.readRecords(crm.connection, [id]))).code).toBe('CRM_ANSWER_MALFORMED');
  });

  test('of more than 16 MB is not read to its end', async () => {
    const crm = await crmThat((_request, response) => {
      const piece = Buffer.alloc(1024 * 1024, 0x20);
      response.writeHead(200);
      const more = () => {
        while (response.write(piece));
        response.once('drain', more);
      };
      more();
    });
    expect((await errorOf(crm.gateway.probe(crm.connection))).message).toContain('16 MB');
  });

  test('that refuses gives its code or the end of its type, never its texts', async () => {
    const problems = [
      { code: 'start-after-end', detail: 'Secret dinner' },
      { type: 'https://crm.example/problems/no-such-owner', title: 'Secret dinner' },
      { code: 'Secret dinner of Rosa' },
    ];
    const crm = await crmThat((_request, response) =>
      json(response, 422, problems.shift(), 'application/problem+json'),
    );
    const codes: string[] = [];
    for (let at = 0; at < 3; at += 1) {
      codes.push((await errorOf(crm.gateway.updateRecord(crm.connection, id, version, { kind: 'activity' }))).code);
    }
    expect(codes).toEqual(['HTTP_422_start-after-end', 'HTTP_422_no-such-owner', 'HTTP_422']);
  });

  test.each([
    ['7', 7_000],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
  ])('of 503 with Retry-After %s holds the connection back for %i ms', async (retryAfter, forMs) => {
    const crm = await crmThat((_request, response) =>
      response.writeHead(503, { 'retry-after': retryAfter, 'content-type': 'text/html' }).end('<h1>Sorry</h1>'),
    );
    expect((await errorOf(crm.gateway.probe(crm.connection))).remedy).toEqual({ ...pause, forMs });
  });
});
