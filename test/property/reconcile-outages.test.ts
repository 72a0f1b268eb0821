import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalLine } from '../../shared/domain/canonical-text.ts';
import type { RecordId } from '../../shared/domain/ids.ts';
import { notesOf } from '../../shared/domain/links-block.ts';
import { contoso, type EngineWorld, rep1, rep2 } from '../support/engine-world.ts';
import { acts, type Conditions, type Lived, liveItems, liveThrough, type Step } from '../support/history.ts';

const historyOf = (some: readonly Step['do'][]) =>
  fc.array(fc.record({ do: fc.constantFrom(...some), at: fc.nat(5), value: fc.nat(99) }), {
    minLength: 2,
    maxLength: 24,
    size: 'max',
  });
// Few kinds of acts in a history let rare sequences of them come often.
const few = fc
  .subarray([...new Set(acts)], { minLength: 1, maxLength: 6 })
  .chain((some) => historyOf([...some, 'crmCreate', 'webhook', 'poll']));
const history = fc.oneof(historyOf(acts), few);
const conditions: fc.Arbitrary<Conditions> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  conflictPolicy: fc.constantFrom('crm-wins', 'exchange-wins', 'newest-wins'),
  duplicateDetection: fc.boolean(),
  twice: fc.constantFrom(0, 0.3),
  together: fc.constantFrom(1, 8),
  deaths: fc.array(fc.nat(80), { maxLength: 4 }),
});

const textsOf = (side: { subject: string; location: string; start: string; end: string }, notes: string) => ({
  subject: canonicalLine(side.subject),
  location: canonicalLine(side.location),
  notes: notesOf(notes),
  start: Date.parse(side.start),
  end: Date.parse(side.end),
});
const inCrm = (world: EngineWorld) =>
  world.crm.control
    .records()
    .filter(({ status }) => status !== 'cancelled')
    .map((activity) => ({
      id: activity.id,
      mailbox: `mailbox-${activity.ownerId}`,
      ...textsOf(activity, activity.description),
      // An item that was made while its activity was over may stay silent; what is over never rings.
      ringsWhenOver: false,
    }));
const isOver = (world: EngineWorld, id: RecordId | undefined) =>
  id !== undefined && world.crm.control.record(id)?.status !== 'open';
const inExchange = (world: EngineWorld) =>
  [rep1, rep2].flatMap((mailbox) =>
    liveItems(world, mailbox).map((item) => ({
      id: item.stamp?.recordId,
      mailbox,
      ...textsOf(item, item.bodyText),
      ringsWhenOver: item.reminderMinutes !== null && isOver(world, item.stamp?.recordId),
    })),
  );
const sorted = <T extends { id: string | undefined }>(all: T[]) =>
  all.sort((a, b) => `${a.id}`.localeCompare(`${b.id}`));

async function expectRest({ world, doubled, pass }: Lived): Promise<void> {
  const { pauses, failures } = world.stores;
  const held: unknown[] = [];
  for await (const { value } of pauses.held(contoso)) held.push(value);
  expect(doubled).toEqual([]);
  expect({ held, pauses: await pauses.list(contoso), failures: await failures.list(contoso, 9) }).toEqual({
    held: [],
    pauses: [],
    failures: [],
  });
  // One live item for each active record, in the mailbox of its owner and nowhere else, and the same on both sides.
  expect(sorted(inExchange(world))).toEqual(sorted(inCrm(world)));
  const all = () =>
    JSON.stringify([
      world.crm.control.records(),
      world.exchange.control.items(rep1),
      world.exchange.control.items(rep2),
    ]);
  const before = all();
  await pass(5);
  expect(all()).toBe(before);
}

const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 200);

describe(`whatever fails, once all is well again both sides agree and nothing is left over (seed ${seed})`, () => {
  test(
    'with two mailboxes, owner changes, outages, deaths, and messages that come twice',
    async () => {
      const property = fc.asyncProperty(history, conditions, async (steps, given) =>
        expectRest(await liveThrough(steps, given)),
      );
      await fc.assert(property, { numRuns, seed });
    },
    Math.max(120_000, numRuns * 500),
  );
});
