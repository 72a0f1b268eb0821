import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

/** A clock that stands still until it is told to move. */
export interface MemoryClock extends Clock {
  /**
   * Moves on, running every action that becomes due, in the order and at the time it is due. After each one the
   * promises it set going run until they wait for something else, so that actions they ask for are run as well.
   */
  advance(milliseconds: number): Promise<void>;
  /** Sets the time without running anything. */
  set(now: Date): void;
  /** When the next action is due. */
  nextActionAt(): Date | undefined;
}

interface Planned {
  readonly at: number;
  readonly action: () => void;
}

export function memoryClock(start: Date | string = '2026-01-05T09:00:00.000Z'): MemoryClock {
  let now = new Date(start).getTime();
  let planned: Planned[] = [];

  const next = (): Planned | undefined =>
    planned.reduce<Planned | undefined>(
      (first, one) => (first === undefined || one.at < first.at ? one : first),
      undefined,
    );

  return {
    now: () => new Date(now),
    after(milliseconds, action) {
      const one = { at: now + milliseconds, action };
      planned.push(one);
      return () => {
        planned = planned.filter((other) => other !== one);
      };
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      await setImmediate();
      for (let due = next(); due !== undefined && due.at <= end; due = next()) {
        const { at, action } = due;
        planned = planned.filter((other) => other !== due);
        now = Math.max(now, at);
        action();
        await setImmediate();
      }
      now = Math.max(now, end);
    },
    set(time) {
      now = time.getTime();
    },
    nextActionAt() {
      const first = next();
      return first === undefined ? undefined : new Date(first.at);
    },
  };
}
