import { expect, test } from '@jest/globals';
import { mutants } from './mutants.ts';
import { findings } from './take-out.ts';

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  'the guard is still where the list has it: %s',
  (_name, mutant) => {
    expect(new Set(findings(mutant))).toEqual(new Set([1]));
  },
);
