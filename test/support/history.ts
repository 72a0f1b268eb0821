import { setImmediate } from 'node:timers/promises';
import { crmRefused } from '../../shared/adapters/crm/crm-errors.ts';
import { type EwsFailure, toEwsSyncError } from '../../shared/adapters/ews/ews-errors.ts';
import { seededRandom } from '../../shared/adapters/memory/seeded-random.ts';
import { enableProcess } from '../../shared/admin/enable-process.ts';
import { replayFailure } from '../../shared/admin/replay-failure.ts';
import type { ChangeMessage, PollMessage } from '../../shared/domain/change-message.ts';
import type { EmailServerProfile } from '../../shared/domain/email-server-profile.ts';
import { CrmUserId, type MailboxId } from '../../shared/domain/ids.ts';
import { contoso, type EngineWorld, engineWorld, type Fate, rep1, rep2 } from './engine-world.ts';

/** What people and machines do in a history. */
export const acts = [
  ...['crmCreate', 'crmEdit', 'crmEdit', 'crmDelete', 'crmCancel', 'crmComplete', 'crmOwner', 'crmOwner'],
  ...['outlookCreate', 'outlookEdit', 'outlookEdit', 'outlookDelete', 'outlookMove'],
  ...['webhook', 'webhook', 'webhook', 'poll', 'poll', 'poll', 'crmPoll', 'wait'],
  ...['exchangeFails', 'exchangeRecovers', 'enable', 'crmFails', 'crmRecovers', 'crmOff', 'crmOn'],
] as const;

/** `at` and `value` choose among what is there. */
export interface Step {
  readonly do: (typeof acts)[number];
  readonly at: number;
  readonly value: number;
}

export interface Conditions {
  readonly seed: number;
  readonly conflictPolicy: EmailServerProfile['conflictPolicy'];
  readonly duplicateDetection: boolean;
  /** How likely a message is delivered twice at once, and a step begins before the work of the last one is over. */
  readonly twice: number;
  readonly together: number;
  /** At which port call a process dies, one process after the other. */
  readonly deaths: readonly number[];
}

const mailboxes = [rep1, rep2] as const;
const userOf = (mailboxId: MailboxId) => CrmUserId.parse(mailboxId === rep1 ? 'rep1' : 'rep2');

export const liveItems = (world: EngineWorld, mailboxId: MailboxId) =>
  world.exchange.control.items(mailboxId).filter(({ place }) => place === 'folder' || place === 'elsewhere');

const exchangeTroubles: readonly EwsFailure[] = [
  { kind: 'http', status: 503 },
  { kind: 'http', status: 401 },
  { kind: 'network', code: 'ECONNREFUSED', sent: false },
  { kind: 'network', code: 'ETIMEDOUT', sent: true },
  { kind: 'response', code: 'ErrorNonExistentMailbox' },
  { kind: 'response', code: 'ErrorInternalServerError' },
];

