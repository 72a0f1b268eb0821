import type { Socket } from 'node:net';
import rhea, { type Connection, type EventContext, type Receiver } from 'rhea';
import type { BrokerClock } from './clock.ts';
import { type Consumer, createConsumer } from './consumer.ts';
import { faults } from './faults.ts';
import { readTransfer } from './incoming-message.ts';
import type { QueueStore } from './queue-store.ts';
import { createRequestNodes, isRequestNode } from './request-nodes.ts';
import {
  acceptConnection,
  accepted,
  type OpenSender,
  receiveUndecoded,
  rejected,
  type SettledDelivery,
} from './rhea-internals.ts';
import { answerDelivery, settle, settlementOf, tokenOf } from './settlement.ts';
import { startTurns } from './turns.ts';

/** As in the Standard tier of Service Bus. */
const maxMessageSize = 256 * 1024;
const sessionFilter = 'com.microsoft:session-filter';

/** The AMQP side of the broker: connections whose links are wired to the queues of the store. */
export interface Broker {
  /** Serves a client; to be called back when its socket is closed. */
  accept(socket: Socket, idleTimeout: number): () => void;
  stop(): void;
}

export function createBroker(store: QueueStore, clock: BrokerClock): Broker {
  const container = rhea.create_container({ id: 'local-service-bus' });
  container.sasl_server_mechanisms.enable_anonymous();
  container.sasl_server_mechanisms.enable_plain(() => true);
  const requestNodes = createRequestNodes(store);
  const consumers = new Map<OpenSender, Consumer>();
  const turns = startTurns(store, clock, deliver);

  /** One message a consumer and round, so that all get their share; a consumer that got none is asked again next turn. */
  function deliver(): void {
    const now = clock.now();
    for (let served = [...consumers.values()]; served.length > 0; ) {
      served = served.filter((consumer) => consumer.deliverOne(now));
    }
    for (const consumer of consumers.values()) consumer.answerDrain();
  }

  function openConsumer(link: OpenSender): void {
    const address = addressOf(link.source?.address);
    const queue = store.find(address);
    if (isRequestNode(address)) {
      link.set_source({ address });
      if (link.target?.address) link.set_target({ address: link.target.address });
      requestNodes.openReplyLink(link);
    } else if (queue === undefined) {
      link.close(faults.entityNotFound(address));
    } else if (sessionFilter in ((link.source.filter as object | null) ?? {})) {
      link.close(faults.notOffered('sessions'));
    } else {
      link.set_source({ address });
      consumers.set(link, createConsumer(link, queue));
    }
  }

  function openProducer(link: Receiver): void {
    const address = addressOf(link.target?.address);
    if (isRequestNode(address) || store.find(address) !== undefined) {
      link.set_target({ address });
      (link as unknown as OpenSender).local.attach.max_message_size = maxMessageSize;
    } else {
      link.close(faults.entityNotFound(address));
    }
  }

  function answerRequest(payload: Buffer, link: Receiver, delivery: SettledDelivery): void {
    const reply = requestNodes.request(link.connection, addressOf(link.target?.address), payload, clock.now());
    turns.afterFlush(() => {
      delivery.update(true, accepted());
      reply();
    });
  }

  function takeIn(payload: Buffer, link: Receiver, delivery: SettledDelivery): void {
    if (payload.length > maxMessageSize) {
      delivery.update(true, rejected(faults.tooLarge(payload.length, maxMessageSize)));
      return;
    }
    store.find(addressOf(link.target?.address))?.send(readTransfer(payload, delivery.format), clock.now());
    turns.afterFlush(() => delivery.update(true, accepted()));
  }

  function forget(isGone: (link: OpenSender) => boolean): void {
    for (const link of consumers.keys()) if (isGone(link)) consumers.delete(link);
  }

  const forgetConnection = ({ connection }: { connection: Connection }) =>
    forget((link) => link.connection === connection);

  container.on('session_open', ({ session }: EventContext) => session && receiveUndecoded(session));
  container.on('sender_open', ({ sender }: EventContext) => openConsumer(sender as OpenSender));
  container.on('receiver_open', ({ receiver }: EventContext) => receiver && openProducer(receiver));
  container.on('sender_flow', () => turns.afterFlush(() => {}));
  container.on('message', ({ message, receiver, delivery }: EventContext) => {
    const incoming = delivery as unknown as SettledDelivery;
    try {
      const link = receiver as Receiver;
      const handle = isRequestNode(addressOf(link.target?.address)) ? answerRequest : takeIn;
      handle(message as unknown as Buffer, link, incoming);
    } catch (error) {
      incoming.update(true, rejected(faults.unreadable(error)));
    }
  });
  for (const outcome of ['accepted', 'released', 'modified', 'rejected'] as const) {
    container.on(outcome, (context: EventContext) => {
      const delivery = context.delivery as unknown as SettledDelivery;
      const consumer = consumers.get(delivery.link as OpenSender);
      if (consumer === undefined) return;
      const settlement = settlementOf(outcome, delivery.remote_state ?? {});
      const fault = settle(consumer.queue, tokenOf(delivery), settlement, clock.now());
      turns.afterFlush(() => answerDelivery(delivery, fault));
    });
  }
  container.on('sender_close', ({ sender }: EventContext) => forget((link) => link === sender));
  container.on('session_close', ({ session }: EventContext) => forget((link) => link.session === session));
  container.on('connection_close', forgetConnection);
  container.on('disconnected', forgetConnection);
  // A client that breaks its connection or speaks something else must not end the broker: rhea throws what nobody listens to.
  for (const event of [
    'connection_error',
    'session_error',
    'sender_error',
    'receiver_error',
    'protocol_error',
    'error',
  ]) {
    container.on(event, () => {});
  }

  return { accept: (socket, idleTimeout) => acceptConnection(container, socket, idleTimeout), stop: turns.stop };
}

/** Clients may write the whole address: sb://host/queue. */
function addressOf(address: unknown): string {
  return decodeURIComponent(String(address ?? '')).replace(/^[a-z]+:\/\/[^/]+\//i, '');
}
