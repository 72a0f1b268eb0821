import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { httpCrmGateway } from '../../shared/adapters/crm/http-crm-gateway.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { memorySecretStore } from '../../shared/adapters/memory/memory-secret-store.ts';
import type { Activity, ActivityDraft } from '../../shared/domain/activity.ts';
import { CrmUserId, type OperationId, RecordId } from '../../shared/domain/ids.ts';
import { CrmConnection } from '../../shared/domain/organization.ts';
import { Series } from '../../shared/domain/recurrence.ts';
import type { RecordKind, SyncRecord } from '../../shared/domain/sync-record.ts';
import { filledContact, startDemoCrm } from '../support/demo-crm.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function crm(options: Parameters<typeof startDemoCrm>[0] = {}) {
  const demo = await startDemoCrm(options);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= demo.close();
    return closed;
  };
  ends.push(close);
  const connection = CrmConnection.parse({
    id: 'main',
    organizationId: 'contoso',
    name: 'CRM',
    baseUrl: `${demo.url}/connector/v1`,
    tokenSecretName: 'crm-token',
    webhookSecretNames: ['crm-webhook'],
  });
  const gateway = httpCrmGateway({
    secrets: memorySecretStore({ 'crm-token': 'local-only' }),
    clock: memoryClock(),
    log: { info() {}, warn() {}, error() {} },
    allowInsecure: true,
  });
  return { ...demo, close, gateway, connection };
}
type Crm = Awaited<ReturnType<typeof crm>>;

const ownerId = CrmUserId.parse('rep1');
const series = Series.parse({
  recurrence: {
    pattern: { kind: 'weekly', daysOfWeek: ['monday'] },
    startDate: '2030-05-06',
    end: { kind: 'byCount', count: 4 },
  },
});
const draft: ActivityDraft = {
  ...{ kind: 'activity', type: 'Outlook event', ownerId, subject: 'Weekly', description: '', location: 'Room 2' },
  ...{ allDay: false, start: '2030-05-06T14:00:00.000Z', end: '2030-05-06T15:00:00.000Z', timeZone: 'Europe/Berlin' },
  ...{ status: 'open', origin: 'exchange' },
};
const everything: ActivityDraft = {
  ...draft,
  organizer: { email: 'boss@example.com', name: 'Boss' },
  attendees: [{ email: 'rosa@example.com', name: 'Rosa', role: 'optional', response: 'accepted' }],
  reminderMinutes: null,
  showAs: 'outOfOffice',
  categories: ['Family', 'VIP'],
  sensitivity: 'private',
  series,
};
const operation = 'operation-1' as OperationId;

async function listed({ gateway, connection }: Crm, kind: RecordKind, from: string, to: string): Promise<SyncRecord[]> {
  const records: SyncRecord[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const query = { kind, ownerId, from, to, ...(cursor === undefined ? {} : { cursor }) };
    const page = await gateway.listRecords(connection, query);
    records.push(...page.records);
    cursor = page.next;
  }
  return records;
}
const read = async ({ gateway, connection }: Crm, id: RecordId) => (await gateway.readRecords(connection, [id]))[0];

describe('an activity in the demo CRM', () => {
  test('keeps all that it may have, once the CRM knows series', async () => {
    const demo = await crm({ knowsSeries: true });
    const made = await demo.gateway.createRecord(demo.connection, everything, operation);
    expect(made).toMatchObject(everything);
    const patch = { kind: 'activity', attendees: [], categories: [], showAs: 'free', reminderMinutes: 5 } as const;
    const changed = await demo.gateway.updateRecord(demo.connection, made.id, made.version, patch);
    expect(changed).toMatchObject({ ...everything, ...patch });
    expect(await read(demo, made.id)).toEqual({ state: 'present', record: changed });
  });

  test('loses its series where the CRM knows none, and is found at its first occurrence', async () => {
    const demo = await crm();
    const made = await demo.gateway.createRecord(demo.connection, everything, operation);
    expect((made as Activity).series).toBeUndefined();
    await demo.send('POST', '/control/switches', { knowsSeries: true });
    expect(await read(demo, made.id)).toEqual({ state: 'present', record: { ...made, series: null } });
    expect(await listed(demo, 'activity', '2030-05-13T00:00:00Z', '2030-05-14T00:00:00Z')).toEqual([]);
  });

  test('that is a series is listed for a span in which any of its occurrences lies', async () => {
    const demo = await crm({ knowsSeries: true });
    const made = await demo.gateway.createRecord(demo.connection, everything, operation);
    expect(await listed(demo, 'activity', '2030-05-27T00:00:00Z', '2030-05-28T00:00:00Z')).toEqual([made]);
    expect(await listed(demo, 'activity', '2030-06-03T00:00:00Z', '2030-06-04T00:00:00Z')).toEqual([]);
    await demo.send('POST', '/control/switches', { knowsSeries: false });
    expect(await listed(demo, 'activity', '2030-05-27T00:00:00Z', '2030-05-28T00:00:00Z')).toEqual([]);
  });
});

