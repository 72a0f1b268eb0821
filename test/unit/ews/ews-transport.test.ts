import type { ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ewsGateway } from '../../../shared/adapters/ews/ews-gateway.ts';
import { checkedUrl } from '../../../shared/adapters/ews/ews-session.ts';
import { isOwnMachine, lookupElsewhere } from '../../../shared/adapters/ews/http-post.ts';
import { SyncError } from '../../../shared/domain/sync-error.ts';
import {
  type CannedRequest,
  type CannedServer,
  envelope,
  errorMessage,
  fault,
  responses,
  startCannedServer,
} from '../../support/canned-server.ts';
import { exchangeAccess } from '../../support/exchange-access.ts';
import { quietLog, systemClock, textSecrets } from '../../support/gateway-ports.ts';

let server: CannedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

type Answer = (response: ServerResponse, request: CannedRequest) => void;

async function gatewayTo(answer: Answer, options: { deadlineMs?: number; largestAnswer?: number } = {}) {
  server = await startCannedServer((request, response) => answer(response, request));
  const gateway = ewsGateway({
    secrets: textSecrets({ 'exchange-password': 'local-only' }),
    clock: systemClock,
    log: quietLog,
    allowInsecure: true,
    deadlineMs: 2000,
    ...options,
  });
  return { gateway, access: exchangeAccess({ profile: { incomingServerUrl: server.url } }) };
}

async function probing(answer: Answer, options: { deadlineMs?: number; largestAnswer?: number } = {}) {
  const { gateway, access } = await gatewayTo(answer, options);
  try {
    await gateway.probe(access);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return error;
  }
}

const folder = responses('GetFolder', [
  '<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder><t:FolderId Id="f" ChangeKey="c"/><t:FolderClass>IPF.Appointment</t:FolderClass></t:CalendarFolder></m:Folders></*>',
]);

describe('every kind of answer has its class and comes within the deadline', () => {
  const bodies = {
    nothing: '',
    text: 'upstream connect error',
    html: '<html><body><h1>Outlook</h1></body></html>',
    json: '{"error":"nope"}',
    cut: folder.slice(0, -40),
    soap: folder,
    fault: fault('ErrorServerBusy', 1500),
    doctype: `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${folder}`,
  };
  const statuses = [200, 302, 401, 403, 404, 429, 500, 503];
  const whole: Record<keyof typeof bodies, string> = {
    nothing: 'NotSoap',
    text: 'NotSoap',
    html: 'NotSoap',
    json: 'NotSoap',
    cut: 'AnswerNotWellFormed',
    soap: 'none',
    fault: 'ErrorServerBusy',
    doctype: 'AnswerHasDoctype',
  };
  const cells = statuses.flatMap((status) =>
    (Object.keys(bodies) as (keyof typeof bodies)[]).map(
      (name) =>
        [status, name, status === 200 ? whole[name] : name === 'fault' ? 'ErrorServerBusy' : `HTTP_${status}`] as const,
    ),
  );
  test.each(cells)('%i with %s is %s', async (status, name, expected) => {
    const start = performance.now();
    const error = await probing((response) => response.writeHead(status, { location: '/elsewhere' }).end(bodies[name]));
    expect(error?.code ?? 'none').toBe(expected);
    expect(performance.now() - start).toBeLessThan(2500);
  });
});

describe('a connection', () => {
  test('that stalls ends at the deadline', async () => {
    const error = await probing(() => {}, { deadlineMs: 100 });
    expect(error).toMatchObject({ code: 'DeadlineExceeded', remedy: { kind: 'retry' }, status: 'notSyncing' });
  });

  test('that stalls in the middle of an answer ends at the deadline', async () => {
    const error = await probing((response) => response.writeHead(200).write(folder.slice(0, 50)), { deadlineMs: 100 });
    expect(error?.code).toBe('DeadlineExceeded');
  });

  test('that breaks before the answer is tried once more for a read', async () => {
    let calls = 0;
    const error = await probing((response) => {
      calls += 1;
      if (calls === 1) response.destroy();
      else response.end(folder);
    });
    expect({ error, calls }).toEqual({ error: undefined, calls: 2 });
  });

  test('that breaks in the middle of an answer is told', async () => {
    const error = await probing((response) => {
      response.writeHead(200, { 'content-length': '9999' }).write(folder.slice(0, 50), () => response.destroy());
    });
    expect(error).toMatchObject({ code: 'AnswerCut', remedy: { kind: 'retry' } });
  });

  test('that nobody takes is the trouble of the server URL', async () => {
    const { gateway, access } = await gatewayTo(() => {});
    await server?.close();
    server = undefined;
    await expect(gateway.probe(access)).rejects.toMatchObject({ code: 'ECONNREFUSED', status: 'invalidServerUrl' });
  });
});

