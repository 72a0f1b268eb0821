import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePorts } from './free-ports.ts';

const entry = path.join(import.meta.dirname, '../../node_modules/azurite/dist/src/azurite.js');
const account = 'devstoreaccount1';
/** The key every Azurite has: published by Microsoft, no secret. */
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface Azurite {
  readonly connectionString: string;
  close(): Promise<void>;
}

/** Azurite in a process of its own, on ports that were free, keeping everything in memory. */
export async function startAzurite(): Promise<Azurite> {
  const [blob, queue, table] = await freePorts(3);
  const quiet = ['-s', '--disableTelemetry', '--skipApiVersionCheck', '--inMemoryPersistence'];
  const ports = ['--blobPort', `${blob}`, '--queuePort', `${queue}`, '--tablePort', `${table}`];
  const child = spawn(process.execPath, [entry, ...quiet, ...ports], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const close = async () => {
    child.kill();
    await ended;
  };

  const host = 'http://127.0.0.1';
  await untilAnswering([`${host}:${blob}`, `${host}:${table}`], () =>
    child.exitCode === null ? undefined : `Azurite ended: ${complaints}`,
  ).catch(async (error) => {
    await close();
    throw error;
  });
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${account}`,
      `AccountKey=${accountKey}`,
      `BlobEndpoint=${host}:${blob}/${account}`,
      `TableEndpoint=${host}:${table}/${account}`,
    ].join(';'),
    close,
  };
}

async function untilAnswering(urls: readonly string[], complaint: () => string | undefined): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (const url of urls) {
    for (;;) {
      const answered = await fetch(url).then(
        () => true,
        () => false,
      );
      if (answered) break;
      const reason = complaint() ?? (Date.now() > deadline ? `nothing answers at ${url}` : undefined);
      if (reason !== undefined) throw new Error(reason);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
