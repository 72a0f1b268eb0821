import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ewsGateway } from '../../../shared/adapters/ews/ews-gateway.ts';
import type { RecordId } from '../../../shared/domain/ids.ts';
import type { MailboxAccess } from '../../../shared/ports/exchange-gateway.ts';
import { type CannedServer, errorMessage, fault, responses, startCannedServer } from '../../support/canned-server.ts';
import { exchangeAccess } from '../../support/exchange-access.ts';
import { type ExchangeSimulator, startSimulator } from '../../support/exchange-simulator.ts';
import { quietLog, systemClock, textSecrets } from '../../support/gateway-ports.ts';

let simulator: ExchangeSimulator;
let server: CannedServer;
/** What the server answers when it is asked for the folders of the archive; undefined lets the simulator answer. */
let archiveAnswer: string | undefined;

beforeEach(async () => {
  archiveAnswer = undefined;
  simulator = await startSimulator();
  server = await startCannedServer(async ({ headers, body }, response) => {
    const { 'content-type': type = '', authorization = '' } = headers;
    const send = (status: number, text: string) => response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
    if (archiveAnswer !== undefined && body.includes('archivemsgfolderroot')) return void send(200, archiveAnswer);
    const answer = await fetch(simulator.url, {
      method: 'POST',
      headers: { 'content-type': type, authorization },
      body,
    });
    send(answer.status, await answer.text());
  });
});
afterEach(async () => {
  await server.close();
  await simulator.close();
});

const gateway = ewsGateway({
  secrets: textSecrets({ 'exchange-password': 'local-only' }),
  clock: systemClock,
  log: quietLog,
  allowInsecure: true,
});
const accessTo = (address: string): MailboxAccess =>
  exchangeAccess({ address, profile: { incomingServerUrl: server.url } });
const find = (access: MailboxAccess) =>
  gateway.findStamped(access, 'appointment', { mailboxId: access.mailbox.id, recordId: 'r-1' as RecordId });
const archiveRequests = () => server.requests.filter(({ body }) => body.includes('archivemsgfolderroot'));

test.each([
  'ErrorFolderNotFound',
  'ErrorItemNotFound',
  'ErrorArchiveMailboxNotEnabled',
  'ErrorInvalidRequest',
  'ErrorSchemaValidation',
])('takes %s for the folders of the archive as: there is none', async (code) => {
  archiveAnswer = responses('FindFolder', [errorMessage(code)]);
  expect(await find(accessTo('rep1@contoso.example'))).toEqual([]);
  archiveAnswer = fault(code);
  expect(await find(accessTo('rep1@contoso.example'))).toEqual([]);
  expect(archiveRequests()).toHaveLength(2);
});

test.each([
  'ErrorServerBusy',
  'ErrorAccessDenied',
  'ErrorArchiveMailboxServiceDiscoveryFailed',
  'ErrorMailboxStoreUnavailable',
])(
  'rejects when the archive cannot be searched because of %s, so that its items are not taken for deleted',
  async (code) => {
    archiveAnswer = responses('FindFolder', [errorMessage(code)]);
    await expect(find(accessTo('rep1@contoso.example'))).rejects.toMatchObject({ name: 'SyncError', code });
  },
);

test('rejects when a calendar of the archive cannot be searched', async () => {
  archiveAnswer = responses('FindFolder', [
    '<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:RootFolder TotalItemsInView="1" IncludesLastItemInRange="true">' +
      '<t:Folders><t:CalendarFolder><t:FolderId Id="not-an-id" ChangeKey="x"/></t:CalendarFolder></t:Folders></m:RootFolder></*>',
  ]);
  await expect(find(accessTo('rep1@contoso.example'))).rejects.toMatchObject({ name: 'SyncError' });
});

test('does not ask for the archive while the item is in its folder', async () => {
  const access = accessTo('rep1@contoso.example');
  const stamp = { mailboxId: access.mailbox.id, recordId: 'r-1' as RecordId };
  const time = { start: '2026-06-09T07:00:00Z', end: '2026-06-09T08:00:00Z', timeZone: 'Europe/Berlin' };
  const body = { notes: '', links: {} };
  const draft = { kind: 'appointment', stamp, subject: 'Visit', body, location: '', allDay: false, ...time } as const;
  await gateway.createItems(access, [draft], 'none');
  expect((await find(access)).map(({ place }) => place)).toEqual(['folder']);
  expect(archiveRequests()).toEqual([]);
});
