/** Remembers MessageIds for a window, counted from the first message of that id. */
export interface DuplicateMemory {
  isKnown(messageId: string, now: number): boolean;
  remember(messageId: string, at: number): void;
  entries(): Iterable<[messageId: string, at: number]>;
}

export function createDuplicateMemory(window: number): DuplicateMemory {
  const seen = new Map<string, number>();

  function forgetBefore(oldest: number): void {
    for (const [messageId, at] of seen) {
      if (at > oldest) return;
      seen.delete(messageId);
    }
  }

  return {
    isKnown(messageId, now) {
      forgetBefore(now - window);
      return (seen.get(messageId) ?? Number.NEGATIVE_INFINITY) > now - window;
    },
    remember(messageId, at) {
      if (window === 0) return;
      seen.delete(messageId);
      seen.set(messageId, at);
    },
    entries: () => seen,
  };
}
