/** Where the broker's time comes from, so that tests can steer it. Milliseconds since 1970. */
export interface BrokerClock {
  now(): number;
  /** Calls once, after this delay; the answer cancels it. */
  after(milliseconds: number, call: () => void): () => void;
}

/** setTimeout takes no more; a later moment is simply waited for in several steps. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: BrokerClock = {
  now: () => Date.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, Math.min(milliseconds, longestTimer));
    return () => clearTimeout(timer);
  },
};
