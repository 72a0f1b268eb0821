import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { httpCrmGateway } from '../../../shared/adapters/crm/http-crm-gateway.ts';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memorySecretStore } from '../../../shared/adapters/memory/memory-secret-store.ts';
import type { ContactDraft } from '../../../shared/domain/contact.ts';
import { CrmUserId, CrmVersion, type OperationId, RecordId } from '../../../shared/domain/ids.ts';
import { CrmConnection } from '../../../shared/domain/organization.ts';
import type { SyncError } from '../../../shared/domain/sync-error.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

interface Seen {
  readonly method: string | undefined;
  readonly path: string;
  readonly body: unknown;
}

/** A CRM that answers each path with what `answers` has for it, or with 404 as a server without that path does. */
async function crmThat(answers: Readonly<Record<string, unknown>>) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse) {
    const text = await readText(request);
    const path = (request.url ?? '').replace('/connector/v1', '');
    seen.push({ method: request.method, path, body: text === '' ? undefined : JSON.parse(text) });
    const known = answers[`${request.method} ${path.replace(/\?.*/, '')}`];
    response.writeHead(known === undefined ? 404 : 200).end(JSON.stringify(known));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const secrets = memorySecretStore({ 'crm-token': 'token' });
  const logged: string[] = [];
  const note = (fields: unknown, text: string) => void logged.push(JSON.stringify(fields) + text);
  const connection = CrmConnection.parse({
    id: 'main',
    organizationId: 'contoso',
    name: 'CRM',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/connector/v1`,
    tokenSecretName: 'crm-token',
    webhookSecretNames: ['crm-webhook'],
  });
  const log = { info: note, warn: note, error: note };
  return {
    gateway: httpCrmGateway({ secrets, clock: memoryClock(), log, allowInsecure: true }),
    connection,
    seen,
    logged,
  };
}

const errorOf = (promise: Promise<unknown>): Promise<SyncError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: SyncError) => error,
  );
const at = '2030-01-01T00:00:00Z';
const rosa = { id: '7', version: '3', ownerId: 'rep1', givenName: 'Rosa', surname: 'Miller', modifiedAt: at };
const tour = {
  id: '7',
  version: '2',
  ownerId: 'rep1',
  type: 'Tour',
  subject: 'Tour',
  start: at,
  end: at,
  modifiedAt: at,
};
const id = RecordId.parse('contact:7');
const version = CrmVersion.parse('3');
const operation = 'operation-1' as OperationId;
const ownerId = CrmUserId.parse('rep1');
const draft: ContactDraft = {
  kind: 'contact',
  ownerId,
  givenName: 'Rosa',
  surname: 'Miller',
  emails: ['rosa@example.com'],
  phones: {},
  addresses: {},
  company: '',
  jobTitle: '',
  notes: '',
  origin: 'exchange',
};

describe('a contact', () => {
  test('has its own paths, and an id that is the CRM’s there and ours here', async () => {
    const crm = await crmThat({
      'POST /contacts': rosa,
      'PATCH /contacts/7': rosa,
      'DELETE /contacts/7': { version: '9' },
      'GET /contacts': { items: [rosa] },
    });
    const { gateway, connection } = crm;
    expect(await gateway.createRecord(connection, draft, operation)).toMatchObject({
      kind: 'contact',
      id,
    });
    expect((await gateway.updateRecord(connection, id, version, { kind: 'contact', birthday: null })).id).toBe(id);
    expect(await gateway.deleteRecord(connection, id, version)).toBe('9');
    expect((await gateway.findRecordByOperation(connection, 'contact', operation))?.id).toBe(id);
    const { kind: _kind, ...body } = draft;
    expect(crm.seen).toEqual([
      { method: 'POST', path: '/contacts', body },
      { method: 'PATCH', path: '/contacts/7', body: { birthday: null } },
      { method: 'DELETE', path: '/contacts/7', body: undefined },
      { method: 'GET', path: '/contacts?operation=operation-1', body: undefined },
    ]);
  });

  test('is read beside activities with one request for each kind, in the order asked', async () => {
    const crm = await crmThat({
      'POST /contacts/read': {
        items: [
          { id: '7', state: 'present', contact: rosa },
          { id: '8', state: 'deleted', version: '4' },
        ],
      },
      'POST /activities/read': { items: [{ id: '7', state: 'present', activity: tour }] },
    });
    const ids = [RecordId.parse('contact:8'), RecordId.parse('7'), id];
    const reads = await crm.gateway.readRecords(crm.connection, ids);
    expect(reads).toMatchObject([
      { state: 'deleted', version: '4' },
      { state: 'present', record: { kind: 'activity', id: '7' } },
      { state: 'present', record: { kind: 'contact', id: 'contact:7' } },
    ]);
    expect(crm.seen.map(({ path, body }) => [path, body]).sort()).toEqual([
      ['/activities/read', { ids: ['7'] }],
      ['/contacts/read', { ids: ['8', '7'] }],
    ]);
  });

  test('is not asked for where all are activities', async () => {
    const crm = await crmThat({ 'POST /activities/read': { items: [{ id: '7', state: 'missing' }] } });
    expect(await crm.gateway.readRecords(crm.connection, [RecordId.parse('7')])).toEqual([{ state: 'missing' }]);
    expect(crm.seen).toHaveLength(1);
  });

  test('of a CRM that offers none fails alone: the connection goes on', async () => {
    const crm = await crmThat({});
    const read = await errorOf(crm.gateway.readRecords(crm.connection, [id]));
    expect({ code: read.code, remedy: read.remedy }).toEqual({
      code: 'CRM_HAS_NO_CONTACTS',
      remedy: { kind: 'retry' },
    });
    expect((await errorOf(crm.gateway.createRecord(crm.connection, draft, operation))).ambiguous).toBe(false);
  });

  test('has an id that can stand in an address, or is not asked for', async () => {
    const crm = await crmThat({});
    for (const odd of ['contact:..', 'contact:']) {
      const error = await errorOf(crm.gateway.deleteRecord(crm.connection, RecordId.parse(odd), version));
      expect(error.remedy).toEqual({ kind: 'park' });
    }
    expect(crm.seen).toEqual([]);
  });
});

describe('a listing', () => {
  const span = { ownerId, from: '2030-01-01T00:00:00.000Z', to: '2030-02-01T00:00:00.000Z' };

  test('names the owner, and for activities the span, page by page', async () => {
    const crm = await crmThat({
      'GET /activities': { items: [tour], next: 'n 2' },
      'GET /contacts': { items: [rosa] },
    });
    const { gateway, connection } = crm;
    const first = await gateway.listRecords(connection, { kind: 'activity', ...span });
    expect(first).toMatchObject({ records: [{ kind: 'activity', id: '7' }], next: 'n 2' });
    await gateway.listRecords(connection, { kind: 'activity', ...span, cursor: 'n 2' });
    const contacts = await gateway.listRecords(connection, { kind: 'contact', ...span });
    expect(contacts).toMatchObject({ records: [{ kind: 'contact', id }], next: undefined });
    const query = 'owner=rep1&from=2030-01-01T00%3A00%3A00.000Z&to=2030-02-01T00%3A00%3A00.000Z';
    expect(crm.seen.map(({ path }) => path)).toEqual([
      `/activities?${query}`,
      `/activities?${query}&cursor=n+2`,
      '/contacts?owner=rep1',
    ]);
  });

  test('of a CRM that offers none fails alone', async () => {
    const crm = await crmThat({});
    const error = await errorOf(crm.gateway.listRecords(crm.connection, { kind: 'activity', ...span }));
    expect({ code: error.code, remedy: error.remedy }).toEqual({ code: 'CRM_HAS_NO_LISTS', remedy: { kind: 'retry' } });
  });
});

describe('the feed', () => {
  const change = (recordId: string, more = {}) => ({ kind: 'updated', recordId, version: '2', ...more });

  test('tells contacts from activities, which is what an old CRM means', async () => {
    const changes = [change('7'), change('7', { entity: 'contact' }), change('8', { entity: 'activity' })];
    const crm = await crmThat({ 'GET /changes': { changes, watermark: '3', more: false } });
    const page = await crm.gateway.listChanges(crm.connection, '0', 0);
    expect(page.changes.map(({ recordId }) => recordId)).toEqual(['7', 'contact:7', '8']);
  });

  test('goes on past an id that could be mistaken for another, and says so', async () => {
    const changes = [change('contact:7'), change('x'.repeat(121), { entity: 'contact' }), change('8')];
    const crm = await crmThat({ 'GET /changes': { changes, watermark: '3', more: false } });
    const page = await crm.gateway.listChanges(crm.connection, '0', 0);
    expect(page.changes.map(({ recordId }) => recordId)).toEqual(['8']);
    expect(crm.logged).toHaveLength(2);
  });
});

test('an activity whose id looks like that of a contact is refused where it is made', async () => {
  const crm = await crmThat({ 'POST /activities': { ...tour, id: 'contact:7' } });
  const draftOfActivity = { kind: 'activity', subject: 'x' } as never;
  const error = await errorOf(crm.gateway.createRecord(crm.connection, draftOfActivity, operation));
  expect(error).toMatchObject({ code: 'CRM_ANSWER_MALFORMED' });
  expect(error.message).toContain('at id');
});
