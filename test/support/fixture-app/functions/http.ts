import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { app } from '@azure/functions';
import { journal } from './journal.ts';

if (process.env['STREAM'] === 'true') app.setup({ enableHttpStream: true });

app.get('journal', async () => ({ jsonBody: journal }));

app.get('hello', async () => ({ body: 'hello' }));

app.http('echo', {
  route: 'echo/{number:int}/{*rest}',
  methods: ['POST', 'PUT'],
  authLevel: 'anonymous',
  handler: async (request) => {
    const bytes = Buffer.from(await request.arrayBuffer());
    return {
      status: 201,
      headers: { 'x-seen': request.headers.get('x-sent') ?? '' },
      cookies: [{ name: 'seen', value: 'a b', httpOnly: true, sameSite: 'Lax', path: '/' }],
      jsonBody: {
        method: request.method,
        url: request.url,
        params: request.params,
        query: [...request.query],
        length: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
    };
  },
});

app.get('item', { route: 'items/{id}', handler: async (request) => ({ body: `any ${request.params['id']}` }) });
app.get('item-by-number', {
  route: 'items/{id:int}',
  handler: async (request) => ({ body: `number ${request.params['id']}` }),
});
app.get('item-of-today', { route: 'items/today', handler: async () => ({ body: 'literal' }) });

app.get('guarded', { authLevel: 'function', handler: async () => ({ body: 'in' }) });
app.get('locked', { authLevel: 'admin', handler: async () => ({ body: 'in' }) });
app.get('switched-off', async () => ({ body: 'never' }));
app.get('console', { route: 'admin/console', handler: async () => ({ body: 'never' }) });

app.get('settings', async () => ({
  jsonBody: { local: process.env['FROM_LOCAL_SETTINGS'], already: process.env['ALREADY_SET'] },
}));

app.get('silent', async () => undefined as never);

async function* pieces() {
  yield Buffer.from('first,');
  await sleep(20);
  yield Buffer.from('second');
}

app.get('stream', async () => ({
  headers: { 'content-type': 'text/plain' },
  body: ReadableStream.from(pieces()),
}));

app.post('fail', async () => {
  throw new Error('the handler failed');
});

app.get('slow', async (request) => {
  journal.push('slow began');
  await sleep(Number(request.query.get('ms')));
  return { body: 'slow but done' };
});

app.get('too-late', async () => {
  app.get('never', async () => ({}));
  return {};
});
