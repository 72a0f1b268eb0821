import { expect, test } from '@jest/globals';
import { searchHistories } from './histories.ts';

/** Where each half begins: fixed, see property-seed.ts. */
const firstSeeds = [30_261_120, 69_998] as const;
const given = process.env['PROPERTY_SEED'];
/** Of both halves together; jest runs them beside each other. */
const numRuns = Math.ceil(Number(process.env['PROPERTY_RUNS'] ?? 10_000) / 2);
/** Each batch has the next seed, as in `npm run test:long`. */
const batch = 500;

/** One half of the histories. */
export function historiesHold(half: 0 | 1): void {
  const first = given === undefined ? firstSeeds[half] : Number(given) + half * 100_000;
  test(
    `in ${numRuns} histories with seeds from ${first}`,
    async () => {
      for (let done = 0, seed = first; done < numRuns; done += batch, seed += 1) {
        const { failure } = await searchHistories(seed, Math.min(batch, numRuns - done));
        if (failure === undefined) continue;
        const { text, steps, conditions } = failure;
        expect({ seed, text, steps: JSON.stringify(steps), conditions: JSON.stringify(conditions) }).toBeUndefined();
      }
    },
    Math.max(600_000, numRuns * 200),
  );
}
