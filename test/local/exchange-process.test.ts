import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { startExchange } from '../../local/exchange/start-exchange.ts';
import { soapClient } from '../support/soap-client.ts';

const root = path.join(import.meta.dirname, '../..');
let data: string;
let running: ChildProcess | undefined;

beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), 'exchange-'));
});
afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    const exit = once(running, 'exit');
    running.kill('SIGKILL');
    await exit;
  }
  rmSync(data, { recursive: true });
});

async function start(...extra: string[]): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--port', '0', '--data', data, '--mailboxes', 'local/exchange/mailboxes.json', ...extra];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/exchange/main.ts', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running = child;
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  const port = /^exchange ready on 127\.0\.0\.1:(\d+)\n$/.exec(line.toString())?.[1];
  return { child, url: `http://127.0.0.1:${port}/EWS/Exchange.asmx` };
}

const create =
  '<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items><t:CalendarItem><t:Subject>kept</t:Subject><t:Start>2026-07-01T09:00:00Z</t:Start><t:End>2026-07-01T10:00:00Z</t:End></t:CalendarItem></m:Items></m:CreateItem>';
const client = (url: string) => soapClient(url, { user: 'rep1@contoso.example' });

describe('the process of the Exchange simulator', () => {
  test('has every item that it answered for after kill -9, under the same id', async () => {
    const first = await start();
    const made = await client(first.url)(create);
    const exit = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await exit;
    const second = await start();
    const id = made.attribute('ItemId', 'Id');
    const answer = await client(second.url)(
      `<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="${id}"/></m:ItemIds></m:GetItem>`,
    );
    expect(answer.first('Subject')).toBe('kept');
    expect(answer.attribute('ItemId', 'ChangeKey')).toBe(made.attribute('ItemId', 'ChangeKey'));
  });

  test.each(['SIGTERM', 'SIGINT', 'disconnect'] as const)('ends cleanly on %s', async (how) => {
    const { child } = await start();
    const exit = once(child, 'exit');
    if (how === 'disconnect') child.disconnect();
    else child.kill(how);
    expect(await exit).toEqual([0, null]);
  });

  test('says that a port is taken and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(startExchange({ port, mailboxes })).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
    server.close();
  });

  test('says what is wrong with a mailboxes file', async () => {
    await expect(startExchange({ port: 0, mailboxes: { mailboxes: [{ address: 'x' }] } })).rejects.toThrow(
      'must be an e-mail address',
    );
  });
});

test('a token lasts an hour, and an application must say whom it acts for', async () => {
  let now = new Date('2026-07-01T08:00:00Z');
  const exchange = await startExchange({ port: 0, mailboxes, clock: () => now });
  const tokenRequest = (secret: string, tenant: string) =>
    fetch(new URL(`${tenant}/oauth2/v2.0/token`, exchange.url), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'local-app',
        client_secret: secret,
        scope: 'https://outlook.office365.com/.default',
      }),
    });
  expect((await tokenRequest('wrong', '')).status).toBe(401);
  const { access_token: bearer, expires_in: life } = (await (await tokenRequest('local-only', '/contoso')).json()) as {
    access_token: string;
    expires_in: number;
  };
  expect(life).toBe(3600);
  const call = soapClient(exchange.url, { bearer });
  const folder =
    '<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>';
  expect((await call(folder, { as: 'rep1@contoso.example' })).first('ResponseCode')).toBe('NoError');
  expect((await call(folder, { as: 'finance@contoso.example' })).first('ResponseCode')).toBe(
    'ErrorImpersonateUserDenied',
  );
  expect((await call(folder)).first('ResponseCode')).toBe('ErrorInvalidExchangeImpersonationHeaderData');
  now = new Date('2026-07-01T09:00:01Z');
  expect((await call(folder, { as: 'rep1@contoso.example' })).status).toBe(401);
  await exchange.close();
});

test('Autodiscover names the EWS endpoint of an address', async () => {
  const exchange = await startExchange({ port: 0, mailboxes });
  const ask = async (address: string) => {
    const response = await fetch(new URL('/autodiscover/autodiscover.xml', exchange.url), {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from('rep1@contoso.example:local-only').toString('base64')}` },
      body: `<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>${address}</EMailAddress></Request></Autodiscover>`,
    });
    return response.text();
  };
  expect(await ask('Rep1@contoso.example')).toContain(`<EwsUrl>${exchange.url}</EwsUrl>`);
  expect(await ask('nobody@contoso.example')).toContain('<ErrorCode>500</ErrorCode>');
  await exchange.close();
});

test('says which folder to mend when its journal cannot be read', async () => {
  writeFileSync(path.join(data, 'journal.jsonl'), 'no json\n');
  await expect(startExchange({ port: 0, mailboxes, dataDirectory: data })).rejects.toThrow(
    `cannot read its state in ${data}`,
  );
});