describe('an answer', () => {
  test('may be packed', async () => {
    const zipped = zlib.gzipSync(folder);
    expect(
      await probing((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped)),
    ).toBeUndefined();
  });

  test('that is packed wrongly is told', async () => {
    const error = await probing((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'));
    expect(error?.code).toBe('AnswerCut');
  });

  test('larger than we take is refused while it arrives, unpacked size counting', async () => {
    const bomb = zlib.gzipSync(' '.repeat(5_000_000));
    const answer: Answer = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    const error = await probing(answer, { largestAnswer: 100_000 });
    expect(error?.code).toBe('AnswerTooLarge');
  });

  test('without SOAP at 500 says how long to wait where it says so', async () => {
    const error = await probing((response) => response.writeHead(503, { 'retry-after': '7' }).end());
    expect(error?.remedy).toEqual({ kind: 'pause', scope: 'profile', forMs: 7000 });
  });
});

describe('a write', () => {
  const item = { itemId: 'i', changeKey: 'c' } as never;
  const change = { item, patch: { kind: 'appointment', subject: 'x' } } as const;

  test('that was answered by a broken connection is in doubt, and is not sent twice', async () => {
    let calls = 0;
    const { gateway, access } = await gatewayTo((response) => {
      calls += 1;
      response.destroy();
    });
    await expect(gateway.updateItems(access, [change], 'none')).rejects.toMatchObject({ ambiguous: true });
    expect(calls).toBe(1);
  });

  test('that nobody took is not in doubt', async () => {
    const { gateway, access } = await gatewayTo(() => {});
    await server?.close();
    server = undefined;
    await expect(gateway.updateItems(access, [change], 'none')).rejects.toMatchObject({ ambiguous: false });
  });

  test.each(['UpdateItem', 'CreateItem'])(
    'of many items answered by one error keeps its code (%s)',
    async (operation) => {
      const { gateway, access } = await gatewayTo((response) =>
        response.end(responses(operation, [errorMessage('ErrorFolderNotFound')])),
      );
      await expect(gateway.updateItems(access, [change, change, change], 'none')).rejects.toMatchObject({
        code: 'ErrorFolderNotFound',
        status: 'accessDeniedFolder',
      });
    },
  );

  test('with fewer answers than items is in doubt', async () => {
    const ok = '<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items/></*>';
    const { gateway, access } = await gatewayTo((response) => response.end(responses('UpdateItem', [ok])));
    const outcome = gateway.updateItems(access, [change, change], 'none');
    await expect(outcome).rejects.toMatchObject({ code: 'AnswerIncomplete', ambiguous: true });
  });

  test('is read even where the answer leaves out what the library wants', async () => {
    const ok =
      '<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items><t:CalendarItem><t:ItemId Id="i" ChangeKey="d"/></t:CalendarItem></m:Items></*>';
    const { gateway, access } = await gatewayTo((response) => response.end(responses('UpdateItem', [ok])));
    expect(await gateway.updateItems(access, [change], 'none')).toEqual([
      { ok: true, value: { itemId: 'i', changeKey: 'd' } },
    ]);
  });

  test('refused with the same code for every item is the trouble of the server, with an unlike one of the item', async () => {
    const busy = errorMessage('ErrorServerBusy');
    const conflict = errorMessage('ErrorIrresolvableConflict');
    let messages = [busy, busy];
    const { gateway, access } = await gatewayTo((response) => response.end(responses('UpdateItem', messages)));
    const write = () => gateway.updateItems(access, [change, change], 'none');
    await expect(write()).rejects.toMatchObject({ code: 'ErrorServerBusy', remedy: { kind: 'pause' } });
    messages = [conflict, errorMessage('ErrorOfTomorrow')];
    expect(await write()).toMatchObject([
      { ok: false, error: { kind: 'conflict' } },
      { ok: false, error: { code: 'ErrorOfTomorrow', remedy: { kind: 'retry' } } },
    ]);
  });

  test('keeps what was done before a later batch failed', async () => {
    const ok = '<* ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></*>';
    let calls = 0;
    const { gateway, access } = await gatewayTo((response) => {
      calls += 1;
      if (calls === 1)
        response.end(
          responses(
            'DeleteItem',
            Array.from({ length: 10 }, () => ok),
          ),
        );
      else response.destroy();
    });
    const outcomes = await gateway.deleteItems(
      access,
      'appointment',
      Array.from({ length: 25 }, () => item),
      'none',
    );
    expect(outcomes.map((outcome) => (outcome.ok ? 'done' : `ambiguous ${outcome.error.ambiguous}`))).toEqual([
      ...Array.from({ length: 10 }, () => 'done'),
      ...Array.from({ length: 10 }, () => 'ambiguous true'),
      ...Array.from({ length: 5 }, () => 'ambiguous false'),
    ]);
    expect(calls).toBe(2);
  });
});

test('an error in an envelope at HTTP 200 is heard', async () => {
  const soapFault = envelope('<s:Fault><faultcode>s:Client</faultcode><faultstring>No.</faultstring></s:Fault>');
  expect((await probing((response) => response.end(soapFault)))?.code).toBe('Client');
});

test('a folder that is no calendar is told', async () => {
  const error = await probing((response) => response.end(folder.replace('IPF.Appointment', 'IPF.Note')));
  expect(error).toMatchObject({ code: 'FolderOfAnotherKind', status: 'invalidFolder' });
});

test('connections are kept, and never more than the profile allows', async () => {
  const sockets = new Set<unknown>();
  let open = 0;
  let most = 0;
  const { gateway, access } = await gatewayTo((response) => {
    sockets.add(response.socket);
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
      response.end(folder);
    });
  });
  const limited = { ...access, profile: { ...access.profile, maxConcurrentConnections: 2 } };
  await Promise.all(Array.from({ length: 20 }, () => gateway.probe(limited)));
  expect(most).toBeLessThanOrEqual(2);
  expect(sockets.size).toBeLessThanOrEqual(2);
});

