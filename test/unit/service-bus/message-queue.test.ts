import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMessageQueue, type MessageQueue, type NewMessage } from '../../../local/service-bus/message-queue.ts';
import type { QueueSettings } from '../../../local/service-bus/queue-definition.ts';
import type { QueueFact } from '../../../local/service-bus/queue-facts.ts';

const minute = 60_000;
const settings: QueueSettings = {
  name: 'changes',
  lockDuration: minute,
  maxDeliveryCount: 3,
  duplicateWindow: 10 * minute,
  timeToLive: 60 * minute,
  deadLetterExpired: true,
};
const endless = { maxDeliveryCount: Number.POSITIVE_INFINITY, timeToLive: Number.POSITIVE_INFINITY };

/** A queue with its dead letters, and everything they recorded. */
function createQueues(overrides: Partial<QueueSettings> = {}) {
  const facts: [queue: string, fact: QueueFact][] = [];
  let tokens = 0;
  const ports = {
    record: (queue: string, fact: QueueFact) => void facts.push([queue, structuredClone(fact)]),
    newLockToken: () => `token-${++tokens}`,
  };
  const deadLetterSettings = { ...settings, ...endless, name: 'dead', duplicateWindow: 0, deadLetterExpired: false };
  const deadLetters = createMessageQueue(deadLetterSettings, ports);
  const queue = createMessageQueue({ ...settings, ...overrides }, { ...ports, deadLetters });
  return { queue, deadLetters, facts };
}

function message(messageId: string, more: Partial<NewMessage> = {}): NewMessage {
  return { messageId, content: Buffer.from(messageId), ...more };
}

function lock(queue: MessageQueue, now: number) {
  const received = queue.receive(now);
  if (received === undefined) throw new Error('the queue had nothing to receive');
  return { ...received };
}

function receivedIds(queue: MessageQueue, now: number): string[] {
  const ids: string[] = [];
  for (let next = queue.take(now); next !== undefined; next = queue.take(now)) ids.push(next.messageId);
  return ids;
}

