import { createDuplicateMemory, type DuplicateMemory } from './duplicate-memory.ts';
import { createHeap, type Heap } from './heap.ts';
import type { QueueSettings } from './queue-definition.ts';
import type { DeadLetterNote, QueueFact } from './queue-facts.ts';

export interface QueuedMessage {
  sequenceNumber: number;
  messageId: string;
  content: Buffer;
  enqueuedAt: number;
  timeToLive: number;
  expiresAt: number;
  /** How often it was delivered and came back; 0 on its first delivery. */
  deliveryCount: number;
  state: 'active' | 'locked' | 'scheduled';
  dueAt: number;
  lockToken: string;
  lockedUntil: number;
  deadLetter: DeadLetterNote | undefined;
}

/** A moment at which a message may need attention. Stale ones stay in the heap until their time comes or it is pruned. */
interface Alarm {
  at: number;
  message: QueuedMessage;
}

export interface QueueState {
  messages: Map<number, QueuedMessage>;
  byToken: Map<string, QueuedMessage>;
  /** Active messages in the order of their sequence numbers; may hold stale ones, see `isReady`. */
  ready: Heap<QueuedMessage>;
  alarms: Heap<Alarm>;
  duplicates: DuplicateMemory;
  lastSequenceNumber: number;
}

export function createQueueState(settings: QueueSettings): QueueState {
  return {
    messages: new Map(),
    byToken: new Map(),
    ready: createHeap((a, b) => a.sequenceNumber < b.sequenceNumber),
    alarms: createHeap((a, b) => a.at < b.at),
    duplicates: createDuplicateMemory(settings.duplicateWindow),
    lastSequenceNumber: 0,
  };
}

export function isReady(state: QueueState, message: QueuedMessage): boolean {
  return message.state === 'active' && state.messages.get(message.sequenceNumber) === message;
}

/** The next moment at which this message changes by itself. */
function nextChange(message: QueuedMessage): number {
  if (message.state === 'scheduled') return message.dueAt;
  return message.state === 'locked' ? message.lockedUntil : message.expiresAt;
}

export function setAlarm(state: QueueState, message: QueuedMessage): void {
  const at = nextChange(message);
  if (at === Number.POSITIVE_INFINITY) return;
  state.alarms.push({ at, message });
  const { alarms, messages } = state;
  if (alarms.size > 3 * messages.size + 1024) {
    alarms.refill([...messages.values()].map((live) => ({ at: nextChange(live), message: live })));
  }
}

/** Takes the next message out of those whose moment has come; stale alarms are dropped. */
export function popDue(state: QueueState, now: number): QueuedMessage | undefined {
  for (let alarm = state.alarms.peek(); alarm !== undefined && alarm.at <= now; alarm = state.alarms.peek()) {
    state.alarms.pop();
    const { message } = alarm;
    if (state.messages.get(message.sequenceNumber) === message && nextChange(message) <= now) return message;
  }
  return undefined;
}

function makeReady(state: QueueState, message: QueuedMessage): void {
  message.state = 'active';
  state.ready.push(message);
  if (state.ready.size > 2 * state.messages.size + 1024) {
    state.ready.refill([...state.messages.values()].filter((live) => live.state === 'active'));
  }
}

/** Facts about a message that is gone are ignored. */
export function applyFact(state: QueueState, fact: QueueFact): void {
  switch (fact.kind) {
    case 'enqueued':
      enqueue(state, fact);
      break;
    case 'remembered':
      state.duplicates.remember(fact.messageId, fact.at);
      break;
    case 'counted':
      state.lastSequenceNumber = Math.max(state.lastSequenceNumber, fact.lastSequenceNumber);
      break;
    default:
      change(state, fact);
  }
}

type MessageFact = Exclude<QueueFact, { kind: 'enqueued' | 'remembered' | 'counted' }>;

function change(state: QueueState, fact: MessageFact): void {
  const message = state.messages.get(fact.sequenceNumber);
  if (message === undefined) return;
  state.byToken.delete(message.lockToken);
  switch (fact.kind) {
    case 'removed':
      state.messages.delete(fact.sequenceNumber);
      return;
    case 'activated':
      state.messages.delete(fact.sequenceNumber);
      message.sequenceNumber = fact.newSequenceNumber;
      state.lastSequenceNumber = Math.max(state.lastSequenceNumber, fact.newSequenceNumber);
      state.messages.set(fact.newSequenceNumber, message);
      message.enqueuedAt = fact.at;
      message.expiresAt = fact.at + message.timeToLive;
      makeReady(state, message);
      break;
    case 'locked':
      message.state = 'locked';
      message.lockToken = fact.token;
      message.lockedUntil = fact.until;
      state.byToken.set(fact.token, message);
      break;
    case 'returned':
      message.deliveryCount = fact.deliveryCount;
      message.content = fact.content ?? message.content;
      makeReady(state, message);
      break;
    default:
      fact satisfies never;
  }
  setAlarm(state, message);
}

function enqueue(state: QueueState, fact: QueueFact & { kind: 'enqueued' }): void {
  const timeToLive = fact.timeToLive ?? Number.POSITIVE_INFINITY;
  const message: QueuedMessage = {
    sequenceNumber: fact.sequenceNumber,
    messageId: fact.messageId,
    content: fact.content,
    enqueuedAt: fact.enqueuedAt,
    timeToLive,
    expiresAt: fact.enqueuedAt + timeToLive,
    deliveryCount: fact.deliveryCount ?? 0,
    state: 'scheduled',
    dueAt: fact.dueAt ?? 0,
    lockToken: '',
    lockedUntil: 0,
    deadLetter: fact.deadLetter,
  };
  state.messages.set(message.sequenceNumber, message);
  state.lastSequenceNumber = Math.max(state.lastSequenceNumber, message.sequenceNumber);
  if (fact.isCopy !== true) state.duplicates.remember(message.messageId, fact.enqueuedAt);
  if (fact.dueAt === undefined) makeReady(state, message);
  setAlarm(state, message);
}
