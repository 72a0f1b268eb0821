import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, test } from '@jest/globals';
import {
  batchMetadata,
  bodyText,
  messageInput,
  messageMetadata,
} from '../../../local/functions-host/service-bus-message.ts';
import { parseQueueName } from '../../../local/functions-host/service-bus-trigger.ts';

const message = (fields: Partial<ServiceBusReceivedMessage> = {}): ServiceBusReceivedMessage =>
  ({
    body: Buffer.from('{"a":1}'),
    messageId: 'one',
    deliveryCount: 0,
    sequenceNumber: '7' as never,
    enqueuedTimeUtc: new Date('2026-01-01T00:00:00Z'),
    ...fields,
  }) as ServiceBusReceivedMessage;

describe('trigger metadata', () => {
  test('has the names and types of the extension, and counts deliveries from 1', () => {
    expect(messageMetadata(message())).toEqual({
      DeliveryCount: { json: '1' },
      MessageId: { string: 'one' },
      SequenceNumber: { json: '7' },
      EnqueuedTimeUtc: { json: '"2026-01-01T00:00:00.000Z"' },
      EnqueuedTime: { json: '"2026-01-01T00:00:00.000Z"' },
      ApplicationProperties: { json: '{}' },
      UserProperties: { json: '{}' },
    });
  });

  test('tells why a message is a dead letter where Azure does: in the application properties', () => {
    const dead = message({
      deadLetterSource: 'changes',
      deadLetterReason: 'MaxDeliveryCountExceeded',
      applicationProperties: { DeadLetterReason: 'MaxDeliveryCountExceeded', tries: 3 },
    });
    const metadata = messageMetadata(dead);
    expect(metadata['DeadLetterSource']).toEqual({ string: 'changes' });
    expect(metadata['DeadLetterReason']).toBeUndefined();
    expect(JSON.parse(metadata['ApplicationProperties']?.json ?? '')).toEqual({
      DeadLetterReason: 'MaxDeliveryCountExceeded',
      tries: 3,
    });
  });

  test('of a batch is one array for each field', () => {
    const metadata = batchMetadata([message(), message({ messageId: 'two', deliveryCount: 4 })]);
    expect(metadata['MessageIdArray']).toEqual({ json: '["one","two"]' });
    expect(metadata['DeliveryCountArray']).toEqual({ json: '[1,5]' });
    expect(metadata['SubjectArray']).toEqual({ json: '[null,null]' });
  });
});

describe('a body', () => {
  test.each([
    [Buffer.from('grün'), 'grün'],
    ['text', 'text'],
    [{ a: 1 }, '{"a":1}'],
    [undefined, 'null'],
  ])('%j becomes %s', (body, text) => {
    expect(bodyText({ body })).toBe(text);
  });

  test('goes in as bytes where the trigger asks for binary data', () => {
    expect(messageInput(message(), 'binary')).toEqual({ bytes: Buffer.from('{"a":1}') });
    expect(messageInput(message(), undefined)).toEqual({ string: '{"a":1}' });
  });
});

test.each([
  ['changes', 'changes', false],
  ['changes/$DeadLetterQueue', 'changes', true],
  ['a/b/$deadletterqueue', 'a/b', true],
])('the queue name %s means %s, dead letters: %s', (name, queue, isDeadLetter) => {
  expect(parseQueueName(name)).toEqual({ queue, isDeadLetter });
});