describe('a queue', () => {
  test('delivers in the order of sending, an abandoned message first again', () => {
    const { queue } = createQueues();
    queue.send([message('a'), message('b'), message('c')], 0);
    const first = lock(queue, 1);
    lock(queue, 1);
    queue.abandon(first.lockToken, 2);
    expect(receivedIds(queue, 3)).toEqual(['a', 'c']);
  });

  test('completes a locked message once', () => {
    const { queue } = createQueues();
    queue.send([message('a')], 0);
    const { lockToken } = lock(queue, 0);
    expect(queue.complete(lockToken, 1)).toBe(true);
    expect(queue.complete(lockToken, 1)).toBe(false);
    expect(queue.counts()).toEqual({ active: 0, scheduled: 0, locked: 0 });
  });

  test('ends a lock after its duration and counts the delivery', () => {
    const { queue } = createQueues();
    queue.send([message('a')], 0);
    const first = lock(queue, 0);
    expect(queue.receive(minute - 1)).toBeUndefined();
    expect(queue.nextAlarm()).toBe(minute);
    expect(queue.complete(first.lockToken, minute)).toBe(false);
    expect(lock(queue, minute).deliveryCount).toBe(1);
  });

  test('keeps a renewed lock until its new end', () => {
    const { queue } = createQueues();
    queue.send([message('a')], 0);
    const { lockToken } = lock(queue, 0);
    expect(queue.renew(lockToken, minute / 2)).toBe(1.5 * minute);
    expect(queue.complete(lockToken, 1.5 * minute - 1)).toBe(true);
    expect(queue.renew(lockToken, 1.5 * minute - 1)).toBeUndefined();
  });

  test('counts no delivery for a released message', () => {
    const { queue } = createQueues();
    queue.send([message('a')], 0);
    queue.release(lock(queue, 0).lockToken, 1);
    expect(lock(queue, 2).deliveryCount).toBe(0);
  });

  test('dead-letters what was not consumed in the permitted number of deliveries', () => {
    const { queue, deadLetters } = createQueues();
    queue.send([message('a')], 0);
    for (let delivery = 1; delivery <= 3; delivery += 1) queue.abandon(lock(queue, delivery).lockToken, delivery);
    expect(queue.counts().active).toBe(0);
    expect(lock(deadLetters, 5)).toMatchObject({
      messageId: 'a',
      deliveryCount: 3,
      deadLetter: { reason: 'MaxDeliveryCountExceeded', source: 'changes' },
    });
  });

  test('never gives up on a message in the dead letters', () => {
    const { queue, deadLetters } = createQueues();
    queue.send([message('a')], 0);
    queue.deadLetter(lock(queue, 0).lockToken, 0, { reason: 'bad', description: 'very' });
    for (let delivery = 0; delivery < 20; delivery += 1) deadLetters.abandon(lock(deadLetters, 0).lockToken, 0);
    expect(deadLetters.peek(0, 10, 365 * 24 * 60 * minute)).toMatchObject([
      { deliveryCount: 20, deadLetter: { reason: 'bad', description: 'very' } },
    ]);
  });

  test('hands a scheduled message out when it is due, with a new sequence number', () => {
    const { queue } = createQueues();
    const [sequenceNumber = 0] = queue.send([message('later', { dueAt: 5 * minute }), message('now')], 0);
    expect(receivedIds(queue, 5 * minute - 1)).toEqual(['now']);
    expect(queue.nextAlarm()).toBe(5 * minute);
    const due = lock(queue, 5 * minute);
    expect(due).toMatchObject({ messageId: 'later', enqueuedAt: 5 * minute });
    expect(due.sequenceNumber).toBeGreaterThan(sequenceNumber + 1);
  });

  test('cancels scheduled messages all or none', () => {
    const { queue } = createQueues();
    const [scheduled = 0, active = 0] = queue.send([message('a', { dueAt: minute }), message('b')], 0);
    expect(queue.cancelScheduled([scheduled, active], 1)).toBe(false);
    expect(queue.cancelScheduled([scheduled], 1)).toBe(true);
    expect(receivedIds(queue, 2 * minute)).toEqual(['b']);
  });

  test.each([
    ['within the window', 10 * minute - 1, ['a']],
    ['after the window', 10 * minute, ['a', 'a']],
  ])('swallows a repeated MessageId only within the window: %s', (_when, again, expected) => {
    const { queue } = createQueues();
    queue.send([message('a')], 0);
    queue.send([message('a')], again);
    expect(receivedIds(queue, again)).toEqual(expected);
  });

  test('takes every message when duplicate detection is off', () => {
    const { queue } = createQueues({ duplicateWindow: 0 });
    queue.send([message('a'), message('a')], 0);
    expect(receivedIds(queue, 0)).toEqual(['a', 'a']);
  });

  test.each([
    ['its own time to live', minute, minute],
    ["the queue's, if that is shorter", 1000 * minute, 60 * minute],
  ])('expires a message after %s', (_which, timeToLive, end) => {
    const { queue, deadLetters } = createQueues();
    queue.send([message('a', { timeToLive })], 0);
    expect(queue.peek(0, 1, end - 1)).toHaveLength(1);
    expect(queue.receive(end)).toBeUndefined();
    expect(deadLetters.take(end)?.deadLetter?.reason).toBe('TTLExpiredException');
  });

  test('drops an expired message where dead-lettering is off', () => {
    const { queue, deadLetters } = createQueues({ deadLetterExpired: false });
    queue.send([message('a')], 0);
    queue.advance(60 * minute);
    expect([queue.counts().active, deadLetters.counts().active]).toEqual([0, 0]);
  });

  test('lets a locked message be completed after its time to live, but not be delivered again', () => {
    const { queue, deadLetters } = createQueues();
    queue.send([message('a', { timeToLive: 10 }), message('b', { timeToLive: 10 })], 0);
    const [a, b] = [lock(queue, 5), lock(queue, 5)];
    expect(queue.complete(a.lockToken, 20)).toBe(true);
    expect(queue.abandon(b.lockToken, 20)).toBe(true);
    expect(queue.receive(21)).toBeUndefined();
    expect(deadLetters.counts().active).toBe(1);
  });

  test('keeps no trace of finished messages, so that memory does not grow', () => {
    const { queue } = createQueues({ duplicateWindow: 0, timeToLive: 14 * 24 * 60 * minute });
    let alarmsLeft = 0;
    for (let round = 0; round < 5000; round += 1) {
      queue.send([message(String(round))], round);
      queue.complete(lock(queue, round).lockToken, round);
    }
    for (let at = queue.nextAlarm(); at !== undefined; at = queue.nextAlarm()) {
      queue.advance(at);
      alarmsLeft += 1;
    }
    expect(alarmsLeft).toBeLessThan(2000);
  });
});

