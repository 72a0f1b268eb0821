import { type Change, changeKeyOf } from '../../domain/change-message.ts';
import { occurrencesOf } from '../../domain/expand-recurrence.ts';
import { compareVersions, type ItemId, type OperationId, type RecordId } from '../../domain/ids.ts';
import type { LiveMapping } from '../../domain/item-mapping.ts';
import { parseOccurrenceItemId } from '../../domain/occurrence-key.ts';
import { planSync } from '../../domain/plan-sync.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import type { ItemEntry } from '../../ports/mapping-store.ts';
import { isAttendeeCopy, isSyncedByOrganizer, operationOfMeeting } from '../attendee-copy.ts';
import { chunks } from '../chunks.ts';
import { privateItem } from '../look-up-item.ts';
import { mailboxKeyOf, presentItem, presentRecord, type ReconcileScope } from '../reconcile-types.ts';
import { seriesMark } from '../series-mark.ts';
import { isSplitSeries } from '../sync-series.ts';
import { allInReview } from './in-review.ts';
import { itemChange, recordChange } from './job-changes.ts';
import type { JobDeps } from './job-types.ts';
import type { Survey } from './survey-mailbox.ts';

const readTogether = 100;

interface Looked {
  readonly deps: JobDeps;
  readonly scope: ReconcileScope;
  readonly survey: Survey;
  readonly review: Awaited<ReturnType<typeof allInReview>>;
  /** Records whose mark an item carries: should our rows be lost, that item links them again. */
  readonly stamped: ReadonlySet<RecordId>;
}

/**
 * What differs between what both sides list and what was agreed, as news for the engine: it alone decides and demands its proof.
 * Compared are ids, versions and change keys; content is not looked at. Where all is agreed there are no news.
 */
export async function findDrift(deps: JobDeps, scope: ReconcileScope, survey: Survey): Promise<Change[]> {
  const { mailboxId } = mailboxKeyOf(scope);
  const stamps = [...survey.items.values()].flatMap(({ stamp }) =>
    stamp?.mailboxId === mailboxId ? [stamp.recordId] : [],
  );
  const review = await allInReview(deps, mailboxKeyOf(scope));
  const looked: Looked = { deps, scope, survey, review, stamped: new Set(stamps) };
  const news: Change[] = [];
  for (const record of survey.records.values()) news.push(...(await newsOfRecord(looked, record)));
  for (const item of survey.items.values()) news.push(...(await newsOfItem(looked, item)));
  news.push(...(await newsOfUnlisted(looked)));
  return news;
}

async function newsOfRecord({ deps, scope, survey, review, stamped }: Looked, record: SyncRecord): Promise<Change[]> {
  const { kind } = survey;
  const mapping = survey.mappings.get(record.id)?.value;
  const news = (reason: 'created' | 'updated') => [recordChange(deps, scope, record.id, reason, record.version)];
  if (mapping?.state === 'live') return compareVersions(record.version, mapping.crmVersion) > 0 ? news('updated') : [];
  if (mapping?.state === 'intent') return isOver(deps, mapping.leaseUntil) ? news('updated') : [];
  if (review.records.has(record.id) || (mapping === undefined && stamped.has(record.id))) return [];
  const plan = planSync({
    kind,
    record: presentRecord(deps, scope, kind, record),
    item: { known: false },
    mapping,
    profile: scope.access.profile,
    now: deps.clock.now().getTime(),
  });
  if (plan.do === 'createItem') return news('created');
  if (plan.do === 'refuse') return unlessFailed(deps, news('created'));
  if (plan.do !== 'wait') return [];
  // Made from an item: of this mailbox, and then that item has the news; or it came here with its new owner.
  const { organizationId, mailboxId } = mailboxKeyOf(scope);
  const home = await deps.mappings.findHome(organizationId, record.id);
  const cameHere = home !== undefined && (home.value.mailboxId !== mailboxId || home.value.generation > 0);
  return cameHere ? news('created') : [];
}

async function newsOfItem(looked: Looked, item: SyncItem): Promise<Change[]> {
  const { deps, scope, survey } = looked;
  const entry = survey.entries.get(item.itemId);
  const news = (reason: 'created' | 'updated') => [
    itemChange(deps, scope, item.kind, item.itemId, reason, item.changeKey),
  ];
  if (scope.access.mailbox.crmUserId === undefined && entry?.state !== 'mapped') return [];
  if (isSplitSeries(scope, item)) return hasNewOccurrence(looked, item, entry) ? news('updated') : [];
  if (entry?.state === 'claimed') return isOver(deps, entry.claim.value.leaseUntil) ? news('created') : [];
  const mapping = entry?.state === 'mapped' ? survey.mappings.get(entry.recordId)?.value : undefined;
  if (mapping?.state === 'live' && mapping.itemId === item.itemId)
    return mapping.changeKey === item.changeKey ? [] : news('updated');
  return (await isNews(looked, item)) ? unlessFailed(deps, news('created')) : [];
}

