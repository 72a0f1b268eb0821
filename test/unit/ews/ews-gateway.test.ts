import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ewsGateway } from '../../../shared/adapters/ews/ews-gateway.ts';
import type { AppointmentDraft } from '../../../shared/domain/appointment.ts';
import type { ItemRef } from '../../../shared/domain/item.ts';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import type { ExchangeGateway, MailboxAccess } from '../../../shared/ports/exchange-gateway.ts';
import type { CannedServer } from '../../support/canned-server.ts';
import { ewsSchemaErrors } from '../../support/ews-schema.ts';
import { exchangeAccess } from '../../support/exchange-access.ts';
import { type ExchangeSimulator, startSimulator } from '../../support/exchange-simulator.ts';
import { quietLog, systemClock, textSecrets } from '../../support/gateway-ports.ts';
import { startSoapProxy } from '../../support/soap-proxy.ts';

let simulator: ExchangeSimulator;
let proxy: CannedServer;
let gateway: ExchangeGateway;

beforeEach(async () => {
  simulator = await startSimulator();
  proxy = await startSoapProxy(simulator.url);
  gateway = ewsGateway({
    secrets: textSecrets({ 'exchange-password': 'local-only' }),
    clock: systemClock,
    log: quietLog,
    allowInsecure: true,
  });
});
afterEach(async () => {
  await proxy.close();
  await simulator.close();
});

const accessWith = (profile: object = {}, mailbox: Record<string, unknown> = {}): MailboxAccess =>
  exchangeAccess({ profile: { incomingServerUrl: proxy.url, ...profile }, mailbox });

const draft = (mailbox: MailboxAccess, subject: string, fields: object = {}): AppointmentDraft => ({
  kind: 'appointment',
  stamp: { mailboxId: mailbox.mailbox.id, recordId: subject as never },
  subject,
  body: { notes: 'Some <text> & more', links: { activity: 'https://crm.example/?a=1&b=2' } },
  location: 'Room 4',
  start: '2026-06-09T07:00:00Z',
  end: '2026-06-09T08:00:00Z',
  timeZone: 'Europe/Berlin',
  allDay: false,
  reminderMinutes: null,
  ...fields,
});

function valueIn<T>(outcome: Outcome<T> | undefined): T {
  if (!outcome?.ok) throw outcome?.error ?? new Error('no outcome');
  return outcome.value;
}

/** Everything the port can do, once. */
async function everything(access: MailboxAccess): Promise<void> {
  const drafts = ['a', 'b', 'c'].map((subject) => draft(access, subject));
  const items = (await gateway.createItems(access, drafts, 'none')).map(valueIn) as [ItemRef, ItemRef, ItemRef];
  await gateway.createItems(access, [draft(access, 'd', { timeZone: 'Asia/Qyzylorda', reminderMinutes: 5 })], 'all');
  const time = {
    start: '2026-07-01T07:00:00Z',
    end: '2026-07-01T08:00:00Z',
    timeZone: 'America/New_York',
    allDay: false,
  };
  const patches = [
    { subject: 'x', body: { notes: 'y', links: {} }, location: '', time, reminderMinutes: 10, stamp: drafts[0]?.stamp },
    { subject: '', body: { notes: '', links: {} } },
    { reminderMinutes: null },
  ];
  const changes = items.map((item, index) => ({ item, patch: { kind: 'appointment', ...patches[index] } as never }));
  const changed = (await gateway.updateItems(access, changes, 'all')).map(valueIn);
  await gateway.readItems(
    access,
    'appointment',
    changed.map(({ itemId }) => itemId),
  );
  const page = await gateway.listChanges(access, 'appointment', undefined);
  await gateway.listChanges(access, 'appointment', page.syncState);
  await gateway.probe(access);
  valueIn((await gateway.deleteItems(access, 'appointment', items.slice(0, 1), 'none'))[0]);
  await gateway.deleteItems(access, 'appointment', items.slice(1), 'all');
  await gateway.findStamped(access, 'appointment', draft(access, 'gone').stamp, time);
}

