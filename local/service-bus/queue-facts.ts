/** Why a message rests in the dead-letter queue, and which queue it came from. */
export interface DeadLetterNote {
  reason: string;
  description: string;
  source: string;
}

/** What happened in a queue. A queue's state is nothing but its facts applied in order, live as well as after a restart. */
export type QueueFact =
  | {
      kind: 'enqueued';
      sequenceNumber: number;
      messageId: string;
      /** The encoded AMQP message as it was sent. */
      content: Buffer;
      enqueuedAt: number;
      /** Milliseconds; absent = never expires. */
      timeToLive?: number;
      /** Present while the message is scheduled. */
      dueAt?: number;
      deliveryCount?: number;
      deadLetter?: DeadLetterNote;
      /** Written by a snapshot, which tells separately which MessageIds are remembered. */
      isCopy?: true;
    }
  | { kind: 'activated'; sequenceNumber: number; newSequenceNumber: number; at: number }
  | { kind: 'locked'; sequenceNumber: number; token: string; until: number }
  | { kind: 'returned'; sequenceNumber: number; deliveryCount: number; content?: Buffer }
  | { kind: 'removed'; sequenceNumber: number }
  | { kind: 'remembered'; messageId: string; at: number }
  | { kind: 'counted'; lastSequenceNumber: number };
