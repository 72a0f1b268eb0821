import type { PollMessage } from '../domain/change-message.ts';
import { ItemKind, processOf } from '../domain/item.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { isEnabled } from '../domain/mailbox.ts';
import { isActive } from '../domain/mailbox-status.ts';
import { toSyncError } from '../domain/sync-error.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { MailboxAccess } from '../ports/exchange-gateway.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import { StoreConflict, StoreUnavailable } from '../ports/stored.ts';
import { unavailableForMs } from './apply-change.ts';
import type { FirstSyncGate } from './jobs/first-sync-gate.ts';
import type { SweepStarter } from './jobs/start-sweeps.ts';
import { isPaused, type PauseDeps, pauseScope } from './pause-scope.ts';
import { endLease, type Lease, type LeaseDeps, type Polled, takeLease } from './poll-lease.ts';
import { checkUnconfirmed, type FeedDeps, folderOf, readMailboxFeed } from './read-mailbox-feed.ts';
import { reportFailure, reportSuccess, type StatusDeps } from './report-status.ts';
import { exchangeScopeOf, findActiveOrganization, refusedVersion, secretOf } from './resolve-scope.ts';

export interface PollDeps extends PauseDeps, StatusDeps, FeedDeps, LeaseDeps {
  readonly directory: DirectoryStore;
  readonly secrets: SecretStore;
  readonly polls: MessageQueue<PollMessage>;
  readonly firstSync: FirstSyncGate;
  readonly startSweeps: SweepStarter;
}

/** Two minutes is the longest a handler may take; what is not begun after 90 seconds is sent again, and a feed read no further. */
const beginWithinMs = 90_000;
const together = 4;

