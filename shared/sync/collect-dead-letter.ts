import { ChangeMessage, changeKeyOf } from '../domain/change-message.ts';
import { hashOf } from '../domain/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type { FailureStore } from '../ports/failure-store.ts';
import type { Log } from '../ports/log.ts';

export interface DeadLetter {
  readonly queue: string;
  readonly messageId: string;
  readonly body: unknown;
  readonly deliveryCount: number;
  readonly reason: string | undefined;
}

export interface DeadLetterDeps {
  readonly failures: FailureStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Moves a dead letter to the failures list, by upsert on what it is about; never throws on content. */
export async function collectDeadLetter(deps: DeadLetterDeps, letter: DeadLetter): Promise<void> {
  const message = ChangeMessage.safeParse(letter.body);
  const change = message.success && message.data.kind !== 'wakeUp' ? message.data : undefined;
  const reason = letter.reason?.replace(/[^A-Za-z0-9]/g, '').slice(0, 100) || 'deadLettered';
  await deps.failures.report({
    id: change === undefined ? hashOf(letter.queue, letter.messageId) : changeKeyOf(change),
    ...(change === undefined
      ? {}
      : {
          organizationId: change.organizationId,
          message: JSON.stringify({ ...change, attempt: 1, hop: change.hop + 1 }),
        }),
    ...(change?.kind === 'crmChange' ? { recordId: change.recordId } : {}),
    ...(change?.kind === 'exchangeChange' ? { mailboxId: change.mailboxId, itemId: change.itemId } : {}),
    reason,
    text: `A message of the queue ${letter.queue} could not be handled and was dead-lettered. The log has the error under its message id; replay it once that is mended.`,
    attempts: letter.deliveryCount,
    failedAt: deps.clock.now().toISOString(),
  });
  deps.log.error(
    { queue: letter.queue, messageId: letter.messageId, reason },
    'dead letter moved to the failures list',
  );
}
