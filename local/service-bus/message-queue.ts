import type { QueueSettings } from './queue-definition.ts';
import type { DeadLetterNote, QueueFact } from './queue-facts.ts';
import { applyFact, createQueueState, isReady, popDue, type QueuedMessage, setAlarm } from './queue-state.ts';

export interface NewMessage {
  messageId: string;
  content: Buffer;
  /** Milliseconds; the queue's own limit holds as well. */
  timeToLive?: number;
  /** Instant at which it becomes active; in the past = at once. */
  dueAt?: number;
}

export interface QueueCounts {
  active: number;
  scheduled: number;
  locked: number;
}

/**
 * One Service Bus queue as a pure state machine: no clock, no timers, no I/O. Whoever holds a lock token may settle;
 * a settlement answers false when the lock is lost. Every change is one or more facts, handed to `record`.
 */
export interface MessageQueue {
  readonly name: string;
  /** All or nothing; the numbers answer the messages one by one (a swallowed duplicate gets one that is never used). */
  send(messages: readonly NewMessage[], now: number): number[];
  /** Locks the next message for whoever asked. */
  receive(now: number): QueuedMessage | undefined;
  /** Receive-and-delete. */
  take(now: number): QueuedMessage | undefined;
  complete(token: string, now: number): boolean;
  /** Gives a message back, counted as a delivery; `content` replaces it (properties changed by the receiver). */
  abandon(token: string, now: number, content?: Buffer): boolean;
  /** Gives a message back as if it had never been delivered. */
  release(token: string, now: number): boolean;
  deadLetter(token: string, now: number, note: Omit<DeadLetterNote, 'source'>, content?: Buffer): boolean;
  /** The new end of the lock, or undefined when it is lost. */
  renew(token: string, now: number): number | undefined;
  locked(token: string, now: number): QueuedMessage | undefined;
  /** False, and nothing cancelled, unless all of them are scheduled. */
  cancelScheduled(sequenceNumbers: readonly number[], now: number): boolean;
  peek(fromSequenceNumber: number, limit: number, now: number): QueuedMessage[];
  /** Takes in a message that another queue gave up. */
  bury(message: QueuedMessage, note: DeadLetterNote, deliveryCount: number, now: number): void;
  /** Ends locks, activates scheduled messages, expires old ones: whatever is due by now. */
  advance(now: number): void;
  /** When `advance` has something to do next. */
  nextAlarm(): number | undefined;
  counts(): QueueCounts;
  /** Applies a fact of an earlier life. */
  restore(fact: QueueFact): void;
  /** After the last restored fact: locks did not survive, so locked messages come back with one more delivery. */
  recover(now: number): void;
  /** Facts that rebuild the present state. */
  snapshot(): Iterable<QueueFact>;
}

export interface QueuePorts {
  record(queue: string, fact: QueueFact): void;
  newLockToken(): string;
  /** Absent in a dead-letter queue. */
  deadLetters?: MessageQueue;
}

