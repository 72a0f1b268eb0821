import type { Change, CrmChange, ExchangeChange, Leave } from '../domain/change-message.ts';
import { compareVersions } from '../domain/ids.ts';
import { processOf } from '../domain/item.ts';
import { isEnabled, type Mailbox } from '../domain/mailbox.ts';
import { isActive } from '../domain/mailbox-status.ts';
import { itemKindOf } from '../domain/rules-of.ts';
import { SyncError } from '../domain/sync-error.ts';
import { recordKindOf } from '../domain/sync-record.ts';
import type { MailboxAccess } from '../ports/exchange-gateway.ts';
import { StoreConflict, StoreUnavailable } from '../ports/stored.ts';
import type { FirstSyncGate } from './jobs/first-sync-gate.ts';
import { isPaused, unresolvedMailbox } from './pause-scope.ts';
import { reconcile } from './reconcile.ts';
import type { News, ReconcileDeps, Reconciled, ReconcileScope } from './reconcile-types.ts';
import { type ActiveOrganization, findActiveOrganization } from './resolve-scope.ts';
import { causeOf } from './safety/cause.ts';
import { type Applied, fieldsOf, type Place, type SettleDeps, settleError, settleResult } from './settle-change.ts';

export interface ApplyDeps extends ReconcileDeps, SettleDeps {
  readonly firstSync: FirstSyncGate;
}

/** How long to leave a store alone that cannot be reached. */
export const unavailableForMs = 30_000;

/**
 * Makes both sides of one change agree. Resolves when the message may be completed: the change is applied, held as a row,
 * sent again for later, or in the failures list. Rejects on a fault of our code or of the queue; then the message comes again.
 */
export async function applyChange(deps: ApplyDeps, change: Change): Promise<void> {
  const place: Place = { cause: causeOf(change) };
  try {
    await settleResult(deps, change, place, await applyTo(deps, change, place));
  } catch (error) {
    if (error instanceof SyncError) return settleError(deps, change, place, error);
    // Lost races and stores that do not answer are nobody's fault: again, without using up a try.
    if (error instanceof StoreConflict)
      return settleResult(deps, change, place, { kind: 'later', afterMs: 1_000, why: error.message });
    if (!(error instanceof StoreUnavailable)) throw error;
    deps.log.warn(fieldsOf(change), 'a store cannot be reached: the change is tried again');
    return settleResult(deps, change, place, { kind: 'later', afterMs: unavailableForMs, why: error.message });
  }
}

async function applyTo(deps: ApplyDeps, change: Change, place: Place): Promise<Applied> {
  const { organizationId } = change;
  if ((await deps.directory.findOrganization(organizationId)) === undefined) {
    return { kind: 'done', did: 'nothing', why: 'the organization is unknown' };
  }
  const active = await findActiveOrganization(deps.directory, organizationId);
  // Switched off is not gone: what comes meanwhile waits.
  if (active === undefined || (await isPaused(deps, { kind: 'crmConnection', organizationId }))) {
    return { kind: 'held', mailboxId: change.kind === 'crmChange' ? unresolvedMailbox : change.mailboxId };
  }
  switch (change.kind) {
    case 'exchangeChange': {
      const mailbox = await deps.directory.findMailbox(organizationId, change.mailboxId);
      return inMailbox(deps, active, mailbox?.value, place, exchangeNews(change));
    }
    case 'leave':
      return leave(deps, active, change, place);
    case 'crmChange': {
      const seen = await lookAtRecord(deps, active, change);
      if ('kind' in seen) return seen;
      const result = await inMailbox(deps, active, seen.mailbox, place, seen.news);
      if (result.kind === 'elsewhere') return moveHere(deps, active, change, seen, result, place);
      return isNotSynced(result) ? leaveFormer(deps, active, change, seen, place, result) : result;
    }
    default:
      return change satisfies never;
  }
}

/** What was made longer ago may have an item although we know of none: our rows may have been lost. */
const newForMs = 15 * 60_000;

interface Seen {
  readonly mailbox: Mailbox | undefined;
  readonly news: Extract<News, { side: 'crm' }>;
}

