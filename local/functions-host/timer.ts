import { setTimeout as sleep } from 'node:timers/promises';
import type { RetryContext, RpcTypedData } from './core-types.ts';
import type { RegisteredFunction } from './function-registry.ts';
import type { LogSink } from './host-log.ts';
import { retryDelay } from './retry-delay.ts';
import type { Schedule } from './schedule.ts';

export interface Timer {
  /** Runs the function now, once the present run (if any) is over; rejects when its last attempt fails. */
  run(): Promise<void>;
  stop(): void;
}

export interface TimerOptions {
  fn: RegisteredFunction;
  schedule: Schedule;
  invoke: (data: RpcTypedData, retryContext: RetryContext | undefined) => Promise<unknown>;
  log: LogSink;
}

/** A tick that comes later than this is past due: the machine slept or the process was busy. */
const pastDueAfter = 60_000;
/** Timers of Node hold 31 bits, and clocks get corrected: longer waits are cut into pieces. */
const longestWait = 3_600_000;

/** The argument of the function, as the timer extension serialises TimerInfo; the library makes it camelCase. */
export const timerInfo = (last: number, next: number | undefined, isPastDue: boolean): RpcTypedData => ({
  json: JSON.stringify({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: {
      Last: new Date(last).toISOString(),
      Next: new Date(next ?? 0).toISOString(),
      LastUpdated: new Date(last).toISOString(),
    },
    IsPastDue: isPastDue,
  }),
});

/**
 * Runs a timer-triggered function on its schedule. Runs never overlap: the next tick is looked for when a run has ended. The
 * schedule is not persisted as in Azure: occurrences missed while the host was down are not made up for.
 */
export const startTimer = ({ fn, schedule, invoke, log }: TimerOptions): Timer => {
  const stopping = new AbortController();
  let wait: NodeJS.Timeout | undefined;
  let last = Date.now();
  let next: number | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const attempt = async (isPastDue: boolean): Promise<void> => {
    const data = timerInfo(last, next, isPastDue);
    last = Date.now();
    const options = fn.metadata.retryOptions;
    for (let retry = 0; ; retry++) {
      const context = options && { retryCount: retry, maxRetryCount: options.maxRetryCount ?? 0 };
      try {
        await invoke(data, context);
        return;
      } catch (error) {
        const delay = retryDelay(options, retry + 1);
        if (delay === undefined || stopping.signal.aborted) throw error;
        await sleep(delay, undefined, { signal: stopping.signal });
      }
    }
  };

  const run = (isPastDue = false): Promise<void> => {
    const result = running.then(() => attempt(isPastDue));
    running = result.catch(() => undefined);
    return result;
  };

  const arm = (due: number): void => {
    const left = due - Date.now();
    wait = setTimeout(() => (left > longestWait ? arm(due) : void tick(due)), Math.max(0, Math.min(left, longestWait)));
  };

  const tick = async (due: number): Promise<void> => {
    // The invoker has logged what went wrong; the schedule goes on.
    await run(Date.now() - due > pastDueAfter).catch(() => undefined);
    if (!stopping.signal.aborted) armNext(Math.max(due, Date.now()));
  };

  const armNext = (after: number): void => {
    next = schedule.next(after);
    if (next === undefined)
      log({
        level: 'warning',
        category: 'system',
        functionName: fn.name,
        message: 'its schedule has no next occurrence',
      });
    else arm(next);
  };

  armNext(Date.now());
  if (fn.trigger['runOnStartup'] === true) run().catch(() => undefined);

  return {
    run: () => run(),
    stop: () => {
      clearTimeout(wait);
      stopping.abort();
    },
  };
};
