import type { Clock } from '../ports/clock.ts';

/** Remembers what `load` gave for a key for `milliseconds`, so that a burst asks once; a rejection is not remembered. */
export function recently<T>(
  clock: Clock,
  milliseconds: number,
  largest = 10_000,
): { get(key: string, load: () => Promise<T>): Promise<T>; forget(key: string): void } {
  const kept = new Map<string, { readonly at: number; readonly value: Promise<T> }>();
  return {
    get(key, load) {
      const now = clock.now().getTime();
      const known = kept.get(key);
      if (known !== undefined && now - known.at < milliseconds) return known.value;
      if (kept.size >= largest) kept.clear();
      const value = load();
      kept.set(key, { at: now, value });
      value.catch(() => {
        if (kept.get(key)?.value === value) kept.delete(key);
      });
      return value;
    },
    forget: (key) => void kept.delete(key),
  };
}
