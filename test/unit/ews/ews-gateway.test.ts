import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ewsGateway } from '../../../shared/adapters/ews/ews-gateway.ts';
import type { AppointmentDraft } from '../../../shared/domain/appointment.ts';
import type { ItemRef } from '../../../shared/domain/item.ts';
import type { Outcome } from '../../../shared/domain/outcome.ts';
import { Series } from '../../../shared/domain/recurrence.ts';
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

const pattern = { kind: 'weekly', daysOfWeek: ['tuesday', 'friday'], firstDayOfWeek: 'monday', interval: 2 };
const patterns = [
  pattern,
  { kind: 'daily' },
  { kind: 'monthlyByDate', dayOfMonth: 9 },
  { kind: 'monthlyByDay', weekOfMonth: 'last', day: 'weekendDay' },
  { kind: 'yearlyByDate', month: 6, dayOfMonth: 9 },
  { kind: 'yearlyByDay', month: 6, weekOfMonth: 'second', day: 'tuesday' },
];
const seriesWith = (fields: object) =>
  Series.parse({
    recurrence: { pattern, startDate: '2026-06-09', end: { kind: 'byCount', count: 6 }, ...fields },
    ...fields,
  });
const year = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' };

/** Everything that is done with series and their occurrences, once. */
async function everythingOfSeries(access: MailboxAccess): Promise<void> {
  const at = (day: string, hour = '07') => `2026-06-${day}T${hour}:00:00.000Z`;
  const moved = { originalStart: at('12'), start: at('13'), end: at('13', '08'), subject: 'Moved', location: 'There' };
  const series = seriesWith({ exceptions: [moved], deleted: [at('23')] });
  const attendees = [
    { email: 'manager@contoso.example', name: 'Manager & Co', role: 'required', response: 'none' },
    { email: 'room@contoso.example', name: '', role: 'resource', response: 'none' },
  ];
  const besides = { attendees, showAs: 'workingElsewhere', categories: ['A & B'], sensitivity: 'personal' };
  const drafts = [
    draft(access, 'series', { series, ...besides }),
    ...patterns.map((one, index) =>
      draft(access, `p${index}`, { series: seriesWith({ pattern: one, end: { kind: 'never' } }) }),
    ),
  ];
  const [item] = (await gateway.createItems(access, drafts, 'none')).map(valueIn) as [ItemRef];
  const time = { start: at('09'), end: at('09', '08'), timeZone: 'Europe/Berlin', allDay: false };
  for (const change of [{ deleted: [at('23'), at('26')] }, { exceptions: [moved] }]) {
    const [read] = await gateway.readItems(access, 'appointment', [item.itemId]);
    const patch = { kind: 'appointment' as const, time, series: seriesWith(change) };
    valueIn((await gateway.updateItems(access, [{ item: valueIn(read), patch }], 'none'))[0]);
  }
  const occurrences = await gateway.readOccurrences(access, item.itemId, year);
  const [first, second, third] = occurrences as readonly ItemRef[] as [ItemRef, ItemRef, ItemRef];
  await gateway.readItems(access, 'appointment', [first.itemId, item.itemId]);
  const patch = { kind: 'appointment' as const, subject: 'Own', time: { ...time, end: at('09', '09') } };
  const changed = valueIn((await gateway.updateItems(access, [{ item: first, patch }], 'none'))[0]);
  expect(changed.itemId).toBe(first.itemId);
  const stale = await gateway.updateItems(access, [{ item: second, patch }], 'none');
  expect(stale).toMatchObject([{ ok: false, error: { kind: 'conflict' } }]);
  valueIn((await gateway.deleteItems(access, 'appointment', [third], 'none'))[0]);
  await gateway.listItems(access, 'appointment', year, undefined);
}

