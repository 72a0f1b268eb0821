import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { type LocalEnvironment, startLocalEnvironment } from '../support/local-environment.ts';
import { people } from '../support/local-exchange-client.ts';
import { writesWhilePolling } from '../support/quiet.ts';
import { type ItemWatch, stampsIn, watchItems } from '../support/watch-items.ts';

/** A message whose consumer died comes again when its lock runs out, after a minute; so does a create that gave no answer. */
const appliedMs = 150_000;
const calendars = [people.rep1, people.rep2];

describe('nothing is lost and nothing is doubled', () => {
  let environment: LocalEnvironment;
  let watch: ItemWatch;
  const made: string[] = [];
  beforeAll(async () => {
    environment = await startLocalEnvironment();
    // Looks into the mailboxes would find what a dead host left behind before the message about it comes again.
    const profile = await environment.admin.read<Record<string, unknown>>('/profiles/main');
    await environment.admin.put('/profiles/main', { ...profile, minimumPollingIntervalMinutes: 1_440 });
    await writesWhilePolling(environment, 1);
    watch = watchItems(environment.exchange, calendars);
  }, 60_000);
  afterAll(async () => {
    await watch?.stop();
    await environment?.dispose();
  }, 30_000);

  async function make(count: number): Promise<string[]> {
    const ids = await environment.crm.createMany({ count, ownerIds: ['rep1', 'rep2'] });
    made.push(...ids);
    return ids;
  }
  const applied = async (ids: readonly string[]) => {
    const there = new Set(await stampsIn(environment.exchange, calendars));
    return ids.filter((id) => there.has(id)).length;
  };
  const creates = async () => (await environment.exchange.requests()).operations['CreateItem'] ?? 0;
  const untilMore = (count: () => Promise<number>, than: number) =>
    eventually(async () => {
      const now = await count();
      if (now <= than) throw new Error(`${now} is not more than ${than}`);
    }, 30_000);

  test('when the host is killed while webhooks come in and changes are applied', async () => {
    const first = await make(60);
    await untilMore(() => applied(first), 0);
    await environment.killHost();
    await environment.hostReady();

    const second = await make(60);
    await untilMore(() => applied(second), 25);
    await environment.killHost();
    await environment.hostReady();
  }, 60_000);

  test('when the host is killed while Exchange is slow to answer', async () => {
    await environment.exchange.answerAfter(1_500);
    const before = await creates();
    await make(60);
    // The first requests have one item each; those that are under way now have what came meanwhile.
    await untilMore(creates, before + 2);
    await environment.killHost();
    await environment.exchange.answerAfter(0);
    await environment.hostReady();
  }, 60_000);

  test('when Exchange makes items but its answers are lost, and the host is killed on top', async () => {
    const faults = await environment.exchange.addFault({
      match: { operation: 'CreateItem' },
      answer: { cut: 'after' },
      times: 3,
    });
    expect(faults.id).toBeDefined();
    const ids = await make(60);
    await eventually(async () => expect(await environment.exchange.faults()).toEqual([]), 30_000);
    await untilMore(() => applied(ids), 0);
    await environment.killHost();
    await environment.hostReady();
  }, 60_000);

  test(
    'every activity has its one item in the end, at no time two, and then nothing is written any more',
    async () => {
      await eventually(async () => {
        const stamps = await stampsIn(environment.exchange, calendars);
        expect(stamps.toSorted()).toEqual(made.toSorted());
      }, appliedMs);
      expect([...watch.doubled]).toEqual([]);
      expect(watch.looks).toBeGreaterThan(20);
      expect(await writesWhilePolling(environment)).toBe(0);
      expect(await environment.admin.failures()).toEqual([]);
      expect(await environment.admin.strayFailures()).toEqual([]);
    },
    appliedMs + 60_000,
  );

  test('when everything is killed at once and started again', async () => {
    const ids = await make(60);
    await untilMore(() => applied(ids), 0);
    await environment.killAll();
    await environment.startAgain();
    await eventually(async () => {
      const stamps = await stampsIn(environment.exchange, calendars);
      expect(stamps.toSorted()).toEqual(made.toSorted());
    }, 60_000);
  }, 120_000);

  test('when the broker is killed, refuses webhooks, and all is stopped and started again', async () => {
    const before = await make(20);
    await untilMore(() => applied(before), 0);
    await environment.killPart('service-bus');
    const during = await make(20);
    await environment.stop();
    await environment.startAgain();
    await eventually(async () => {
      const stamps = await stampsIn(environment.exchange, calendars);
      expect(stamps.toSorted()).toEqual(made.toSorted());
    }, 60_000);
    expect(during).toHaveLength(20);
    expect([...watch.doubled]).toEqual([]);
    expect(await writesWhilePolling(environment)).toBe(0);
    expect(await environment.admin.failures()).toEqual([]);
    expect(await environment.admin.strayFailures()).toEqual([]);
  }, 180_000);
});
