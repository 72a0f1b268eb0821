import type { PollMessage } from '../domain/change-message.ts';
import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import type { MailboxKey } from '../domain/item-mapping.ts';
import { isActive } from '../domain/mailbox-status.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { PollSchedule, PollScheduleStore } from '../ports/poll-schedule-store.ts';
import type { StatusStore } from '../ports/status-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { isPaused, type PauseDeps, sendOn, unresolvedMailbox } from './pause-scope.ts';

export interface ScheduleDeps extends PauseDeps {
  readonly directory: DirectoryStore;
  readonly schedules: PollScheduleStore;
  readonly statuses: StatusStore;
  readonly polls: MessageQueue<PollMessage>;
}

const mailboxesInMessage = 20;
/** A poll that was asked for and has not happened by then is asked for again. */
const askAgainAfterMs = 90_000;
/** A pause whose wake-up is this late has lost it. */
const wakeUpIsLostAfterMs = 120_000;
const mostOrphans = 1_000;

/** Asks for a look into every mailbox whose time has come, and mends pauses and held changes that nothing else would end. */
export async function schedulePolls(deps: ScheduleDeps): Promise<void> {
  for (const { id, state } of await deps.directory.listOrganizations()) {
    if (state !== 'active') continue;
    await askForPolls(deps, id);
    await mendPauses(deps, id);
  }
}

/** The messages go first, then the rows are put off: dying between asks twice, and the lease lets one of them poll. */
async function askForPolls(deps: ScheduleDeps, organizationId: OrganizationId): Promise<void> {
  const now = deps.clock.now();
  const due = await deps.schedules.listDue(organizationId, now.toISOString());
  const dueAt = now.toISOString();
  const messages = [...grouped(due)].map(([profileId, rows]) =>
    chunks(rows, mailboxesInMessage).map((some) => ({
      body: {
        kind: 'poll',
        schema: 1,
        organizationId,
        profileId,
        mailboxIds: some.map(({ mailboxId }) => mailboxId),
        dueAt,
      } as const,
    })),
  );
  await deps.polls.send(messages.flat());
  for (const { mailboxId } of due) await putOff(deps, { organizationId, mailboxId }, now.getTime() + askAgainAfterMs);
}

async function putOff({ schedules }: ScheduleDeps, key: MailboxKey, until: number): Promise<void> {
  const row = await schedules.find(key);
  if (row === undefined || Date.parse(row.value.dueAt) > until - askAgainAfterMs) return;
  try {
    await schedules.save(key, { ...row.value, dueAt: new Date(until).toISOString() }, row.etag);
  } catch (error) {
    // It is being polled already.
    if (!(error instanceof StoreConflict)) throw error;
  }
}

/** The safety net under wake-ups: a pause without one gets another; held changes of scopes that go on are sent on. */
async function mendPauses(deps: ScheduleDeps, organizationId: OrganizationId): Promise<void> {
  const now = deps.clock.now().getTime();
  const pauses = await deps.pauses.list(organizationId);
  const lost = pauses.filter(({ until }) => Date.parse(until) < now - wakeUpIsLostAfterMs);
  await deps.changes.send(
    lost.map(({ scope, id }) => ({
      body: { kind: 'wakeUp', schema: 1, scope, pauseId: id, hop: Math.floor(now / 60_000) } as const,
    })),
  );
  await sendOrphansOn(deps, organizationId);
}

/** Held changes of mailboxes that are well and not paused: their wake-up drained just before they were held. */
async function sendOrphansOn(deps: ScheduleDeps, organizationId: OrganizationId): Promise<void> {
  const rows = await deps.pauses.listHeld(organizationId, undefined, mostOrphans);
  const ready = new Map<MailboxId, boolean>();
  for (const { value } of rows) {
    const { mailboxId } = value;
    if (!ready.has(mailboxId)) ready.set(mailboxId, await mayGoOn(deps, { organizationId, mailboxId }));
  }
  const orphans = rows.filter(({ value }) => ready.get(value.mailboxId));
  if (orphans.length > 0) await sendOn(deps, organizationId, orphans);
}

async function mayGoOn(deps: ScheduleDeps, key: MailboxKey): Promise<boolean> {
  const { organizationId, mailboxId } = key;
  if (await isPaused(deps, { kind: 'crmConnection', organizationId })) return false;
  if (mailboxId === unresolvedMailbox) return true;
  const mailbox = await deps.directory.findMailbox(organizationId, mailboxId);
  // A mailbox that is gone has nothing to wait for: its changes are looked at and dropped.
  if (mailbox === undefined) return true;
  const status = await deps.statuses.find(key, 'appointments');
  if (status !== undefined && !isActive(status.value)) return false;
  const { profileId } = mailbox.value;
  return !(
    (await isPaused(deps, { kind: 'profile', organizationId, profileId })) ||
    (await isPaused(deps, { kind: 'mailbox', ...key }))
  );
}

function grouped(rows: readonly PollSchedule[]): Map<PollSchedule['profileId'], PollSchedule[]> {
  const groups = new Map<PollSchedule['profileId'], PollSchedule[]>();
  for (const row of rows) groups.set(row.profileId, [...(groups.get(row.profileId) ?? []), row]);
  return groups;
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