/** What a person or a machine does, on the model itself: no process of ours takes part. */
async function act(world: EngineWorld, { do: what, at, value }: Step): Promise<void> {
  const { crm, exchange } = world;
  const pick = <T>(all: readonly T[]): T | undefined => (all.length === 0 ? undefined : all[at % all.length]);
  const mailbox = mailboxes[value % 2] ?? rep1;
  const record = pick(crm.control.records());
  const items = liveItems(world, mailbox);
  // Only the calendar is polled: what happens to an item in another folder is seen when it comes back.
  const seen = pick(items.filter(({ place }) => place === 'folder'));
  const ours = pick(items.filter(({ stamp }) => stamp !== undefined));
  switch (what) {
    case 'crmCreate':
      crm.control.create({ ownerId: userOf(mailbox), description: 'Agenda' });
      return;
    case 'crmEdit':
      if (record && value % 3 === 0) crm.control.update(record.id, { description: `Text ${value}` });
      else if (record) crm.control.update(record.id, { subject: `CRM ${value}` });
      return;
    case 'crmDelete':
      if (record) crm.control.delete(record.id);
      return;
    case 'crmCancel':
      if (record) crm.control.update(record.id, { status: record.status === 'cancelled' ? 'open' : 'cancelled' });
      return;
    case 'crmComplete':
      if (record) crm.control.update(record.id, { status: record.status === 'completed' ? 'open' : 'completed' });
      return;
    case 'crmOwner':
      if (record) crm.control.update(record.id, { ownerId: userOf(record.ownerId === 'rep1' ? rep2 : rep1) });
      return;
    case 'outlookCreate':
      exchange.control.userCreates(mailbox, { subject: `Mine ${value}` });
      return;
    case 'outlookEdit':
      if (seen && value % 3 === 0) exchange.control.userEdits(mailbox, seen.itemId, { location: `Room ${value}` });
      else if (seen) exchange.control.userEdits(mailbox, seen.itemId, { subject: `Outlook ${value}` });
      return;
    case 'outlookDelete':
      if (seen) exchange.control.userDeletes(mailbox, seen.itemId);
      return;
    case 'outlookMove':
      if (ours) exchange.control.userMoves(mailbox, ours.itemId, ours.place === 'folder' ? 'elsewhere' : 'folder');
      return;
    case 'exchangeFails': {
      const failure = exchangeTroubles[at % exchangeTroubles.length];
      const both = failure?.kind === 'http' || (failure?.kind === 'network' && !failure.sent);
      for (const one of both ? mailboxes : [mailbox])
        exchange.control.failsWith(one, failure && toEwsSyncError(failure, 'write'));
      return;
    }
    case 'exchangeRecovers':
      for (const one of mailboxes) exchange.control.failsWith(one, undefined);
      world.secrets.set('exchange-password', `password ${value}`);
      return;
    case 'enable':
      await enable(world, mailbox);
      return;
    case 'crmFails':
      world.crmFailsWith(crmRefused({ operation: 'create', status: [503, 500, 401, 429][at % 4] ?? 503 }));
      return;
    case 'crmRecovers':
      world.crmFailsWith(undefined);
      world.secrets.set('crm-token', `token ${value}`);
      return;
    case 'crmOff':
    case 'crmOn':
      await switchCrm(world, what === 'crmOn');
      return;
    default:
  }
}

async function switchCrm({ stores }: EngineWorld, enabled: boolean): Promise<void> {
  const connection = await stores.directory.findCrmConnection(contoso);
  if (connection) await stores.directory.saveCrmConnection({ ...connection.value, enabled });
}

/** As an admin enables a mailbox that was disabled. */
async function enable(world: EngineWorld, mailboxId: MailboxId): Promise<void> {
  const { stores, exchange, changes, clock, random } = world;
  const key = { organizationId: contoso, mailboxId };
  if ((await stores.statuses.find(key, 'appointments'))?.value.disabled !== true) return;
  await enableProcess({ ...stores, exchange: exchange.gateway, changes, clock, random }, key);
}

/** Never two live items of one record in a mailbox, not even for a moment. */
export function doubledStamps(world: EngineWorld): string[] {
  return mailboxes.flatMap((mailboxId) => {
    const stamps = liveItems(world, mailboxId).flatMap(({ stamp }) =>
      stamp?.mailboxId === mailboxId ? [`${mailboxId} ${stamp.recordId}`] : [],
    );
    return stamps.filter((stamp, index) => stamps.indexOf(stamp) !== index);
  });
}

const immortal = (): Fate => ({ at: -1, calls: 0, dead: false });

