import { Change, type ChangeMessage } from '../domain/change-message.ts';
import type { OrganizationId } from '../domain/ids.ts';
import type { FailureStore } from '../ports/failure-store.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { Random } from '../ports/random.ts';

export interface ReplayDeps {
  readonly failures: FailureStore;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly random: Random;
}

export type Replayed = 'replayed' | 'unknown' | 'notReplayable';

/** Sends a failed change again, from its first try. The row goes after the message is queued: dying between replays twice, which does no harm. */
export async function replayFailure(deps: ReplayDeps, organization: OrganizationId, id: string): Promise<Replayed> {
  const failure = await deps.failures.find(organization, id);
  if (failure === undefined) return 'unknown';
  if (failure.message === undefined) return 'notReplayable';
  const message = Change.safeParse(JSON.parse(failure.message));
  if (!message.success || message.data.organizationId !== organization) return 'notReplayable';
  // A hop of its own, so that duplicate detection does not take it for the first.
  const hop = 1_000 + Math.floor(deps.random.fraction() * 900_000);
  await deps.changes.send([{ body: { ...message.data, attempt: 1, lagged: 0, hop } }]);
  await deps.failures.remove(organization, id);
  return 'replayed';
}
