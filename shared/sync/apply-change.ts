import type { Change, CrmChange, ExchangeChange } from '../domain/change-message.ts';
import { compareVersions } from '../domain/ids.ts';
import { isEnabled, type Mailbox } from '../domain/mailbox.ts';
import { isActive } from '../domain/mailbox-status.ts';
import { SyncError, toSyncError } from '../domain/sync-error.ts';
import type { MailboxAccess } from '../ports/exchange-gateway.ts';
import { isPaused, unresolvedMailbox } from './pause-scope.ts';
import { reconcile } from './reconcile.ts';
import {
  type News,
  presentRecord,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
} from './reconcile-types.ts';
import { type ActiveOrganization, findActiveOrganization } from './resolve-scope.ts';
import { type Applied, fieldsOf, type Place, type SettleDeps, settleError, settleResult } from './settle-change.ts';

export interface ApplyDeps extends ReconcileDeps, SettleDeps {}

/**
 * Makes both sides of one change agree. Resolves when the message may be completed: the change is applied, held as a row,
 * sent again for later, or in the failures list. Rejects only when a store or the queue itself fails; then the message comes again.
 */
export async function applyChange(deps: ApplyDeps, change: Change): Promise<void> {
  const active = await findActiveOrganization(deps.directory, change.organizationId);
  if (active === undefined) {
    deps.log.warn({ organizationId: change.organizationId }, 'change of an unknown or suspended organization dropped');
    return;
  }
  const place: Place = {};
  try {
    const result = await applyTo(deps, active, change, place);
    await settleResult(deps, change, place, result);
  } catch (error) {
    if (!(error instanceof SyncError))
      deps.log.error({ ...fieldsOf(change), code: toSyncError(error).code }, 'unexpected error', error);
    await settleError(deps, change, place, toSyncError(error));
  }
}

async function applyTo(deps: ApplyDeps, active: ActiveOrganization, change: Change, place: Place): Promise<Applied> {
  const { organizationId } = change;
  if (await isPaused(deps, { kind: 'crmConnection', organizationId })) {
    return { kind: 'held', mailboxId: change.kind === 'exchangeChange' ? change.mailboxId : unresolvedMailbox };
  }
  if (change.kind === 'exchangeChange') {
    const mailbox = await deps.directory.findMailbox(organizationId, change.mailboxId);
    return inMailbox(deps, active, mailbox?.value, place, async () => exchangeNews(change));
  }
  const seen = await lookAtRecord(deps, active, change);
  if ('kind' in seen) return seen;
  const result = await inMailbox(deps, active, seen.mailbox, place, async () => seen.news);
  if (result.kind !== 'elsewhere') return result;
  return moveHere(deps, active, seen, result, place);
}

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
  const version =
    read.state === 'present' ? read.activity.version : read.state === 'deleted' ? read.version : undefined;
  const tooOld = version !== undefined && change.version !== undefined && compareVersions(version, change.version) < 0;
  const unseen = read.state === 'missing' && change.reason !== 'deleted';
  if (tooOld || unseen)
    return { kind: 'lagging', why: 'the CRM does not show this version of the record yet', otherwise: 'failure' };
  if (read.state === 'present') {
    const mailbox = await deps.directory.findMailboxOfUser(organizationId, read.activity.ownerId);
    // Prints are made once the fingerprint key is at hand, see inMailbox.
    const news: Seen['news'] = {
      side: 'crm',
      recordId,
      record: { known: true, state: 'present', activity: read.activity, prints: {} },
    };
    if (mailbox !== undefined) return { mailbox, news };
  }
  const gone: Seen['news'] = {
    side: 'crm',
    recordId,
    record: { known: true, state: 'gone', version: version ?? change.version },
  };
  return { mailbox: await homeOf(deps, change), news: gone };
}

async function homeOf(deps: ApplyDeps, { organizationId, recordId }: CrmChange): Promise<Mailbox | undefined> {
  const home = await deps.mappings.findHome(organizationId, recordId);
  return home && (await deps.directory.findMailbox(organizationId, home.value.mailboxId))?.value;
}

const exchangeNews = (change: ExchangeChange): News => ({
  side: 'exchange',
  itemId: change.itemId,
  reason: change.reason === 'deleted' || change.reason === 'check' ? change.reason : 'changed',
});

/** Reconciles in one mailbox, unless it is not synced or stands still. */
async function inMailbox(
  deps: ApplyDeps,
  { organization, connection }: ActiveOrganization,
  mailbox: Mailbox | undefined,
  place: Place,
  newsOf: () => Promise<News>,
): Promise<Applied> {
  if (mailbox === undefined) return { kind: 'done', did: 'nothing', why: 'no mailbox is enrolled for it' };
  const { organizationId, id: mailboxId, profileId } = mailbox;
  const profile = await deps.directory.findProfile(organizationId, profileId);
  if (profile === undefined || !isEnabled(mailbox, profile.value, 'appointments')) {
    return { kind: 'done', did: 'nothing', why: 'the mailbox does not sync its calendar' };
  }
  const access: MailboxAccess = { mailbox, profile: profile.value };
  place.access = access;
  const [status, mailboxPaused, profilePaused] = await Promise.all([
    deps.statuses.find({ organizationId, mailboxId }, 'appointments'),
    isPaused(deps, { kind: 'mailbox', organizationId, mailboxId }),
    isPaused(deps, { kind: 'profile', organizationId, profileId }),
  ]);
  if (mailboxPaused || profilePaused || (status !== undefined && !isActive(status.value)))
    return { kind: 'held', mailboxId };
  const key = await deps.secrets.read(organization.fingerprintSecretName);
  const scope: ReconcileScope = { access, connection, fingerprintKey: key.reveal() };
  return reconcile(deps, scope, withPrints(scope, await newsOf()));
}

function withPrints(scope: ReconcileScope, news: News): News {
  if (news.side === 'exchange' || news.record.state === 'gone') return news;
  return { ...news, record: presentRecord(scope, news.record.activity) };
}

/** The owner changed: the item leaves the mailbox it was in, the home is moved, and then it is made here. */
async function moveHere(
  deps: ApplyDeps,
  active: ActiveOrganization,
  seen: Seen,
  { home }: Extract<Reconciled, { kind: 'elsewhere' }>,
  place: Place,
): Promise<Applied> {
  const { organizationId, id: mailboxId } = seen.mailbox as Mailbox;
  const { recordId, record } = seen.news;
  const version = record.state === 'present' ? record.activity.version : record.version;
  const former = (await deps.directory.findMailbox(organizationId, home.value.mailboxId))?.value;
  const left = await inMailbox(deps, active, former, place, async () => ({
    side: 'crm',
    recordId,
    record: { known: true, state: 'gone', version },
  }));
  if (left.kind !== 'done') return left;
  await deps.mappings.moveHome(organizationId, recordId, home.etag, {
    mailboxId,
    generation: home.value.generation + 1,
  });
  return inMailbox(deps, active, seen.mailbox, place, async () => seen.news);
}
