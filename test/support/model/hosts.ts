import { setImmediate } from 'node:timers/promises';
import { seededRandom } from '../../../shared/adapters/memory/seeded-random.ts';
import type { ChangeMessage, PollMessage } from '../../../shared/domain/change-message.ts';
import type { JobMessage } from '../../../shared/domain/job-message.ts';
import type { EngineWorld, Fate } from '../engine-world.ts';
import { Violation } from './invariants.ts';
import type { Conditions } from './model.ts';

/** More messages than this without a pause have no end. */
const mostMessages = 20_000;

export const immortal = (): Fate => ({ at: -1, calls: 0, dead: false });

type Work = { readonly changes?: ChangeMessage; readonly polls?: PollMessage; readonly job?: JobMessage };
type Process = ReturnType<EngineWorld['process']>;

/**
 * Two processes that work on the queues beside each other, or one alone, die and are replaced. `look` is called after each message.
 */
export function twoHosts(world: EngineWorld, { seed, twice, together, deaths, alone }: Conditions, look: () => void) {
  const { fraction } = seededRandom(seed);
  const pause = async () => {
    for (let turns = Math.floor(fraction() * 4); turns > 0; turns -= 1) await setImmediate();
  };
  const left = [...deaths];
  let mortal = true;
  let handled = 0;
  let mortalCalls = 0;
  const begin = () =>
    world.process(mortal ? { ...immortal(), at: left.shift() ?? -1, ...(together > 1 ? { pause } : {}) } : immortal());
  const processes = [begin(), begin()];
  // Not sent anew: what a process dropped is delivered again whatever duplicate detection thinks.
  const dropped: Work[] = [];
  let working: Promise<void> | undefined;

  async function handle(what: Work): Promise<void> {
    const index = alone ? 0 : Math.floor(fraction() * 2);
    const process = processes[index] ?? begin();
    handled += 1;
    try {
      if (what.changes !== undefined) await process.handleChange(what.changes);
      if (what.polls !== undefined) await process.handlePoll(what.polls);
      if (what.job !== undefined) await process.handleJob(what.job);
    } catch (error) {
      if (!process.fate.dead) throw error;
      if (processes[index] === process) processes[index] = begin();
      dropped.push(what);
    }
    look();
  }

  function next(): Work | undefined {
    const polls = world.polls.take();
    if (polls !== undefined) return { polls };
    const changes = world.changes.take((count) => Math.floor(fraction() * count));
    if (changes !== undefined) return { changes };
    const job = world.jobMessages.take();
    return job === undefined ? dropped.shift() : { job };
  }

  async function workUntilIdle(): Promise<void> {
    const running = new Set<Promise<void>>();
    const faults: unknown[] = [];
    for (let turn = 0; faults.length === 0; turn++) {
      if (turn > mostMessages) throw new Violation('I16', 'the messages never end');
      while (running.size < together) {
        const what = next();
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
  /** What a timer calls. Dying there is mended by the next time; where one process is alone it dies like others. */
  async function asTimer(call: (process: Process) => Promise<void>): Promise<void> {
    const process = alone ? (processes[0] ?? begin()) : world.process(immortal());
    try {
      await call(process);
    } catch (error) {
      if (!process.fate.dead) throw error;
      processes[0] = begin();
    }
  }
  return {
    work,
    handled: () => handled,
    asTimer,
    /** What the timers do each minute. */
    async timers(): Promise<void> {
      await asTimer((process) => process.pollCrm());
      await asTimer((process) => process.schedulePolls());
    },
    /** Where the first process could have died: its port calls count twice, before and after. */
    mortalCalls: () => mortalCalls,
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
      mortalCalls = processes[0]?.fate.calls ?? 0;
      processes.splice(0, 2, begin(), begin());
    },
  };
}

export type Hosts = ReturnType<typeof twoHosts>;
