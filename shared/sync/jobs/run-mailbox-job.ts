import type { PausedScope } from '../../domain/change-message.ts';
import { processOf } from '../../domain/item.ts';
import { cursorOf } from '../../domain/job-cursor.ts';
import { JobMessage } from '../../domain/job-message.ts';
import { isUnfinished, type JobKind, type MailboxJob } from '../../domain/mailbox-job.ts';
import { type SyncError, toSyncError } from '../../domain/sync-error.ts';
import { StoreConflict, type Stored, StoreUnavailable } from '../../ports/stored.ts';
import { unavailableForMs } from '../apply-change.ts';
import { pauseScope } from '../pause-scope.ts';
import type { ReconcileScope } from '../reconcile-types.ts';
import { reportFailure } from '../report-status.ts';
import { exchangeScopeOf, findActiveOrganization, refusedVersion, secretOf } from '../resolve-scope.ts';
import { quarantined } from '../safety/stand-still.ts';
import { enabledKinds, type JobDeps, type JobStep, type JobWork, nextKind, stepOf } from './job-types.ts';
import { sendJobOn } from './start-mailbox-job.ts';

const sliceMs = 90_000;
/** No slice is longer than that, whatever it waits for. */
const leaseMs = 150_000;
const againMs = 60_000;
const mostTries = 4;
const retryAfterMinutes = [1, 5, 15];

/** The kinds of jobs that this process can do. */
export type JobWorks = Partial<Record<Exclude<JobKind, 'offBoard'>, JobWork>> & {
  /** What ends a mailbox or an organization asks nothing of its directory or its CRM. */
  readonly offBoard?: (job: MailboxJob) => Promise<JobStep>;
};

/**
 * Does the next slice of a job: at most 90 seconds, under a lease in the job's row. After each piece of work the row says how far
 * it is; what is not finished is sent on as another message. Dying at any point repeats one piece of work, which does no harm.
 */
export async function runMailboxJob(deps: JobDeps, works: JobWorks, message: JobMessage): Promise<void> {
  const { organizationId, mailboxId, jobId } = message;
  const job = await deps.jobs.find({ organizationId, mailboxId }, jobId);
  if (job === undefined || !isUnfinished(job.value)) return;
  // That slice is done, and its message for the next one is on its way: a second one would never end, and be doubled again.
  if (message.hop < cursorOf(job.value).hop) return;
  const left = Date.parse(job.value.leaseUntil ?? '') - deps.clock.now().getTime();
  // Whoever holds the lease goes on with it; should he have died, this message does.
  if (left > 0) return sendJobOn(deps, job.value, left + 1_000);
  try {
    await runSlice(deps, works, job);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    // Another worker took it, or an admin stopped it.
    await sendJobOn(deps, job.value, 5_000);
  }
}

/** Whatever lies on the queue `jobs`; what is no message of ours is dropped: rows of jobs are mended by a timer. */
export async function handleJobMessage(deps: JobDeps, works: JobWorks, body: unknown): Promise<void> {
  const message = JobMessage.safeParse(body);
  if (message.success) return runMailboxJob(deps, works, message.data);
  const paths = message.error.issues.map(({ path }) => path.join('.') || '(root)').slice(0, 5);
  deps.log.error({ paths: paths.join(',') }, 'malformed job message dropped');
}

async function runSlice(deps: JobDeps, works: JobWorks, found: Stored<MailboxJob>): Promise<void> {
  const until = deps.clock.now().getTime() + sliceMs;
  let job = await save(deps, found, {
    state: 'running',
    leaseUntil: new Date(until - sliceMs + leaseMs).toISOString(),
  });
  for (;;) {
    const step = await nextStep(deps, works, job.value, until);
    job = await save(deps, job, stateAfter(job.value, step, deps.clock.now().getTime() > until));
    if (step.end !== undefined) return logEnd(deps, job.value);
    if (step.wait === undefined && job.value.leaseUntil !== undefined) continue;
    return sendJobOn(deps, job.value, step.wait?.afterMs);
  }
}

