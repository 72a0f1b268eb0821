import type { Clock } from '../ports/clock.ts';
import type { PauseStore } from '../ports/pause-store.ts';
import { leastPauseMs } from './pause-scope.ts';
import { recently } from './recently.ts';

/**
 * The same pauses for the engine, which asks for three scopes with each change: that a scope goes on is believed for a
 * second; that it stands still never is. Another process's pause is seen that much later, which costs a call too many.
 * No pause is shorter, so that its wake-up always sees it.
 */
export function recentPauses(pauses: PauseStore, clock: Clock): PauseStore {
  const going = recently<Awaited<ReturnType<PauseStore['find']>>>(clock, leastPauseMs);
  return {
    ...pauses,
    find(scope) {
      const key = JSON.stringify(scope);
      return going.get(key, async () => {
        const pause = await pauses.find(scope);
        if (pause !== undefined) going.forget(key);
        return pause;
      });
    },
    async save(pause, etag) {
      try {
        return await pauses.save(pause, etag);
      } finally {
        going.forget(JSON.stringify(pause.scope));
      }
    },
  };
}
