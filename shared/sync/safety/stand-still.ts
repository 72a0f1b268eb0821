import type { RecordId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import type { Quarantine } from '../../domain/quarantine.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { BrakeStore } from '../../ports/brake-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JournalStore } from '../../ports/journal-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';

export interface StandStillDeps {
  readonly brakes: BrakeStore;
  readonly journal: JournalStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** A change that meets a quarantine waits as a row until an admin releases it: nothing was written. */
export const quarantined = 'Quarantined';

export const whyItStands: Readonly<Record<Quarantine['brake'], string>> = {
  massDeletion: 'More was about to be deleted within an hour than the profile lets pass',
  writeLoop: 'The same record and item were written over and over',
  mailBudget: 'More people outside were about to get mail within an hour than the profile lets pass',
  errorRate: 'Too many changes failed within an hour',
};

export const standsStill = (brake: Quarantine['brake']): SyncError =>
  new SyncError(`${whyItStands[brake]}: it stands still until an admin releases it. Its changes wait.`, {
    code: quarantined,
    remedy: { kind: 'pause', scope: 'mailbox' },
  });

/** The quarantine that holds a write to this record back, if one does. */
export async function findStandstill(
  { brakes }: Pick<StandStillDeps, 'brakes'>,
  mailbox: MailboxKey,
  recordId: RecordId | undefined,
): Promise<Quarantine | undefined> {
  const active = await brakes.listActive(mailbox);
  return active.find(({ value }) => value.recordId === undefined || value.recordId === recordId)?.value;
}

/** Rejects with code Quarantined where the mailbox as a whole stands still: nothing is read for what cannot be written. */
export async function mayGoOn(deps: Pick<StandStillDeps, 'brakes'>, mailbox: MailboxKey): Promise<void> {
  const stands = await findStandstill(deps, mailbox, undefined);
  if (stands !== undefined) throw standsStill(stands.brake);
}

/** Puts a mailbox, or one record of it, under quarantine; gives the error that holds the change back. */
export async function standStill(
  deps: StandStillDeps,
  mailbox: MailboxKey,
  found: Pick<Quarantine, 'brake' | 'seen' | 'limit' | 'recordId'>,
  kind: ItemKind,
): Promise<SyncError> {
  const { organizationId, mailboxId } = mailbox;
  const since = deps.clock.now().toISOString();
  await deps.brakes.quarantine({ id: deps.random.id(), organizationId, mailboxId, since, ...found });
  const { brake, seen, limit, recordId } = found;
  await deps.journal.append([entryOf(deps, mailbox, { act: 'held', recordId, kind, why: brake, by: 'engine' })]);
  deps.log.error(
    { alert: 'quarantine', organizationId, mailboxId, recordId, brake, seen, limit },
    'a brake stopped it: it stands still until an admin releases it',
  );
  return standsStill(brake);
}

/** Stands for the whole mailbox where an entry must name a record. */
export const wholeMailbox = 'mailbox' as RecordId;

/** The entry that says that something was held or released. */
export const entryOf = (
  { clock, random }: Pick<StandStillDeps, 'clock' | 'random'>,
  { organizationId, mailboxId }: MailboxKey,
  what: Pick<JournalEntry, 'why' | 'by' | 'kind'> & {
    readonly act: 'held' | 'released';
    readonly recordId: RecordId | undefined;
  },
): JournalEntry => ({
  id: random.id(),
  organizationId,
  mailboxId,
  at: clock.now().toISOString(),
  side: 'exchange',
  state: 'done',
  fields: [],
  before: {},
  after: {},
  ...what,
  recordId: what.recordId ?? wholeMailbox,
});
