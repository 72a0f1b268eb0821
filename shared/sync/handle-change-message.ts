import { ChangeMessage, type WakeUp } from '../domain/change-message.ts';
import { hashOf } from '../domain/hash.ts';
import { StoreUnavailable } from '../ports/stored.ts';
import { type ApplyDeps, applyChange, unavailableForMs } from './apply-change.ts';
import { type WakeDeps, wakeScope } from './wake-scope.ts';

export type ChangeDeps = ApplyDeps & WakeDeps;

/** Handles whatever lies on the queue `changes`. What is no message of ours goes to the failures list, and its neighbours go on. */
export async function handleChangeMessage(
  deps: ChangeDeps,
  received: { readonly messageId: string; readonly body: unknown },
): Promise<void> {
  const message = ChangeMessage.safeParse(received.body);
  if (!message.success) {
    const paths = message.error.issues.map(({ path }) => path.join('.') || '(root)').slice(0, 5);
    await deps.failures.report({
      id: hashOf('malformed', received.messageId),
      reason: 'malformedMessage',
      text: `A message on the queue is not one of ours: wrong or missing ${paths.join(', ')}. Check what else sends to the queue.`,
      attempts: 1,
      failedAt: deps.clock.now().toISOString(),
    });
    deps.log.error(
      { messageId: received.messageId, paths: paths.join(',') },
      'malformed message moved to the failures list',
    );
    return;
  }
  if (message.data.kind === 'wakeUp') await wakeOrTryAgain(deps, message.data);
  else await applyChange(deps, message.data);
}

async function wakeOrTryAgain(deps: ChangeDeps, wakeUp: WakeUp): Promise<void> {
  try {
    await wakeScope(deps, wakeUp);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const at = new Date(deps.clock.now().getTime() + unavailableForMs);
    await deps.changes.send([{ body: { ...wakeUp, hop: wakeUp.hop + 1 }, at }]);
  }
}
