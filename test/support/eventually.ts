import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until `check` no longer throws; after the deadline (milliseconds) its last error is thrown. */
export const eventually = async <Result>(check: () => Result | Promise<Result>, deadline = 10_000): Promise<Result> => {
  const end = Date.now() + deadline;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(25);
    }
  }
};
