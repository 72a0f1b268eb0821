import { queueNames } from '../shared/domain/queues.ts';
import { type ChangeDeps, handleChangeMessage } from '../shared/sync/handle-change-message.ts';
import { messageIdOfTrigger } from './trigger-metadata.ts';
import type { Triggers } from './triggers.ts';

/** Queue `changes`: make both sides of what changed agree. An error here is a fault of code or storage, and the message comes again. */
export function registerApplyChange(app: Triggers, deps: ChangeDeps): void {
  app.serviceBusQueue('apply-change', {
    connection: 'ServiceBusConnection',
    queueName: queueNames.changes,
    handler: (body, context) => handleChangeMessage(deps, { messageId: messageIdOfTrigger(context), body }),
  });
}
