import type { ChangeMessage } from '../domain/change-message.ts';
import type { RecordId } from '../domain/ids.ts';
import type { LiveMapping, MailboxKey } from '../domain/item-mapping.ts';
import type { Quarantine } from '../domain/quarantine.ts';
import type { MappingStore } from '../ports/mapping-store.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { PauseStore } from '../ports/pause-store.ts';
import { StoreConflict } from '../ports/stored.ts';
import { type Counter, startAnew } from '../sync/safety/rolling-hour.ts';
import { entryOf, type StandStillDeps } from '../sync/safety/stand-still.ts';

export interface ReleaseDeps extends StandStillDeps {
  readonly mappings: MappingStore;
  readonly pauses: Pick<PauseStore, 'held'>;
  readonly changes: MessageQueue<ChangeMessage>;
}

const countersOf: Readonly<Record<Quarantine['brake'], readonly Counter[]>> = {
  massDeletion: ['deletions'],
  mailBudget: ['mails'],
  errorRate: ['changes', 'failures'],
  writeLoop: [],
};

/** Longer than a process believes in counts of the hour before, see recent-brakes.ts. */
const wakeAfterMs = 6_000;
const mostTries = 5;

/**
 * Lets a mailbox or a record go on: what its brake counts starts anew, and what waited is sent on. The wake-up comes last:
 * dying before it, the schedule's sweep sends on what waits.
 */
export async function releaseQuarantine(
  deps: ReleaseDeps,
  mailbox: MailboxKey,
  id: string,
  by: string,
): Promise<'released' | 'unknown'> {
  const found = (await deps.brakes.listActive(mailbox)).find(({ value }) => value.id === id);
  if (found === undefined) return 'unknown';
  const { brake, recordId } = found.value;
  // What waits is what the admin lets pass: it does not stop the mailbox again.
  const free = brake === 'massDeletion' ? await countHeld(deps, mailbox) : 0;
  for (const counter of countersOf[brake]) await startAnew(deps, mailbox, counter, free);
  if (brake === 'writeLoop' && recordId !== undefined) await forgetWrites(deps, mailbox, recordId);
  const now = deps.clock.now();
  await deps.brakes.release(found, now.toISOString(), by);
  await deps.journal.append([
    entryOf(deps, mailbox, { act: 'released', why: brake, by, recordId, kind: 'appointment' }),
  ]);
  deps.log.info({ ...mailbox, recordId, brake }, 'quarantine released');
  const body = { kind: 'wakeUp', schema: 1, scope: { kind: 'mailbox', ...mailbox }, pauseId: found.value.id, hop: 0 };
  await deps.changes.send([{ body: body as ChangeMessage, at: new Date(now.getTime() + wakeAfterMs) }]);
  return 'released';
}

/** Deletions among what waits. */
async function countHeld({ pauses }: ReleaseDeps, { organizationId, mailboxId }: MailboxKey): Promise<number> {
  let count = 0;
  for await (const { value } of pauses.held(organizationId, mailboxId))
    count += value.change.reason === 'deleted' ? 1 : 0;
  return count;
}

/** The writes that are counted stand in the mapping of the record. */
async function forgetWrites({ mappings }: ReleaseDeps, mailbox: MailboxKey, recordId: RecordId): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const found = (await mappings.findByRecords(mailbox, [recordId])).get(recordId);
    if (found?.value.state !== 'live' || found.value.writes === undefined) return;
    const { writes: _writes, ...mapping } = found.value;
    const [saved] = await mappings.saveLive(mailbox, [{ mapping: mapping satisfies LiveMapping, etag: found.etag }]);
    if (saved !== undefined) return;
  }
  throw new StoreConflict('the mapping');
}
