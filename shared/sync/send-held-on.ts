import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import { ItemKind, processOf } from '../domain/item.ts';
import { isEnabled } from '../domain/mailbox.ts';
import { isActive } from '../domain/mailbox-status.ts';
import type { Process } from '../domain/process.ts';
import type { BrakeStore } from '../ports/brake-store.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { MappingStore } from '../ports/mapping-store.ts';
import type { PendingChange } from '../ports/pause-store.ts';
import type { StatusStore } from '../ports/status-store.ts';
import type { Stored } from '../ports/stored.ts';
import type { FirstSyncGate } from './jobs/first-sync-gate.ts';
import { isPaused, type PauseDeps, unresolvedMailbox } from './pause-scope.ts';
import { findActiveOrganization } from './resolve-scope.ts';
import { heldByBrake } from './safety/held-by-brake.ts';

export interface HeldDeps extends PauseDeps {
  readonly directory: DirectoryStore;
  readonly statuses: StatusStore;
  readonly firstSync: FirstSyncGate;
  readonly brakes: BrakeStore;
  readonly mappings: Pick<MappingStore, 'findByItems'>;
}

const together = 100;
const enoughMs = 60_000;

/**
 * Sends on what was held, of one mailbox or of the whole organization: only what would not be held again, so that nothing
 * goes round in circles. True when it ran out of time with more to send. Send first, then remove: a change may come twice, never get lost.
 */
export async function sendHeldOn(deps: HeldDeps, organization: OrganizationId, mailbox?: MailboxId): Promise<boolean> {
  const end = deps.clock.now().getTime() + enoughMs;
  const ready = new Map<string, Promise<boolean>>();
  const isHeldByBrake = heldByBrake(deps, organization);
  let rows: Stored<PendingChange>[] = [];
  for await (const row of deps.pauses.held(organization, mailbox)) {
    const { mailboxId, process = 'appointments' } = row.value;
    const waitsFor = `${mailboxId}|${process}`;
    if (!ready.has(waitsFor)) ready.set(waitsFor, mayGoOn(deps, organization, mailboxId, process));
    if (!(await ready.get(waitsFor)) || (await isHeldByBrake(row.value))) continue;
    rows.push(row);
    if (rows.length < together) continue;
    await sendOn(deps, organization, rows);
    rows = [];
    if (deps.clock.now().getTime() > end) return true;
  }
  if (rows.length > 0) await sendOn(deps, organization, rows);
  return false;
}

async function sendOn(
  deps: HeldDeps,
  organization: OrganizationId,
  rows: readonly Stored<PendingChange>[],
): Promise<void> {
  const { changes, pauses, random, log } = deps;
  // A hop that was never used for this change: duplicate detection must not take it for an earlier sending.
  const hop = () => 1_000 + Math.floor(random.fraction() * 900_000);
  await changes.send(rows.map(({ value }) => ({ body: { ...value.change, hop: hop() } })));
  await pauses.release(organization, rows);
  log.info({ organizationId: organization, count: rows.length }, 'held changes sent on');
}

/** Whether a change that waits for this mailbox would be handled now. */
async function mayGoOn(
  deps: HeldDeps,
  organizationId: OrganizationId,
  mailboxId: MailboxId,
  process: Process,
): Promise<boolean> {
  const { directory, statuses } = deps;
  if ((await findActiveOrganization(directory, organizationId)) === undefined) return false;
  if (await isPaused(deps, { kind: 'crmConnection', organizationId })) return false;
  if (mailboxId === unresolvedMailbox) return true;
  const mailbox = await directory.findMailbox(organizationId, mailboxId);
  // A mailbox that is gone has nothing to wait for: its changes are looked at and dropped.
  if (mailbox === undefined) return true;
  const { profileId } = mailbox.value;
  const profile = await directory.findProfile(organizationId, profileId);
  if (profile === undefined || !isEnabled(mailbox.value, profile.value, process)) return false;
  const status = await statuses.find({ organizationId, mailboxId }, process);
  if (status !== undefined && !isActive(status.value)) return false;
  const kind = ItemKind.options.find((one) => processOf(one) === process);
  if (kind !== undefined && (await deps.firstSync({ organizationId, mailboxId }, kind))) return false;
  return !(
    (await isPaused(deps, { kind: 'profile', organizationId, profileId })) ||
    (await isPaused(deps, { kind: 'mailbox', organizationId, mailboxId }))
  );
}
