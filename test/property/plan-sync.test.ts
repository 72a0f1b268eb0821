import { test } from '@jest/globals';
import fc from 'fast-check';
import { anyPair } from '../support/model/pair-arbitrary.ts';
import { pairOf } from '../support/model/pair-model.ts';
import { checkEnd, checkPolicy } from '../support/model/plan-checks.ts';
import { propertySeed } from '../support/property-seed.ts';

const seed = propertySeed;
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 100_000);

test(`any pair that both sides changed is brought to rest in three rounds, as directions and policy have it (seed ${seed})`, () => {
  fc.assert(
    fc.property(anyPair, (given) => {
      const start = pairOf(given);
      checkEnd(given, start);
      checkPolicy(given, start);
    }),
    { seed, numRuns },
  );
}, 600_000);