/** Looks what changed in each mailbox of the message. Each has its own lease and its own outcome. */
export async function pollMailboxes(deps: PollDeps, message: PollMessage): Promise<void> {
  const { organizationId } = message;
  // With the CRM switched off nothing is read: a cursor that moved on would lose what it passed.
  if ((await findActiveOrganization(deps.directory, organizationId)) === undefined) return;
  const end = deps.clock.now().getTime() + beginWithinMs;
  const waiting = [...message.mailboxIds];
  const worker = async () => {
    while (deps.clock.now().getTime() <= end) {
      const mailboxId = waiting.shift();
      if (mailboxId === undefined) return;
      await pollOne(deps, { organizationId, mailboxId }, end);
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  if (waiting.length === 0) return;
  await deps.polls.send([{ body: { ...message, mailboxIds: waiting, dueAt: deps.clock.now().toISOString() } }]);
}

async function pollOne(deps: PollDeps, key: MailboxKey, end: number): Promise<void> {
  const access = await accessOf(deps, key);
  if (access === undefined) return;
  const leased = await takeLease(deps, key);
  if (leased === undefined) return;
  const feeds = await readFeeds(deps, key, access, end);
  await endLease(deps, key, access.profile, leased, await afterFeeds(deps, key, access, leased, feeds));
}

interface Feeds {
  readonly changed: boolean;
  readonly more: boolean;
  readonly read: number;
  readonly failed: boolean;
  readonly notBefore: string | undefined;
}

/** Each folder has its own trouble: tasks that cannot be read do not keep the calendar from being read. */
async function readFeeds(deps: PollDeps, key: MailboxKey, access: MailboxAccess, end: number): Promise<Feeds> {
  let feeds: Feeds = { changed: false, more: false, read: 0, failed: false, notBefore: undefined };
  for (const kind of ItemKind.options) {
    if (!isEnabled(access.mailbox, access.profile, processOf(kind))) continue;
    try {
      if (!(await mayCall(deps, key, access, kind))) continue;
      const { changed, more } = await readMailboxFeed(deps, key, access, kind, end);
      feeds = { ...feeds, changed: feeds.changed || changed, more: feeds.more || more, read: feeds.read + 1 };
      await reportSuccess(deps, key, processOf(kind));
    } catch (error) {
      const notBefore = laterOf(feeds.notBefore, await settleError(deps, key, access, kind, error));
      feeds = { ...feeds, failed: true, notBefore };
    }
  }
  return feeds;
}

/** What the feeds cannot tell is looked for once they are read to their ends. */
async function afterFeeds(
  deps: PollDeps,
  key: MailboxKey,
  access: MailboxAccess,
  { value: schedule, unfinished }: Lease,
  { changed, more, read, failed, notBefore }: Feeds,
): Promise<Polled> {
  const { lastCheckedAt } = schedule;
  const polled = { changed, more, notBefore, lastCheckedAt, finished: !unfinished && !failed };
  if (more || failed || read === 0) return polled;
  try {
    const checked = await checkUnconfirmed(deps, key, schedule, unfinished);
    return { ...polled, finished: true, lastCheckedAt: checked.lastCheckedAt };
  } catch (error) {
    return { ...polled, finished: false, notBefore: await settleError(deps, key, access, 'appointment', error) };
  }
}

const laterOf = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

async function accessOf(
  { directory }: PollDeps,
  { organizationId, mailboxId }: MailboxKey,
): Promise<MailboxAccess | undefined> {
  const mailbox = await directory.findMailbox(organizationId, mailboxId);
  const profile = mailbox && (await directory.findProfile(organizationId, mailbox.value.profileId));
  return mailbox && profile && { mailbox: mailbox.value, profile: profile.value };
}

/** Whether the process is well and its mailbox does not stand still. */
async function mayCall(deps: PollDeps, key: MailboxKey, { mailbox }: MailboxAccess, kind: ItemKind): Promise<boolean> {
  const status = await deps.statuses.find(key, processOf(kind));
  if (status !== undefined && !isActive(status.value)) return false;
  // Read now, the feed would tell of what is not matched yet.
  if (await deps.firstSync(key, kind)) return false;
  const { organizationId } = key;
  return !(
    (await isPaused(deps, { kind: 'profile', organizationId, profileId: mailbox.profileId })) ||
    (await isPaused(deps, { kind: 'mailbox', ...key }))
  );
}

/** Acts on trouble as its remedy says; gives the time before which not to try again. */
async function settleError(
  deps: PollDeps,
  key: MailboxKey,
  access: MailboxAccess,
  kind: ItemKind,
  thrown: unknown,
): Promise<string | undefined> {
  if (thrown instanceof StoreUnavailable || thrown instanceof StoreConflict) {
    // Our own trouble says nothing of the mailbox.
    deps.log.warn({ ...key }, 'a store cannot be reached: the mailbox is polled again shortly');
    return new Date(deps.clock.now().getTime() + unavailableForMs).toISOString();
  }
  const error = toSyncError(thrown);
  const { remedy } = error;
  deps.log.warn({ ...key, code: error.code, remedy: remedy.kind }, 'poll failed');
  if (remedy.kind === 'resync') {
    // From the start: everything is listed as created, mapped items are recognised, nothing is deleted.
    await deps.cursors.forgetSyncState(key, folderOf(kind));
    // Nor does it tell what was deleted meanwhile: a sweep finds that.
    await deps.startSweeps(key.organizationId, key.mailboxId);
    return undefined;
  }
  if (remedy.kind === 'pause' || (remedy.kind === 'disable' && remedy.scope !== 'mailbox')) {
    const scope = exchangeScopeOf(access.mailbox, remedy.scope === 'mailbox' ? 'mailbox' : 'profile');
    await pauseScope(deps, scope, error, await refusedVersion(deps.secrets, error, secretOf(access)));
  }
  const after = await reportFailure(deps, key, processOf(kind), error.status ?? 'notSyncing', error);
  // A pause has its own wake-up; only what is retried on its own keeps to the growing pauses.
  return remedy.kind === 'retry' ? after?.nextTryAt : undefined;
}
