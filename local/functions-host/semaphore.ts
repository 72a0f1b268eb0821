export interface Semaphore {
  /** Resolves as soon as fewer than `places` are inside, in the order of asking. */
  enter(): Promise<void>;
  leave(): void;
}

export const createSemaphore = (places: number): Semaphore => {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    enter: async () => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    leave: () => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
};
