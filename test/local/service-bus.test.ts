import net from 'node:net';
import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import rhea from 'rhea';
import { type ServiceBus, startServiceBus } from '../../local/service-bus/start-service-bus.ts';
import { connectClient, createSteeredClock, queueDefinition, type SteeredClock, until } from './service-bus-client.ts';

const minute = 60_000;
const wait = { maxWaitTimeInMs: 300 };
const queues = [
  queueDefinition('changes', { requiresDuplicateDetection: true }),
  queueDefinition('polls', { deadLetteringOnMessageExpiration: false }),
];
let clock: SteeredClock;
let broker: ServiceBus;
let client: ServiceBusClient;

beforeEach(async () => {
  clock = createSteeredClock();
  broker = await startServiceBus({ port: 0, queues, clock });
  client = connectClient(broker.port);
});
afterEach(async () => {
  await client.close();
  await broker.close();
});

async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5000 });
  if (message === undefined) throw new Error('nothing was received');
  return message;
}

const send = (body: unknown, more: object = {}) => client.createSender('changes').sendMessages({ body, ...more });
const deadLetters = () => client.createReceiver('changes', { subQueueType: 'deadLetter' });

describe('settling', () => {
  test('a message arrives as it was sent and is gone when completed', async () => {
    await send(
      { a: 'ü' },
      { messageId: 'm1', subject: 's', applicationProperties: { count: 7, share: 0.5, name: 'n' } },
    );
    const receiver = client.createReceiver('changes');
    const message = await receiveOne(receiver);
    expect(message).toMatchObject({
      body: { a: 'ü' },
      messageId: 'm1',
      subject: 's',
      deliveryCount: 0,
      enqueuedTimeUtc: new Date(clock.now()),
      lockedUntilUtc: new Date(clock.now() + minute),
      applicationProperties: { count: 7, share: 0.5, name: 'n' },
    });
    expect(broker.counts('changes')).toMatchObject({ active: 0, locked: 1 });
    await receiver.completeMessage(message);
    expect(broker.counts('changes')).toEqual({ active: 0, locked: 0, scheduled: 0, deadLettered: 0 });
  });

  test('an abandoned message comes back with its changed properties, and at last goes to the dead letters', async () => {
    await send('again');
    const receiver = client.createReceiver('changes');
    for (const delivery of [0, 1, 2]) {
      const message = await receiveOne(receiver);
      expect(message.deliveryCount).toBe(delivery);
      await receiver.abandonMessage(message, { tried: delivery });
    }
    const dead = await receiveOne(deadLetters());
    expect(dead).toMatchObject({ deadLetterReason: 'MaxDeliveryCountExceeded', deadLetterSource: 'changes' });
    expect(dead.applicationProperties).toMatchObject({ tried: 1 });
  });

  test('a dead letter keeps its reason and description and can be completed', async () => {
    await send('bad');
    const receiver = client.createReceiver('changes');
    const options = { deadLetterReason: 'bad', deadLetterErrorDescription: 'very bad', hint: 1 };
    await receiver.deadLetterMessage(await receiveOne(receiver), options);
    const deadReceiver = deadLetters();
    const dead = await receiveOne(deadReceiver);
    expect(dead).toMatchObject({ deadLetterReason: 'bad', deadLetterErrorDescription: 'very bad' });
    expect(dead.applicationProperties).toMatchObject({ hint: 1 });
    await deadReceiver.completeMessage(dead);
    expect(broker.counts('changes').deadLettered).toBe(0);
  });

  test('a message can be settled after its receiver was closed', async () => {
    for (const body of ['complete', 'abandon', 'deadLetter']) await send(body);
    const receiver = client.createReceiver('changes');
    const messages = await receiver.receiveMessages(3, wait);
    await receiver.close();
    const other = client.createReceiver('changes');
    for (const message of messages) {
      if (message.body === 'complete') await other.completeMessage(message);
      else if (message.body === 'abandon') await other.abandonMessage(message);
      else await other.deadLetterMessage(message, { deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
    }
    expect(broker.counts('changes')).toMatchObject({ active: 1, locked: 0, deadLettered: 1 });
  });

  test('receive-and-delete takes messages at once', async () => {
    await client.createSender('changes').sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = client.createReceiver('changes', { receiveMode: 'receiveAndDelete' });
    const messages = await receiver.receiveMessages(2, wait);
    expect(messages.map(({ body }) => body)).toEqual([1, 2]);
    expect(broker.counts('changes')).toMatchObject({ active: 0, locked: 0 });
  });

  test('deferring is refused with a clear error', async () => {
    await send('x');
    const receiver = client.createReceiver('changes');
    await expect(receiver.deferMessage(await receiveOne(receiver))).rejects.toThrow('does not offer deferring');
  });
});

describe('locks', () => {
  test('an expired lock is lost, and another receiver gets the message', async () => {
    await send('slow');
    const receiver = client.createReceiver('changes');
    const message = await receiveOne(receiver);
    clock.advance(minute);
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    await expect(receiver.renewMessageLock(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
    expect((await receiveOne(client.createReceiver('changes'))).deliveryCount).toBe(1);
  });

  test('a renewed lock holds', async () => {
    await send('slow');
    const receiver = client.createReceiver('changes');
    const message = await receiveOne(receiver);
    clock.advance(minute - 1);
    const lockedUntil = await receiver.renewMessageLock(message);
    expect(lockedUntil).toEqual(new Date(clock.now() + minute));
    clock.advance(minute - 1);
    await receiver.completeMessage(message);
  });

  test('a waiting receiver gets a message whose lock ended without anything else happening', async () => {
    await send('x');
    await receiveOne(client.createReceiver('changes'));
    const second = receiveOne(client.createReceiver('changes'));
    clock.advance(minute);
    expect((await second).deliveryCount).toBe(1);
  });
});

describe('sending', () => {
  test('a repeated MessageId is accepted and swallowed, where the queue detects duplicates', async () => {
    for (const name of ['changes', 'polls']) {
      const sender = client.createSender(name);
      await sender.sendMessages({ body: 1, messageId: 'same' });
      await sender.sendMessages([{ body: 2, messageId: 'same' }]);
    }
    expect(broker.counts('changes').active).toBe(1);
    expect(broker.counts('polls').active).toBe(2);
    clock.advance(10 * minute);
    await send(3, { messageId: 'same' });
    expect(broker.counts('changes').active).toBe(2);
  });

  test('scheduled messages become active when due, unless cancelled', async () => {
    const sender = client.createSender('changes');
    const due = new Date(clock.now() + minute);
    await sender.sendMessages({ body: 'annotated', scheduledEnqueueTimeUtc: due });
    const [, second] = await sender.scheduleMessages([{ body: 'first' }, { body: 'second' }], due);
    if (second !== undefined) await sender.cancelScheduledMessages(second);
    expect(broker.counts('changes')).toMatchObject({ active: 0, scheduled: 2 });
    const received = client.createReceiver('changes').receiveMessages(2, { maxWaitTimeInMs: 5000 });
    clock.advance(minute);
    expect((await received).map(({ body }) => body)).toEqual(['annotated', 'first']);
    await expect(sender.cancelScheduledMessages(second ?? [])).rejects.toMatchObject({ code: 'MessageNotFound' });
  });

  test('an expired message goes to the dead letters, or nowhere', async () => {
    await send('old', { timeToLive: 1000 });
    await client.createSender('polls').sendMessages({ body: 'old', timeToLive: 1000 });
    clock.advance(1000);
    expect(broker.counts('changes')).toMatchObject({ active: 0, deadLettered: 1 });
    expect(broker.counts('polls')).toMatchObject({ active: 0, deadLettered: 0 });
    expect((await receiveOne(deadLetters())).deadLetterReason).toBe('TTLExpiredException');
  });

  test('a batch ends at 256 KB, and a larger message is refused', async () => {
    const sender = client.createSender('changes');
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(262_144);
    while (batch.tryAddMessage({ body: 'x'.repeat(10_000) }));
    await sender.sendMessages(batch);
    expect(broker.counts('changes').active).toBe(batch.count);
    const large = { body: 'x'.repeat(300_000) };
    await expect(sender.sendMessages(large)).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
    expect(broker.counts('changes').active).toBe(batch.count);
  });

  test('a large message arrives whole', async () => {
    await send('ä'.repeat(120_000));
    expect((await receiveOne(client.createReceiver('changes'))).body).toBe('ä'.repeat(120_000));
  });

  test('peek shows active and scheduled messages and locks none', async () => {
    const sender = client.createSender('changes');
    await sender.sendMessages([{ body: 1 }, { body: 2, scheduledEnqueueTimeUtc: new Date(clock.now() + minute) }]);
    const receiver = client.createReceiver('changes');
    const peeked = await receiver.peekMessages(10);
    expect(peeked.map(({ body, state }) => [body, state])).toEqual([
      [1, 'active'],
      [2, 'scheduled'],
    ]);
    expect(await receiver.peekMessages(10)).toEqual([]);
    expect(broker.counts('changes')).toMatchObject({ active: 1, locked: 0 });
  });

  test('an unknown queue is an error that names it', async () => {
    const sent = client.createSender('nowhere').sendMessages({ body: 1 });
    await expect(sent).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
    const received = client.createReceiver('nowhere').receiveMessages(1, wait);
    await expect(received).rejects.toThrow("'nowhere' could not be found");
  });
});

describe('receiving', () => {
  test('many receivers on two queues share all messages, each delivered once', async () => {
    const bodies: unknown[] = [];
    const receivers = ['changes', 'changes', 'changes', 'polls', 'polls'].map((name) => client.createReceiver(name));
    for (const receiver of receivers) {
      const processMessage = async ({ body }: ServiceBusReceivedMessage) => void bodies.push(body);
      receiver.subscribe({ processMessage, processError: async () => {} }, { maxConcurrentCalls: 7 });
    }
    for (const name of ['changes', 'polls']) {
      const sender = client.createSender(name);
      for (const part of [0, 1, 2]) {
        await sender.sendMessages(Array.from({ length: 100 }, (_, index) => ({ body: `${name} ${part} ${index}` })));
      }
    }
    await until(() => bodies.length >= 600);
    expect(new Set(bodies).size).toBe(600);
    await until(() => ['changes', 'polls'].every((name) => broker.counts(name).locked === 0));
  });

  test('a receiver that waited in vain gives its credit back, so that nothing is locked for it later', async () => {
    const receiver = client.createReceiver('changes');
    expect(await receiver.receiveMessages(5, { maxWaitTimeInMs: 50 })).toEqual([]);
    await client.createSender('changes').sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    expect(broker.counts('changes')).toMatchObject({ active: 3, locked: 0 });
    expect(await receiver.receiveMessages(2, wait)).toHaveLength(2);
    expect(broker.counts('changes')).toMatchObject({ active: 1, locked: 2 });
  });

  test('one receiver settles more messages than a session of rhea holds', async () => {
    const sender = client.createSender('changes');
    for (let part = 0; part < 30; part += 1) {
      await sender.sendMessages(Array.from({ length: 100 }, (_, index) => ({ body: index })));
    }
    const receiver = client.createReceiver('changes');
    for (const round of [1, 2]) {
      const messages = await receiver.receiveMessages(1500, { maxWaitTimeInMs: 5000 });
      expect(messages).toHaveLength(1500);
      await Promise.all(messages.map((message) => receiver.completeMessage(message)));
      expect(broker.counts('changes')).toMatchObject({ active: 3000 - 1500 * round, locked: 0 });
    }
  });
});

describe('drain', () => {
  test.each([
    ['none of its credit', 0],
    ['some of its credit', 1],
    ['all of its credit', 3],
  ])('answers a client that has used %s, after what there is', async (_used, count) => {
    for (let body = 0; body < count; body += 1) await send(body);
    const connection = rhea.create_container().connect({ port: broker.port, reconnect: false });
    const receiver = connection.open_receiver({ source: 'changes', credit_window: 0, autoaccept: false });
    let received = 0;
    receiver.on('message', () => {
      received += 1;
    });
    const drained = new Promise((resolve) => receiver.once('receiver_drained', resolve));
    receiver.add_credit(3);
    receiver.once('receiver_open', () => receiver.drain_credit());
    await drained;
    expect(received).toBe(count);
    connection.close();
    await new Promise((resolve) => connection.once('connection_close', resolve));
  });
});

describe('connections', () => {
  test('something that speaks no AMQP does not disturb the others', async () => {
    const socket = net.connect(broker.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.end('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    await send('still here');
    expect(broker.counts('changes').active).toBe(1);
  });

  test('a client whose connection breaks goes on by itself', async () => {
    const bodies: unknown[] = [];
    const processMessage = async ({ body }: ServiceBusReceivedMessage) => void bodies.push(body);
    client.createReceiver('changes').subscribe({ processMessage, processError: async () => {} });
    await send('before');
    await until(() => bodies.length === 1);
    const { port } = broker;
    await broker.close();
    broker = await startServiceBus({ port, queues, clock });
    const other = connectClient(port);
    await other.createSender('changes').sendMessages({ body: 'after' });
    await other.close();
    await until(() => bodies.length === 2);
    expect(bodies).toEqual(['before', 'after']);
  });

  test('an idle connection stays open by its heartbeats', async () => {
    const quick = await startServiceBus({ port: 0, queues, idleTimeout: 300 });
    const idle = connectClient(quick.port);
    const errors: unknown[] = [];
    const bodies: unknown[] = [];
    const processMessage = async ({ body }: ServiceBusReceivedMessage) => void bodies.push(body);
    const processError = async ({ error }: { error: unknown }) => void errors.push(error);
    idle.createReceiver('changes').subscribe({ processMessage, processError });
    const other = connectClient(quick.port);
    expect(await other.createReceiver('polls').receiveMessages(1, { maxWaitTimeInMs: 1200 })).toEqual([]);
    await other.createSender('changes').sendMessages({ body: 'late' });
    await until(() => bodies.length === 1);
    expect(errors).toEqual([]);
    await Promise.all([idle.close(), other.close()]);
    await quick.close();
  });

  test('can be closed twice', async () => {
    await Promise.all([broker.close(), broker.close()]);
  });

  test('a taken port is an error that says what to do', async () => {
    const second = startServiceBus({ port: broker.port, queues });
    await expect(second).rejects.toThrow(new RegExp(`127.0.0.1:${broker.port}: the port is in use.*--port`));
  });
});
