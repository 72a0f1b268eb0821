import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Part {
  /** Resolves when it is ready; rejects with what it said when it ended before. */
  readonly ready: Promise<void>;
  /** Asks it to end and waits, ten seconds at most. */
  stop(): Promise<void>;
  readonly pid: () => number | undefined;
}

export interface PartOptions {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly say: (name: string, line: string) => void;
  /** Started again when it ends by itself: the Functions host, as Azure would. */
  readonly restart: boolean;
}

const patienceMs = 10_000;

/** One part of the local environment: a process of its own, which ends with this one. */
export function startPart(options: PartOptions): Part {
  let child: ChildProcess;
  let stopping = false;
  let ended: Promise<void> = Promise.resolve();

  const launch = (): Promise<void> =>
    new Promise((resolve, reject) => {
      // A group of its own: Ctrl-C reaches this process alone, which ends the parts in their order.
      child = fork(options.file, [...options.args], {
        execArgv: ['--disable-warning=ExperimentalWarning'],
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true,
      });
      let last = '';
      const listen = (line: string) => {
        last = line;
        if (line.startsWith(`${options.name} ready on `)) resolve();
        options.say(options.name, line);
      };
      for (const stream of [child.stdout, child.stderr]) {
        if (stream !== null) createInterface({ input: stream }).on('line', listen);
      }
      ended = new Promise((gone) => {
        child.once('exit', (code, signal) => {
          gone();
          reject(new Error(`${options.name} ended (${signal ?? code}): ${last || 'it said nothing'}`));
          if (stopping || !options.restart) return;
          options.say(options.name, `ended (${signal ?? code}), starting it again`);
          setTimeout(() => {
            if (!stopping) launch().catch(() => undefined);
          }, 500);
        });
      });
    });

  const ready = launch();
  return {
    ready,
    pid: () => child.pid,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(impatience);
    },
  };
}
