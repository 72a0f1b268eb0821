import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { RpcTypedData } from './core-types.ts';

const text = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/**
 * What the Service Bus extension tells about a message (ServiceBusTriggerBindingStrategy.AddBindingData in
 * Azure/azure-sdk-for-net). It has no field for the reason of a dead letter: that is in ApplicationProperties as
 * DeadLetterReason and DeadLetterErrorDescription, where the broker writes it.
 */
const facts = (message: ServiceBusReceivedMessage): Record<string, unknown> => ({
  // The .NET client counts the first delivery as 1, the JavaScript client as 0.
  DeliveryCount: (message.deliveryCount ?? 0) + 1,
  DeadLetterSource: text(message.deadLetterSource),
  LockToken: message.lockToken,
  ExpiresAtUtc: message.expiresAtUtc,
  ExpiresAt: message.expiresAtUtc,
  EnqueuedTimeUtc: message.enqueuedTimeUtc,
  EnqueuedTime: message.enqueuedTimeUtc,
  MessageId: message.messageId === undefined ? undefined : String(message.messageId),
  ContentType: message.contentType,
  ReplyTo: message.replyTo,
  SequenceNumber: message.sequenceNumber === undefined ? undefined : Number(message.sequenceNumber),
  To: message.to,
  Subject: message.subject,
  Label: message.subject,
  CorrelationId: message.correlationId === undefined ? undefined : String(message.correlationId),
  ApplicationProperties: message.applicationProperties ?? {},
  UserProperties: message.applicationProperties ?? {},
  SessionId: message.sessionId,
  ReplyToSessionId: message.replyToSessionId,
  PartitionKey: message.partitionKey,
});

/** Azure's host sends strings as they are (the library then parses those that look like JSON) and all else as JSON. */
const typed = (value: unknown): RpcTypedData =>
  typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) };

/** `triggerMetadata` of one message; what the message does not have is left out. */
export const messageMetadata = (message: ServiceBusReceivedMessage): Record<string, RpcTypedData> => {
  const metadata: Record<string, RpcTypedData> = {};
  for (const [name, value] of Object.entries(facts(message))) if (value !== undefined) metadata[name] = typed(value);
  return metadata;
};

/** `triggerMetadata` of a batch: the same facts as arrays, MessageIdArray and so on. */
export const batchMetadata = (messages: ServiceBusReceivedMessage[]): Record<string, RpcTypedData> => {
  const rows = messages.map(facts);
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [`${name}Array`, typed(rows.map((row) => row[name] ?? null))]));
};

/** The body as text; AMQP values and sequences, which are no bytes, as JSON. */
export const bodyText = ({ body }: Pick<ServiceBusReceivedMessage, 'body'>): string => {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : JSON.stringify(body ?? null);
};

/** The function's argument: text, or bytes where the trigger says `dataType: 'binary'`. */
export const messageInput = (message: ServiceBusReceivedMessage, dataType: unknown): RpcTypedData => {
  if (String(dataType).toLowerCase() !== 'binary') return { string: bodyText(message) };
  return { bytes: message.body instanceof Uint8Array ? message.body : Buffer.from(bodyText(message)) };
};
