import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface FunctionsHostProcess {
  url: string;
  /** Every line it printed. */
  lines: string[];
  child: ChildProcess;
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>;
}

export interface FunctionsHostProcessOptions {
  app: string;
  environment?: Record<string, string>;
}

const root = path.join(import.meta.dirname, '..', '..');

/** The keys that a host started here takes. */
export const hostKeys = { function: 'function-key', master: 'master-key' };

/** Starts local/functions-host as a process of its own on a free port and waits until it is ready. */
export const startFunctionsHostProcess = async (
  options: FunctionsHostProcessOptions,
): Promise<FunctionsHostProcess> => {
  const main = path.join(root, 'local', 'functions-host', 'main.ts');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', main, '--app', options.app, '--port', '0'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        FUNCTIONS_HOST_KEY: hostKeys.function,
        FUNCTIONS_MASTER_KEY: hostKeys.master,
        ...options.environment,
      },
    },
  );
  const lines: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const port = await new Promise<number>((resolve, reject) => {
    const read = (line: string): void => {
      lines.push(line);
      const ready = /^functions ready on .*:(\d+)$/.exec(line);
      if (ready) resolve(Number(ready[1]));
    };
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', read);
    exited.then((code) => reject(new Error(`The Functions host ended with ${code}:\n${lines.join('\n')}`)), reject);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    lines,
    child,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
};
