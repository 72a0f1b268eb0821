import type { BrokerClock } from './clock.ts';
import type { QueueStore } from './queue-store.ts';

/**
 * The broker's rhythm. Whatever arrives between two turns is one write to the journal; after it come the answers, then
 * the deliveries, whose locks are written before they leave the process.
 */
export interface Turns {
  /** Calls back once everything recorded so far is safe. */
  afterFlush(answer: () => void): void;
  stop(): void;
}

export function startTurns(store: QueueStore, clock: BrokerClock, deliver: () => void): Turns {
  let answers: (() => void)[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let alarmAt = Number.POSITIVE_INFINITY;
  let cancelAlarm = (): void => {};

  function turn(): void {
    scheduled = undefined;
    store.flush();
    const ready = answers;
    answers = [];
    for (const answer of ready) answer();
    deliver();
    store.flush();
    setAlarm();
  }

  function request(): void {
    scheduled ??= setImmediate(turn);
  }

  function setAlarm(): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const queue of store.all()) earliest = Math.min(earliest, queue.nextAlarm() ?? earliest);
    if (earliest === alarmAt) return;
    cancelAlarm();
    alarmAt = earliest;
    if (earliest !== Number.POSITIVE_INFINITY) cancelAlarm = clock.after(Math.max(0, earliest - clock.now()), ring);
  }

  function ring(): void {
    alarmAt = Number.POSITIVE_INFINITY;
    for (const queue of store.all()) queue.advance(clock.now());
    request();
  }

  setAlarm();
  return {
    afterFlush(answer) {
      answers.push(answer);
      request();
    },
    stop() {
      cancelAlarm();
      if (scheduled !== undefined) clearImmediate(scheduled);
    },
  };
}
