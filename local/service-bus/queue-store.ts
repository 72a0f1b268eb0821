import { randomUUID } from 'node:crypto';
import { type Journal, type JournalEntry, openJournal } from './journal.ts';
import { createMessageQueue, type MessageQueue, type QueuePorts } from './message-queue.ts';
import { type QueueDefinition, toQueueSettings } from './queue-definition.ts';

/** All queues of the broker and their dead letters, kept in a journal when there is a directory for it. */
export interface QueueStore {
  /** By address (`changes`, `changes/$deadletterqueue`), in any case, as Service Bus takes them. */
  find(address: string): MessageQueue | undefined;
  all(): Iterable<MessageQueue>;
  /** Makes everything so far safe against the end of the process. */
  flush(): void;
  close(): void;
}

const deadLetterSuffix = '/$deadletterqueue';

export function openQueueStore(
  definitions: readonly QueueDefinition[],
  now: number,
  dataDirectory?: string,
): QueueStore {
  const queues = new Map<string, MessageQueue>();
  let journal: Journal | undefined;
  const ports: QueuePorts = {
    record: (queue, fact) => journal?.append(queue, fact),
    newLockToken: () => randomUUID(),
  };
  for (const definition of definitions) {
    const settings = toQueueSettings(definition);
    const deadLetters = createMessageQueue(
      {
        ...settings,
        name: settings.name + deadLetterSuffix,
        maxDeliveryCount: Number.POSITIVE_INFINITY,
        duplicateWindow: 0,
        timeToLive: Number.POSITIVE_INFINITY,
      },
      ports,
    );
    queues.set(deadLetters.name.toLowerCase(), deadLetters);
    queues.set(settings.name.toLowerCase(), createMessageQueue(settings, { ...ports, deadLetters }));
  }

  function* snapshot(): Iterable<JournalEntry> {
    for (const queue of queues.values()) for (const fact of queue.snapshot()) yield { queue: queue.name, fact };
  }

  if (dataDirectory !== undefined) {
    const replay = ({ queue, fact }: JournalEntry) => queues.get(queue.toLowerCase())?.restore(fact);
    journal = openJournal(dataDirectory, replay, snapshot);
    for (const queue of queues.values()) queue.recover(now);
    journal.flush();
  }

  return {
    find: (address) => queues.get(address.toLowerCase()),
    all: () => queues.values(),
    flush: () => journal?.flush(),
    close() {
      journal?.flush();
      journal?.close();
    },
  };
}
