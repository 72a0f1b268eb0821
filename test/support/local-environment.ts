import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ServiceBusClient } from '@azure/service-bus';
import { connectionsOf } from '../../local/connections.ts';
import type { Ports } from '../../local/options.ts';
import { demo } from '../../local/seed.ts';
import { azureClients } from '../../shared/adapters/azure/azure-clients.ts';
import { tablePollScheduleStore } from '../../shared/adapters/azure/table-poll-schedule-store.ts';
import { MailboxId, OrganizationId } from '../../shared/domain/ids.ts';
import { queueNames } from '../../shared/domain/queues.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-ports.ts';
import { type AdminClient, adminClient, type CrmClient, crmClient } from './local-clients.ts';
import { type ExchangeClient, exchangeClient } from './local-exchange-client.ts';

/** `npm start` as a test has it: every part in a process of its own, on ports that were free. */
export interface LocalEnvironment {
  readonly ports: Ports;
  /** Where every part keeps what must survive; removed at the end. */
  readonly data: string;
  readonly crm: CrmClient;
  readonly exchange: ExchangeClient;
  readonly admin: AdminClient;
  /** Every line that the parts printed so far, those of earlier lives included. */
  logs(): readonly string[];
  /** Writes secrets into the file that stands for the vault. */
  storeSecrets(values: Readonly<Record<string, string>>): void;
  /** kill -9 of the Functions host, which the supervisor starts again; resolves when it is dead. */
  killHost(): Promise<void>;
  /** kill -9 of one part, by the name of its folder in local/. Only the host comes again by itself. */
  killPart(name: string): Promise<void>;
  /** Ends the disabled state of the mailbox, if it is in one, and has it looked into. */
  lookInto(mailboxId: string): Promise<void>;
  /** Asks for a look into the mailbox right now, as a notification of Exchange will; whoever is at it already goes on. */
  pollNow(mailboxId: string): Promise<void>;
  /** When the mailbox was last looked into, all its folders. */
  lastPolledAt(mailboxId: string): Promise<string | undefined>;
  /** Every row of every table, as text, by the name of its table. */
  rows(): Promise<{ readonly table: string; readonly row: string }[]>;
  /** Resolves when a host answers. */
  hostReady(): Promise<void>;
  /**
   * kill -9 of everything at one moment, but for the storage emulator: it keeps its tables in memory and writes them when it
   * is asked to end. The storage it stands for survives the end of any process.
   */
  killAll(): Promise<void>;
  /** The same again on what is in the data directory. */
  startAgain(): Promise<void>;
  /** Ends every part as Ctrl-C does; the data stay. */
  stop(): Promise<void>;
  /** Ends it if it still runs, and removes the data. */
  dispose(): Promise<void>;
}

const organizationId = OrganizationId.parse(demo.organization);
const start = path.join(import.meta.dirname, '../../local/start.ts');
const startsWithinMs = 60_000;
/** A lease on a create ends after eight seconds; an off-boarding waits three where it would wait three minutes. */
const shortWaits = { EXCHANGE_DEADLINE_SECONDS: '5', INTENT_MARGIN_SECONDS: '3', OFF_BOARDING_QUIET_SECONDS: '3' };

