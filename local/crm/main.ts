import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CrmUserId } from '../../shared/domain/ids.ts';
import { startCrm } from './start-crm.ts';
import seed from './users.json' with { type: 'json' };

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7072' },
    data: { type: 'string' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string', default: 'whsec_bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk=' },
    token: { type: 'string', default: 'local-only' },
    'exchange-url': { type: 'string' },
    users: { type: 'string' },
    'knows-series': { type: 'boolean', default: false },
  },
});
const port = z.coerce.number().int().min(0).max(65_535).parse(values.port);
const url = values['webhook-url'];
const User = z.object({ id: CrmUserId, name: z.string(), email: z.string(), active: z.boolean() });

try {
  const crm = await startCrm({
    port,
    token: values.token,
    knowsSeries: values['knows-series'],
    users: z.array(User).parse(values.users === undefined ? seed : JSON.parse(readFileSync(values.users, 'utf8'))),
    ...(values.data === undefined ? {} : { dataDirectory: values.data }),
    ...(url === undefined ? {} : { webhook: { url, secret: values['webhook-secret'] } }),
    ...(values['exchange-url'] === undefined ? {} : { exchangeUrl: values['exchange-url'] }),
  });
  process.stdout.write(`crm ready on 127.0.0.1:${crm.port}\n`);
  const stop = () => void crm.close().then(() => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal as 'SIGTERM', stop);
} catch (error) {
  process.stderr.write(`crm: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
