import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ewsGateway } from '../../../shared/adapters/ews/ews-gateway.ts';
import type { Clock } from '../../../shared/ports/clock.ts';
import { type CannedServer, responses, startCannedServer } from '../../support/canned-server.ts';
import { exchangeAccess } from '../../support/exchange-access.ts';
import { quietLog, systemClock, textSecrets } from '../../support/gateway-ports.ts';

const folder = responses('GetFolder', [
  '<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder><t:FolderId Id="f" ChangeKey="c"/></t:CalendarFolder></m:Folders></*>',
]);
const basic = (password: string) => `Basic ${Buffer.from(`sync@contoso.example:${password}`).toString('base64')}`;

let server: CannedServer;
let accepted: string;
let tokens: string[];
let tokenAnswer: { status: number; body: string } | undefined;
let now: number;
const clock: Clock = { now: () => new Date(now), after: systemClock.after };

beforeEach(async () => {
  accepted = basic('local-only');
  tokens = [];
  tokenAnswer = undefined;
  now = Date.parse('2026-06-01T08:00:00Z');
  server = await startCannedServer((request, response) => {
    if (request.path === '/token') {
      if (tokenAnswer !== undefined) return void response.writeHead(tokenAnswer.status).end(tokenAnswer.body);
      tokens.push(`token-${tokens.length + 1}`);
      return void response.end(JSON.stringify({ access_token: tokens.at(-1), expires_in: 3600 }));
    }
    const { authorization } = request.headers;
    const last = tokens.at(-1);
    const right = authorization === accepted || (last !== undefined && authorization === `Bearer ${last}`);
    return void (right ? response.end(folder) : response.writeHead(401).end());
  });
});
afterEach(() => server.close());

const exchangeCalls = () => server.requests.filter(({ path }) => path !== '/token');
const tokenCalls = () => server.requests.filter(({ path }) => path === '/token');

function gatewayWith(values: Record<string, string>, authentication?: object, mailbox: Record<string, unknown> = {}) {
  const secrets = textSecrets(values);
  const gateway = ewsGateway({ secrets, clock, log: quietLog, allowInsecure: true });
  const profile = { incomingServerUrl: server.url, ...(authentication === undefined ? {} : { authentication }) };
  return { secrets, gateway, access: exchangeAccess({ profile, mailbox }) };
}

const oauth = () => ({
  kind: 'oauthClient',
  clientId: 'local-app',
  tenantId: 'contoso',
  secretName: 'client-secret',
  tokenUrl: new URL('/token', server.url).href,
});

describe('signing in by name and password', () => {
  test('sends what the store holds', async () => {
    accepted = basic('pässwörd');
    const { gateway, access } = gatewayWith({ 'exchange-password': 'pässwörd' });
    await expect(gateway.probe(access)).resolves.toBeUndefined();
  });

  test('reads a refused secret once anew and tries once more', async () => {
    const { gateway, access, secrets } = gatewayWith({ 'exchange-password': 'old' });
    secrets.replace('exchange-password', 'local-only');
    await gateway.probe(access);
    expect(secrets.refreshed).toEqual(['exchange-password']);
    expect(exchangeCalls()).toHaveLength(2);
  });

  test('pauses the profile when the new secret is refused too', async () => {
    const { gateway, access, secrets } = gatewayWith({ 'exchange-password': 'wrong' });
    secrets.replace('exchange-password', 'wrong as well');
    await expect(gateway.probe(access)).rejects.toMatchObject({
      code: 'HTTP_401',
      kind: 'unauthorized',
      status: 'unauthorized',
      remedy: { kind: 'pause', scope: 'profile' },
    });
    expect(exchangeCalls()).toHaveLength(2);
  });

  test('does not send a refused password again while a burst of changes lasts, and tries it anew later', async () => {
    const { gateway, access } = gatewayWith({ 'exchange-password': 'wrong' });
    for (let change = 0; change < 5; change++) {
      await expect(gateway.probe(access)).rejects.toMatchObject({ kind: 'unauthorized', status: 'unauthorized' });
    }
    expect(exchangeCalls()).toHaveLength(1);
    now += 21_000;
    accepted = basic('wrong');
    await expect(gateway.probe(access)).resolves.toBeUndefined();
  });

  test('pauses only the mailbox when it has a sign-in of its own', async () => {
    const own = { ownAuthentication: { kind: 'basic', userName: 'rep1', secretName: 'own' } };
    const { gateway, access } = gatewayWith({ own: 'wrong' }, undefined, own);
    const remedy = { kind: 'pause', scope: 'mailbox' };
    await expect(gateway.probe(access)).rejects.toMatchObject({ kind: 'unauthorized', remedy });
  });
});

