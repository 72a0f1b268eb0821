import type { Random } from '../../ports/random.ts';

/** The same numbers and ids for the same seed. Ids of two generators with different seeds differ. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  let ids = 0;

  // mulberry32: small, fast and good enough to choose test histories and jitter
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  return {
    fraction,
    id() {
      ids += 1;
      const random = Math.floor(fraction() * 2 ** 32);
      return `id-${(seed >>> 0).toString(16)}-${ids}-${random.toString(16).padStart(8, '0')}`;
    },
  };
}
