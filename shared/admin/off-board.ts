import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import { JobCursor } from '../domain/job-cursor.ts';
import type { JobMessage } from '../domain/job-message.ts';
import { isUnfinished, type MailboxJob } from '../domain/mailbox-job.ts';
import { type ItemsAfter, OffBoarding, offBoarded } from '../domain/off-boarding.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import { StoreConflict } from '../ports/stored.ts';
import { sendJobOn } from '../sync/jobs/start-mailbox-job.ts';
import { type StopDeps, stopMailbox, stopOrganization } from './stop-syncing.ts';

export interface OffBoardDeps extends StopDeps {
  readonly jobMessages: MessageQueue<JobMessage>;
}

export type OffBoardingStarted =
  /** `running`: it is under way already, and that job is the one given. */
  { readonly outcome: 'started' | 'running'; readonly job: MailboxJob } | { readonly outcome: 'unknown' };

/**
 * Ends the synchronisation of a mailbox for good: from this call on nothing is synced any more; the job then takes the items out of
 * Exchange, if that is wanted, and erases all that is kept of the mailbox. Calling it again does no harm.
 */
export async function offBoardMailbox(
  deps: OffBoardDeps,
  organizationId: OrganizationId,
  mailboxId: MailboxId,
  wish: { readonly items: ItemsAfter; readonly by: string },
): Promise<OffBoardingStarted> {
  const isThere = (await deps.directory.findMailbox(organizationId, mailboxId)) !== undefined;
  const started = await begin(deps, organizationId, `mailbox-${mailboxId}`, { ...wish, mailboxId }, isThere);
  if (started.outcome !== 'unknown') await stopMailbox(deps, { organizationId, mailboxId });
  return sentOn(deps, started);
}

/** Ends all that is done for an organization, as offBoardMailbox does for one mailbox. Its receipts stay. */
export async function offBoardOrganization(
  deps: OffBoardDeps,
  organizationId: OrganizationId,
  wish: { readonly items: ItemsAfter; readonly by: string },
): Promise<OffBoardingStarted> {
  const isThere = (await deps.directory.findOrganization(organizationId)) !== undefined;
  const started = await begin(deps, organizationId, 'organization', wish, isThere);
  if (started.outcome !== 'unknown') await stopOrganization(deps, organizationId);
  return sentOn(deps, started);
}

/** The row comes first: what dies after it is gone on with by mendJobs. */
async function begin(
  { jobs, clock }: OffBoardDeps,
  organizationId: OrganizationId,
  name: string,
  { by, ...wish }: OffBoarding & { readonly by: string },
  isThere: boolean,
): Promise<OffBoardingStarted> {
  const key = { organizationId, mailboxId: offBoarded };
  for (let number = 1; ; number++) {
    const id = `${name}-${number}`;
    const known = await jobs.find(key, id);
    if (known !== undefined && isUnfinished(known.value)) return { outcome: 'running', job: known.value };
    if (known !== undefined) continue;
    if (!isThere) return { outcome: 'unknown' };
    const at = clock.now().toISOString();
    const job: MailboxJob = {
      ...key,
      ...({ id, kind: 'offBoard', state: 'waiting', by, createdAt: at, updatedAt: at } as const),
      progress: { done: 0 },
      counts: {},
      cursor: JSON.stringify(JobCursor.parse({})),
      input: JSON.stringify(OffBoarding.parse(wish)),
    };
    try {
      await jobs.save(job);
      return { outcome: 'started', job };
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      // Somebody else has just begun it: the next look finds his row.
      number -= 1;
    }
  }
}

async function sentOn(deps: OffBoardDeps, started: OffBoardingStarted): Promise<OffBoardingStarted> {
  if (started.outcome === 'started') await sendJobOn(deps, started.job);
  return started;
}
