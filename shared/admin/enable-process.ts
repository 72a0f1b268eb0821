import type { ChangeMessage } from '../domain/change-message.ts';
import { type ItemKind, processOf } from '../domain/item.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { toSyncError } from '../domain/sync-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { ExchangeGateway, MailboxAccess } from '../ports/exchange-gateway.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { PollScheduleStore } from '../ports/poll-schedule-store.ts';
import type { Random } from '../ports/random.ts';
import type { StatusStore } from '../ports/status-store.ts';
import { enabledKinds } from '../sync/jobs/job-types.ts';
import { type StartJobDeps, sendJobOn } from '../sync/jobs/start-mailbox-job.ts';

export interface EnableDeps {
  readonly directory: DirectoryStore;
  readonly exchange: ExchangeGateway;
  readonly statuses: StatusStore;
  readonly schedules: PollScheduleStore;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent where there are no jobs. */
  readonly firstSyncs?: StartJobDeps;
}

export type Enabled =
  | { readonly outcome: 'enabled' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused'; readonly code: string; readonly text: string };

/**
 * Ends the disabled state of all that a mailbox syncs, of each kind once one call to its folder succeeds. What was held for the
 * mailbox is sent on, and jobs that waited for it go on. Refused, with the first reason, where any folder still refuses.
 */
export async function enableProcess(deps: EnableDeps, key: MailboxKey): Promise<Enabled> {
  const mailbox = await deps.directory.findMailbox(key.organizationId, key.mailboxId);
  const profile = mailbox && (await deps.directory.findProfile(key.organizationId, mailbox.value.profileId));
  if (mailbox === undefined || profile === undefined) return { outcome: 'unknown' };
  const access = { mailbox: mailbox.value, profile: profile.value };
  const kinds = enabledKinds(mailbox.value, profile.value);
  if (kinds.length === 0) {
    return {
      outcome: 'refused',
      code: 'NotEnabled',
      text: 'Approve the mailbox and switch on what it is to sync first.',
    };
  }
  const refusals: Enabled[] = [];
  for (const kind of kinds) {
    const refusal = await enableKind(deps, key, access, kind);
    if (refusal !== undefined) refusals.push(refusal);
  }
  if (refusals.length < kinds.length) await wake(deps, key, access);
  return refusals[0] ?? { outcome: 'enabled' };
}

async function enableKind(
  { exchange, statuses, clock }: EnableDeps,
  key: MailboxKey,
  access: MailboxAccess,
  kind: ItemKind,
): Promise<Enabled | undefined> {
  try {
    await exchange.probe(access, kind);
  } catch (thrown) {
    const error = toSyncError(thrown);
    return { outcome: 'refused', code: error.code, text: error.message };
  }
  const process = processOf(kind);
  const before = await statuses.find(key, process);
  const since = clock.now().toISOString();
  await statuses.save(key, process, { status: 'unattempted', since, failuresInARow: 0 }, before?.etag);
  return undefined;
}

async function wake(deps: EnableDeps, key: MailboxKey, { mailbox }: MailboxAccess): Promise<void> {
  const { schedules, clock, random, firstSyncs } = deps;
  const now = clock.now().toISOString();
  const schedule = await schedules.find(key);
  const { profileId } = mailbox;
  await schedules.save(key, { ...schedule?.value, mailboxId: key.mailboxId, profileId, dueAt: now }, schedule?.etag);
  await deps.changes.send([
    { body: { kind: 'wakeUp', schema: 1, scope: { kind: 'mailbox', ...key }, pauseId: random.id(), hop: 0 } },
  ]);
  if (firstSyncs === undefined) return;
  const jobs = await firstSyncs.jobs.list(key.organizationId, { mailboxId: key.mailboxId });
  for (const job of jobs) if (job.state === 'waiting') await sendJobOn(firstSyncs, job);
}
