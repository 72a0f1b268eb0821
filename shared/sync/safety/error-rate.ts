import type { ItemKind } from '../../domain/item.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import type { BrakeStore } from '../../ports/brake-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import { addToHour } from './rolling-hour.ts';
import { findStandstill, type StandStillDeps, standStill } from './stand-still.ts';

/** How the changes of a mailbox ended within the last hour. */
export interface ErrorRate {
  succeeded(mailbox: MailboxKey): Promise<void>;
  /** Counts a failure; what there was within the last hour, this included. */
  failed(mailbox: MailboxKey): Promise<{ readonly changes: number; readonly failures: number }>;
}

const hourMs = 3_600_000;
/** Successes that a process keeps to itself before it adds them: a table is not written for each. */
const together = 20;
const fewestJudged = 20;
const mostKept = 10_000;

/** Successes are added a score at a time and before each failure, so that what works costs next to nothing. */
export function errorRate(brakes: BrakeStore, clock: Clock): ErrorRate {
  const kept = new Map<string, { count: number; readonly since: number }>();
  const deps = { brakes, clock };

  function take(mailbox: MailboxKey, more: number, least: number): number {
    const key = `${mailbox.organizationId}|${mailbox.mailboxId}`;
    const now = clock.now().getTime();
    const before = kept.get(key);
    const still = before !== undefined && now - before.since < hourMs ? before : { count: 0, since: now };
    const count = still.count + more;
    if (count >= least) {
      kept.delete(key);
      return count;
    }
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, { ...still, count });
    return 0;
  }

  return {
    async succeeded(mailbox) {
      const count = take(mailbox, 1, together);
      if (count > 0) await addToHour(deps, mailbox, 'changes', count);
    },
    async failed(mailbox) {
      const count = take(mailbox, 1, 0);
      const changes = await addToHour(deps, mailbox, 'changes', count);
      return { changes, failures: await addToHour(deps, mailbox, 'failures', 1) };
    },
  };
}

/** A change came to the failures list: where too many do, the mailbox stands still before all of them are there. */
export async function judgeFailure(
  deps: StandStillDeps & { readonly errorRate: ErrorRate },
  { mailbox, profile }: MailboxAccess,
  kind: ItemKind,
): Promise<void> {
  const box = { organizationId: mailbox.organizationId, mailboxId: mailbox.id };
  const { changes, failures } = await deps.errorRate.failed(box);
  const limit = profile.brakes.errorPercent;
  const seen = Math.round((failures * 100) / Math.max(changes, 1));
  if (changes < fewestJudged || seen <= limit) return;
  if ((await findStandstill(deps, box, undefined)) !== undefined) return;
  await standStill(deps, box, { brake: 'errorRate', seen, limit }, kind);
}