/** What of a row changes; undefined takes a column away. */
type RowChanges = { readonly [K in keyof MailboxJob]?: MailboxJob[K] | undefined };

function stateAfter(job: MailboxJob, step: JobStep, isLate: boolean): RowChanges {
  const { cursor, progress, counts, end, wait } = step;
  const goesOn = end === undefined && wait === undefined && !isLate;
  const next = goesOn ? cursor : { ...cursor, hop: cursor.hop + 1 };
  return {
    cursor: JSON.stringify(wait === undefined ? { ...next, tries: 0 } : next),
    progress,
    counts,
    state: end?.state ?? (wait === undefined ? 'running' : 'waiting'),
    leaseUntil: goesOn ? job.leaseUntil : undefined,
    text: end?.text ?? wait?.text,
  };
}

async function save(
  deps: JobDeps,
  { value, etag }: Stored<MailboxJob>,
  changes: RowChanges,
): Promise<Stored<MailboxJob>> {
  const all = { ...value, ...changes, updatedAt: deps.clock.now().toISOString() };
  const next = Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)) as MailboxJob;
  return { value: next, etag: await deps.jobs.save(next, etag) };
}

function logEnd({ log }: JobDeps, { organizationId, mailboxId, id, kind, state, counts }: MailboxJob): void {
  log.info({ organizationId, mailboxId, jobId: id, kind, state, ...counts }, 'job ended');
}

type Work =
  | { readonly asks: 'nothing'; readonly act: NonNullable<JobWorks['offBoard']> }
  | { readonly asks: 'scope'; readonly act: JobWork };

function workOf(works: JobWorks, kind: JobKind): Work | undefined {
  if (kind === 'offBoard') return works.offBoard && { asks: 'nothing', act: works.offBoard };
  const act = works[kind];
  return act && { asks: 'scope', act };
}

/** One piece of work, or why there is none now. */
async function nextStep(deps: JobDeps, works: JobWorks, job: MailboxJob, until: number): Promise<JobStep> {
  const work = workOf(works, job.kind);
  if (work === undefined) return ended(job, 'failed', 'This installation cannot do jobs of this kind.');
  let scope: ReconcileScope | undefined;
  try {
    if (work.asks === 'nothing') return await work.act(job);
    const found = await scopeOf(deps, job);
    if ('step' in found) return found.step;
    scope = found.scope;
    return await work.act(deps, { job, scope, until });
  } catch (thrown) {
    if (thrown instanceof StoreConflict || thrown instanceof StoreUnavailable)
      return waits(job, unavailableForMs, 'Waits: a store was busy or could not be reached.');
    const error = toSyncError(thrown);
    deps.log.warn(
      { organizationId: job.organizationId, mailboxId: job.mailboxId, jobId: job.id, code: error.code },
      'a piece of a job failed',
    );
    return afterError(deps, job, scope, error);
  }
}

const ended = (job: MailboxJob, state: NonNullable<JobStep['end']>['state'], text: string): JobStep =>
  stepOf({ job }, { end: { state, text } });
const waits = (job: MailboxJob, afterMs: number, text: string): JobStep => stepOf({ job }, { wait: { afterMs, text } });