/** Reads the record and finds the mailbox it belongs to: its owner's; for a deleted one, the one that holds its item. */
async function lookAtRecord(
  deps: ApplyDeps,
  { connection }: ActiveOrganization,
  change: CrmChange,
): Promise<Seen | Reconciled> {
  const { organizationId, recordId } = change;
  const read = await deps.readRecord(connection, recordId);
  const version = read.state === 'present' ? read.record.version : read.state === 'deleted' ? read.version : undefined;
  const tooOld = version !== undefined && change.version !== undefined && compareVersions(version, change.version) < 0;
  const unseen = read.state === 'missing' && change.reason !== 'deleted';
  if (tooOld || unseen)
    return { kind: 'lagging', why: 'the CRM does not show this version of the record yet', otherwise: 'failure' };
  // What its item is, the mapping says; without one there is nothing to remove.
  const gone: Seen['news'] = {
    side: 'crm',
    recordId,
    kind: recordKindOf(recordId) === 'contact' ? 'contact' : 'appointment',
    record: { known: true, state: 'gone', version: version ?? change.version },
  };
  if (read.state !== 'present') return { mailbox: await homeOf(deps, change), news: gone };
  const { record } = read;
  const isNew = change.reason === 'created' && Date.parse(record.modifiedAt) > deps.clock.now().getTime() - newForMs;
  const news: Seen['news'] = { ...gone, record: { known: true, state: 'present', record }, isNew };
  const mailbox = await deps.directory.findMailboxOfUser(organizationId, record.ownerId);
  if (mailbox !== undefined) return { mailbox, news };
  const home = await homeOf(deps, change);
  // Another mailbox of the same user: its item stays and follows. Another user, who has none: the item leaves.
  return { mailbox: home, news: home?.crmUserId === record.ownerId ? news : gone };
}

async function homeOf(deps: ApplyDeps, { organizationId, recordId }: CrmChange | Leave): Promise<Mailbox | undefined> {
  const home = await deps.mappings.findHome(organizationId, recordId);
  return home && (await deps.directory.findMailbox(organizationId, home.value.mailboxId))?.value;
}

const exchangeNews = (change: ExchangeChange): News => ({
  side: 'exchange',
  itemId: change.itemId,
  kind: change.itemKind,
  reason: change.reason === 'deleted' || change.reason === 'check' ? change.reason : 'changed',
});

/** Reconciles in one mailbox, unless it is not synced or stands still. */
async function inMailbox(
  deps: ApplyDeps,
  { organization, connection }: ActiveOrganization,
  mailbox: Mailbox | undefined,
  place: Place,
  news: News,
): Promise<Applied> {
  if (mailbox === undefined) return { kind: 'done', did: 'nothing', why: 'no mailbox is enrolled for it' };
  const { organizationId, id: mailboxId, profileId } = mailbox;
  const profile = await deps.directory.findProfile(organizationId, profileId);
  if (profile === undefined) return { kind: 'done', did: 'nothing', why: notSynced };
  const access: MailboxAccess = { mailbox, profile: profile.value };
  const known = await withKind(deps, access, news);
  const process = processOf(known.kind);
  place.process = process;
  if (!isEnabled(mailbox, profile.value, process)) return { kind: 'done', did: 'nothing', why: notSynced };
  // Rooms are invited; what is written into their calendars nobody has checked for a clash.
  if (mailbox.kind === 'room' && news.side === 'crm') return { kind: 'done', did: 'nothing', why: 'rooms are invited' };
  place.access = access;
  const [unmatched, status, mailboxPaused, profilePaused] = await Promise.all([
    deps.firstSync({ organizationId, mailboxId }, known.kind),
    deps.statuses.find({ organizationId, mailboxId }, process),
    isPaused(deps, { kind: 'mailbox', organizationId, mailboxId }),
    isPaused(deps, { kind: 'profile', organizationId, profileId }),
  ]);
  if (unmatched || mailboxPaused || profilePaused || (status !== undefined && !isActive(status.value)))
    return { kind: 'held', mailboxId };
  const key = await deps.secrets.read(organization.fingerprintSecretName);
  const scope: ReconcileScope = { access, connection, fingerprintKey: key.reveal(), cause: place.cause };
  return reconcile(deps, scope, known);
}

const notSynced = 'the mailbox does not sync what this would be';
const isNotSynced = (result: Applied): boolean => result.kind === 'done' && result.why === notSynced;

