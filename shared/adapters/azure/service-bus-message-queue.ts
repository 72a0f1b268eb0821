import type { ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';
import type { MessageQueue, Outgoing } from '../../ports/message-queue.ts';

export interface ServiceBusMessageQueueOptions<T> {
  readonly sender: Pick<ServiceBusSender, 'createMessageBatch' | 'sendMessages'>;
  /** The id under which a message travels: the same for the same news, another for each resend. */
  readonly messageId: (body: T) => string;
}

/** A queue of Service Bus. Messages travel as JSON, in as few batches as the broker's limit allows. */
export function serviceBusMessageQueue<T extends object>({
  sender,
  messageId,
}: ServiceBusMessageQueueOptions<T>): MessageQueue<T> {
  async function sendTogether(messages: readonly ServiceBusMessage[]): Promise<void> {
    let batch = await sender.createMessageBatch();
    for (const message of messages) {
      if (batch.tryAddMessage(message)) continue;
      if (batch.count > 0) {
        await sender.sendMessages(batch);
        batch = await sender.createMessageBatch();
        if (batch.tryAddMessage(message)) continue;
      }
      throw new Error(
        `Message ${message.messageId} is larger than a batch may be: put ids into messages, not contents.`,
      );
    }
    if (batch.count > 0) await sender.sendMessages(batch);
  }

  return {
    async send(messages) {
      await Promise.all([...byTime(messages).values()].map((group) => sendTogether(group.map(toMessage))));
    },
  };

  function toMessage({ body, at }: Outgoing<T>): ServiceBusMessage {
    const trace = traceparentOf(body);
    return {
      body,
      messageId: messageId(body),
      contentType: 'application/json',
      ...(at === undefined ? {} : { scheduledEnqueueTimeUtc: at }),
      ...(trace === undefined ? {} : { applicationProperties: { 'Diagnostic-Id': trace } }),
    };
  }
}

/** The SDK writes the annotations of a batch's first message onto the whole batch, so a batch has but one time. */
function byTime<T>(messages: readonly Outgoing<T>[]): Map<number | undefined, Outgoing<T>[]> {
  return Map.groupBy(messages, ({ at }) => at?.getTime());
}

/** Where Application Insights looks for the trace that a message belongs to. */
function traceparentOf(body: object): string | undefined {
  const trace = 'traceparent' in body ? body.traceparent : undefined;
  return typeof trace === 'string' ? trace : undefined;
}
