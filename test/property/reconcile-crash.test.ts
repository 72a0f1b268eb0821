import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MappingStore } from '../../shared/ports/mapping-store.ts';
import { type EngineWorld, engineWorld, type Fate, ProcessDied, rep1 } from '../support/engine-world.ts';

/** What people do to the two calendars; numbers choose among what is there. */
type Step =
  | { do: 'crmCreate' | 'outlookCreate' | 'webhook' | 'poll' | 'crmPoll' }
  | {
      do: 'crmEdit' | 'crmDelete' | 'crmCancel' | 'outlookEdit' | 'outlookDelete' | 'outlookMove';
      at: number;
      value: number;
    };

const plain = fc
  .constantFrom('crmCreate', 'outlookCreate', 'webhook', 'webhook', 'poll', 'poll', 'crmPoll')
  .map((name) => ({ do: name }) as Step);
const choosing = fc
  .record({
    do: fc.constantFrom(
      'crmEdit',
      'crmEdit',
      'crmDelete',
      'crmCancel',
      'outlookEdit',
      'outlookEdit',
      'outlookDelete',
      'outlookMove',
    ),
    at: fc.nat(5),
    value: fc.nat(1000),
  })
  .map((step) => step as Step);
const history = fc.array(fc.oneof({ arbitrary: plain, weight: 3 }, { arbitrary: choosing, weight: 2 }), {
  minLength: 2,
  maxLength: 14,
});

const liveItems = (world: EngineWorld) =>
  world.exchange.control.items(rep1).filter(({ place }) => place === 'folder' || place === 'elsewhere');

/** A person's act, on the model itself: no process of ours takes part. */
function act(world: EngineWorld, step: Step): void {
  const { crm, exchange } = world;
  const records = crm.control.records();
  const items = liveItems(world);
  // Only the calendar is polled: what happens to an item in another folder is seen when it comes back.
  const seen = items.filter(({ place }) => place === 'folder');
  const ours = items.filter(({ stamp }) => stamp !== undefined);
  const pick = <T>(all: readonly T[], at: number): T | undefined =>
    all.length === 0 ? undefined : all[at % all.length];
  switch (step.do) {
    case 'crmCreate':
      crm.control.create({ description: 'Agenda' });
      return;
    case 'outlookCreate':
      exchange.control.userCreates(rep1, {
        subject: `Mine ${items.length}`,
        iCalUid: `uid-${exchange.control.items(rep1).length}`,
      });
      return;
    case 'crmEdit': {
      const record = pick(records, step.at);
      if (record)
        crm.control.update(record.id, {
          subject: `CRM ${step.value}`,
          ...(step.value % 3 === 0 ? { description: `Text ${step.value}` } : {}),
        });
      return;
    }
    case 'crmDelete': {
      const record = pick(records, step.at);
      if (record) crm.control.delete(record.id);
      return;
    }
    case 'crmCancel': {
      const record = pick(records, step.at);
      if (record) crm.control.update(record.id, { status: record.status === 'cancelled' ? 'open' : 'cancelled' });
      return;
    }
    case 'outlookEdit': {
      const item = pick(seen, step.at);
      if (item)
        exchange.control.userEdits(
          rep1,
          item.itemId,
          step.value % 2 === 0 ? { subject: `Outlook ${step.value}` } : { location: `Room ${step.value}` },
        );
      return;
    }
    case 'outlookDelete': {
      const item = pick(seen, step.at);
      if (item) exchange.control.userDeletes(rep1, item.itemId);
      return;
    }
    case 'outlookMove': {
      const item = pick(ours, step.at);
      if (item) exchange.control.userMoves(rep1, item.itemId, item.place === 'folder' ? 'elsewhere' : 'folder');
      return;
    }
    default:
  }
}

/** Never two live items of one record, not even for a moment. */
function expectNoDoubles(world: EngineWorld): void {
  const stamps = liveItems(world).flatMap(({ stamp }) => (stamp === undefined ? [] : [stamp.recordId]));
  expect(stamps).toEqual([...new Set(stamps)]);
}

/** Works as a host does: one message at a time, again when the process dies, and a new process after it. */
async function work(world: EngineWorld, next: () => Fate, replaced: Replace): Promise<void> {
  let worker = world.process(next(), replaced.mappings);
  const alive = async (task: () => Promise<void>, again: () => Promise<void>) => {
    try {
      await task();
    } catch (error) {
      if (!(error instanceof ProcessDied) && !worker.fate.dead) throw error;
      await again();
      worker = world.process(next(), replaced.mappings);
    }
    expectNoDoubles(world);
  };
  for (let quiet = 0; quiet < 1; ) {
    const poll = world.polls.take();
    if (poll !== undefined) {
      await alive(
        () => worker.handlePoll(poll),
        () => world.polls.send([{ body: poll }]),
      );
      continue;
    }
    const change = world.changes.take();
    if (change !== undefined) {
      await alive(
        () => worker.handleChange(change),
        () => world.changes.send([{ body: change }]),
      );
      continue;
    }
    quiet += 1;
  }
}

interface Replace {
  readonly mappings?: (store: MappingStore) => MappingStore;
}

const immortal = (): Fate => ({ at: -1, calls: 0, dead: false });

