import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { CrmUserId } from '../../shared/domain/ids.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ExchangeGateway } from '../../shared/ports/exchange-gateway.ts';
import { engineWorld, rep2 } from '../support/engine-world.ts';
import { demand } from '../support/model/invariants.ts';

const changesOfTheBusy = Number(process.env['FAIRNESS_CHANGES'] ?? 2_000);
const callMs = 100;
/** As host.json has it for one instance. */
const together = 64;
const looks = 100;

/** Exchange that takes its time for every call. */
function slow(gateway: ExchangeGateway, clock: Clock): ExchangeGateway {
  const pause = () => new Promise<void>((resolve) => void clock.after(callMs, resolve));
  return {
    ...gateway,
    createItems: (...input) => pause().then(() => gateway.createItems(...input)),
    updateItems: (...input) => pause().then(() => gateway.updateItems(...input)),
    readItems: (...input) => pause().then(() => gateway.readItems(...input)),
    findStamped: (...input) => pause().then(() => gateway.findStamped(...input)),
  };
}

/** How long the changes of one mailbox take in simulated time, the slowest hundredth, while another has so many. */
async function slowestHundredth(busy: number): Promise<number> {
  const world = await engineWorld({ between: { exchange: slow } });
  const { clock, crm, changes, exchange } = world;
  const worker = world.process();
  const took: number[] = [];
  const waiting = new Map<string, number>();
  const running = new Set<Promise<unknown>>();
  const create = (owner: string) => crm.control.create({ ownerId: CrmUserId.parse(owner) });
  for (let number = 0; number < busy; number++) create('rep1');
  await world.announceCrmChanges();
  for (let steps = 0; took.length < looks; steps++) {
    demand('I16', steps < 100_000, () => 'the quiet mailbox is never served');
    if (waiting.size === 0) {
      waiting.set(create('rep2').id, clock.now().getTime());
      await world.announceCrmChanges();
    }
    for (
      let change = changes.take();
      change !== undefined;
      change = running.size < together ? changes.take() : undefined
    ) {
      const task = worker.handleChange(change).finally(() => running.delete(task));
      running.add(task);
      await setImmediate();
    }
    for (const { stamp } of exchange.control.items(rep2).slice(-3)) {
      const since = waiting.get(stamp?.recordId ?? '');
      if (since === undefined) continue;
      took.push(clock.now().getTime() - since);
      waiting.delete(stamp?.recordId ?? '');
    }
    await clock.advance(running.size > 0 ? 10 : 100);
  }
  return took.sort((a, b) => a - b)[Math.ceil(looks * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
}

test(`a mailbox with ${changesOfTheBusy} changes does not double the time that another's take`, async () => {
  const alone = await slowestHundredth(0);
  const beside = await slowestHundredth(changesOfTheBusy);
  expect(alone).toBeGreaterThanOrEqual(callMs);
  demand('I17', beside < 2 * alone, () => `${beside} ms beside a busy mailbox, ${alone} ms alone`);
}, 300_000);
