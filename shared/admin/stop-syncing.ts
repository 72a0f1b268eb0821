import type { OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { isUnfinished } from '../domain/mailbox-job.ts';
import { Process } from '../domain/process.ts';
import type { Clock } from '../ports/clock.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { PollScheduleStore } from '../ports/poll-schedule-store.ts';
import type { StatusStore } from '../ports/status-store.ts';
import { stopMailboxJob } from '../sync/jobs/start-mailbox-job.ts';

export interface StopDeps {
  readonly jobs: JobStore;
  readonly directory: DirectoryStore;
  readonly statuses: StatusStore;
  readonly schedules: PollScheduleStore;
  readonly clock: Clock;
}

/** From now on changes of the mailbox do nothing and nobody looks into it. What was begun before may still end. */
export async function stopMailbox(deps: StopDeps, key: MailboxKey): Promise<void> {
  const { directory, statuses, schedules, jobs, clock } = deps;
  const mailbox = await directory.findMailbox(key.organizationId, key.mailboxId);
  if (mailbox === undefined) return;
  if (mailbox.value.approval !== 'rejected')
    await directory.saveMailbox({ ...mailbox.value, approval: 'rejected' }, mailbox.etag);
  await schedules.remove(key);
  const others = await jobs.list(key.organizationId, { mailboxId: key.mailboxId });
  for (const { id } of others.filter(isUnfinished)) await stopMailboxJob(deps, key, id, 'engine');
  for (const process of Process.options) {
    const before = await statuses.find(key, process);
    if (before === undefined || before.value.status === 'notEnabled') continue;
    const since = clock.now().toISOString();
    await statuses.save(key, process, { status: 'notEnabled', since, failuresInARow: 0 }, before.etag);
  }
}

/** From now on all that comes for the organization waits, and nobody looks into its mailboxes. */
export async function stopOrganization({ directory }: Pick<StopDeps, 'directory'>, id: OrganizationId): Promise<void> {
  const organization = await directory.findOrganization(id);
  if (organization === undefined || organization.value.state === 'suspended') return;
  await directory.saveOrganization({ ...organization.value, state: 'suspended' }, organization.etag);
}
