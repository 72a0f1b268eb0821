import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import { isEnabled, type Mailbox } from '../domain/mailbox.ts';
import { Process } from '../domain/process.ts';
import type { Clock } from '../ports/clock.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { PollScheduleStore } from '../ports/poll-schedule-store.ts';
import type { StatusStore } from '../ports/status-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { enabledKinds } from '../sync/jobs/job-types.ts';
import { type StartJobDeps, startMailboxJob } from '../sync/jobs/start-mailbox-job.ts';
import { beginFirstSync } from './begin-first-sync.ts';

export interface SaveMailboxDeps {
  readonly directory: DirectoryStore;
  readonly statuses: StatusStore;
  readonly schedules: PollScheduleStore;
  readonly clock: Clock;
  /** Absent where mailboxes are made that nobody has used before. */
  readonly firstSyncs?: StartJobDeps;
}

/**
 * Enrols a mailbox or changes it: the first sync of what is switched on for the first time, the mailbox, a status for each process,
 * and its place in the schedule. Dying half-way is
 * mended by saving again. Gives the etag; rejects with StoreConflict when it changed since it was read.
 */
export async function saveMailbox(
  deps: SaveMailboxDeps,
  mailbox: Mailbox,
  profile: EmailServerProfile,
  etag?: string,
): Promise<string> {
  const firstSync = await beginFirstSync(deps, mailbox, profile);
  const saved = await deps.directory.saveMailbox(mailbox, etag);
  await followProfile(deps, mailbox, profile);
  await firstSync();
  return saved;
}

/** Brings the statuses and the schedule of a mailbox in line with what it and its profile want. */
export async function followProfile(
  deps: SaveMailboxDeps,
  mailbox: Mailbox,
  profile: EmailServerProfile,
): Promise<void> {
  let isOnAgain = false;
  for (const process of Process.options)
    if ((await saveStatus(deps, mailbox, profile, process)) === 'onAgain') isOnAgain = true;
  await saveSchedule(deps, mailbox, enabledKinds(mailbox, profile).length > 0);
  if (isOnAgain) await makeUp(deps, mailbox);
}

async function saveStatus(
  { statuses, clock }: SaveMailboxDeps,
  mailbox: Mailbox,
  profile: EmailServerProfile,
  process: Process,
): Promise<'onAgain' | undefined> {
  const key = { organizationId: mailbox.organizationId, mailboxId: mailbox.id };
  const before = await statuses.find(key, process);
  const enabled = isEnabled(mailbox, profile, process);
  if (before !== undefined && enabled === (before.value.status !== 'notEnabled')) return undefined;
  const status = enabled ? 'unattempted' : 'notEnabled';
  await unlessChanged(
    statuses.save(key, process, { status, since: clock.now().toISOString(), failuresInARow: 0 }, before?.etag),
  );
  return enabled && before !== undefined ? 'onAgain' : undefined;
}

/** What the CRM told of while it was switched off was of nobody's concern: a sweep finds it. */
async function makeUp({ firstSyncs }: SaveMailboxDeps, { organizationId, id, crmUserId }: Mailbox): Promise<void> {
  if (firstSyncs === undefined || crmUserId === undefined) return;
  const sweep = { kind: 'sweep', by: 'engine', afterMs: 10_000 } as const;
  await startMailboxJob(firstSyncs, { organizationId, mailboxId: id }, sweep);
}

async function saveSchedule({ schedules, clock }: SaveMailboxDeps, mailbox: Mailbox, enabled: boolean): Promise<void> {
  const key = { organizationId: mailbox.organizationId, mailboxId: mailbox.id };
  if (!enabled) return schedules.remove(key);
  const before = await schedules.find(key);
  if (before?.value.profileId === mailbox.profileId) return;
  const dueAt = clock.now().toISOString();
  await unlessChanged(
    schedules.save(key, { mailboxId: mailbox.id, profileId: mailbox.profileId, dueAt }, before?.etag),
  );
}

/** The engine wrote at the same moment: what it wrote is newer than what we meant to. */
async function unlessChanged(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
  }
}
