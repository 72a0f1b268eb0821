import type { MailboxKey } from '../domain/item-mapping.ts';
import { afterFailure, afterSuccess, isActive, type ProcessStatus, type StatusCode } from '../domain/mailbox-status.ts';
import type { Process } from '../domain/process.ts';
import type { SyncError } from '../domain/sync-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { StatusStore } from '../ports/status-store.ts';
import { StoreConflict } from '../ports/stored.ts';

export interface StatusDeps {
  readonly statuses: StatusStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A success is written when it changes the status, else once a minute: the row says that it works, it does not count. */
const freshForMs = 60_000;

export async function reportSuccess(deps: StatusDeps, mailbox: MailboxKey, process: Process): Promise<void> {
  const now = deps.clock.now();
  const before = await deps.statuses.find(mailbox, process);
  // A late success says nothing of a process that was switched off or disabled since.
  if (before !== undefined && !isActive(before.value)) return;
  const fresh = Date.parse(before?.value.lastSuccessAt ?? '') > now.getTime() - freshForMs;
  if (before?.value.status === 'syncing' && before.value.failuresInARow === 0 && fresh) return;
  await write(deps, mailbox, process, before?.etag, afterSuccess(before?.value, now.toISOString()), before?.value);
}

export async function reportFailure(
  deps: StatusDeps,
  mailbox: MailboxKey,
  process: Process,
  status: StatusCode,
  error: Pick<SyncError, 'code' | 'remedy'>,
): Promise<ProcessStatus | undefined> {
  const now = deps.clock.now().toISOString();
  const before = await deps.statuses.find(mailbox, process);
  if (before !== undefined && !isActive(before.value)) return before.value;
  const base: ProcessStatus = before?.value ?? { status: 'unattempted', since: now, failuresInARow: 0 };
  const disabled = error.remedy.kind === 'disable' && error.remedy.scope === 'mailbox';
  const after = afterFailure(base, status, error.code, now, disabled);
  await write(deps, mailbox, process, before?.etag, after, before?.value);
  return after;
}

async function write(
  { statuses, log }: StatusDeps,
  mailbox: MailboxKey,
  process: Process,
  etag: string | undefined,
  after: ProcessStatus,
  before: ProcessStatus | undefined,
): Promise<void> {
  try {
    await statuses.save(mailbox, process, after, etag);
  } catch (error) {
    // Whoever wrote in between knows as much as we do; the next report says more.
    if (!(error instanceof StoreConflict)) throw error;
    return;
  }
  if (before?.status === after.status) return;
  const fields = { ...mailbox, process, status: after.status, code: after.lastErrorCode };
  if (after.status === 'syncing') log.info(fields, 'mailbox is syncing');
  else log.warn(fields, 'mailbox status changed');
}
