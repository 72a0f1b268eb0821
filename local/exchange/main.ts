import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startExchange } from './start-exchange.ts';

const usage =
  'usage: node local/exchange/main.ts --mailboxes FILE [--port 7073] [--host 127.0.0.1] [--data DIRECTORY] [--delay MILLISECONDS]';

function readOptions() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { port: text, host: text, data: text, mailboxes: text, delay: text } });
  if (values.mailboxes === undefined) throw new Error(`--mailboxes is missing\n${usage}`);
  const host = values.host ?? '127.0.0.1';
  return {
    host,
    port: Number(values.port ?? 7073),
    mailboxes: JSON.parse(readFileSync(values.mailboxes, 'utf8')) as unknown,
    delayMs: Number(values.delay ?? 0),
    ...(values.data === undefined ? {} : { dataDirectory: values.data }),
  };
}

try {
  const options = readOptions();
  const exchange = await startExchange(options);
  const stop = () => {
    exchange.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  process.stdout.write(`exchange ready on ${options.host}:${exchange.port}\n`);
} catch (error) {
  process.stderr.write(`exchange: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