/** Starts the local environment, with further flags of `npm start` and short waits. Its mailboxes are in sync. */
export async function startLocalEnvironment(flags: readonly string[] = []): Promise<LocalEnvironment> {
  const data = mkdtempSync(path.join(tmpdir(), 'local-environment-'));
  const ports = await pickPorts();
  const lines: string[] = [];
  let running = await launch(data, ports, lines, flags);
  await eventually(() => {
    const matched = lines.filter((line) => line.includes('"kind":"firstSync","state":"done"'));
    if (matched.length < demo.enrolled.length) throw new Error('the first sync of the mailboxes is not done');
  }, startsWithinMs);

  const url = (port: number) => `http://127.0.0.1:${port}`;
  const hostReady = () =>
    eventually(async () => {
      const { status } = await fetch(`${url(ports.functions)}/api/health/ready`);
      if (status !== 200) throw new Error(`the host answered ${status}`);
    }, 30_000);

  const killPart = async (name: string) => {
    const part = partsOf(running).find((one) => one.name === name);
    if (part === undefined) throw new Error(`${name} is not running`);
    await kill(part.pid);
  };

  const stop = async () => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
  };

  const admin = adminClient(url(ports.functions));
  const connections = connectionsOf(ports);
  const { tables } = azureClients({
    storage: { connectionString: connections.storage },
    serviceBus: { connectionString: connections.serviceBus },
  });
  const schedules = tablePollScheduleStore(tables.schedules);
  async function pollNow(mailboxId: string): Promise<void> {
    const client = new ServiceBusClient(connections.serviceBus);
    const dueAt = new Date().toISOString();
    const poll = { kind: 'poll', schema: 1, organizationId, profileId: 'main', mailboxIds: [mailboxId], dueAt };
    await client.createSender(queueNames.polls).sendMessages({ body: poll });
    await client.close();
  }

  return {
    ports,
    data,
    crm: crmClient(url(ports.crm)),
    exchange: exchangeClient(url(ports.exchange)),
    admin,
    async lookInto(mailboxId) {
      await eventually(async () => {
        const { status, text } = await admin.post(`/mailboxes/${mailboxId}/enable`);
        if (status !== 200) throw new Error(`enabling answered ${status} ${text}`);
      });
      await pollNow(mailboxId);
    },
    pollNow,
    async lastPolledAt(mailboxId) {
      const schedule = await schedules.find({ organizationId, mailboxId: MailboxId.parse(mailboxId) });
      return schedule?.value.lastPolledAt;
    },
    async rows() {
      const all: { table: string; row: string }[] = [];
      for (const [table, client] of Object.entries(tables))
        for await (const row of client.listEntities()) all.push({ table, row: JSON.stringify(row) });
      return all;
    },
    logs: () => lines,
    storeSecrets(values) {
      const file = path.join(data, 'secrets.json');
      writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...values }));
    },
    killPart,
    killHost: () => killPart('functions-host'),
    hostReady,
    async killAll() {
      const parts = partsOf(running);
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await Promise.all(parts.filter(({ name }) => name !== 'storage').map(({ pid }) => kill(pid)));
      await ended;
      // Its parent is gone: it writes its tables and ends by itself.
      await Promise.all(parts.filter(({ name }) => name === 'storage').map(({ pid }) => gone(pid)));
    },
    async startAgain() {
      running = await launch(data, ports, lines, flags);
    },
    stop,
    async dispose() {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function launch(data: string, ports: Ports, lines: string[], further: readonly string[]): Promise<ChildProcess> {
  const flags = {
    'functions-port': ports.functions,
    'crm-port': ports.crm,
    'exchange-port': ports.exchange,
    'service-bus-port': ports.serviceBus,
    'blob-port': ports.blobs,
    'table-port': ports.tables,
  };
  const args = Object.entries(flags).flatMap(([flag, port]) => [`--${flag}`, `${port}`]);
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', start, '--data', data, ...args, ...further, '--json'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...shortWaits },
    },
  );
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const read = (line: string) => {
    lines.push(line);
    if (line.startsWith('{"ready":true')) resolve();
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
  const fail = (what: string) => reject(new Error(`The local environment ${what}:\n${lines.slice(-20).join('\n')}`));
  child.once('exit', (code, signal) => fail(`ended (${signal ?? code})`));
  const patience = setTimeout(() => fail('was not ready in time'), startsWithinMs);
  await ready.finally(() => clearTimeout(patience));
  return child;
}

/** The processes of the parts, named after their folders in local/. */
function partsOf({ pid }: ChildProcess): { name: string; pid: number }[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return table.split('\n').flatMap((row) => {
    const [, child, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
    const name = /\/local\/([\w-]+)\/main\.ts/.exec(args ?? '')?.[1];
    return Number(parent) === pid && name !== undefined ? [{ name, pid: Number(child) }] : [];
  });
}

async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await gone(pid);
}

const gone = (pid: number) =>
  eventually(() => {
    if (isAlive(pid)) throw new Error(`process ${pid} is still alive`);
  }, 15_000);

/** A process that has ended and that nobody has asked about is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = execFileSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' }).trim();
  return state !== '' && !state.startsWith('Z');
}

async function pickPorts(): Promise<Ports> {
  const names = ['functions', 'crm', 'exchange', 'serviceBus', 'blobs', 'tables'] as const;
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, place) => [name, ports[place]])) as Ports;
}