/** Whether the engine would do anything with an item that no row leads from. */
async function isNews({ deps, scope, survey, review }: Looked, item: SyncItem): Promise<boolean> {
  if (review.items.has(item.itemId)) return false;
  const { stamp } = item;
  if (stamp?.mailboxId === scope.access.mailbox.id && !stamp.recordId.startsWith(seriesMark)) {
    const mapping = survey.mappings.get(stamp.recordId)?.value;
    if (mapping?.state === 'tombstone') return false;
    if (mapping?.state === 'intent') return isOver(deps, mapping.leaseUntil);
    // Its rows were lost: it is linked again if its record is still there.
    if (mapping === undefined) return (await deps.readRecord(scope.connection, stamp.recordId)).state === 'present';
    // Moved, and so it has another id; else a copy, which is looked at like any other.
    if (!survey.items.has(mapping.itemId)) return true;
  }
  const plan = planSync({
    kind: item.kind,
    record: { known: false },
    item: presentItem(deps, scope, item),
    mapping: undefined,
    profile: scope.access.profile,
    now: deps.clock.now().getTime(),
  });
  if (plan.do === 'refuse') return true;
  return plan.do === 'createRecord' && !(await isOthersMeeting(deps, scope, item));
}

/** The copy of a meeting whose record belongs to another mailbox. */
async function isOthersMeeting(deps: JobDeps, scope: ReconcileScope, item: SyncItem): Promise<boolean> {
  if (!isAttendeeCopy(item)) return false;
  if (await isSyncedByOrganizer(deps, scope, item)) return true;
  const { organizationId, mailboxId } = mailboxKeyOf(scope);
  const operation = operationOfMeeting(organizationId, item) as OperationId;
  const record = await deps.crm.findRecordByOperation(scope.connection, 'activity', operation);
  const home = record && (await deps.mappings.findHome(organizationId, record.id));
  return home !== undefined && home.value.mailboxId !== mailboxId;
}

/** Whether a series has an occurrence in the window that was not looked at: the window moves on every day. */
function hasNewOccurrence(
  { survey }: Looked,
  item: SyncItem & { readonly kind: 'appointment' },
  entry: ItemEntry | undefined,
): boolean {
  if (item.series === undefined) return false;
  const known = new Set(entry?.state === 'series' ? entry.series.value.originalStarts.map(Date.parse) : []);
  return occurrencesOf(item.series, item, survey.window).some(
    ({ originalStart }) => !known.has(Date.parse(originalStart)),
  );
}

/** Mappings one of whose sides is in no listing: read by id. What is outside the window on both sides is frozen and left alone. */
async function newsOfUnlisted(looked: Looked): Promise<Change[]> {
  const { deps, scope, survey } = looked;
  const doubtful = survey.live.map(({ value }) => value).filter((mapping) => isWatched(survey, mapping));
  const noRecord = doubtful.filter(({ recordId }) => !survey.records.has(recordId));
  const noItem = doubtful.filter(({ itemId }) => !isListed(survey, itemId));
  const news: Change[] = [];
  for (const some of chunks(noRecord, readTogether)) {
    const reads = await Promise.all(some.map(({ recordId }) => deps.readRecord(scope.connection, recordId)));
    for (const [at, { recordId, crmVersion }] of some.entries()) {
      const read = reads[at];
      if (read?.state === 'deleted') news.push(recordChange(deps, scope, recordId, 'check', read.version));
      if (read?.state === 'present' && compareVersions(read.record.version, crmVersion) > 0)
        news.push(recordChange(deps, scope, recordId, 'updated', read.record.version));
    }
  }
  for (const some of chunks(noItem, deps.exchange.capabilities.batchSize)) {
    const ids = some.map(({ itemId }) => itemId);
    const read = await deps.exchange.readItems(scope.access, survey.kind, ids);
    for (const [at, outcome] of read.entries()) {
      const mapping = some[at];
      if (mapping === undefined) continue;
      const { itemId, changeKey } = mapping;
      if (outcome.ok && outcome.value.changeKey !== changeKey)
        news.push(itemChange(deps, scope, survey.kind, itemId, 'updated', outcome.value.changeKey));
      if (outcome.ok || outcome.error.code === privateItem) continue;
      if (outcome.error.kind !== 'notFound') throw outcome.error;
      news.push(itemChange(deps, scope, survey.kind, itemId, 'check'));
    }
  }
  return news;
}

const isListed = ({ items }: Survey, itemId: ItemId): boolean =>
  items.has(itemId) || items.has(parseOccurrenceItemId(itemId)?.seriesId ?? itemId);

function isWatched(survey: Survey, mapping: LiveMapping): boolean {
  if (survey.kind !== 'appointment' || mapping.endsAt === undefined) return true;
  if (survey.records.has(mapping.recordId) || isListed(survey, mapping.itemId)) return true;
  return mapping.endsAt >= survey.window.from && mapping.endsAt < survey.window.to;
}

const isOver = ({ clock }: JobDeps, leaseUntil: string): boolean => Date.parse(leaseUntil) <= clock.now().getTime();

/** What is in the failures list already is not tried again by itself. */
async function unlessFailed(deps: JobDeps, news: readonly Change[]): Promise<Change[]> {
  const [change] = news;
  if (change === undefined) return [];
  return (await deps.failures.find(change.organizationId, changeKeyOf(change))) === undefined ? [change] : [];
}