describe('a listing of the demo CRM', () => {
  test('has every activity of the owner that touches the span, over several pages, and no other', async () => {
    const demo = await crm();
    await demo.send('POST', '/control/activities', { count: 240, ownerIds: ['rep1', 'rep2'] });
    const gone = await demo.create('Gone');
    await demo.remove(gone.id);
    const all = await listed(demo, 'activity', '2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z');
    expect(new Set(all.map(({ id }) => id)).size).toBe(120);
    expect(all).toHaveLength(120);
    const day = await listed(demo, 'activity', '2030-01-08T00:00:00Z', '2030-01-09T00:00:00Z');
    expect(day).toHaveLength(24);
  });

  test('skips nothing when what was listed is deleted meanwhile', async () => {
    const demo = await crm();
    const { json } = await demo.send('POST', '/control/activities', { count: 60, ownerIds: ['rep1'] });
    const query = { kind: 'activity', ownerId, from: '2030-01-01T00:00:00Z', to: '2031-01-01T00:00:00Z' } as const;
    const first = await demo.gateway.listRecords(demo.connection, query);
    for (const { id } of first.records.slice(-2)) await demo.remove(id);
    const rest = await demo.gateway.listRecords(demo.connection, { ...query, cursor: first.next ?? '' });
    expect([...first.records, ...rest.records].map(({ id }) => id)).toEqual((json as { ids: string[] }).ids);
    expect(rest.next).toBeUndefined();
  });
});

describe('a contact in the demo CRM', () => {
  test('is made once, changed, loses its birthday, is deleted, and the feed tells of it all', async () => {
    const demo = await crm();
    const { gateway, connection } = demo;
    const { watermark } = await gateway.listChanges(connection, undefined, 0);
    const { ownerId: _ownerId, ...fields } = filledContact('Rosa');
    const contact = { ...fields, kind: 'contact', ownerId, addresses: {}, jobTitle: '', notes: 'Roses' } as const;
    const [made, again] = await Promise.all(
      [1, 2].map(() => gateway.createRecord(connection, { ...contact, origin: 'exchange' } as never, operation)),
    );
    expect(again).toEqual(made);
    expect(made).toMatchObject(contact);
    if (made === undefined) throw new Error('nothing was made');
    expect(made.id).toMatch(/^contact:con-/);
    expect(await gateway.findRecordByOperation(connection, 'contact', operation)).toEqual(made);
    expect(await gateway.findRecordByOperation(connection, 'activity', operation)).toBeUndefined();
    const patch = { kind: 'contact', birthday: null, phones: { home: '77' } } as const;
    const changed = await gateway.updateRecord(connection, made.id, made.version, patch);
    expect(changed).toMatchObject({ birthday: null, phones: { home: '77' }, notes: 'Roses' });
    expect(await listed(demo, 'contact', '', '')).toEqual([changed]);
    const version = await gateway.deleteRecord(connection, made.id, changed.version);
    expect(await read(demo, made.id)).toEqual({ state: 'deleted', version });
    const { changes } = await gateway.listChanges(connection, watermark, 0);
    expect(changes.map(({ kind, recordId }) => [kind, recordId])).toEqual([
      ['created', made.id],
      ['updated', made.id],
      ['deleted', made.id],
    ]);
  });

  test('is not found as an activity, nor an activity as a contact', async () => {
    const demo = await crm();
    const activity = await demo.create('Tour');
    const contact = await demo.createContact('Rosa');
    expect(await read(demo, contact.id)).toEqual({ state: 'present', record: contact });
    expect(await read(demo, RecordId.parse(`contact:${activity.id}`))).toEqual({ state: 'missing' });
    expect(await read(demo, RecordId.parse(contact.id.replace('contact:', '')))).toEqual({ state: 'missing' });
  });

  test('needs a name or a company, and is there after a restart', async () => {
    const dataDirectory = mkdtempSync(path.join(tmpdir(), 'crm-'));
    ends.push(() => rmSync(dataDirectory, { recursive: true }));
    const before = await crm({ dataDirectory });
    const nameless = { ...filledContact(''), surname: ' ', company: '' };
    expect(await before.send('POST', '/ui/contacts', nameless)).toMatchObject({ status: 422 });
    const kept = await before.createContact('Rosa');
    await before.close();
    const after = await crm({ dataDirectory });
    // Its links name the port, which is another one now.
    expect(await read(after, kept.id)).toEqual({ state: 'present', record: kept });
  });
});

test('a demo CRM that lags answers reads as of before, and takes writes as ever', async () => {
  const demo = await crm();
  const made = await demo.create('Before');
  await demo.send('POST', '/control/switches', { lags: true });
  await demo.rename(made.id, 'After');
  const late = await demo.create('Late');
  expect(await read(demo, made.id)).toEqual({ state: 'present', record: made });
  expect(await read(demo, late.id)).toEqual({ state: 'missing' });
  expect(await listed(demo, 'activity', '2030-01-01T00:00:00Z', '2031-01-01T00:00:00Z')).toEqual([made]);
  const patch = { kind: 'activity', subject: 'Stale' } as const;
  const stale = demo.gateway.updateRecord(demo.connection, made.id, made.version, patch);
  await expect(stale).rejects.toMatchObject({ kind: 'conflict' });
  expect((await demo.send('POST', '/control/switches', { lags: false })).json).toEqual({
    knowsSeries: false,
    lags: false,
  });
  expect(await read(demo, made.id)).toMatchObject({ record: { subject: 'After' } });
});

test('a record out of the bin of the demo CRM is the same one again, told of as created', async () => {
  const demo = await crm();
  const { gateway, connection } = demo;
  const made = await gateway.createRecord(connection, draft, operation);
  const { watermark } = await gateway.listChanges(connection, undefined, 0);
  expect((await demo.send('POST', '/control/restored', { id: made.id })).status).toBe(404);
  await demo.remove(made.id);
  expect((await demo.send('POST', '/control/restored', { id: made.id })).status).toBe(201);
  expect(await gateway.findRecordByOperation(connection, 'activity', operation)).toMatchObject({
    ...draft,
    id: made.id,
  });
  const { changes } = await gateway.listChanges(connection, watermark, 0);
  expect(changes.map(({ kind, recordId }) => [kind, recordId])).toEqual([
    ['deleted', made.id],
    ['created', made.id],
  ]);
});