/** Everything that is done with tasks and contacts, once. */
async function everythingElse(access: MailboxAccess): Promise<void> {
  const stamp = { mailboxId: access.mailbox.id, recordId: 'other' as never };
  const body = { notes: 'Notes', links: { activity: 'https://crm.example/1' } };
  const task = { kind: 'task', stamp, subject: 'Call', body, dueDate: '2026-06-09' as never, complete: true } as const;
  const address = { street: '1 High St\nUpstairs', city: 'Bonn', state: '', postalCode: '53113', country: 'Germany' };
  const contact = {
    kind: 'contact' as const,
    ...{ stamp, givenName: 'Ada', surname: 'King & Co', body, company: 'C', jobTitle: 'J' },
    ...{ emails: ['a@b.example'], phones: { mobile: '+1' }, addresses: { business: address } },
    birthday: '1815-12-10' as never,
  };
  const [first, second] = (await gateway.createItems(access, [task, contact], 'none')).map(valueIn) as [
    ItemRef,
    ItemRef,
  ];
  const patches = [
    {
      item: first,
      patch: { ...task, dueDate: '2026-06-10' as never, complete: false, body: { ...body, was: '<p>x</p>' } },
    },
    {
      item: second,
      patch: { ...contact, emails: [], phones: {}, addresses: { business: { ...address, city: '' } }, birthday: null },
    },
  ];
  const [changed, other] = (await gateway.updateItems(access, patches, 'all')).map(valueIn) as [ItemRef, ItemRef];
  for (const [kind, { itemId }] of [['task', changed] as const, ['contact', other] as const]) {
    valueIn((await gateway.readItems(access, kind, [itemId]))[0]);
    const { items } = await gateway.listItems(access, kind, year, undefined);
    expect(items).toHaveLength(1);
    await gateway.listChanges(access, kind, undefined);
    await gateway.findStamped(access, kind, stamp);
    await gateway.probe(access, kind);
  }
  valueIn((await gateway.deleteItems(access, 'task', [changed], 'all'))[0]);
  valueIn((await gateway.deleteItems(access, 'contact', [other], 'none'))[0]);
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
    await everythingOfSeries(accessWith({ exchangeVersion }));
    await everythingElse(accessWith({ exchangeVersion }));
    expect(proxy.requests.length).toBeGreaterThan(40);
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

test('a folder that the mailbox names is the one that is used, for each kind', async () => {
  const folders = { calendar: 'named-calendar', tasks: 'named-tasks', contacts: 'named-contacts' };
  const access = accessWith({}, { folders });
  for (const [kind, id] of [
    ['appointment', folders.calendar],
    ['task', folders.tasks],
    ['contact', folders.contacts],
  ] as const) {
    await gateway.probe(access, kind).catch(() => {});
    expect(bodies().at(-1)).toContain(`<t:FolderId Id="${id}"`);
    await gateway.listItems(access, kind, year, undefined).catch(() => {});
    expect(bodies().at(-1)).toContain(`<t:FolderId Id="${id}"`);
  }
});

test('a series of a hundred occurrences is read with one request, and one more for its exceptions', async () => {
  const access = accessWith();
  const daily = { pattern: { kind: 'daily' }, end: { kind: 'byCount', count: 100 } };
  const [made] = await gateway.createItems(access, [draft(access, 's', { series: seriesWith(daily) })], 'none');
  const before = proxy.requests.length;
  expect(await gateway.readOccurrences(access, valueIn(made).itemId, year)).toHaveLength(100);
  expect(proxy.requests.length - before).toBe(1);
});

test('occurrences are changed if their series is as it was read; what follows in the batch knows the key is ours', async () => {
  const access = accessWith();
  const weekly = { pattern: { kind: 'daily' }, end: { kind: 'byCount', count: 9 } };
  const [made] = await gateway.createItems(access, [draft(access, 's', { series: seriesWith(weekly) })], 'none');
  const { itemId } = valueIn(made);
  const [a, b, c] = (await gateway.readOccurrences(access, itemId, year)) as readonly ItemRef[] as [
    ItemRef,
    ItemRef,
    ItemRef,
  ];
  const patch = { kind: 'appointment', location: 'Own' } as const;
  const before = proxy.requests.length;
  const changes = [a, b, c].map((item) => ({ item, patch }));
  const written = (await gateway.updateItems(access, changes, 'none')).map(valueIn);
  const sent = bodies()
    .slice(before)
    .filter((body) => body.includes('UpdateItem'));
  expect(sent.map((body) => /ConflictResolution="(\w+)"/.exec(body)?.[1])).toEqual([
    'NeverOverwrite',
    'AlwaysOverwrite',
  ]);
  expect(sent[0]).toMatch(new RegExp(`<t:OccurrenceItemId [^>]*ChangeKey="${a.changeKey.replace(/[+/=]/g, '.')}"`));
  const master = valueIn((await gateway.readItems(access, 'appointment', [itemId]))[0]);
  expect(written.map(({ changeKey }) => changeKey)).toEqual(Array(3).fill(master.changeKey));
  const stale = await gateway.updateItems(access, changes, 'none');
  expect(stale.map((outcome) => !outcome.ok && outcome.error.kind)).toEqual(Array(3).fill('conflict'));
});
