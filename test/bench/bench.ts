import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { furtherPeople } from '../../local/people.ts';
import { acknowledgeWebhooks } from './acknowledge-webhooks.ts';
import { applyBurst, type Order, orders, settle } from './apply-burst.ts';
import { applySingleChanges } from './apply-single-changes.ts';
import { clients } from './clients.ts';
import { type Environment, startEnvironment } from './environment.ts';
import { followExchangeEdits } from './follow-exchange-edits.ts';
import { duePolls } from './poll-now.ts';
import { printTable } from './print-table.ts';
import { measureStartUp } from './start-up.ts';
import { median, rounded } from './statistics.ts';

const usage = `npm run bench -- [--json] [--only webhooks,singles,bursts,edits,start-up] [--rounds N]`;
const parts = ['webhooks', 'singles', 'bursts', 'edits', 'start-up'] as const;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    only: { type: 'string', default: parts.join(',') },
    rounds: { type: 'string', default: '3' },
  },
});
const rounds = Number(values.rounds);
const longestMs = 240_000;
const wanted = new Set(values.only.split(','));
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Measures the whole system on this machine, against nothing but its own emulators. */
async function main(): Promise<void> {
  if (values.help) return console.log(usage);
  // What others do on the same cores shows in every figure, and here.
  const [loadBefore = Number.NaN] = loadavg();
  const begun = Date.now();
  say('starting the environment …');
  const environment = await startEnvironment(100, 20);
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  try {
    await Promise.race([interrupted, tooLong(), measureAll(environment, begun, loadBefore)]);
  } finally {
    await environment.stop();
  }
}

async function tooLong(): Promise<never> {
  await sleep(longestMs, undefined, { ref: false });
  throw new Error(`The bench is not done after ${longestMs / 1_000} s: is something else running on this machine?`);
}

async function measureAll(environment: Environment, begun: number, loadBefore: number): Promise<void> {
  const side = clients(environment.ports);
  const users = furtherPeople(100).map(({ user }) => user);
  const pollOf = duePolls(environment);
  const pollAll = () => settle(environment, side, () => pollOf(users));
  await environment.calm(1_000, 5_000);
  const run = async <T>(name: (typeof parts)[number], measure: () => Promise<T>): Promise<T | undefined> => {
    if (!wanted.has(name)) return undefined;
    say(`${name} … (${Math.round((Date.now() - begun) / 1_000)} s)`);
    return measure();
  };
  const measureBursts = async (batch: boolean, times: number) => {
    const all: Record<Order, Awaited<ReturnType<typeof applyBurst>>[]> = { mailboxByMailbox: [], roundRobin: [] };
    for (let round = 0; round < times; round++) {
      for (const order of Object.keys(orders) as Order[]) {
        await pollAll();
        const burst = await applyBurst(environment, side, users, { order, count: 1_000, batch });
        say(`  ${order}: ${JSON.stringify(burst)}`);
        all[order].push(burst);
      }
    }
    const middle = (order: Order) => ({
      perSecond: median(all[order].map(({ perSecond }) => perSecond)),
      requestsPerChange: median(all[order].map(({ requestsPerChange }) => requestsPerChange)),
      createRequestsPerChange: median(all[order].map(({ createRequestsPerChange }) => createRequestsPerChange)),
      rounds: all[order],
    });
    return { mailboxByMailbox: middle('mailboxByMailbox'), roundRobin: middle('roundRobin') };
  };
  const results = {
    machine: { cores: availableParallelism(), node: process.version, loadBefore: rounded(loadBefore, 2) },
    environmentReadyMs: rounded(environment.startedInMs, 0),
    webhooks: await run('webhooks', () => acknowledgeWebhooks(environment, side, rounds)),
    singles: await run('singles', () => applySingleChanges(environment, side, users, { count: 200, perSecond: 20 })),
    edits: await run('edits', () => followExchangeEdits(side, users, pollOf)),
    bursts: await run('bursts', () => measureBursts(true, rounds)),
    burstsOfSingleWebhooks: await run('bursts', () => measureBursts(false, Math.min(rounds, 2))),
    startUp: await run('start-up', async () => {
      await environment.calm(1_500, 20_000);
      return measureStartUp(environment, rounds);
    }),
    warnings: environment.warnings.length,
    tookSeconds: Math.round((Date.now() - begun) / 1_000),
  };
  for (const line of environment.warnings.slice(0, 5)) say(`warning: ${line}`);
  if (!values.json) printTable(results);
  console.log(JSON.stringify(results));
}

await main();
process.exit();
