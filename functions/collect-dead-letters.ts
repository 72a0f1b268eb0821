import { queueNames } from '../shared/domain/queues.ts';
import { collectDeadLetter, type DeadLetterDeps } from '../shared/sync/collect-dead-letter.ts';
import { messageIdOfTrigger } from './trigger-metadata.ts';
import type { Triggers } from './triggers.ts';

/** The dead letters of each queue go to the failures list, where an admin sees and replays them. */
export function registerCollectDeadLetters(app: Triggers, deps: DeadLetterDeps): void {
  for (const queue of Object.values(queueNames)) {
    app.serviceBusQueue(`collect-dead-letters-of-${queue}`, {
      connection: 'ServiceBusConnection',
      queueName: `${queue}/$deadletterqueue`,
      handler: (body, context) => {
        const properties = context.triggerMetadata?.['applicationProperties'] as Record<string, unknown> | undefined;
        const reason = properties?.['deadLetterReason'];
        return collectDeadLetter(deps, {
          queue,
          messageId: messageIdOfTrigger(context),
          body,
          deliveryCount: Number(context.triggerMetadata?.['deliveryCount'] ?? 0),
          reason: typeof reason === 'string' ? reason : undefined,
        });
      },
    });
  }
}