const bodies = () => proxy.requests.map(({ body }) => /<soap:Body>(.*)<\/soap:Body>/s.exec(body)?.[1] ?? '');
const headers = () => proxy.requests.map(({ body }) => /<soap:Header>(.*)<\/soap:Header>/s.exec(body)?.[1] ?? '');

const namespaces: Record<string, string> = {
  t: 'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"',
  m: 'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"',
};

describe.each(['Exchange2010_SP2', 'Exchange2013_SP1', 'Exchange2016'])('for %s', (exchangeVersion) => {
  test('every request is valid by the schema of Microsoft', async () => {
    await everything(accessWith({ exchangeVersion }));
    expect(proxy.requests.length).toBeGreaterThan(12);
    for (const body of bodies()) {
      const complete = body.replace(/^<(\S+)([^>]*)>/, (tag) =>
        ['t', 'm'].reduce(
          (start, prefix) =>
            start.includes(`xmlns:${prefix}=`) ? start : start.replace('>', ` ${namespaces[prefix]}>`),
          tag,
        ),
      );
      expect(ewsSchemaErrors(complete) ?? []).toEqual([]);
    }
  });
});

test('names the impersonated mailbox and its anchor in every request', async () => {
  await everything(accessWith());
  for (const header of headers()) {
    expect(header).toContain('<t:ConnectingSID><t:SmtpAddress>rep1@contoso.example</t:SmtpAddress></t:ConnectingSID>');
  }
  const anchors = proxy.requests.map((request) => [request.headers['x-anchormailbox'], request.headers['user-agent']]);
  expect(new Set(anchors.flat())).toEqual(new Set(['rep1@contoso.example', 'crm-exchange-sync']));
});

test('with delegate access names the mailbox in its folders and impersonates nobody', async () => {
  const access = accessWith({ access: 'delegate' });
  await gateway.listChanges(access, 'appointment', undefined).catch(() => {});
  await gateway.findStamped(access, 'appointment', draft(access, 'x').stamp).catch(() => {});
  expect(headers().join('')).not.toContain('ConnectingSID');
  for (const body of bodies()) {
    expect(body).toContain('<t:Mailbox><t:EmailAddress>rep1@contoso.example</t:EmailAddress></t:Mailbox>');
  }
});

test('signs in with the token that the client and its secret get', async () => {
  const tokenUrl = new URL('/oauth2/v2.0/token', simulator.url).href;
  const client = { kind: 'oauthClient', clientId: 'local-app', tenantId: 'contoso', tokenUrl };
  await gateway.probe(accessWith({ authentication: { ...client, secretName: 'exchange-password' } }));
  expect(proxy.requests[0]?.headers.authorization).toMatch(/^Bearer /);
});

test('writes nothing into the header that signs in but what the transport holds', async () => {
  await gateway.probe(accessWith());
  const sent = Buffer.from('sync@contoso.example:local-only').toString('base64');
  expect(proxy.requests[0]?.headers.authorization).toBe(`Basic ${sent}`);
});

test('writes never overwrite, tell nobody unless told to, and ask for no more than a request should hold', async () => {
  const access = accessWith();
  const drafts = Array.from({ length: 12 }, (_, index) => draft(access, `n${index}`));
  const items = (await gateway.createItems(access, drafts, 'none')).map(valueIn);
  await gateway.updateItems(
    access,
    [{ item: items[0] as ItemRef, patch: { kind: 'appointment', subject: 'x' } }],
    'none',
  );
  await gateway.updateItems(
    access,
    [{ item: items[1] as ItemRef, patch: { kind: 'appointment', subject: 'x' } }],
    'all',
  );
  await gateway.deleteItems(access, 'appointment', items.slice(2, 3), 'none');
  const sent = bodies();
  expect(sent.map((body) => (body.match(/<t:(CalendarItem|ItemId)\b/g) ?? []).length)).toEqual([10, 2, 2, 2, 1]);
  const modes = sent.map((body) => /SendMeeting\w+="(\w+)"/.exec(body)?.[1]);
  expect(modes).toEqual(['SendToNone', 'SendToNone', 'SendToNone', 'SendOnlyToAll', 'SendToNone']);
  expect(sent[2]).toContain('ConflictResolution="NeverOverwrite"');
  expect(sent[4]).toContain('DeleteType="MoveToDeletedItems"');
});

