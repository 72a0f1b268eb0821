import { ItemKind } from '../../domain/item.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { cursorOf, inputOf } from '../../domain/job-cursor.ts';
import { isUnfinished, type MailboxJob } from '../../domain/mailbox-job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { recently } from '../recently.ts';

/** Whether a mailbox's items of a kind are still to be matched with its records: until then nothing is made of either. */
export type FirstSyncGate = (mailbox: MailboxKey, kind: ItemKind) => Promise<boolean>;

/** Asked with each change: that nothing is pending is believed for five seconds, that something is never is. */
const believedForMs = 5_000;

/**
 * A new mailbox's row is saved after that of its first sync, and the gate is asked only for mailboxes that are enabled: it is
 * never believed open because it was asked too early.
 */
export function firstSyncGate(jobs: JobStore, clock: Clock): FirstSyncGate {
  const open = recently<boolean>(clock, believedForMs);
  return (mailbox, kind) => {
    const key = `${mailbox.organizationId}|${mailbox.mailboxId}|${kind}`;
    return open.get(key, async () => {
      const pending = await isFirstSyncPending(jobs, mailbox, kind);
      if (pending) open.forget(key);
      return pending;
    });
  };
}

/** One that failed still holds back: what it did not match would be doubled. An admin starts another, or stops it. */
async function isFirstSyncPending(jobs: JobStore, mailbox: MailboxKey, kind: ItemKind): Promise<boolean> {
  const latest = (await firstSyncsOf(jobs, mailbox)).find((job) => isAbout(job, kind));
  if (latest === undefined || latest.state === 'done' || latest.state === 'stopped') return false;
  return !cursorOf(latest).done.includes(kind);
}

/** Kinds that were matched, or are being matched. */
export async function kindsWithFirstSync(jobs: JobStore, mailbox: MailboxKey): Promise<Set<ItemKind>> {
  const all = await firstSyncsOf(jobs, mailbox);
  const matching = all.filter(isUnfinished).flatMap((job) => inputOf(job).kinds ?? ItemKind.options);
  return new Set([...matching, ...all.flatMap((job) => cursorOf(job).done)]);
}

const firstSyncsOf = (jobs: JobStore, { organizationId, mailboxId }: MailboxKey): Promise<MailboxJob[]> =>
  jobs.list(organizationId, { mailboxId, kind: 'firstSync' });

const isAbout = (job: MailboxJob, kind: ItemKind): boolean => inputOf(job).kinds?.includes(kind) ?? true;
