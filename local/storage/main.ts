import path from 'node:path';
import { parseArgs } from 'node:util';
import { waitForPort } from '../wait-for-port.ts';

/** Azurite (tables and blobs) as one process that keeps its data in a directory and stops with its parent. */
const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { 'blob-port': text, 'table-port': text, data: text } });
const blobPort = Number(values['blob-port'] ?? 10_000);
const tablePort = Number(values['table-port'] ?? 10_002);

// Azurite reads its options from the command line and nowhere else.
process.argv = [
  process.argv[0] ?? 'node',
  'azurite',
  '--silent',
  '--disableTelemetry',
  '--skipApiVersionCheck',
  ...['--location', path.resolve(values.data ?? '.local/storage')],
  ...['--blobPort', `${blobPort}`, '--tablePort', `${tablePort}`, '--queuePort', '0'],
];
// It writes to disk when it is asked to end; killed, it would lose the last writes.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// Asked to end it closes its servers and waits for the process to run empty, which an open channel would prevent.
process.channel?.unref();
// Its own lines about starting and closing say nothing that ours do not.
console.log = () => undefined;
await import('azurite/dist/src/azurite.js' as string);
await Promise.all([waitForPort(blobPort), waitForPort(tablePort)]);
process.stdout.write(`storage ready on 127.0.0.1:${blobPort} (blobs) and :${tablePort} (tables)\n`);
