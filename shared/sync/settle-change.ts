import { type Change, changeKeyOf, type PausedScope } from '../domain/change-message.ts';
import type { MailboxId } from '../domain/ids.ts';
import { ItemKind, processOf } from '../domain/item.ts';
import type { Process } from '../domain/process.ts';
import type { PauseScope, SyncError } from '../domain/sync-error.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { MailboxAccess } from '../ports/exchange-gateway.ts';
import type { FailureStore } from '../ports/failure-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import { laneOverflow } from './mailbox-lane.ts';
import { holdChange, type PauseDeps, pauseScope, unresolvedMailbox } from './pause-scope.ts';
import type { Reconciled } from './reconcile-types.ts';
import { reportFailure, reportSuccess, type StatusDeps } from './report-status.ts';
import { exchangeScopeOf, refusedVersion, secretOf } from './resolve-scope.ts';
import type { Cause } from './safety/cause.ts';
import { type ErrorRate, judgeFailure } from './safety/error-rate.ts';
import { quarantined, type StandStillDeps } from './safety/stand-still.ts';

export interface SettleDeps extends PauseDeps, StatusDeps, StandStillDeps {
  readonly errorRate: ErrorRate;
  readonly directory: DirectoryStore;
  readonly secrets: SecretStore;
  readonly failures: FailureStore;
  /** Takes back what an earlier try of the same record or item reported, see failure-clearing.ts. */
  readonly clearFailure: (change: Change) => Promise<void>;
}

const mostAttempts = 4;
const retryAfterMinutes = [1, 5, 15];
const lagSeconds = [1, 10, 60];

/** How far a change came: what an error is about depends on it. */
export interface Place {
  access?: MailboxAccess;
  /** The process of the mailbox that it belongs to. */
  process?: Process;
  /** Why something is written. */
  cause?: Cause;
}

/** What became of a change, or that it must wait because its scope stands still. */
export type Applied = Reconciled | { readonly kind: 'held'; readonly mailboxId: MailboxId };

/** Ends a change that met no error: done, held, or sent again for later. */
export async function settleResult(
  deps: SettleDeps,
  change: Change,
  { access, process = 'appointments' }: Place,
  result: Applied,
): Promise<void> {
  switch (result.kind) {
    case 'held':
      return hold(deps, result.mailboxId, change, process);
    case 'later':
      return sendAgain(deps, { ...change, hop: change.hop + 1 }, result.afterMs);
    case 'lagging': {
      const seconds = lagSeconds[change.lagged];
      if (seconds !== undefined) return sendAgain(deps, { ...change, lagged: change.lagged + 1 }, seconds * 1_000);
      if (result.otherwise === 'done') return;
      return fail(
        deps,
        change,
        { access, process },
        'recordNotVisible',
        `${result.why}. Check that the CRM answers reads from its current data, then replay.`,
      );
    }
    case 'elsewhere':
      return sendAgain(deps, { ...change, hop: change.hop + 1 }, 1_000);
    case 'done': {
      const lagMs = deps.clock.now().getTime() - Date.parse(change.seenAt);
      deps.log.info(
        { ...fieldsOf(change), mailboxId: access?.mailbox.id, did: result.did, why: result.why, lagMs },
        'change applied',
      );
      if (access !== undefined && result.did !== 'nothing') await reportSuccess(deps, keyOf(access), process);
      if (access !== undefined) await deps.errorRate.succeeded(keyOf(access));
      await deps.clearFailure(change);
      return;
    }
    default:
      return result satisfies never;
  }
}

async function hold(deps: SettleDeps, mailboxId: MailboxId, change: Change, process: Process): Promise<void> {
  await holdChange(deps, mailboxId, change, process);
  deps.log.info({ ...fieldsOf(change), mailboxId }, 'change held while its scope stands still');
}