/** The news with the kind of item that they are about, fixed when it was first mapped. */
async function withKind(deps: ApplyDeps, { mailbox, profile }: MailboxAccess, news: News): Promise<News> {
  if (news.side === 'exchange') return news;
  const box = { organizationId: mailbox.organizationId, mailboxId: mailbox.id };
  const mapping = (await deps.mappings.findByRecords(box, [news.recordId])).get(news.recordId);
  const kind = news.record.state === 'present' ? itemKindOf(news.record.record, profile) : news.kind;
  return { ...news, kind: mapping?.value.kind ?? kind, found: { mapping } };
}

/**
 * The owner changed. The former mailbox is told to let the item go, by a message of its own that may wait as long as that
 * mailbox stands still; then the home is moved, and the item is made here. The message goes first: dying after it sends another.
 */
async function moveHere(
  deps: ApplyDeps,
  active: ActiveOrganization,
  { organizationId, seenAt }: CrmChange,
  { mailbox, news }: Seen,
  { home }: Extract<Reconciled, { kind: 'elsewhere' }>,
  place: Place,
): Promise<Applied> {
  const { id: mailboxId } = mailbox as Mailbox;
  const { recordId, record } = news;
  const version = record.state === 'present' ? record.record.version : record.version;
  const hop = 1_000 + Math.floor(deps.random.fraction() * 900_000);
  const common = { schema: 1, organizationId, reason: 'deleted', attempt: 1, hop, lagged: 0, seenAt } as const;
  const former = home.value.mailboxId;
  await deps.changes.send([
    { body: { kind: 'leave', ...common, mailboxId: former, recordId, ...(version === undefined ? {} : { version }) } },
  ]);
  const generation = home.value.generation + 1;
  await deps.mappings.moveHome(organizationId, recordId, home.etag, { mailboxId, generation });
  return inMailbox(deps, active, mailbox, place, news);
}

/** The mailbox of the record's owner does not sync it: what another user has of it leaves all the same. */
async function leaveFormer(
  deps: ApplyDeps,
  active: ActiveOrganization,
  change: CrmChange,
  { mailbox, news }: Seen,
  place: Place,
  result: Applied,
): Promise<Applied> {
  const home = news.record.state === 'present' ? await homeOf(deps, change) : undefined;
  if (home === undefined || home.id === mailbox?.id || home.crmUserId === mailbox?.crmUserId) return result;
  const version = news.record.state === 'present' ? news.record.record.version : undefined;
  return inMailbox(deps, active, home, place, { ...news, record: { known: true, state: 'gone', version } });
}

/** Removes the item of a record that has its home elsewhere now. */
async function leave(deps: ApplyDeps, active: ActiveOrganization, change: Leave, place: Place): Promise<Applied> {
  const { organizationId, mailboxId, recordId, version } = change;
  const home = await deps.mappings.findHome(organizationId, recordId);
  if (home?.value.mailboxId === mailboxId) {
    return { kind: 'lagging', why: 'the record has not left, or has come back', otherwise: 'done' };
  }
  const mailbox = (await deps.directory.findMailbox(organizationId, mailboxId))?.value;
  const record = { known: true, state: 'gone', version } as const;
  const news = { side: 'crm', recordId, kind: 'appointment', record } as const;
  const result = await inMailbox(deps, active, mailbox, place, news);
  // Its item is still there: should the mailbox be synced again, it leaves then.
  if (isNotSynced(result)) return { kind: 'held', mailboxId };
  if (result.kind === 'done') await tellOfReturn(deps, active, change, mailbox);
  return result;
}

/** The record was given back before its item had left: news of that found the item in place, and come again now that it is gone. */
async function tellOfReturn(
  deps: ApplyDeps,
  { connection }: ActiveOrganization,
  { organizationId, recordId, seenAt }: Leave,
  mailbox: Mailbox | undefined,
): Promise<void> {
  const read = await deps.readRecord(connection, recordId);
  if (read.state !== 'present' || read.record.ownerId !== mailbox?.crmUserId) return;
  const { version } = read.record;
  const hop = 1_000 + Math.floor(deps.random.fraction() * 900_000);
  const common = { schema: 1, organizationId, reason: 'updated', attempt: 1, hop, lagged: 0, seenAt } as const;
  await deps.changes.send([{ body: { kind: 'crmChange', ...common, recordId, version } }]);
}