describe('a queue after a restart', () => {
  function restart(facts: [string, QueueFact][], now: number) {
    const next = createQueues();
    for (const [name, fact] of facts) (name === 'dead' ? next.deadLetters : next.queue).restore(structuredClone(fact));
    next.deadLetters.recover(now);
    next.queue.recover(now);
    return next;
  }

  test('delivers a message that was locked again, counted once more', () => {
    const { queue, facts } = createQueues();
    queue.send([message('a')], 0);
    const { lockToken } = lock(queue, 0);
    const { queue: revived } = restart(facts, 1);
    expect(revived.complete(lockToken, 1)).toBe(false);
    expect(lock(revived, 1)).toMatchObject({ messageId: 'a', deliveryCount: 1, enqueuedAt: 0 });
  });

  test('dead-letters a message whose last permitted delivery was cut off', () => {
    const { queue, facts } = createQueues();
    queue.send([message('a')], 0);
    for (const now of [1, 2]) queue.abandon(lock(queue, now).lockToken, now);
    lock(queue, 3);
    expect(restart(facts, 4).deadLetters.counts().active).toBe(1);
  });

  test('remembers MessageIds, also of completed and of scheduled messages, for as long as before', () => {
    const { queue, facts } = createQueues();
    queue.send([message('done'), message('later', { dueAt: 8 * minute })], 0);
    queue.complete(lock(queue, 0).lockToken, 0);
    queue.advance(8 * minute);
    const copy = [...queue.snapshot()].map((fact): [string, QueueFact] => ['changes', fact]);
    for (const { queue: revived } of [restart(facts, 9 * minute), restart(copy, 9 * minute)]) {
      revived.send([message('done'), message('later')], 9 * minute);
      expect(revived.counts().active).toBe(1);
      revived.send([message('done'), message('later')], 10 * minute);
      expect(revived.counts().active).toBe(3);
    }
  });

  const step = fc.record({
    action: fc.constantFrom('send', 'receive', 'complete', 'abandon', 'release', 'deadLetter', 'renew'),
    id: fc.nat(8),
    delay: fc.constantFrom(0, 0, 7),
    timeToLive: fc.constantFrom(9, 99),
    which: fc.nat(5),
    wait: fc.constantFrom(0, 0, 1, 5, 20),
  });

  function play(steps: (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]) {
    const all = createQueues({ lockDuration: 10, duplicateWindow: 15 });
    const tokens: string[] = [];
    let now = 0;
    for (const { action, id, delay, timeToLive, which, wait } of steps) {
      const token = tokens[which] ?? '';
      if (action === 'send') all.queue.send([message(String(id), { timeToLive, dueAt: now + delay })], now);
      else if (action === 'receive') tokens.unshift(all.queue.receive(now)?.lockToken ?? '');
      else if (action === 'deadLetter') all.queue.deadLetter(token, now, { reason: 'r', description: 'd' });
      else all.queue[action](token, now);
      now += wait;
    }
    all.queue.advance(now);
    return { ...all, now };
  }

  test('has the same messages, whether told by its facts or by a snapshot, whatever happened before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { queue, deadLetters, facts, now } = play(steps);
        const copy = [queue, deadLetters].flatMap((each) =>
          [...each.snapshot()].map((fact): [string, QueueFact] => [each.name, fact]),
        );
        const describeAll = (queues: { queue: MessageQueue; deadLetters: MessageQueue }) =>
          [queues.queue, queues.deadLetters].map((each) =>
            each
              .peek(0, 1000, now)
              .map(({ sequenceNumber, messageId, state, deliveryCount, enqueuedAt, expiresAt, deadLetter }) => {
                return { sequenceNumber, messageId, state, deliveryCount, enqueuedAt, expiresAt, deadLetter };
              }),
          );
        const told = describeAll(restart(facts, now));
        expect(describeAll(restart(copy, now))).toEqual(told);
        queue.recover(now);
        expect(describeAll({ queue, deadLetters })).toEqual(told);
      }),
      { numRuns: 300 },
    );
  });
});
