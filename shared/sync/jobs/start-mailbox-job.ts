import type { MailboxKey } from '../../domain/item-mapping.ts';
import { cursorOf, type JobInput } from '../../domain/job-cursor.ts';
import type { JobMessage } from '../../domain/job-message.ts';
import { isUnfinished, type JobKind, type MailboxJob } from '../../domain/mailbox-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { MessageQueue } from '../../ports/message-queue.ts';
import { StoreConflict } from '../../ports/stored.ts';

export interface StartJobDeps {
  readonly jobs: JobStore;
  readonly jobMessages: MessageQueue<JobMessage>;
  readonly clock: Clock;
}

export interface JobWanted {
  readonly kind: JobKind;
  /** `engine`, or the id of an admin. */
  readonly by: string;
  readonly input?: JobInput;
  /** Not before that many milliseconds have passed. */
  readonly afterMs?: number;
}

export interface Started {
  /** `running`: there is one of this kind already, and that is the one given. */
  readonly outcome: 'started' | 'running';
  readonly job: MailboxJob;
}

const mostKept = 10;

/**
 * Starts a job; never a second one of its kind on one mailbox. The row comes first, then the message: dying between leaves a row
 * whose message mendJobs sends.
 */
export async function startMailboxJob(deps: StartJobDeps, mailbox: MailboxKey, wanted: JobWanted): Promise<Started> {
  const started = await insertMailboxJob(deps, mailbox, wanted);
  if (started.outcome === 'started') await sendJobOn(deps, started.job, wanted.afterMs);
  return started;
}

/** Only the row: what waits for the job waits from now on. */
export async function insertMailboxJob(
  { jobs, clock }: Pick<StartJobDeps, 'jobs' | 'clock'>,
  mailbox: MailboxKey,
  { kind, by, input }: JobWanted,
): Promise<Started> {
  const known = await jobs.list(mailbox.organizationId, { mailboxId: mailbox.mailboxId, kind });
  const running = known.find(isUnfinished);
  if (running !== undefined) return { outcome: 'running', job: running };
  const at = clock.now().toISOString();
  // Numbered, so that of two who start one at the same moment one is refused.
  const number = 1 + Math.max(0, ...known.map(({ id }) => Number(id.slice(id.lastIndexOf('-') + 1)) || 0));
  const job: MailboxJob = {
    ...mailbox,
    id: `${kind}-${number}`,
    kind,
    state: 'waiting',
    by,
    createdAt: at,
    updatedAt: at,
    progress: { done: 0 },
    counts: {},
    ...(input === undefined ? {} : { input: JSON.stringify(input) }),
  };
  try {
    await jobs.save(job);
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    const theirs = await jobs.find(mailbox, job.id);
    if (theirs === undefined) throw error;
    return { outcome: 'running', job: theirs.value };
  }
  for (const { id } of known.slice(mostKept)) await jobs.remove(mailbox, id);
  return { outcome: 'started', job };
}

/** Asks for the next slice of a job. */
export async function sendJobOn(
  { jobMessages, clock }: Pick<StartJobDeps, 'jobMessages' | 'clock'>,
  job: MailboxJob,
  afterMs = 0,
): Promise<void> {
  const { organizationId, mailboxId, id } = job;
  const at = new Date(clock.now().getTime() + afterMs);
  const body = { kind: 'job', schema: 1, organizationId, mailboxId, jobId: id, hop: cursorOf(job).hop } as const;
  await jobMessages.send([{ body, at }]);
}

/** How long a job may stand without a sign before its message counts as lost: longer than any pause between two slices. */
const silentForMs = 40 * 60_000;

/** Sends the messages of jobs that lost theirs. */
export async function mendJobs(deps: StartJobDeps, organization: MailboxKey['organizationId']): Promise<void> {
  const now = deps.clock.now().getTime();
  for (const job of await deps.jobs.listUnfinished(organization)) {
    const { leaseUntil, updatedAt } = job;
    const never = cursorOf(job).hop === 0;
    const silent = now - Date.parse(updatedAt) > (never ? silentForMs / 4 : silentForMs);
    if (silent && !(Date.parse(leaseUntil ?? '') > now)) await sendJobOn(deps, job);
  }
}

/** Ends a job before its end; false when there is none to end. What it did stays done. */
export async function stopMailboxJob(
  { jobs, clock }: Pick<StartJobDeps, 'jobs' | 'clock'>,
  mailbox: MailboxKey,
  id: string,
  by: string,
): Promise<boolean> {
  const job = await jobs.find(mailbox, id);
  if (job === undefined || job.value.state === 'done' || job.value.state === 'stopped') return false;
  const updatedAt = clock.now().toISOString();
  await jobs.save({ ...job.value, state: 'stopped', updatedAt, text: `Stopped by ${by}.` }, job.etag);
  return true;
}
