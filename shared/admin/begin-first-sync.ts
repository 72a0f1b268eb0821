import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import { type ItemKind, processOf } from '../domain/item.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { inputOf } from '../domain/job-cursor.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import { isUnfinished, type MailboxJob } from '../domain/mailbox-job.ts';
import type { StatusStore } from '../ports/status-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { kindsWithFirstSync } from '../sync/jobs/first-sync-gate.ts';
import { enabledKinds } from '../sync/jobs/job-types.ts';
import { insertMailboxJob, type JobWanted, type StartJobDeps, sendJobOn } from '../sync/jobs/start-mailbox-job.ts';

/**
 * What is switched on for the first time is matched before it is synced. The job's row must be there before the mailbox or the
 * profile is saved, so that no change slips through; the function returned, called after it was saved, sets the job going.
 */
export async function beginFirstSync(
  deps: { readonly statuses: StatusStore; readonly firstSyncs?: StartJobDeps },
  mailbox: Mailbox,
  profile: EmailServerProfile,
): Promise<() => Promise<void>> {
  const { firstSyncs } = deps;
  if (firstSyncs === undefined || mailbox.crmUserId === undefined) return async () => {};
  const key = { organizationId: mailbox.organizationId, mailboxId: mailbox.id };
  const fresh: ItemKind[] = [];
  for (const kind of enabledKinds(mailbox, profile)) {
    const status = await deps.statuses.find(key, processOf(kind));
    if (status === undefined || status.value.status === 'notEnabled') fresh.push(kind);
  }
  if (fresh.length === 0) return async () => {};
  const matched = await kindsWithFirstSync(firstSyncs.jobs, key);
  const kinds = fresh.filter((kind) => !matched.has(kind));
  if (kinds.length === 0) return async () => {};
  const job = await insertOrExtend(firstSyncs, key, kinds);
  return async () => {
    if (job !== undefined) await sendJobOn(firstSyncs, job);
  };
}

const rounds = 5;

/** The job that was made, to be set going; undefined when there is one already, which then also matches these kinds. */
async function insertOrExtend(
  deps: StartJobDeps,
  key: MailboxKey,
  kinds: readonly ItemKind[],
): Promise<MailboxJob | undefined> {
  for (let round = 0; round < rounds; round++) {
    const wanted: JobWanted = { kind: 'firstSync', by: 'engine', input: { kinds: [...kinds] } };
    const { outcome, job } = await insertMailboxJob(deps, key, wanted);
    if (outcome === 'started') return job;
    const running = await deps.jobs.find(key, job.id);
    if (running === undefined || !isUnfinished(running.value)) continue;
    const input = inputOf(running.value);
    if (input.kinds === undefined) return undefined;
    const all = { ...input, kinds: [...new Set([...input.kinds, ...kinds])] };
    try {
      await deps.jobs.save({ ...running.value, input: JSON.stringify(all) }, running.etag);
      return undefined;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
  throw new StoreConflict('the first sync of the mailbox');
}
