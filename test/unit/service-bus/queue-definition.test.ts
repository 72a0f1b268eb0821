import { expect, test } from '@jest/globals';
import { QueueDefinition, readQueueDefinitions, toQueueSettings } from '../../../local/service-bus/queue-definition.ts';

const definition: QueueDefinition = {
  name: 'changes',
  lockDuration: 'PT1M',
  maxDeliveryCount: 10,
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
};

test.each([
  ['PT1M', 60_000],
  ['PT0.5S', 500],
  ['P1DT2H3M4S', 93_784_000],
  ['P14D', 1_209_600_000],
])('reads the duration %s as %d milliseconds', (lockDuration, expected) => {
  expect(toQueueSettings({ ...definition, lockDuration }).lockDuration).toBe(expected);
});

test.each(['', 'P', 'PT', 'P1', '60'])('refuses %j as a duration', (lockDuration) => {
  expect(QueueDefinition.safeParse({ ...definition, lockDuration }).success).toBe(false);
});

test('offers the queues that are deployed', () => {
  const names = readQueueDefinitions().map((queue) => queue.name);
  expect(names).toEqual(expect.arrayContaining(['changes', 'polls']));
});
