import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ProcessErrorArgs,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import type { RpcTypedData } from './core-types.ts';
import { createErrorReporter, type ErrorReporter } from './error-reporter.ts';
import type { RegisteredFunction } from './function-registry.ts';
import type { ServiceBusSettings } from './host-json.ts';
import type { LogSink } from './host-log.ts';
import { createSemaphore } from './semaphore.ts';
import { batchMetadata, bodyText, messageInput, messageMetadata } from './service-bus-message.ts';

export interface ServiceBusTrigger {
  /** No more messages are taken; those that run go on and can still be settled. */
  stopReceiving(): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceBusTriggerOptions {
  fn: RegisteredFunction;
  client: ServiceBusClient;
  /** With %SETTING% already replaced; may end in /$deadletterqueue. */
  queueName: string;
  settings: ServiceBusSettings;
  invoke: (data: RpcTypedData, metadata: Record<string, RpcTypedData>) => Promise<unknown>;
  log: LogSink;
}

/** Splits "changes/$deadletterqueue" into the queue and whether its dead letters are meant. */
export const parseQueueName = (queueName: string): { queue: string; isDeadLetter: boolean } => {
  const queue = queueName.replace(/\/\$deadletterqueue$/i, '');
  return { queue, isDeadLetter: queue !== queueName };
};

/**
 * Receives from a queue and runs the function for each message (or batch): success completes, an error abandons, so that the
 * message comes again at once and the broker dead-letters it after its last delivery. With autoCompleteMessages off nobody
 * settles after success: a plain JavaScript handler can't, and the lock runs out.
 */
export const startServiceBusTrigger = (options: ServiceBusTriggerOptions): ServiceBusTrigger => {
  const { fn, client, queueName, settings, invoke, log } = options;
  const { queue, isDeadLetter } = parseQueueName(queueName);
  const autoComplete = (fn.trigger['autoCompleteMessages'] as boolean | undefined) ?? settings.autoCompleteMessages;
  const receiver = client.createReceiver(queue, {
    receiveMode: 'peekLock',
    // The library parses bodies itself: parsed twice, the text "1" in quotes would arrive as a number.
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs: Math.max(0, settings.maxAutoLockRenewalDuration),
    ...(isDeadLetter ? { subQueueType: 'deadLetter' } : {}),
  });
  const reporter = createErrorReporter(fn.name, queueName, log);

  const settle = async (message: ServiceBusReceivedMessage, succeeded: boolean): Promise<void> => {
    try {
      if (!succeeded) await receiver.abandonMessage(message);
      else if (autoComplete) await receiver.completeMessage(message);
    } catch (error) {
      // The lock is gone or the connection broke: the message will come again, which every handler must bear.
      reporter.report(error, 'a message could not be settled and will come again');
    }
  };

  const handle = async (
    messages: ServiceBusReceivedMessage[],
    data: RpcTypedData,
    metadata: Record<string, RpcTypedData>,
  ) => {
    reporter.recovered();
    const succeeded = await invoke(data, metadata).then(
      () => true,
      () => false,
    );
    await Promise.all(messages.map((message) => settle(message, succeeded)));
  };

  if (fn.trigger['cardinality'] === 'many') {
    return receiveBatches(receiver, settings.maxMessageBatchSize, reporter, (messages) =>
      handle(messages, { collectionString: { string: messages.map(bodyText) } }, batchMetadata(messages)),
    );
  }
  return receiveSingly(receiver, settings, reporter, (message) =>
    handle([message], messageInput(message, fn.trigger['dataType']), messageMetadata(message)),
  );
};

const receiveSingly = (
  receiver: ServiceBusReceiver,
  settings: ServiceBusSettings,
  reporter: ErrorReporter,
  handle: (message: ServiceBusReceivedMessage) => Promise<void>,
): ServiceBusTrigger => {
  // The extension's default: 16 calls to a core.
  const concurrency = settings.maxConcurrentCalls ?? 16 * availableParallelism();
  // The client has no prefetch of its own: more credit than calls, and the calls wait here.
  const calls = createSemaphore(concurrency);
  let stopping = false;
  const subscription = receiver.subscribe(
    {
      processMessage: async (message) => {
        await calls.enter();
        try {
          if (stopping) await receiver.abandonMessage(message).catch(() => undefined);
          else await handle(message);
        } finally {
          calls.leave();
        }
      },
      processError: async ({ error }: ProcessErrorArgs) =>
        reporter.report(error, 'receiving failed, it goes on trying'),
    },
    { autoCompleteMessages: false, maxConcurrentCalls: concurrency + settings.prefetchCount },
  );
  return {
    stopReceiving: async () => {
      stopping = true;
      await subscription.close();
    },
    close: () => receiver.close(),
  };
};

/** Batches follow one another, as the extension's batch loop has no concurrency. */
const receiveBatches = (
  receiver: ServiceBusReceiver,
  size: number,
  reporter: ErrorReporter,
  handle: (messages: ServiceBusReceivedMessage[]) => Promise<void>,
): ServiceBusTrigger => {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const messages = await receiver.receiveMessages(size, {
          maxWaitTimeInMs: 60_000,
          abortSignal: stopping.signal,
        });
        if (messages.length > 0) await handle(messages);
      } catch (error) {
        if (stopping.signal.aborted) return;
        reporter.report(error, 'receiving failed, it goes on trying');
        await sleep(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const ended = loop();
  return {
    stopReceiving: async () => stopping.abort(),
    close: async () => {
      await ended;
      await receiver.close();
    },
  };
};