export function createMessageQueue(settings: QueueSettings, ports: QueuePorts): MessageQueue {
  const state = createQueueState(settings);

  function happen(fact: QueueFact): void {
    applyFact(state, fact);
    ports.record(settings.name, fact);
  }

  function remove(message: QueuedMessage): void {
    happen({ kind: 'removed', sequenceNumber: message.sequenceNumber });
  }

  function bury(message: QueuedMessage, reason: string, description: string, deliveryCount: number, now: number): void {
    ports.deadLetters?.bury(message, { reason, description, source: settings.name }, deliveryCount, now);
    remove(message);
  }

  function expire(message: QueuedMessage, now: number): void {
    const description = 'The message expired and was dead lettered.';
    if (settings.deadLetterExpired) bury(message, 'TTLExpiredException', description, message.deliveryCount, now);
    else remove(message);
  }

  function giveBack(message: QueuedMessage, deliveryCount: number, now: number, content?: Buffer): void {
    if (deliveryCount >= settings.maxDeliveryCount) {
      const description = `Message could not be consumed after ${settings.maxDeliveryCount} delivery attempts.`;
      bury(message, 'MaxDeliveryCountExceeded', description, deliveryCount, now);
    } else {
      const { sequenceNumber } = message;
      happen({ kind: 'returned', sequenceNumber, deliveryCount, ...(content === undefined ? {} : { content }) });
    }
  }

  function advance(now: number): void {
    for (let message = popDue(state, now); message !== undefined; message = popDue(state, now)) {
      const { sequenceNumber } = message;
      if (message.state === 'locked') giveBack(message, message.deliveryCount + 1, now);
      else if (message.state === 'active') expire(message, now);
      else happen({ kind: 'activated', sequenceNumber, newSequenceNumber: state.lastSequenceNumber + 1, at: now });
    }
  }

  function sendOne(message: NewMessage, now: number): number {
    const { messageId, content, dueAt } = message;
    const sequenceNumber = state.lastSequenceNumber + 1;
    if (state.duplicates.isKnown(messageId, now)) {
      happen({ kind: 'counted', lastSequenceNumber: sequenceNumber });
      return sequenceNumber;
    }
    const timeToLive = Math.min(message.timeToLive ?? Number.POSITIVE_INFINITY, settings.timeToLive);
    happen({
      kind: 'enqueued',
      sequenceNumber,
      messageId,
      content,
      enqueuedAt: now,
      ...(Number.isFinite(timeToLive) ? { timeToLive } : {}),
      ...(dueAt !== undefined && dueAt > now ? { dueAt } : {}),
    });
    return sequenceNumber;
  }

  function next(): QueuedMessage | undefined {
    for (let message = state.ready.pop(); message !== undefined; message = state.ready.pop()) {
      if (isReady(state, message)) return message;
    }
    return undefined;
  }

  function locked(token: string, now: number): QueuedMessage | undefined {
    advance(now);
    return state.byToken.get(token);
  }

  function settle(token: string, now: number, how: (message: QueuedMessage) => void): boolean {
    const message = locked(token, now);
    if (message === undefined) return false;
    how(message);
    return true;
  }

  return {
    name: settings.name,
    advance,
    locked,
    send(messages, now) {
      advance(now);
      return messages.map((message) => sendOne(message, now));
    },
    receive(now) {
      advance(now);
      const message = next();
      if (message === undefined) return undefined;
      const { sequenceNumber } = message;
      happen({ kind: 'locked', sequenceNumber, token: ports.newLockToken(), until: now + settings.lockDuration });
      return message;
    },
    take(now) {
      advance(now);
      const message = next();
      if (message !== undefined) remove(message);
      return message;
    },
    complete: (token, now) => settle(token, now, remove),
    abandon: (token, now, content) =>
      settle(token, now, (message) => giveBack(message, message.deliveryCount + 1, now, content)),
    release: (token, now) => settle(token, now, (message) => giveBack(message, message.deliveryCount, now)),
    deadLetter: (token, now, { reason, description }, content) =>
      settle(token, now, (message) => {
        if (ports.deadLetters === undefined) {
          giveBack(message, message.deliveryCount + 1, now, content);
        } else {
          message.content = content ?? message.content;
          bury(message, reason, description, message.deliveryCount, now);
        }
      }),
    renew(token, now) {
      const message = locked(token, now);
      if (message === undefined) return undefined;
      message.lockedUntil = now + settings.lockDuration;
      setAlarm(state, message);
      return message.lockedUntil;
    },
    cancelScheduled(sequenceNumbers, now) {
      advance(now);
      const messages = sequenceNumbers.map((sequenceNumber) => state.messages.get(sequenceNumber));
      if (!messages.every((message) => message?.state === 'scheduled')) return false;
      for (const message of new Set(messages)) if (message !== undefined) remove(message);
      return true;
    },
    peek(fromSequenceNumber, limit, now) {
      advance(now);
      const found = [...state.messages.values()].filter((message) => message.sequenceNumber >= fromSequenceNumber);
      return found.sort((a, b) => a.sequenceNumber - b.sequenceNumber).slice(0, limit);
    },
    bury(message, deadLetter, deliveryCount, now) {
      const { sequenceNumber, messageId, content } = message;
      happen({ kind: 'enqueued', sequenceNumber, messageId, content, enqueuedAt: now, deliveryCount, deadLetter });
    },
    nextAlarm: () => state.alarms.peek()?.at,
    counts() {
      const counts = { active: 0, scheduled: 0, locked: 0 };
      for (const message of state.messages.values()) counts[message.state] += 1;
      return counts;
    },
    restore: (fact) => applyFact(state, fact),
    recover(now) {
      for (const message of [...state.byToken.values()]) giveBack(message, message.deliveryCount + 1, now);
      advance(now);
    },
    *snapshot() {
      yield { kind: 'counted', lastSequenceNumber: state.lastSequenceNumber };
      for (const [messageId, at] of state.duplicates.entries()) yield { kind: 'remembered', messageId, at };
      for (const message of state.messages.values()) yield* describe(message);
    },
  };
}

function* describe(message: QueuedMessage): Iterable<QueueFact> {
  const { sequenceNumber, messageId, content, enqueuedAt, timeToLive, deliveryCount, deadLetter } = message;
  yield {
    kind: 'enqueued',
    sequenceNumber,
    messageId,
    content,
    enqueuedAt,
    deliveryCount,
    isCopy: true,
    ...(Number.isFinite(timeToLive) ? { timeToLive } : {}),
    ...(message.state === 'scheduled' ? { dueAt: message.dueAt } : {}),
    ...(deadLetter === undefined ? {} : { deadLetter }),
  };
  if (message.state === 'locked') {
    yield { kind: 'locked', sequenceNumber, token: message.lockToken, until: message.lockedUntil };
  }
}