/** Runs a history with deaths, then lets everything come to rest without them. Gives how many port calls were made while mortal. */
async function live(
  steps: readonly Step[],
  deaths: readonly number[],
  replaced: Replace = {},
): Promise<{ world: EngineWorld; calls: number }> {
  const world = await engineWorld({ profile: { minimumPollingIntervalMinutes: 0.2 } });
  // Enrolment looks into the mailbox once; what is deleted before a first look is not seen by any feed.
  await world.process().schedulePolls();
  await world.drain(world.process());
  const left = [...deaths];
  let calls = 0;
  let last: Fate | undefined;
  const next = (): Fate => {
    calls += last?.calls ?? 0;
    last = { at: left.shift() ?? -1, calls: 0, dead: false };
    return last;
  };
  for (const step of steps) {
    act(world, step);
    if (step.do === 'webhook') await world.announceCrmChanges();
    if (step.do === 'crmPoll') await world.process(immortal(), replaced.mappings).pollCrm();
    if (step.do === 'poll') {
      await world.clock.advance(61_000);
      await world.process(immortal(), replaced.mappings).schedulePolls();
    }
    await work(world, next, replaced);
  }
  calls += last?.calls ?? 0;
  // Rest: what webhooks dropped is polled, leases run out, retries come.
  for (let minute = 0; minute < 12; minute++) {
    await world.clock.advance(61_000);
    await world.process(immortal(), replaced.mappings).pollCrm();
    await world.process(immortal(), replaced.mappings).schedulePolls();
    for (
      let due = world.changes.nextDueAt();
      due !== undefined && due <= world.clock.now();
      due = world.changes.nextDueAt()
    ) {
      await work(world, immortal, replaced);
    }
    await work(world, immortal, replaced);
  }
  return { world, calls };
}

/** Both sides hold the same: as many, and each with the same subject, place, time and text. */
async function expectAgreement(world: EngineWorld): Promise<void> {
  expectNoDoubles(world);
  const active = world.crm.control.records().filter(({ status }) => status !== 'cancelled');
  const form = (one: { subject: string; location: string; start: string; end: string }) =>
    `${one.subject}|${one.location}|${Date.parse(one.start)}|${Date.parse(one.end)}`;
  expect(liveItems(world).map(form).sort()).toEqual(active.map(form).sort());
  expect(await world.stores.failures.list('contoso' as never, 10)).toEqual([]);
  const before = JSON.stringify([world.crm.control.records(), world.exchange.control.items(rep1)]);
  await world.run(5 * 60_000);
  expect(JSON.stringify([world.crm.control.records(), world.exchange.control.items(rep1)])).toBe(before);
}

const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 200);

describe(`any history with crashes ends with both sides equal and nothing doubled (seed ${seed})`, () => {
  test('with a crash before or after any port call', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.array(fc.nat(60), { maxLength: 4 }), async (steps, deaths) => {
        const { world } = await live(steps, deaths);
        await expectAgreement(world);
      }),
      { numRuns, seed },
    );
  }, 240_000);

  const recorded: Record<string, Step[]> = {
    'an activity made, edited and deleted in the CRM': [
      { do: 'crmCreate' },
      { do: 'webhook' },
      { do: 'crmEdit', at: 0, value: 3 },
      { do: 'webhook' },
      { do: 'crmDelete', at: 0, value: 0 },
      { do: 'webhook' },
    ],
    'an appointment made, edited and deleted in Outlook': [
      { do: 'outlookCreate' },
      { do: 'poll' },
      { do: 'outlookEdit', at: 0, value: 2 },
      { do: 'poll' },
      { do: 'outlookDelete', at: 0, value: 0 },
      { do: 'poll' },
    ],
    'a conflict, then a cancellation': [
      { do: 'crmCreate' },
      { do: 'webhook' },
      { do: 'crmEdit', at: 0, value: 6 },
      { do: 'outlookEdit', at: 0, value: 4 },
      { do: 'webhook' },
      { do: 'poll' },
      { do: 'crmCancel', at: 0, value: 0 },
      { do: 'webhook' },
      { do: 'crmCancel', at: 0, value: 0 },
      { do: 'webhook' },
    ],
  };
  for (const [name, steps] of Object.entries(recorded)) {
    test(`with a crash at every single port call of ${name}`, async () => {
      // The first process lives until it dies, so its nth step is the history's nth step.
      const { calls } = await live(steps, []);
      expect(calls).toBeGreaterThan(40);
      for (let at = 0; at < calls; at++) {
        const { world } = await live(steps, [at]);
        await expectAgreement(world);
      }
    }, 240_000);
  }
});

test('a create that died is made once, and twice if the look-up of the stamp is taken out', async () => {
  expect(await doubledAfterDeaths({ withoutLookUp: false })).toBe(0);
  expect(await doubledAfterDeaths({ withoutLookUp: true })).toBeGreaterThan(0);
});

/** How many of the deaths during one create end with another number of items than one. */
async function doubledAfterDeaths({ withoutLookUp }: { withoutLookUp: boolean }): Promise<number> {
  let doubled = 0;
  for (let at = 0; at < 60; at++) {
    const world = await engineWorld({ profile: { minimumPollingIntervalMinutes: 0.2 } });
    if (withoutLookUp)
      Object.assign(world.exchange, { gateway: { ...world.exchange.gateway, findStamped: async () => [] } });
    world.crm.control.create();
    await world.announceCrmChanges();
    const change = world.changes.take();
    if (change === undefined) throw new Error('no change was announced');
    try {
      await world.process({ at, calls: 0, dead: false }).handleChange(change);
    } catch {
      await world.changes.send([{ body: change }]);
    }
    // The message alone comes again, with no poll that would find the item first.
    for (let round = 0; round < 3; round++) {
      await world.clock.advance(200_000);
      for (let next = world.changes.take(); next !== undefined; next = world.changes.take())
        await world.process().handleChange(next);
    }
    if (liveItems(world).length !== 1) doubled += 1;
  }
  return doubled;
}
