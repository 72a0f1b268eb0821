import type { ChangeMessage, ExchangeChange, PollMessage } from '../domain/change-message.ts';
import type { EmailServerProfile } from '../domain/email-server-profile.ts';
import type { MailboxId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { isEnabled } from '../domain/mailbox.ts';
import { isActive } from '../domain/mailbox-status.ts';
import { toSyncError } from '../domain/sync-error.ts';
import type { CursorStore } from '../ports/cursor-store.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { ExchangeGateway, ItemChange, MailboxAccess } from '../ports/exchange-gateway.ts';
import type { MappingStore } from '../ports/mapping-store.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { PollSchedule, PollScheduleStore } from '../ports/poll-schedule-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { isPaused, type PauseDeps, pauseScope } from './pause-scope.ts';
import { reportFailure, reportSuccess, type StatusDeps } from './report-status.ts';
import { secretOf } from './resolve-scope.ts';

export interface PollDeps extends PauseDeps, StatusDeps {
  readonly directory: DirectoryStore;
  readonly exchange: ExchangeGateway;
  readonly mappings: MappingStore;
  readonly cursors: CursorStore;
  readonly schedules: PollScheduleStore;
  readonly secrets: SecretStore;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly polls: MessageQueue<PollMessage>;
}

const folder = 'calendar';
/** Two minutes is the longest a handler may take; what is not begun after 90 seconds is sent again. */
const beginWithinMs = 90_000;
const leaseMs = 150_000;
/** A mailbox that changed in the last ten minutes is looked at each time, a quiet one less and less often. */
const hotForMs = 10 * 60_000;
const quietestFactor = 5;
const checkEveryMs = 10 * 60_000;
const together = 4;

/** Looks what changed in each mailbox of the message. Each has its own lease and its own outcome. */
export async function pollMailboxes(deps: PollDeps, message: PollMessage): Promise<void> {
  const begun = deps.clock.now().getTime();
  const waiting = [...message.mailboxIds];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (deps.clock.now().getTime() - begun > beginWithinMs) {
        waiting.push(next);
        return;
      }
      await pollOne(deps, { organizationId: message.organizationId, mailboxId: next });
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  if (waiting.length > 0) {
    await deps.polls.send([
      { body: { ...message, mailboxIds: waiting as MailboxId[], dueAt: deps.clock.now().toISOString() } },
    ]);
  }
}

async function pollOne(deps: PollDeps, key: MailboxKey): Promise<void> {
  const access = await accessOf(deps, key);
  const schedule = await deps.schedules.find(key);
  if (access === undefined || schedule === undefined) return;
  const now = deps.clock.now();
  if (Date.parse(schedule.value.leaseUntil ?? '') > now.getTime()) return;
  let leased: Stored<PollSchedule>;
  try {
    const value = { ...schedule.value, leaseUntil: new Date(now.getTime() + leaseMs).toISOString() };
    leased = { value, etag: await deps.schedules.save(key, value, schedule.etag) };
  } catch (error) {
    if (error instanceof StoreConflict) return;
    throw error;
  }
  let changed = false;
  let checked: PollSchedule | undefined;
  try {
    if (await mayCall(deps, key, access)) {
      changed = await readChanges(deps, key, access);
      checked = await checkUnseen(deps, key, leased.value);
      await reportSuccess(deps, key, 'appointments');
    }
  } catch (error) {
    await settleError(deps, key, access, error);
  }
  await plan(deps, key, access.profile, { value: checked ?? leased.value, etag: leased.etag }, changed);
}

async function accessOf(
  { directory }: PollDeps,
  { organizationId, mailboxId }: MailboxKey,
): Promise<MailboxAccess | undefined> {
  const mailbox = await directory.findMailbox(organizationId, mailboxId);
  const profile = mailbox && (await directory.findProfile(organizationId, mailbox.value.profileId));
  return mailbox && profile && { mailbox: mailbox.value, profile: profile.value };
}

/** Whether the mailbox is wanted, well, and not standing still. */
async function mayCall(deps: PollDeps, key: MailboxKey, { mailbox, profile }: MailboxAccess): Promise<boolean> {
  if (!isEnabled(mailbox, profile, 'appointments')) return false;
  const status = await deps.statuses.find(key, 'appointments');
  if (status !== undefined && !isActive(status.value)) return false;
  const { organizationId } = key;
  return !(
    (await isPaused(deps, { kind: 'profile', organizationId, profileId: mailbox.profileId })) ||
    (await isPaused(deps, { kind: 'mailbox', ...key }))
  );
}

/** Reads page after page. A page's changes are all on the queue before its SyncState is saved: dying between repeats the page. */
async function readChanges(deps: PollDeps, key: MailboxKey, access: MailboxAccess): Promise<boolean> {
  let state = await deps.cursors.findSyncState(key, folder);
  let changed = false;
  for (let more = true; more; ) {
    const page = await deps.exchange.listCalendarChanges(access, state?.value);
    const news = await withoutEchoes(deps, key, page.changes);
    changed ||= news.length > 0;
    await deps.changes.send(news.map((change) => ({ body: messageOf(deps, key, change) })));
    try {
      const etag = await deps.cursors.saveSyncState(key, folder, page.syncState, state?.etag);
      state = { value: page.syncState, etag };
    } catch (error) {
      // Somebody else reads the same mailbox: what we queued twice does no harm, the cursor is theirs.
      if (error instanceof StoreConflict) return changed;
      throw error;
    }
    more = page.more;
  }
  return changed;
}

/** Leaves out what our own writes caused: the item has just the change key that our last write gave, and was read back since. */
async function withoutEchoes(deps: PollDeps, key: MailboxKey, changes: readonly ItemChange[]): Promise<ItemChange[]> {
  const entries = await deps.mappings.findByItems(
    key,
    changes.map(({ itemId }) => itemId),
  );
  const records = [...entries.values()].flatMap((entry) => (entry.state === 'mapped' ? [entry.recordId] : []));
  const mappings = await deps.mappings.findByRecords(key, records);
  return changes.filter(({ kind, itemId, changeKey }) => {
    const entry = entries.get(itemId);
    if (kind === 'deleted') return entry !== undefined;
    const mapping = entry?.state === 'mapped' ? mappings.get(entry.recordId)?.value : undefined;
    return !(
      mapping?.state === 'live' &&
      mapping.itemId === itemId &&
      mapping.changeKey === changeKey &&
      mapping.confirmed
    );
  });
}

function messageOf({ clock }: PollDeps, key: MailboxKey, { kind, itemId, changeKey }: ItemChange): ExchangeChange {
  return {
    kind: 'exchangeChange',
    schema: 1,
    ...key,
    itemId,
    ...(changeKey === undefined ? {} : { changeKey }),
    reason: kind,
    attempt: 1,
    hop: 0,
    lagged: 0,
    seenAt: clock.now().toISOString(),
  };
}

/**
 * An item that we made and the user deleted before any poll is in no feed: Exchange tells only of the end of items it told of.
 * So every ten minutes those that no feed has confirmed are looked at by their ids.
 */
async function checkUnseen(deps: PollDeps, key: MailboxKey, schedule: PollSchedule): Promise<PollSchedule> {
  const now = deps.clock.now();
  if (Date.parse(schedule.lastCheckedAt ?? '') > now.getTime() - checkEveryMs) return schedule;
  for await (const { value } of deps.mappings.listLive(key)) {
    if (value.confirmed) continue;
    await deps.changes.send([
      {
        body: {
          ...messageOf(deps, key, { kind: 'updated', itemId: value.itemId, changeKey: undefined }),
          reason: 'check',
        },
      },
    ]);
  }
  return { ...schedule, lastCheckedAt: now.toISOString() };
}

async function settleError(deps: PollDeps, key: MailboxKey, access: MailboxAccess, thrown: unknown): Promise<void> {
  const error = toSyncError(thrown);
  const { remedy } = error;
  deps.log.warn({ ...key, code: error.code, remedy: remedy.kind }, 'poll failed');
  if (remedy.kind === 'resync') {
    // From the start: everything is listed as created, mapped items are recognised, nothing is deleted.
    await deps.cursors.forgetSyncState(key, folder);
    return;
  }
  if (remedy.kind === 'pause' || (remedy.kind === 'disable' && remedy.scope !== 'mailbox')) {
    const own = access.mailbox.ownAuthentication !== undefined || remedy.scope === 'mailbox';
    const { organizationId } = key;
    const scope = own
      ? ({ kind: 'mailbox', ...key } as const)
      : ({ kind: 'profile', organizationId, profileId: access.mailbox.profileId } as const);
    const version = error.kind === 'unauthorized' ? (await deps.secrets.read(secretOf(access))).version : undefined;
    await pauseScope(deps, scope, error, version);
  }
  await reportFailure(deps, key, 'appointments', error.status ?? 'notSyncing', error.code);
}

/** When to look again: at the profile's pace while things change, up to five times slower when nothing does. */
async function plan(
  deps: PollDeps,
  key: MailboxKey,
  profile: EmailServerProfile,
  polled: Stored<PollSchedule>,
  changed: boolean,
): Promise<void> {
  const now = deps.clock.now();
  const lastChangeAt = changed ? now.toISOString() : polled.value.lastChangeAt;
  const quietMs = lastChangeAt === undefined ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(lastChangeAt);
  const factor = Math.min(Math.max(1, quietMs / hotForMs), quietestFactor);
  const dueAt = new Date(now.getTime() + profile.minimumPollingIntervalMinutes * 60_000 * factor).toISOString();
  const { leaseUntil: _, ...rest } = polled.value;
  await endLease(deps, key, polled, {
    ...rest,
    dueAt,
    lastPolledAt: now.toISOString(),
    ...(lastChangeAt ? { lastChangeAt } : {}),
  });
}

const endLeaseRounds = 3;

/**
 * Saves the row without its lease. Whoever wrote meanwhile (the schedule put it off, an admin wants a look at once) kept our
 * lease in it: left there, it would keep everybody out until it runs out. Of both due times the earlier one counts.
 */
async function endLease(
  { schedules }: PollDeps,
  key: MailboxKey,
  { value: { leaseUntil }, etag }: Stored<PollSchedule>,
  planned: PollSchedule,
): Promise<void> {
  let next = planned;
  let basis = etag;
  for (let round = 0; round < endLeaseRounds; round++) {
    try {
      await schedules.save(key, next, basis);
      return;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
    const fresh = await schedules.find(key);
    if (fresh === undefined || fresh.value.leaseUntil !== leaseUntil) return;
    const dueAt = fresh.value.dueAt < planned.dueAt ? fresh.value.dueAt : planned.dueAt;
    next = { ...planned, profileId: fresh.value.profileId, dueAt };
    basis = fresh.etag;
  }
}
