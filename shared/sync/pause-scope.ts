import type { Change, ChangeMessage, PausedScope } from '../domain/change-message.ts';
import { hashOf } from '../domain/hash.ts';
import { MailboxId } from '../domain/ids.ts';
import type { Process } from '../domain/process.ts';
import type { SyncError } from '../domain/sync-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { PauseStore } from '../ports/pause-store.ts';
import type { Random } from '../ports/random.ts';
import { StoreConflict } from '../ports/stored.ts';

export interface PauseDeps {
  readonly pauses: PauseStore;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Where a change waits whose mailbox is not known yet, because the CRM cannot be asked for its owner. */
export const unresolvedMailbox = MailboxId.parse('unresolved');

const shortestPauseMs = 30_000;
/** However little was asked for: whether a scope goes on may be remembered for so long, see recent-pauses.ts. */
export const leastPauseMs = 1_000;
const longestPauseMs = 15 * 60_000;

/** How long to stand still the nth time in a row: half a minute, doubling up to a quarter of an hour. */
export const pauseMs = (times: number): number =>
  Math.min(shortestPauseMs * 2 ** Math.min(times - 1, 20), longestPauseMs);

/**
 * Holds a whole scope back after trouble that is larger than one change. The wake-up is sent before the pause is saved:
 * dying between leaves a wake-up that finds nothing to do, never a pause that nothing ends. Nobody's later pause is shortened.
 */
export async function pauseScope(
  deps: PauseDeps,
  scope: PausedScope,
  error: Pick<SyncError, 'code' | 'remedy'>,
  refusedSecretVersion?: string,
): Promise<void> {
  const { pauses, changes, clock, random, log } = deps;
  const now = clock.now();
  const before = await pauses.find(scope);
  if (before !== undefined && Date.parse(before.value.until) > now.getTime()) return;
  const times = (before?.value.times ?? 0) + 1;
  const asked = error.remedy.kind === 'pause' ? error.remedy.forMs : undefined;
  const length = Math.max(asked ?? 0, asked !== undefined && times === 1 ? leastPauseMs : pauseMs(times));
  // Up to a fifth more, so that scopes that fell together do not rise together.
  const until = new Date(now.getTime() + length * (1 + random.fraction() / 5));
  // The same for all who meet the same trouble at once: their wake-ups are one message.
  const id = hashOf('pause', JSON.stringify(scope), before?.etag ?? `${Math.floor(now.getTime() / 10_000)}`);
  await changes.send([{ body: { kind: 'wakeUp', schema: 1, scope, pauseId: id, hop: 0 }, at: until }]);
  try {
    await pauses.save(
      {
        id,
        scope,
        until: until.toISOString(),
        since: before?.value.since ?? now.toISOString(),
        code: error.code,
        times,
        ...(refusedSecretVersion === undefined ? {} : { refusedSecretVersion }),
      },
      before?.etag,
    );
  } catch (conflict) {
    if (!(conflict instanceof StoreConflict)) throw conflict;
    return;
  }
  log.warn({ ...scopeFields(scope), code: error.code, times, until: until.toISOString() }, 'scope paused');
}

/** Whether the scope stands still now. */
export async function isPaused(deps: Pick<PauseDeps, 'pauses'>, scope: PausedScope): Promise<boolean> {
  return (await deps.pauses.find(scope)) !== undefined;
}

/**
 * Keeps a change as a row until its scope goes on. The caller completes its message: the row is the change now. Should the
 * scope have gone on in the same moment, the schedule's sweep finds the row.
 */
export async function holdChange(
  deps: Pick<PauseDeps, 'pauses'>,
  mailboxId: MailboxId,
  change: Change,
  process: Process = 'appointments',
): Promise<void> {
  await deps.pauses.hold(change.organizationId, { mailboxId, process, change });
}

export function scopeFields(scope: PausedScope): Record<string, string> {
  switch (scope.kind) {
    case 'mailbox':
      return { scope: scope.kind, organizationId: scope.organizationId, mailboxId: scope.mailboxId };
    case 'profile':
      return { scope: scope.kind, organizationId: scope.organizationId, profileId: scope.profileId };
    case 'crmConnection':
      return { scope: scope.kind, organizationId: scope.organizationId };
    default:
      return scope satisfies never;
  }
}
