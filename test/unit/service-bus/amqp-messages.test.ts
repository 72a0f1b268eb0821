import { expect, test } from '@jest/globals';
import rhea from 'rhea';
import { readTypedMap, sectionCode, splitSections } from '../../../local/service-bus/amqp-sections.ts';
import { readMessage, readTransfer } from '../../../local/service-bus/incoming-message.ts';
import { deliveryTagOf, tokenFromDeliveryTag, tokenFromUuid } from '../../../local/service-bus/lock-token.ts';
import { encodeForReceiver, withApplicationProperties } from '../../../local/service-bus/outgoing-message.ts';
import type { QueuedMessage } from '../../../local/service-bus/queue-state.ts';

const { types, message: amqp } = rhea;

function queued(content: Buffer, more: Partial<QueuedMessage> = {}): QueuedMessage {
  return {
    sequenceNumber: 5,
    messageId: 'm',
    content,
    enqueuedAt: 1000,
    timeToLive: Number.POSITIVE_INFINITY,
    expiresAt: Number.POSITIVE_INFINITY,
    deliveryCount: 2,
    state: 'active',
    dueAt: 0,
    lockToken: '',
    lockedUntil: 0,
    deadLetter: undefined,
    ...more,
  };
}

test('passes a message on with the types of its properties and its body unchanged', () => {
  const sent = amqp.encode({
    message_id: 'm',
    message_annotations: { 'x-opt-partition-key': 'p' },
    application_properties: { int: types.wrap_int(7), long: types.wrap_long(7), double: types.wrap_double(7) },
    body: amqp.data_section(Buffer.from('body')),
  });
  const received = encodeForReceiver(queued(sent, { state: 'locked', lockedUntil: 9000 }));
  const properties = splitSections(received).find(({ code }) => code === sectionCode.applicationProperties);
  const map = properties === undefined ? {} : readTypedMap(properties);
  expect(Object.values(map).map((value) => value.type.name)).toEqual(['SmallInt', 'SmallLong', 'Double']);
  expect(amqp.decode(received)).toMatchObject({
    delivery_count: 2,
    message_id: 'm',
    message_annotations: {
      'x-opt-partition-key': 'p',
      'x-opt-sequence-number': 5,
      'x-opt-enqueued-time': new Date(1000),
      'x-opt-locked-until': new Date(9000),
    },
  });
  expect(amqp.decode(received)['body'].content).toEqual(Buffer.from('body'));
});

test('adds what a receiver changed to the properties that were there', () => {
  const sent = amqp.encode({ message_id: 'm', application_properties: { kept: 1, changed: 1 }, body: 'x' });
  const changed = amqp.decode(withApplicationProperties(sent, { changed: 2, added: 'new' }));
  expect(changed['application_properties']).toEqual({ kept: 1, changed: 2, added: 'new' });
});

test('gives a message without id one that its receivers see, and keeps its other properties', () => {
  const { messageId, content } = readMessage(amqp.encode({ subject: 's', correlation_id: 'c', ttl: 5, body: 'x' }));
  expect(messageId).toMatch(/^[0-9a-f]{32}$/);
  expect(amqp.decode(content)).toMatchObject({ message_id: messageId, subject: 's', correlation_id: 'c', body: 'x' });
});

test('reads time to live and scheduled time', () => {
  const dueAt = new Date(123_456);
  const annotations = { 'x-opt-scheduled-enqueue-time': dueAt };
  const sent = amqp.encode({ message_id: 'm', ttl: 5000, message_annotations: annotations, body: 'x' });
  expect(readMessage(sent)).toMatchObject({ messageId: 'm', timeToLive: 5000, dueAt: 123_456 });
});

test('reads all messages of a batch, or none if one is broken', () => {
  const parts = ['a', 'b'].map((id) => amqp.encode({ message_id: id, body: 'x'.repeat(300) }));
  const batch = (contents: Buffer[]) => amqp.encode({ body: amqp.data_sections(contents) });
  expect(readTransfer(batch(parts), 0x80013700).map(({ messageId }) => messageId)).toEqual(['a', 'b']);
  expect(() => readTransfer(batch([...parts, Buffer.from('junk')]), 0x80013700)).toThrow('section');
});

test.each([Buffer.from([1, 2]), Buffer.from([0, 0x53, 0x75, 0xa0, 9, 1])])('refuses the broken message %j', (bytes) => {
  expect(() => splitSections(bytes)).toThrow(RangeError);
});

test('writes a lock token into a delivery tag in the byte order of .NET', () => {
  const token = '00112233-4455-6677-8899-aabbccddeeff';
  expect(deliveryTagOf(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
  expect(tokenFromDeliveryTag(deliveryTagOf(token))).toBe(token);
  expect(tokenFromUuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))).toBe(token);
});
