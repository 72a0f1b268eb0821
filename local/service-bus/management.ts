import { faults } from './faults.ts';
import { readMessage } from './incoming-message.ts';
import { tokenFromUuid } from './lock-token.ts';
import type { MessageQueue } from './message-queue.ts';
import { encodeForReceiver } from './outgoing-message.ts';
import { type AmqpFault, types } from './rhea-internals.ts';
import { deadLetterOf, type Settlement, settle } from './settlement.ts';

export interface ManagementAnswer {
  status: number;
  body: object;
  fault?: AmqpFault;
}

type Body = Record<string, unknown>;
type Operation = (queue: MessageQueue, body: Body, now: number) => ManagementAnswer;

const longArray = 0x81;
const timestampArray = 0x83;
const done: ManagementAnswer = { status: 200, body: {} };
const lockLost: ManagementAnswer = { status: 410, body: {}, fault: faults.lockLost };

/** The operations of a queue's `$management` node (Microsoft: "AMQP 1.0 in Service Bus: request-response-based operations"). */
const operations: Record<string, Operation> = {
  'com.microsoft:renew-lock': renewLock,
  'com.microsoft:peek-message': peekMessage,
  'com.microsoft:schedule-message': scheduleMessage,
  'com.microsoft:cancel-scheduled-message': cancelScheduledMessage,
  'com.microsoft:update-disposition': updateDisposition,
};

export function manage(queue: MessageQueue, operation: string, body: Body, now: number): ManagementAnswer {
  const run = operations[operation];
  return run?.(queue, body, now) ?? { status: 501, body: {}, fault: faults.notOffered(`the operation ${operation}`) };
}

function renewLock(queue: MessageQueue, body: Body, now: number): ManagementAnswer {
  const tokens = lockTokens(body);
  if (!tokens.every((token) => queue.locked(token, now) !== undefined)) return lockLost;
  const expirations = tokens.map((token) => queue.renew(token, now));
  return { status: 200, body: { expirations: types.wrap_array(expirations, timestampArray, undefined) } };
}

function peekMessage(queue: MessageQueue, body: Body, now: number): ManagementAnswer {
  const found = queue.peek(numberOf(body['from-sequence-number']), numberOf(body['message-count']), now);
  if (found.length === 0) return { status: 204, body: {} };
  return { status: 200, body: { messages: found.map((message) => ({ message: encodeForReceiver(message) })) } };
}

function scheduleMessage(queue: MessageQueue, body: Body, now: number): ManagementAnswer {
  const entries = listOf(body['messages']) as { message: Buffer }[];
  const sequenceNumbers = queue.send(
    entries.map((entry) => readMessage(entry.message)),
    now,
  );
  const numbers = types.wrap_array(sequenceNumbers, longArray, undefined);
  return { status: 200, body: { 'sequence-numbers': numbers } };
}

function cancelScheduledMessage(queue: MessageQueue, body: Body, now: number): ManagementAnswer {
  const isCancelled = queue.cancelScheduled(listOf(body['sequence-numbers']).map(numberOf), now);
  return isCancelled ? done : { status: 404, body: {}, fault: faults.messageNotFound };
}

/** How a client settles when the link that delivered the message is gone. */
function updateDisposition(queue: MessageQueue, body: Body, now: number): ManagementAnswer {
  const settlement = dispositionOf(body);
  if (settlement === undefined) {
    const fault = faults.notOffered(`the disposition ${String(body['disposition-status'])}`);
    return { status: 501, body: {}, fault };
  }
  const lost = lockTokens(body).map((token) => settle(queue, token, settlement, now));
  const fault = lost.find((each) => each !== undefined);
  return fault === undefined ? done : { status: 410, body: {}, fault };
}

function dispositionOf(body: Body): Settlement | undefined {
  const properties = (body['properties-to-modify'] ?? undefined) as Body | undefined;
  switch (body['disposition-status']) {
    case 'completed':
      return { how: 'complete' };
    case 'abandoned':
      return { how: 'abandon', properties };
    case 'suspended':
      return deadLetterOf({
        ...properties,
        DeadLetterReason: body['deadletter-reason'],
        DeadLetterErrorDescription: body['deadletter-description'],
      });
    default:
      return undefined;
  }
}

function lockTokens(body: Body): string[] {
  return (listOf(body['lock-tokens']) as Buffer[]).map(tokenFromUuid);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** rhea hands large longs over as eight bytes. */
function numberOf(value: unknown): number {
  return Buffer.isBuffer(value) ? Number(value.readBigInt64BE()) : Number(value);
}