describe('signing in by client and secret', () => {
  test('gets one token for all who ask at once and keeps it until shortly before it expires', async () => {
    const { gateway, access } = gatewayWith({ 'client-secret': 'geheim & mehr' }, oauth());
    await Promise.all(Array.from({ length: 10 }, () => gateway.probe(access)));
    now += 54 * 60_000;
    await gateway.probe(access);
    expect(tokenCalls().map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'local-app',
        client_secret: 'geheim & mehr',
        scope: 'https://outlook.office365.com/.default',
      },
    ]);
    now += 2 * 60_000;
    await gateway.probe(access);
    expect(tokens).toEqual(['token-1', 'token-2']);
  });

  test('gets one new token when many calls at once are refused the old one', async () => {
    const { gateway, access, secrets } = gatewayWith({ 'client-secret': 's' }, oauth());
    await gateway.probe(access);
    tokens.push('token-revoked-elsewhere');
    await Promise.all(Array.from({ length: 10 }, () => gateway.probe(access)));
    expect(tokenCalls()).toHaveLength(2);
    expect(secrets.refreshed).toEqual(['client-secret']);
  });

  test('reads a refused client secret once anew, then pauses the profile', async () => {
    tokenAnswer = { status: 401, body: '{"error":"invalid_client","error_description":"AADSTS7000215"}' };
    const { gateway, access, secrets } = gatewayWith({ 'client-secret': 'wrong' }, oauth());
    await expect(gateway.probe(access)).rejects.toMatchObject({
      kind: 'unauthorized',
      status: 'unauthorized',
      remedy: { kind: 'pause', scope: 'profile' },
    });
    expect(tokenCalls()).toHaveLength(2);
    expect(secrets.refreshed).toHaveLength(1);
    expect(exchangeCalls()).toHaveLength(0);
  });

  test.each([
    [503, ''],
    [200, '<html>'],
    [200, '{"access_token":7}'],
  ])('pauses the profile while the token endpoint answers %i %s', async (status, body) => {
    tokenAnswer = { status, body };
    const { gateway, access } = gatewayWith({ 'client-secret': 's' }, oauth());
    await expect(gateway.probe(access)).rejects.toMatchObject({ remedy: { kind: 'pause', scope: 'profile' } });
  });
});

test('signing in by a token of the store sends it as it is', async () => {
  accepted = 'Bearer opaque';
  const { gateway, access } = gatewayWith({ bearer: 'opaque' }, { kind: 'bearer', secretName: 'bearer' });
  await expect(gateway.probe(access)).resolves.toBeUndefined();
});

test.each([
  { kind: 'ntlm', userName: 'CONTOSO\\sync', secretName: 'x' },
  { kind: 'oauthDelegated', clientId: 'a', tenantId: 'b', secretName: 'x' },
])('signing in by $kind says that it is not there yet', async (authentication) => {
  const { gateway, access } = gatewayWith({ x: 'x' }, authentication);
  await expect(gateway.probe(access)).rejects.toMatchObject({
    code: 'AuthenticationNotAvailable',
    remedy: { kind: 'disable', scope: 'profile' },
  });
  expect(server.requests).toHaveLength(0);
});

test('a secret store that does not answer does not hold a call beyond its deadline', async () => {
  const secrets = { read: () => new Promise<never>(() => {}), refresh: () => new Promise<never>(() => {}) };
  const gateway = ewsGateway({ secrets, clock, log: quietLog, allowInsecure: true, deadlineMs: 50 });
  const access = exchangeAccess({ profile: { incomingServerUrl: server.url } });
  await expect(gateway.probe(access)).rejects.toMatchObject({ code: 'DeadlineExceeded' });
});
