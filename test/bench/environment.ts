import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from '../../local/options.ts';
import { freePorts } from '../support/free-ports.ts';

export const root = path.join(import.meta.dirname, '../..');

/** A line "change applied" of the app's log: one message of the queue `changes` that is done. */
export interface AppliedLine {
  readonly recordId?: string;
  readonly mailboxId?: string;
  readonly did: string;
  /** When the line arrived here, milliseconds since 1970. */
  readonly at: number;
}

export interface Environment {
  readonly ports: Ports;
  readonly pids: Readonly<Record<string, number>>;
  readonly data: string;
  /** From the start of the first part until the app was ready, milliseconds. */
  readonly startedInMs: number;
  /** What the app has done since the last call of `forget`. */
  readonly applied: AppliedLine[];
  /** How long the host took for each webhook, milliseconds, as its own log says. */
  readonly webhookMs: number[];
  readonly warnings: string[];
  forget(): void;
  /** How many records of the CRM were brought to their mailbox: one may take several messages, and each may find it done. */
  recordsApplied(): number;
  /** Resolves when `isDone`, looked at with each applied change; rejects after the deadline. */
  until(what: string, isDone: () => boolean, deadlineMs: number): Promise<void>;
  /** Resolves when nothing was applied for so long. */
  calm(quietMs: number, deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything as `npm start` does, on free ports and with a directory of its own. */
export async function startEnvironment(people: number, exchangeDelayMs: number): Promise<Environment> {
  const data = await mkdtemp(path.join(tmpdir(), 'crm-exchange-sync-bench-'));
  const flags = ['functions', 'crm', 'exchange', 'service-bus', 'blob', 'table'];
  const ports = await freePorts(flags.length);
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      path.join(root, 'local/start.ts'),
      ...['--data', data, '--json', '--people', `${people}`, '--exchange-delay', `${exchangeDelayMs}`],
      ...flags.flatMap((flag, index) => [`--${flag}-port`, `${ports[index]}`]),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The host says at this level how long a call took.
      env: { ...process.env, 'AzureFunctionsJobHost__logging__logLevel__Function.receive-crm-webhook': 'Debug' },
    },
  );
  const news = new EventEmitter();
  const state = { applied: [] as AppliedLine[], webhookMs: [] as number[], warnings: [] as string[] };
  const ready = new Promise<Pick<Environment, 'ports' | 'pids'>>((resolve, reject) => {
    let last = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        last = line;
        const at = Date.now();
        if (line.startsWith('{"ready"')) resolve(JSON.parse(line));
        const applied = /change applied (\{.*\})$/.exec(line)?.[1];
        if (applied !== undefined) {
          state.applied.push({ ...(JSON.parse(applied) as AppliedLine), at });
          news.emit('applied');
          return;
        }
        const took = /receive-crm-webhook: succeeded in (\d+) ms/.exec(line)?.[1];
        if (took !== undefined) state.webhookMs.push(Number(took));
        else if (/\[(warn|error)\]|paused|failed|again later|held/.test(line)) state.warnings.push(line);
      });
    }
    child.once('exit', (code) => reject(new Error(`the environment ended (${code}): ${last}`)));
  });
  const stop = async () => {
    await stopChild(child);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const { ports: taken, pids } = await ready;
    const startedInMs = performance.now() - begun;
    return {
      ports: taken,
      pids,
      data,
      startedInMs,
      ...state,
      forget() {
        state.applied.length = 0;
        state.webhookMs.length = 0;
      },
      recordsApplied: () => new Set(state.applied.flatMap(({ recordId }) => recordId ?? [])).size,
      async until(what, isDone, deadlineMs) {
        const signal = AbortSignal.timeout(deadlineMs);
        while (!isDone()) {
          await once(news, 'applied', { signal }).catch(() => {
            const counts = Object.groupBy(state.applied, ({ did }) => did);
            const done = Object.entries(counts).map(([did, lines]) => `${did} ${lines?.length}`);
            const warnings = state.warnings.slice(-5).join('\n');
            throw new Error(`${what}: not done after ${deadlineMs} ms, only ${done.join(', ')}. ${warnings}`);
          });
        }
      },
      async calm(quietMs, deadlineMs) {
        const end = Date.now() + deadlineMs;
        for (let last = Date.now(); Date.now() - last < quietMs && Date.now() < end; ) {
          const count = state.applied.length;
          await sleep(100);
          if (state.applied.length > count) last = Date.now();
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
