import { expect, test } from '@jest/globals';
import { propertySeed } from '../property-seed.ts';
import { searchHistories } from './histories.ts';

const seed = propertySeed;
/** Of both halves together; jest runs them beside each other. */
const numRuns = Math.ceil(Number(process.env['PROPERTY_RUNS'] ?? 10_000) / 2);

/** One half of the histories, each half with a seed of its own. */
export function historiesHold(half: 0 | 1): void {
  test(
    `in ${numRuns} histories with seed ${seed + half}`,
    async () => {
      const { failure } = await searchHistories(seed + half, numRuns);
      if (failure === undefined) return;
      const { text, steps, conditions } = failure;
      expect({ text, steps: JSON.stringify(steps), conditions: JSON.stringify(conditions) }).toBeUndefined();
    },
    Math.max(600_000, numRuns * 200),
  );
}
