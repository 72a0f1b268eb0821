import path from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ServiceBus, startServiceBus } from '../../local/service-bus/start-service-bus.ts';
import { eventually } from '../support/eventually.ts';
import { type FunctionsHostProcess, startFunctionsHostProcess } from '../support/functions-host-process.ts';

const app = path.join(import.meta.dirname, '..', 'support', 'fixture-app');

const queues = ['work', 'batches'].map((name) => ({
  name,
  lockDuration: 'PT30S',
  maxDeliveryCount: 3,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
  defaultMessageTimeToLive: 'P1D',
  deadLetteringOnMessageExpiration: false,
}));

interface Entry {
  message?: unknown;
  dead?: unknown;
  batch?: unknown[];
  ids?: string[];
  metadata?: Record<string, unknown>;
}

describe('Service Bus triggers', () => {
  let broker: ServiceBus;
  let host: FunctionsHostProcess;

  const send = async (queue: string, ...messages: { body: unknown; messageId?: string }[]): Promise<void> => {
    const client = new ServiceBusClient(connection());
    await client.createSender(queue).sendMessages(messages);
    await client.close();
  };
  const connection = () =>
    `Endpoint=sb://127.0.0.1:${broker.port};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true`;
  const journal = async () => (await (await fetch(`${host.url}/api/journal`)).json()) as Entry[];
  const find = (check: (entry: Entry) => boolean) =>
    eventually(async () => {
      const found = (await journal()).filter(check);
      expect(found).not.toEqual([]);
      return found;
    }, 20_000);

  beforeAll(async () => {
    broker = await startServiceBus({ port: 0, queues });
    host = await startFunctionsHostProcess({ app, environment: { ServiceBusConnection: connection() } });
  });
  afterAll(async () => {
    await host.stop();
    await broker.close();
  });

  test('run the function with the message and its metadata, then complete it', async () => {
    await send('work', { body: { id: 1, text: '123' }, messageId: 'first' });
    const [entry] = await find((one) => one.metadata?.['messageId'] === 'first');
    expect(entry).toMatchObject({
      message: { id: 1, text: '123' },
      metadata: { deliveryCount: 1, enqueuedTimeUtc: expect.stringMatching(/^\d{4}-.*Z$/), applicationProperties: {} },
    });
    await eventually(() => expect(broker.counts('work')).toMatchObject({ active: 0, locked: 0, deadLettered: 0 }));
  });

  test('let a message come again after an error, until the broker makes it a dead letter, which triggers, too', async () => {
    await send('work', { body: { fail: true }, messageId: 'bad' });
    const [dead] = await find((one) => one.dead !== undefined);
    expect(dead).toMatchObject({
      dead: { fail: true },
      metadata: {
        messageId: 'bad',
        deadLetterSource: 'work',
        applicationProperties: { deadLetterReason: 'MaxDeliveryCountExceeded' },
      },
    });
    const attempts = await find((one) => one.message !== undefined && one.metadata?.['messageId'] === 'bad');
    expect(attempts.map((one) => one.metadata?.['deliveryCount'])).toEqual([1, 2, 3]);
    await eventually(() => expect(broker.counts('work')).toMatchObject({ active: 0, deadLettered: 0 }));
  });

  test('with cardinality many take several messages in one call', async () => {
    await send('batches', { body: 'a', messageId: '1a' }, { body: 'b', messageId: '1b' });
    await eventually(async () => {
      const batches = (await journal()).filter((one) => one.batch !== undefined);
      expect(batches.flatMap((one) => one.batch)).toEqual(['a', 'b']);
      expect(batches.flatMap((one) => one.ids)).toEqual(['1a', '1b']);
    });
  });

  test('go on by themselves when the broker was away for a while, and speak of it once', async () => {
    const { port } = broker;
    await broker.close();
    const warnings = () => host.lines.filter((line) => /^\[warn\] work: queue work: receiving failed/.test(line));
    await eventually(() => expect(warnings()).not.toEqual([]), 20_000);
    broker = await startServiceBus({ port, queues });
    await send('work', { body: { id: 2 }, messageId: 'after the restart' });
    await find((one) => one.metadata?.['messageId'] === 'after the restart');
    expect(new Set(warnings()).size).toBe(warnings().length);
    expect(warnings().length).toBeLessThan(4);
  }, 60_000);

  test('complete what runs when the host is told to stop', async () => {
    await send('work', { body: { milliseconds: 600 }, messageId: 'last' });
    await find((one) => one.metadata?.['messageId'] === 'last');
    expect(await host.stop()).toBe(0);
    expect(broker.counts('work')).toMatchObject({ active: 0, locked: 0, deadLettered: 0 });
  });
});