test('a patch that says nothing is not sent', async () => {
  const item = { itemId: 'i', changeKey: 'c' } as ItemRef;
  expect(await gateway.updateItems(accessWith(), [{ item, patch: { kind: 'appointment' } }], 'none')).toEqual([
    { ok: true, value: item },
  ]);
  expect(proxy.requests).toHaveLength(0);
});

test('a draft with times that are none fails alone, without being sent', async () => {
  const access = accessWith();
  const drafts = [draft(access, 'a', { start: 'soon' }), draft(access, 'b')];
  const outcomes = await gateway.createItems(access, drafts, 'none');
  expect(outcomes.map((outcome) => (outcome.ok ? 'made' : outcome.error.code))).toEqual(['InvalidTime', 'made']);
});

test('an item found in a calendar beside the one under sync is elsewhere', async () => {
  const access = accessWith();
  const item = valueIn((await gateway.createItems(access, [draft(access, 'a')], 'none'))[0]);
  await gateway.probe(access);
  const tasks = await folderId(access, 'tasks');
  const other = accessWith({}, { folders: { calendar: tasks } });
  expect(await gateway.findStamped(other, 'appointment', draft(access, 'a').stamp)).toEqual([
    { ...item, place: 'elsewhere' },
  ]);
  await expect(gateway.probe(other)).rejects.toMatchObject({ status: 'invalidFolder' });
});

async function folderId({ mailbox }: MailboxAccess, name: string): Promise<string> {
  const request = proxy.requests.at(-1);
  const response = await fetch(simulator.url, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', authorization: String(request?.headers.authorization) },
    body: request?.body.replace('Id="calendar"', `Id="${name}"`) ?? '',
  });
  const found = /<t:FolderId Id="([^"]+)"/.exec(await response.text())?.[1];
  if (found === undefined) throw new Error(`no folder ${name} in ${mailbox.id}`);
  return found;
}

describe('trouble of the server', () => {
  test.each([
    [
      'busy',
      { responseCode: 'ErrorServerBusy', backOffMilliseconds: 1234 },
      { code: 'ErrorServerBusy', remedy: { kind: 'pause', scope: 'profile', forMs: 1234 } },
    ],
    ['an outage', { status: 503, body: '' }, { code: 'HTTP_503', remedy: { kind: 'pause', scope: 'profile' } }],
    [
      'a moved mailbox',
      { responseCode: 'ErrorMailboxMoveInProgress' },
      { remedy: { kind: 'pause', scope: 'mailbox' } },
    ],
  ])('%s reaches the engine with its remedy', async (_what, answer, expected) => {
    await simulator.control('POST', 'faults', { match: {}, answer });
    await expect(gateway.probe(accessWith())).rejects.toMatchObject(expected);
  });

  test('a mailbox that may not be impersonated is disabled', async () => {
    const access = exchangeAccess({ address: 'finance@contoso.example', profile: { incomingServerUrl: proxy.url } });
    await expect(gateway.probe(access)).rejects.toMatchObject({
      status: 'impersonationFailed',
      remedy: { kind: 'disable', scope: 'mailbox' },
    });
  });

  test('a mailbox that is not there is disabled', async () => {
    const access = exchangeAccess({ address: 'nobody@contoso.example', profile: { incomingServerUrl: proxy.url } });
    await expect(gateway.probe(access)).rejects.toMatchObject({ remedy: { kind: 'disable', scope: 'mailbox' } });
  });
});