/** Ends a change that met an error, as the error's remedy says. */
export async function settleError(
  deps: SettleDeps,
  change: Change,
  { access, process = 'appointments' }: Place,
  error: SyncError,
): Promise<void> {
  const { remedy } = error;
  const place = { access, process };
  const mailboxId = access?.mailbox.id ?? (change.kind === 'crmChange' ? unresolvedMailbox : change.mailboxId);
  const report = async () => {
    if (access !== undefined && error.status !== undefined) {
      await reportFailure(deps, keyOf(access), process, error.status, error);
    }
  };
  if (error.code === quarantined) return hold(deps, mailboxId, change, process);
  switch (remedy.kind) {
    case 'park':
      return fail(deps, change, place, error.code, error.message);
    case 'disable':
      if (remedy.scope !== 'mailbox') await pauseScope(deps, scopeOf(change, access, remedy.scope), error);
      await report();
      return hold(deps, mailboxId, change, process);
    case 'pause': {
      if (error.code === laneOverflow) return overflow(deps, mailboxId, change, process);
      const scope = scopeOf(change, access, remedy.scope);
      await pauseScope(deps, scope, error, await refusedVersionFor(deps, change, access, error));
      await report();
      return hold(deps, mailboxId, change, process);
    }
    case 'retry':
    case 'resync': {
      await report();
      if (change.attempt >= mostAttempts) return fail(deps, change, place, error.code, error.message);
      const minutes = retryAfterMinutes[change.attempt - 1] ?? 15;
      const afterMs = remedy.kind === 'retry' && remedy.afterMs !== undefined ? remedy.afterMs : minutes * 60_000;
      deps.log.warn({ ...fieldsOf(change), code: error.code, attempt: change.attempt }, 'change is tried again later');
      return sendAgain(deps, { ...change, attempt: change.attempt + 1 }, afterMs);
    }
    default:
      return remedy satisfies never;
  }
}

/** A busy mailbox fills its lane: the change waits as a row, and a wake-up without a pause sends it on shortly. */
async function overflow(deps: SettleDeps, mailboxId: MailboxId, change: Change, process: Process): Promise<void> {
  await holdChange(deps, mailboxId, change, process);
  const at = new Date(deps.clock.now().getTime() + 5_000);
  // One wake-up for all that overflow within the same five seconds.
  const pauseId = `overflow-${change.organizationId}-${mailboxId}-${Math.floor(at.getTime() / 5_000)}`;
  const scope: PausedScope = { kind: 'mailbox', organizationId: change.organizationId, mailboxId };
  await deps.changes.send([{ body: { kind: 'wakeUp', schema: 1, scope, pauseId, hop: 0 }, at }]);
}

function scopeOf(change: Change, access: MailboxAccess | undefined, kind: PauseScope): PausedScope {
  if (kind !== 'crmConnection' && access !== undefined) return exchangeScopeOf(access.mailbox, kind);
  return { kind: 'crmConnection', organizationId: change.organizationId };
}

/** The secret of whoever was asked: the CRM's where no mailbox was, or where the trouble is the CRM's. */
async function refusedVersionFor(
  deps: SettleDeps,
  change: Change,
  access: MailboxAccess | undefined,
  error: SyncError,
): Promise<string | undefined> {
  if (access !== undefined && error.remedy.kind === 'pause' && error.remedy.scope !== 'crmConnection') {
    return refusedVersion(deps.secrets, error, secretOf(access));
  }
  if (error.kind !== 'unauthorized') return undefined;
  const connection = await deps.directory.findCrmConnection(change.organizationId);
  return connection && refusedVersion(deps.secrets, error, connection.value.tokenSecretName);
}

async function sendAgain(deps: SettleDeps, change: Change, afterMs: number): Promise<void> {
  await deps.changes.send([{ body: change, at: new Date(deps.clock.now().getTime() + afterMs) }]);
}

async function fail(
  deps: SettleDeps,
  change: Change,
  { access, process }: { readonly access: MailboxAccess | undefined; readonly process: Process },
  reason: string,
  text: string,
): Promise<void> {
  await deps.failures.report({
    id: changeKeyOf(change),
    organizationId: change.organizationId,
    ...('recordId' in change ? { recordId: change.recordId } : { itemId: change.itemId }),
    ...('mailboxId' in change ? { mailboxId: change.mailboxId } : {}),
    reason,
    text,
    attempts: change.attempt,
    failedAt: deps.clock.now().toISOString(),
    message: JSON.stringify({
      ...change,
      attempt: 1,
      lagged: 0,
      reason: change.reason === 'deleted' ? 'deleted' : 'replay',
    }),
  });
  deps.log.warn({ ...fieldsOf(change), reason }, 'change failed: see the failures list');
  if (access !== undefined) await judgeFailure(deps, access, kindOfProcess(process));
}

const kindOfProcess = (process: Process): ItemKind =>
  ItemKind.options.find((kind) => processOf(kind) === process) ?? 'appointment';

const keyOf = ({ mailbox }: MailboxAccess) => ({ organizationId: mailbox.organizationId, mailboxId: mailbox.id });

/** What may be logged of a change. */
export function fieldsOf(change: Change): Record<string, string> {
  return {
    organizationId: change.organizationId,
    ...('recordId' in change ? { recordId: change.recordId } : {}),
    ...('mailboxId' in change ? { mailboxId: change.mailboxId } : {}),
  };
}