/** Two processes that work on the queues beside each other, die and are replaced. */
function twoHosts(world: EngineWorld, { seed, twice, together, deaths }: Conditions) {
  const { fraction } = seededRandom(seed);
  const pause = async () => {
    for (let turns = Math.floor(fraction() * 4); turns > 0; turns -= 1) await setImmediate();
  };
  const left = [...deaths];
  let mortal = true;
  const begin = () =>
    world.process(mortal ? { ...immortal(), at: left.shift() ?? -1, ...(together > 1 ? { pause } : {}) } : immortal());
  const processes = [begin(), begin()];
  // Not sent anew: what a process dropped is delivered again whatever duplicate detection thinks.
  const dropped: (() => { changes?: ChangeMessage; polls?: PollMessage })[] = [];
  const doubled: string[] = [];
  let working: Promise<void> | undefined;

  async function handle(what: { changes?: ChangeMessage; polls?: PollMessage }): Promise<void> {
    const index = Math.floor(fraction() * 2);
    const process = processes[index] ?? begin();
    try {
      if (what.changes !== undefined) await process.handleChange(what.changes);
      if (what.polls !== undefined) await process.handlePoll(what.polls);
    } catch (error) {
      if (!process.fate.dead) throw error;
      if (processes[index] === process) processes[index] = begin();
      dropped.push(() => what);
    }
    doubled.push(...doubledStamps(world));
  }

  async function workUntilIdle(): Promise<void> {
    const running = new Set<Promise<void>>();
    const faults: unknown[] = [];
    for (let turn = 0; faults.length === 0; turn++) {
      if (turn > 20_000) throw new Error('the messages never end');
      while (running.size < together) {
        const polls = world.polls.take();
        const changes = polls === undefined ? world.changes.take((count) => Math.floor(fraction() * count)) : undefined;
        const what = polls ? { polls } : changes ? { changes } : dropped.shift()?.();
        if (what === undefined) break;
        for (let copies = fraction() < twice ? 2 : 1; copies > 0; copies -= 1) {
          const task = handle(what)
            .catch((fault: unknown) => void faults.push(fault))
            .finally(() => running.delete(task));
          running.add(task);
        }
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
    throw faults[0];
  }

  const work = () => {
    working ??= workUntilIdle().finally(() => {
      working = undefined;
    });
    return working;
  };
  const timers = async () => {
    const timer = world.process(immortal());
    await timer.pollCrm();
    await timer.schedulePolls();
  };
  return {
    doubled,
    work,
    timers,
    /** Goes on while the work of the last step is under way, or waits for its end. */
    async letWork(): Promise<void> {
      const working = work();
      if (together === 1 || fraction() >= twice) return working;
      working.catch(() => undefined);
      for (let turns = Math.floor(fraction() * 30); turns > 0; turns -= 1) await setImmediate();
    },
    /** From now on nobody dies. */
    becomeImmortal(): void {
      mortal = false;
      processes.splice(0, 2, begin(), begin());
    },
  };
}

export interface Lived {
  readonly world: EngineWorld;
  readonly doubled: readonly string[];
  /** Lets minutes pass, with all timers, until nothing is left to do now. */
  readonly pass: (minutes: number) => Promise<void>;
}

/** Runs a history, then mends all trouble, as an admin does, and lets everything come to rest. */
export async function liveThrough(steps: readonly Step[], conditions: Conditions): Promise<Lived> {
  const { seed, conflictPolicy, duplicateDetection } = conditions;
  const profile = { minimumPollingIntervalMinutes: 0.2, conflictPolicy };
  const world = await engineWorld({ seed, duplicateDetection, profile });
  // Enrolment looks into the mailbox once; what is deleted before a first look is not seen by any feed.
  await world.process().schedulePolls();
  await world.drain(world.process());
  const hosts = twoHosts(world, conditions);
  const pass = async (minutes: number) => {
    // The schedule sweeps in the first seconds of a minute.
    await world.clock.advance(60_000 - (world.clock.now().getTime() % 60_000));
    for (let minute = 0; minute < minutes; minute++) {
      await hosts.timers();
      await hosts.work();
      await world.clock.advance(60_000);
    }
    await hosts.work();
  };
  for (const step of steps) {
    await act(world, step);
    if (step.do === 'webhook') await world.announceCrmChanges();
    if (step.do === 'crmPoll') await world.process().pollCrm();
    if (step.do === 'poll') {
      await world.clock.advance(61_000);
      await world.process().schedulePolls();
    }
    if (step.do === 'wait') await pass(step.value % 25);
    else await hosts.letWork();
  }
  await hosts.work();
  hosts.becomeImmortal();
  for (const mend of ['exchangeRecovers', 'crmRecovers', 'crmOn'] as const)
    await act(world, { do: mend, at: 0, value: -1 });
  await pass(40);
  for (let round = 0; round < 3; round++) {
    for (const mailboxId of mailboxes) await enable(world, mailboxId);
    const { failures } = world.stores;
    for (const { id } of await failures.list(contoso, 100)) await replayFailure({ ...world, failures }, contoso, id);
    await pass(20);
  }
  return { world, doubled: hosts.doubled, pass };
}
