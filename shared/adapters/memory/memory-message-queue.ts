import type { Clock } from '../../ports/clock.ts';
import type { MessageQueue } from '../../ports/message-queue.ts';

interface Waiting<T> {
  readonly body: T;
  readonly dueAt: Date;
}

/** A queue that a test looks into and takes from. */
export interface MemoryMessageQueue<T> extends MessageQueue<T> {
  /** Takes one message that is due: the one that became due first, or the one `pick` chooses among so many. */
  take(pick?: (count: number) => number): T | undefined;
  /** What could be taken now, first due first. */
  due(): T[];
  /** All that has not been taken, first due first. */
  waiting(): Waiting<T>[];
  /** When the next message can be taken: a time gone by when one can be taken now. */
  nextDueAt(): Date | undefined;
  /** All that was ever sent, in order, whether taken or not. */
  sent(): T[];
}

export interface MemoryMessageQueueOptions<T> {
  readonly clock: Pick<Clock, 'now'>;
  /** When given, a message with the id of one in the last ten minutes is swallowed, as with duplicate detection switched on. */
  readonly duplicateIdOf?: (body: T) => string;
}

/** As infra/queues.json has it. */
const duplicateWindowMs = 10 * 60_000;

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A queue in this process's memory; messages become due by the clock that is given. */
export function memoryMessageQueue<T>({ clock, duplicateIdOf }: MemoryMessageQueueOptions<T>): MemoryMessageQueue<T> {
  const waiting: Waiting<T>[] = [];
  const sent: T[] = [];
  const seenIds = new Map<string, number>();

  const isRepeat = (body: T) => {
    if (duplicateIdOf === undefined) return false;
    const id = duplicateIdOf(body);
    const now = clock.now().getTime();
    const repeat = now - (seenIds.get(id) ?? Number.NEGATIVE_INFINITY) < duplicateWindowMs;
    if (!repeat) seenIds.set(id, now);
    return repeat;
  };
  const dueNow = () => waiting.filter((message) => message.dueAt <= clock.now());

  return {
    async send(messages) {
      for (const { body, at } of messages) {
        sent.push(copyOf(body));
        if (isRepeat(body)) continue;
        const dueAt = new Date(at ?? clock.now());
        const place = waiting.findIndex((other) => other.dueAt > dueAt);
        waiting.splice(place === -1 ? waiting.length : place, 0, { body: copyOf(body), dueAt });
      }
    },
    take(pick = () => 0) {
      const due = dueNow();
      const message = due.length === 0 ? undefined : due[pick(due.length)];
      if (message === undefined) return undefined;
      waiting.splice(waiting.indexOf(message), 1);
      return message.body;
    },
    due: () => dueNow().map((message) => copyOf(message.body)),
    waiting: () => waiting.map(({ body, dueAt }) => ({ body: copyOf(body), dueAt: new Date(dueAt) })),
    nextDueAt: () => (waiting[0] === undefined ? undefined : new Date(waiting[0].dueAt)),
    sent: () => sent.map(copyOf),
  };
}
