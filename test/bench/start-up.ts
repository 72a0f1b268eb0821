import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { connectionsOf } from '../../local/connections.ts';
import { type Environment, root, stopChild } from './environment.ts';
import { median, rounded } from './statistics.ts';

/** From the spawn of the process to the host's "ready": the app is loaded, storage is prepared, queues and routes are open. */
async function startApp({ ports, data }: Environment): Promise<number> {
  const { storage, serviceBus } = connectionsOf(ports);
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'local/functions-host/main.ts'),
      ...['--app', root, '--port', '0'],
    ],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        LOCAL_ENVIRONMENT: 'true',
        STORAGE_CONNECTION_STRING: storage,
        ServiceBusConnection: serviceBus,
        SECRETS_FILE: path.join(data, 'secrets.json'),
      },
    },
  );
  try {
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => line.startsWith('functions ready on ') && resolve());
      child.once('exit', (code) => reject(new Error(`the app ended (${code}) before it was ready`)));
    });
    return performance.now() - begun;
  } finally {
    await stopChild(child);
  }
}

async function startNode(): Promise<number> {
  const begun = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - begun;
}

/** Start-up of the app beside the idle environment, and of a Node that does nothing, in turns. */
export async function measureStartUp(environment: Environment, rounds: number) {
  const app: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await startNode());
    app.push(await startApp(environment));
  }
  return { appMs: rounded(median(app), 0), bareNodeMs: rounded(median(bare), 0) };
}
