import { PollMessage } from '../domain/change-message.ts';
import { type PollDeps, pollMailboxes } from './poll-mailboxes.ts';

/** Handles whatever lies on the queue `polls`. What is no message of ours is dropped: the next schedule asks again. */
export async function handlePollMessage(deps: PollDeps, body: unknown): Promise<void> {
  const message = PollMessage.safeParse(body);
  if (message.success) return pollMailboxes(deps, message.data);
  const paths = message.error.issues.map(({ path }) => path.join('.') || '(root)').slice(0, 5);
  deps.log.error({ paths: paths.join(',') }, 'malformed poll message dropped');
}
