import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceBus } from '../../local/service-bus/start-service-bus.ts';
import { startServiceBus } from '../../local/service-bus/start-service-bus.ts';
import { serviceBusMessageQueue } from '../../shared/adapters/azure/service-bus-message-queue.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { memoryMessageQueue } from '../../shared/adapters/memory/memory-message-queue.ts';
import type { Note } from './message-queue.contract.ts';
import { describeMessageQueue } from './message-queue.contract.ts';

const definition = {
  lockDuration: 'PT1M',
  maxDeliveryCount: 10,
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
};
const names = Array.from({ length: 20 }, (_, index) => `queue-${index}`);
const messageId = (note: Note) => note.id;

const clock = memoryClock(new Date());
let broker: ServiceBus;
let client: ServiceBusClient;
let used = 0;

beforeAll(async () => {
  broker = await startServiceBus({
    port: 0,
    queues: names.map((name) => ({ name, ...definition })),
    clock: { now: () => clock.now().getTime(), after: clock.after },
  });
  const key = 'SharedAccessKeyName=local;SharedAccessKey=local';
  client = new ServiceBusClient(`Endpoint=sb://127.0.0.1:${broker.port};${key};UseDevelopmentEmulator=true`);
});
afterAll(async () => {
  await client.close();
  await broker.close();
});

function nextQueue() {
  const name = names[used] ?? '';
  used += 1;
  const sender = client.createSender(name);
  const receiver = client.createReceiver(name, { receiveMode: 'receiveAndDelete' });
  const close = async () => {
    await sender.close();
    await receiver.close();
  };
  return { sender, receiver, close, queue: serviceBusMessageQueue<Note>({ sender, messageId }) };
}

describeMessageQueue('Service Bus', async () => {
  const { queue, receiver, close } = nextQueue();
  return {
    queue,
    now: clock.now,
    advance: clock.advance,
    async receive(count) {
      const notes: Note[] = [];
      while (notes.length < count) {
        const received = await receiver.receiveMessages(count - notes.length, { maxWaitTimeInMs: 10_000 });
        if (received.length === 0) throw new Error(`only ${notes.length} of ${count} messages came`);
        notes.push(...received.map((message) => message.body as Note));
      }
      return notes;
    },
    close,
  };
});

describeMessageQueue('this process', async () => {
  const clock = memoryClock();
  const queue = memoryMessageQueue<Note>({ clock });
  return {
    queue,
    now: clock.now,
    advance: clock.advance,
    async receive(count) {
      const notes = Array.from({ length: count }, () => queue.take()).filter((note) => note !== undefined);
      if (notes.length < count) throw new Error(`only ${notes.length} of ${count} messages are due`);
      return notes;
    },
    close: async () => {},
  };
});

describe('a message on Service Bus', () => {
  test('carries the id of its news, its kind and the trace it belongs to', async () => {
    const { queue, receiver, close } = nextQueue();
    await queue.send([{ body: { id: 'news', traceparent: '00-4bf9-00f0-01' } }]);
    const [message] = await receiver.receiveMessages(1);
    expect(message).toMatchObject({
      messageId: 'news',
      contentType: 'application/json',
      applicationProperties: { 'Diagnostic-Id': '00-4bf9-00f0-01' },
    });
    await close();
  });

  test('is refused, and what to do is told, when it is larger than a batch', async () => {
    const { queue, close } = nextQueue();
    const huge = queue.send([{ body: { id: 'small' } }, { body: { id: 'huge', text: 'x'.repeat(300_000) } }]);
    await expect(huge).rejects.toThrow(/^Message huge is larger than a batch may be/);
    await close();
  });
});