/** The mailbox with its CRM; or why nothing is done: it is gone, or stands still. */
async function scopeOf(
  deps: JobDeps,
  job: MailboxJob,
): Promise<{ readonly scope: ReconcileScope } | { readonly step: JobStep }> {
  const { organizationId, mailboxId } = job;
  const mailbox = await deps.directory.findMailbox(organizationId, mailboxId);
  const profile = mailbox && (await deps.directory.findProfile(organizationId, mailbox.value.profileId));
  if (mailbox === undefined || profile === undefined) {
    // The row of a first sync is there before its mailbox is saved.
    const young = deps.clock.now().getTime() - Date.parse(job.createdAt) < 10 * againMs;
    const step = young
      ? waits(job, againMs / 6, 'Waits: the mailbox is being enrolled.')
      : ended(job, 'stopped', 'The mailbox is no longer enrolled.');
    return { step };
  }
  const active = await findActiveOrganization(deps.directory, organizationId);
  if (active === undefined)
    return { step: waits(job, 5 * againMs, 'Waits: the organization or its CRM connection is switched off.') };
  const scopes: PausedScope[] = [
    { kind: 'crmConnection', organizationId },
    { kind: 'profile', organizationId, profileId: mailbox.value.profileId },
    { kind: 'mailbox', organizationId, mailboxId },
  ];
  for (const scope of scopes) {
    const pause = await deps.pauses.find(scope);
    if (pause === undefined) continue;
    const afterMs = Math.max(againMs / 6, Date.parse(pause.value.until) - deps.clock.now().getTime() + againMs / 6);
    return { step: waits(job, afterMs, `Waits: paused after ${pause.value.code}; it goes on by itself.`) };
  }
  const key = await deps.secrets.read(active.organization.fingerprintSecretName);
  const access = { mailbox: mailbox.value, profile: profile.value };
  const cause = { why: job.kind, by: job.by };
  return { scope: { access, connection: active.connection, fingerprintKey: key.reveal(), cause } };
}

/** As the error's remedy says: wait with the scope, try again four times in all, or give up. */
async function afterError(
  deps: JobDeps,
  job: MailboxJob,
  scope: ReconcileScope | undefined,
  error: SyncError,
): Promise<JobStep> {
  const { remedy } = error;
  const failedText = `${error.code}: ${error.message}`.slice(0, 900);
  switch (remedy.kind) {
    case 'park':
      return ended(job, 'failed', failedText);
    case 'pause':
    case 'disable': {
      await holdBack(deps, job, scope, error);
      const afterMs = (remedy.kind === 'pause' ? remedy.forMs : undefined) ?? againMs;
      return waits(job, afterMs, `Waits after ${failedText}`);
    }
    case 'retry':
    case 'resync': {
      const cursor = cursorOf(job);
      const tries = cursor.tries + 1;
      if (tries >= mostTries) return ended(job, 'failed', failedText);
      const minutes = retryAfterMinutes[tries - 1] ?? 15;
      const afterMs = remedy.kind === 'retry' && remedy.afterMs !== undefined ? remedy.afterMs : minutes * 60_000;
      const wait = { afterMs, text: `Is tried again after ${failedText}` };
      return stepOf({ job }, { cursor: { ...cursor, tries }, wait });
    }
    default:
      return remedy satisfies never;
  }
}

async function holdBack(
  deps: JobDeps,
  job: MailboxJob,
  scope: ReconcileScope | undefined,
  error: SyncError,
): Promise<void> {
  const { remedy } = error;
  if (remedy.kind !== 'pause' && remedy.kind !== 'disable') return;
  // What stands still is not paused: an admin releases it.
  if (error.code === quarantined) return;
  const { organizationId, mailboxId } = job;
  if (remedy.scope === 'crmConnection' || scope === undefined) {
    const name = scope?.connection.tokenSecretName;
    const version = name === undefined ? undefined : await refusedVersion(deps.secrets, error, name);
    return pauseScope(deps, { kind: 'crmConnection', organizationId }, error, version);
  }
  const { access } = scope;
  if (remedy.kind === 'pause' || remedy.scope !== 'mailbox') {
    const version = await refusedVersion(deps.secrets, error, secretOf(access));
    await pauseScope(deps, exchangeScopeOf(access.mailbox, remedy.scope), error, version);
  }
  if (error.status === undefined) return;
  const next = await nextKind(deps, { job, scope, until: 0 }, enabledKinds(access.mailbox, access.profile));
  const kind = next === 'done' || next === 'waiting' ? 'appointment' : next;
  await reportFailure(deps, { organizationId, mailboxId }, processOf(kind), error.status, error);
}
