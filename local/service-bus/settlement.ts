import { faults } from './faults.ts';
import { tokenFromDeliveryTag } from './lock-token.ts';
import type { MessageQueue } from './message-queue.ts';
import { withApplicationProperties } from './outgoing-message.ts';
import { type AmqpFault, accepted, rejected, type SettledDelivery } from './rhea-internals.ts';

export type Settlement =
  | { how: 'complete' | 'release' | 'defer' }
  | { how: 'abandon'; properties: object | undefined }
  | { how: 'deadLetter'; properties: object | undefined; reason: string | undefined; description: string | undefined };

/** Settles a locked message; the answer says why not. */
export function settle(queue: MessageQueue, token: string, settlement: Settlement, now: number): AmqpFault | undefined {
  const isDone = attempt(queue, token, settlement, now);
  return isDone === 'not offered' ? faults.notOffered('deferring messages') : isDone ? undefined : faults.lockLost;
}

function attempt(queue: MessageQueue, token: string, settlement: Settlement, now: number): boolean | 'not offered' {
  switch (settlement.how) {
    case 'complete':
      return queue.complete(token, now);
    case 'release':
      return queue.release(token, now);
    case 'defer':
      return 'not offered';
    case 'abandon':
      return queue.abandon(token, now, changedContent(queue, token, now, settlement.properties));
    case 'deadLetter': {
      const { reason = '', description = '' } = settlement;
      const content = changedContent(queue, token, now, settlement.properties);
      return queue.deadLetter(token, now, { reason, description }, content);
    }
    default:
      return settlement satisfies never;
  }
}

function changedContent(queue: MessageQueue, token: string, now: number, added?: object): Buffer | undefined {
  if (added === undefined || Object.keys(added).length === 0) return undefined;
  const message = queue.locked(token, now);
  return message && withApplicationProperties(message.content, added);
}

interface Outcome {
  undeliverable_here?: boolean;
  message_annotations?: object;
  error?: { info?: Record<string, unknown> };
}

/** What a client means by the outcome of a delivery: rejected = dead letter, modified = abandon (or defer). */
export function settlementOf(
  outcomeName: 'accepted' | 'released' | 'modified' | 'rejected',
  outcome: Outcome,
): Settlement {
  switch (outcomeName) {
    case 'accepted':
      return { how: 'complete' };
    case 'released':
      return { how: 'release' };
    case 'modified':
      if (outcome.undeliverable_here === true) return { how: 'defer' };
      return { how: 'abandon', properties: outcome.message_annotations };
    case 'rejected':
      return deadLetterOf(outcome.error?.info ?? {});
    default:
      return outcomeName satisfies never;
  }
}

export function deadLetterOf(info: Record<string, unknown>): Settlement {
  const { DeadLetterReason: reason, DeadLetterErrorDescription: description, ...properties } = info;
  return { how: 'deadLetter', properties, reason: textOf(reason), description: textOf(description) };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

/** The client waits for our settled answer. A dead letter is answered with `accepted`: echoing its error makes the client throw. */
export function answerDelivery(delivery: SettledDelivery, fault: AmqpFault | undefined): void {
  delivery.update(true, fault === undefined ? accepted() : rejected(fault));
  // The client never says "settled" a second time; without this the session's buffer of deliveries fills up.
  delivery.remote_settled = true;
}

export function tokenOf(delivery: SettledDelivery): string {
  return tokenFromDeliveryTag(delivery.tag);
}
