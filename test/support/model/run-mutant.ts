import fc from 'fast-check';
import { type Focus, searchHistories } from './histories.ts';
import { Violation } from './invariants.ts';
import { anyPair } from './pair-arbitrary.ts';
import { checkEnd, checkPolicy } from './plan-checks.ts';

/** Looks for what breaks in this copy of the tree, and says it in one line of JSON: how many were tried, and what caught it. */
const [search = 'histories', seed = '1', runs = '10000', from = '1', focus] = process.argv.slice(2);

async function searchInHistories(): Promise<object> {
  const { runs: tried, failure } = await searchHistories(Number(seed), Number(runs), {
    shrink: false,
    from: Number(from),
    focus: focus === undefined ? undefined : (JSON.parse(focus) as Focus),
  });
  if (failure === undefined) return { tried };
  const { error } = failure;
  return { tried, by: error instanceof Violation ? error.invariant : 'fault', text: `${error}`.slice(0, 300) };
}

function searchInPlans(): object {
  const property = fc.property(anyPair, (given) => {
    checkEnd(given);
    checkPolicy(given);
  });
  const { failed, numRuns, errorInstance } = fc.check(property, {
    seed: Number(seed),
    numRuns: Number(runs),
    endOnFailure: true,
  });
  return failed ? { tried: numRuns, by: 'plan', text: `${errorInstance}`.slice(0, 300) } : { tried: numRuns };
}

console.log(JSON.stringify(search === 'plans' ? searchInPlans() : await searchInHistories()));
