import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createBroker } from './broker.ts';
import { type BrokerClock, systemClock } from './clock.ts';
import type { QueueCounts } from './message-queue.ts';
import type { QueueDefinition } from './queue-definition.ts';
import { openQueueStore } from './queue-store.ts';

export interface ServiceBusOptions {
  /** 0 = any free port. */
  port: number;
  host?: string;
  /** Where the journal is kept; without it messages live in memory only. */
  dataDirectory?: string;
  queues: readonly QueueDefinition[];
  clock?: BrokerClock;
  /** Milliseconds of silence after which a client is taken for gone; clients send heartbeats in time. */
  idleTimeout?: number;
}

export interface ServiceBus {
  port: number;
  counts(queueName: string): QueueCounts & { deadLettered: number };
  /** Ends all connections; messages stay in the data directory, locks do not. May be called twice. */
  close(): Promise<void>;
}

/** A small Service Bus for one machine: AMQP 1.0 without TLS, for clients with `UseDevelopmentEmulator=true`. */
export async function startServiceBus(options: ServiceBusOptions): Promise<ServiceBus> {
  const { port, host = '127.0.0.1', dataDirectory, queues, clock = systemClock, idleTimeout = 60_000 } = options;
  const store = openQueueStore(queues, clock.now(), dataDirectory);
  const broker = createBroker(store, clock);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const end = broker.accept(socket, idleTimeout);
    socket.once('close', () => {
      sockets.delete(socket);
      end();
    });
  });
  server.listen(port, host);

  try {
    await once(server, 'listening');
  } catch (cause) {
    broker.stop();
    store.close();
    throw explain(cause, host, port);
  }

  async function close(): Promise<void> {
    broker.stop();
    const isClosed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await isClosed;
    store.close();
  }

  let closed: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    counts(queueName) {
      const queue = store.find(queueName);
      const deadLetters = store.find(`${queueName}/$deadletterqueue`);
      if (queue === undefined || deadLetters === undefined) throw new Error(`There is no queue ${queueName}.`);
      const { active, locked } = deadLetters.counts();
      return { ...queue.counts(), deadLettered: active + locked };
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function explain(cause: unknown, host: string, port: number): unknown {
  if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') return cause;
  const advice = `Stop what listens there (perhaps another Service Bus emulator) or choose another port with --port.`;
  return new Error(`The Service Bus broker cannot listen on ${host}:${port}: the port is in use. ${advice}`, { cause });
}
