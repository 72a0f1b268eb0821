import { queueNames } from '../shared/domain/queues.ts';
import { handlePollMessage } from '../shared/sync/handle-poll-message.ts';
import type { PollDeps } from '../shared/sync/poll-mailboxes.ts';
import type { Triggers } from './triggers.ts';

/** Queue `polls`: look what changed in up to twenty mailboxes. */
export function registerPollMailboxes(app: Triggers, deps: PollDeps): void {
  app.serviceBusQueue('poll-mailboxes', {
    connection: 'ServiceBusConnection',
    queueName: queueNames.polls,
    handler: (body) => handlePollMessage(deps, body),
  });
}