test('twenty mailboxes at once are never mixed up', async () => {
  const { gateway, access } = await gatewayTo((response, { headers, body }) => {
    const anchor = String(headers['x-anchormailbox']);
    const right = body.includes(`<t:SmtpAddress>${anchor}</t:SmtpAddress>`);
    response.end(right ? folder : fault('ErrorImpersonateUserDenied'));
  });
  const calls = Array.from({ length: 100 }, (_, index) => {
    const address = `user${index % 20}@contoso.example`;
    return gateway.probe({ ...access, mailbox: { ...access.mailbox, address: address as never } });
  });
  await expect(Promise.all(calls)).resolves.toHaveLength(100);
});

describe('the server URL', () => {
  test.each([
    ['http://exchange.example/EWS/Exchange.asmx', 'ServerUrlNotSecure'],
    ['https://127.0.0.1/EWS', 'ServerUrlOwnMachine'],
    ['https://[::1]/EWS', 'ServerUrlOwnMachine'],
    ['https://localhost/EWS', 'ServerUrlOwnMachine'],
    ['https://169.254.169.254/EWS', 'ServerUrlOwnMachine'],
    ['https://u:p@exchange.example/EWS', 'ServerUrlWithPassword'],
    [undefined, 'ServerUrlMissing'],
  ])('%s is refused', (url, code) => {
    expect(() => checkedUrl(url, false)).toThrow(expect.objectContaining({ code, status: 'invalidServerUrl' }));
  });

  test('of a company is taken, on any network of its own', () => {
    expect(checkedUrl('https://mail.contoso.example/EWS/Exchange.asmx', false).hostname).toBe('mail.contoso.example');
    expect(['10.0.0.4', '192.168.1.2', '::ffff:127.0.0.1', 'fe80::1'].map(isOwnMachine)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

test.each([{ all: true }, {}])('a name that leads to this machine is not connected to (%j)', async (options) => {
  const code = await new Promise((resolve) => {
    lookupElsewhere('localhost', options, (error) => resolve(error?.code));
  });
  expect(code).toBe('OwnMachineRefused');
});

test('an address that would add a header is refused before anything is sent', async () => {
  const { gateway, access } = await gatewayTo((response) => response.end(folder));
  const mailbox = { ...access.mailbox, address: 'a@b.example\r\nX-Evil: 1' as never };
  await expect(gateway.probe({ ...access, mailbox })).rejects.toMatchObject({ remedy: { kind: 'park' } });
  expect(server?.requests).toHaveLength(0);
});
