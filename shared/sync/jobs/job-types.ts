import type { EmailServerProfile } from '../../domain/email-server-profile.ts';
import { ItemKind, processOf } from '../../domain/item.ts';
import { cursorOf, type JobCursor } from '../../domain/job-cursor.ts';
import { isEnabled, type Mailbox } from '../../domain/mailbox.ts';
import type { MailboxJob } from '../../domain/mailbox-job.ts';
import { isActive } from '../../domain/mailbox-status.ts';
import type { CursorStore } from '../../ports/cursor-store.ts';
import type { DirectoryStore } from '../../ports/directory-store.ts';
import type { FailureStore } from '../../ports/failure-store.ts';
import type { PollScheduleStore } from '../../ports/poll-schedule-store.ts';
import type { ReviewStore } from '../../ports/review-store.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import type { PauseDeps } from '../pause-scope.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope } from '../reconcile-types.ts';
import type { StatusDeps } from '../report-status.ts';
import type { StartJobDeps } from './start-mailbox-job.ts';

export interface JobDeps extends ReconcileDeps, PauseDeps, StatusDeps, StartJobDeps {
  readonly directory: DirectoryStore;
  readonly secrets: SecretStore;
  readonly cursors: CursorStore;
  readonly schedules: PollScheduleStore;
  readonly failures: FailureStore;
  readonly reviews: ReviewStore;
}

export interface JobContext {
  readonly job: MailboxJob;
  readonly scope: ReconcileScope;
  /** UTC milliseconds: no new piece of work is begun after that. */
  readonly until: number;
}

/** What a piece of work came to. */
export interface JobStep {
  readonly cursor: JobCursor;
  readonly progress: MailboxJob['progress'];
  readonly counts: MailboxJob['counts'];
  /** Absent: there is more to do. */
  readonly end?: { readonly state: 'done' | 'refused' | 'failed' | 'stopped'; readonly text: string };
  /** Cannot go on now. */
  readonly wait?: { readonly afterMs: number; readonly text: string };
}

/** One kind of job: does a piece of it and says where to go on. Safe to repeat from the cursor it was given. */
export type JobWork = (deps: JobDeps, context: JobContext) => Promise<JobStep>;

/** Counts with some of them larger. */
export function counted(counts: MailboxJob['counts'], more: Readonly<Record<string, number>>): MailboxJob['counts'] {
  const sum = { ...counts };
  for (const [name, by] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + by;
  return sum;
}

/** The step that leaves everything as it is, but for what is given. */
export const stepOf = ({ job }: Pick<JobContext, 'job'>, changes: Partial<JobStep>): JobStep => ({
  cursor: cursorOf(job),
  progress: job.progress,
  counts: job.counts,
  ...changes,
});

/** The kinds of items that a mailbox syncs. */
export const enabledKinds = (mailbox: Mailbox, profile: EmailServerProfile): ItemKind[] =>
  ItemKind.options.filter((kind) => isEnabled(mailbox, profile, processOf(kind)));

/** Whether calls may be made for a kind: its process is not disabled by trouble. */
export async function isKindWell(
  deps: Pick<JobDeps, 'statuses'>,
  scope: ReconcileScope,
  kind: ItemKind,
): Promise<boolean> {
  const status = await deps.statuses.find(mailboxKeyOf(scope), processOf(kind));
  return status === undefined || status.value.status === 'notEnabled' || isActive(status.value);
}

export const waitForWellMs = 10 * 60_000;

/** The next kind to work on: `done` when none is left, `waiting` when those left are disabled by trouble. */
export async function nextKind(
  deps: Pick<JobDeps, 'statuses'>,
  { job, scope }: JobContext,
  kinds: readonly ItemKind[],
): Promise<ItemKind | 'done' | 'waiting'> {
  const { done } = cursorOf(job);
  const left = kinds.filter((kind) => !done.includes(kind));
  for (const kind of left) if (await isKindWell(deps, scope, kind)) return kind;
  return left.length === 0 ? 'done' : 'waiting';
}

export const waitingForWell: NonNullable<JobStep['wait']> = {
  afterMs: waitForWellMs,
  text: 'Waits: the mailbox is disabled after trouble with Exchange. Mend it and enable it; the job then goes on by itself.',
};
