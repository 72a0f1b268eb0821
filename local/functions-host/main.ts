import { parseArgs } from 'node:util';
import type { HostKeys } from './authorize.ts';
import { type FunctionsHost, startFunctionsHost } from './start-functions-host.ts';

/** Longer than stopping takes: whoever waits for this process must not wait for ever. */
const lastResortMilliseconds = 12_000;

const { values } = parseArgs({
  options: {
    app: { type: 'string', default: '.' },
    port: { type: 'string', default: '7071' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});

const keys: Partial<HostKeys> = {};
if (process.env['FUNCTIONS_HOST_KEY']) keys.function = process.env['FUNCTIONS_HOST_KEY'];
if (process.env['FUNCTIONS_MASTER_KEY']) keys.master = process.env['FUNCTIONS_MASTER_KEY'];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const fail = (what: string, error: unknown): never => {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`[error] host: ${what}: ${reason.replace(/\s*\n\s*/g, ' | ')}`);
  process.exit(1);
};

let host: FunctionsHost | undefined;
const stop = (): void => {
  if (host === undefined) process.exit(0);
  setTimeout(() => process.exit(1), lastResortMilliseconds).unref();
  host.stop().then(
    () => process.exit(0),
    (error: unknown) => fail('stopping failed', error),
  );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('disconnect', stop);
// As the Node worker in Azure: an error that nobody caught ends the process.
process.on('uncaughtException', (error) => fail('an error was caught by nobody', error));

try {
  host = await startFunctionsHost({ appDirectory: values.app, port: Number(values.port), host: values.host, keys });
} catch (error) {
  fail('did not start', error);
}
if (host !== undefined) {
  if (!keys.function) say(`[info] host: function key for this run: ${host.keys.function}`);
  if (!keys.master) say(`[info] host: master key for this run: ${host.keys.master}`);
  say(`functions ready on ${values.host}:${host.port}`);
  // A parent that has just gone is no error: 'disconnect' stops the host.
  const ready = { kind: 'ready', port: host.port, functionNames: host.functionNames };
  process.send?.(ready, undefined, undefined, () => undefined);
}
