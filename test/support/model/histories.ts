import fc from 'fast-check';
import { type CommandName, commands, type Step } from './commands.ts';
import { Violation } from './invariants.ts';
import { liveThrough } from './live-through.ts';
import { type Conditions, calm } from './model.ts';
import { checkRest } from './rest.ts';

const names = Object.keys(commands) as CommandName[];
const byWeight = names.flatMap((name) => Array.from({ length: commands[name].weight }, () => name));

const historyOf = (some: readonly CommandName[]): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ do: fc.constantFrom(...some), at: fc.nat(7), value: fc.nat(99) }), {
    minLength: 2,
    maxLength: 24,
    size: 'max',
  });
// Few kinds of acts in a history let rare sequences of them come often.
const few = fc
  .subarray(names, { minLength: 1, maxLength: 6 })
  .chain((some) => historyOf([...some, 'crmCreate', 'webhook', 'poll']));

export const anyHistory: fc.Arbitrary<Step[]> = fc.oneof(historyOf(byWeight), few);

export const anyConditions: fc.Arbitrary<Conditions> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  conflictPolicy: fc.constantFrom('crm-wins', 'exchange-wins', 'newest-wins'),
  notifyPolicy: fc.constantFrom('none', 'all', 'internal'),
  duplicateDetection: fc.boolean(),
  rewritesBodies: fc.boolean(),
  twice: fc.constantFrom(0, 0.3),
  together: fc.constantFrom(1, 8),
  deaths: fc.array(fc.nat(80), { maxLength: 4 }),
  alone: fc.constant(false),
  braked: fc.integer({ min: 0, max: 5 }).map((die) => die === 5),
  closely: fc.integer({ min: 0, max: 19 }).map((die) => die === 0),
});

/** Lives through a history and checks everything; where it is looked at closely, twice, and both must be the same. */
export async function check(steps: readonly Step[], given: Partial<Conditions> = {}): Promise<void> {
  const conditions = { ...calm, ...given };
  const lived = await liveThrough(steps, conditions);
  await checkRest(lived);
  if (!conditions.closely) return;
  const again = await liveThrough(steps, conditions);
  await checkRest(again);
  if (lived.model.observer.trace() !== again.model.observer.trace())
    throw new Violation('I18', 'the second run of the history was another');
}

/** Histories of some acts only, under conditions some of which are given. */
export interface Focus {
  readonly acts: readonly CommandName[];
  readonly conditions: Partial<Conditions>;
}

export interface Found {
  readonly runs: number;
  readonly failure?: {
    readonly error: unknown;
    readonly text: string;
    readonly steps: readonly Step[];
    readonly conditions: Conditions;
    readonly seed: number;
  };
}

export interface Search {
  readonly shrink?: boolean;
  readonly focus?: Focus | undefined;
  /** Which history to begin with; those before it are not lived through. */
  readonly from?: number;
}

/** Looks for a history that breaks an invariant, and shrinks what it finds. */
export async function searchHistories(
  seed: number,
  numRuns: number,
  { shrink = true, focus, from = 1 }: Search = {},
): Promise<Found> {
  let number = 0;
  const property = fc.asyncProperty(
    focus === undefined ? anyHistory : historyOf(focus.acts),
    anyConditions,
    async (steps, given) => {
      number += 1;
      if (number >= from) await check(steps, { ...given, ...focus?.conditions });
    },
  );
  const details = await fc.check(property, { seed, numRuns, endOnFailure: !shrink });
  if (!details.failed || details.counterexample === null) return { runs: details.numRuns };
  const [steps, conditions] = details.counterexample;
  const { errorInstance } = details;
  const text =
    errorInstance instanceof Error
      ? `${errorInstance.name}: ${errorInstance.message}\n${errorInstance.stack}`
      : `${errorInstance}`;
  return { runs: details.numRuns, failure: { error: errorInstance, text, steps, conditions, seed } };
}
