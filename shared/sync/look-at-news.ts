import type { Appointment } from '../domain/appointment.ts';
import { CrmVersion, compareVersions, type RecordId } from '../domain/ids.ts';
import type { ItemRef } from '../domain/item.ts';
import type { ItemClaim, ItemMapping, LiveMapping } from '../domain/item-mapping.ts';
import type { ItemSide, RecordSide } from '../domain/plan-sync.ts';
import type { SyncItem } from '../domain/sync-item.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { afterCreate, createRecord, withdrawClaimed } from './create-record.ts';
import { findMappedItem, leftAlone, readItem } from './look-up-item.ts';
import { outOfScope } from './private-item.ts';
import {
  done,
  type Known,
  mailboxKeyOf,
  type News,
  presentRecord,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
} from './reconcile-types.ts';
import { seriesMark } from './series-mark.ts';
import { mappingOfFirst, singleInPlaceOf, whenRepeated, whenSingle } from './series-or-single.ts';
import { isSplitSeries, lookAtOccurrences, seriesGone, syncSeries } from './sync-series.ts';

const unread = { known: false } as const;

/** Finds what there is to plan with: the mapping, and the side that the news is about. The other side is not read. */
export async function lookAtNews(deps: ReconcileDeps, scope: ReconcileScope, news: News): Promise<Known | Reconciled> {
  if (news.side === 'crm') {
    const mapping = news.found ? news.found.mapping : await mappingOf(deps, scope, news.recordId);
    const kind = mapping?.value.kind ?? news.kind;
    const record = news.record.state === 'gone' ? news.record : presentRecord(deps, scope, kind, news.record.record);
    return { itemKind: kind, record, item: unread, mapping, inFeed: false, isNew: news.isNew ?? false };
  }
  const { kind } = news;
  const entry = (await deps.mappings.findByItems(mailboxKeyOf(scope), [news.itemId])).get(news.itemId);
  if (entry?.state === 'mapped') {
    const mapping = await mappingOf(deps, scope, entry.recordId);
    if (mapping?.value.state === 'live' && mapping.value.itemId === news.itemId) {
      const item = await findMappedItem(deps, scope, mapping.value);
      if (!item.known) return outOfScope(deps, scope, item, mapping as Stored<LiveMapping>);
      const single = item.state === 'gone' ? await singleInPlaceOf(deps, scope, mapping.value) : undefined;
      if (single !== undefined) return single;
      // Only the feed's own news confirm an item: from then on the feed also tells of its end.
      const inPlace = item.state === 'present' && item.item.itemId === news.itemId;
      const unchanged = item.state === 'present' && item.item.changeKey === mapping.value.changeKey;
      if (news.reason === 'check' && inPlace && unchanged) return done('nothing', 'the item is there');
      const inFeed = news.reason === 'changed' && inPlace;
      return whenRepeated(deps, scope, { itemKind: kind, record: unread, item, mapping, inFeed });
    }
    if (mapping?.value.state === 'tombstone' && mapping.value.deletedBy === 'crm')
      return done('nothing', 'its record was deleted or cancelled');
  }
  const item = news.reason === 'deleted' ? undefined : await readItem(deps, scope, kind, news.itemId);
  const series = entry?.state === 'series' ? entry.series : undefined;
  if (item !== undefined && !item.known) {
    // What was made of it before it became private is taken back.
    if (entry?.state === 'claimed' && item.state === 'private') return withdrawn(deps, scope, news, entry.claim);
    return series === undefined ? leftAlone(item) : lookAtOccurrences(deps, scope, news.itemId, series);
  }
  const present = item?.state === 'present' ? item : undefined;
  if (present !== undefined && isSplitSeries(scope, present.item)) return syncSeries(deps, scope, present.item, series);
  if (series !== undefined) {
    if (present === undefined || !isSingle(present.item)) return seriesGone(deps, scope, news.itemId, series);
    const single = await whenSingle(deps, scope, present, series);
    if (single !== undefined) return single;
  }
  if (entry?.state === 'claimed') {
    if (present === undefined) return withdrawn(deps, scope, news, entry.claim);
    const created = await createRecord(deps, scope, present.item, entry.claim);
    if (created.kind === 'mapping') return afterCreate(deps, scope, created);
    return created.kind === 'settled' ? created.result : created;
  }
  if (present === undefined) return done('nothing', 'the item is gone and was never synced');
  return lookAtStranger(deps, scope, present);
}

const isSingle = (item: SyncItem): boolean => item.kind === 'appointment' && item.series === undefined;
const isOfSeries = (item: SyncItem): item is Appointment =>
  item.kind === 'appointment' && item.occurrence !== undefined;

async function withdrawn(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { kind, itemId }: Extract<News, { side: 'exchange' }>,
  claim: Stored<ItemClaim>,
): Promise<Known | Reconciled> {
  const created = await withdrawClaimed(deps, scope, kind, itemId, claim);
  if (created.kind === 'mapping') return afterCreate(deps, scope, created);
  return created.kind === 'settled' ? created.result : created;
}

/** An item we have no row for: new, or one of ours under another id, or a copy of one of ours. */
async function lookAtStranger(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  item: Extract<ItemSide, { state: 'present' }>,
): Promise<Known | Reconciled> {
  const stamp = item.item.stamp;
  const { kind } = item.item;
  const fresh: Known = { itemKind: kind, record: unread, item, mapping: undefined, inFeed: true };
  const first = isOfSeries(item.item) ? await mappingOfFirst(deps, scope, item.item) : undefined;
  if (first !== undefined) return remap(deps, scope, first, item);
  // Occurrences show the mark of their series.
  const isSeries = stamp?.recordId.startsWith(seriesMark) === true;
  if (stamp === undefined || isSeries || stamp.mailboxId !== scope.access.mailbox.id) return fresh;
  const mapping = await mappingOf(deps, scope, stamp.recordId);
  if (mapping === undefined) {
    const linked = await relink(deps, scope, stamp.recordId, item);
    return 'kind' in linked ? linked : whenRepeated(deps, scope, linked);
  }
  switch (mapping.value.state) {
    case 'intent':
      return { itemKind: kind, record: unread, item, mapping, inFeed: true };
    case 'tombstone':
      // Deleted in Exchange and there again: its user brought it back, and it gets a record anew.
      if (mapping.value.deletedBy === 'exchange') return fresh;
      return done('nothing', 'its record was deleted or cancelled');
    case 'live': {
      const mapped = await readItem(deps, scope, kind, mapping.value.itemId);
      // A copy gets a record of its own, and its own stamp with it; a moved item is the mapped one under its new id.
      if (!mapped.known || mapped.state === 'present') return fresh;
      return whenRepeated(deps, scope, await remap(deps, scope, mapping as Stored<LiveMapping>, item));
    }
    default:
      return mapping.value satisfies never;
  }
}

/** The mapped item has a new id. Where it comes from it may have been out of scope, and news of its record left alone: those are read now. */
async function remap(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  before: Stored<LiveMapping>,
  item: Extract<ItemSide, { state: 'present' }>,
): Promise<Known> {
  const { value, etag } = before;
  const record = await newsOfRecord(deps, scope, value);
  // Whatever comes of both sides saves the new id with it: saved ahead, it would hide the record's news from the next run.
  const { kind } = value;
  if (record !== undefined) return { itemKind: kind, record, item, mapping: before, inFeed: true };
  // The change key stays the old one, so that what changed together with the move is still seen as a change.
  const mapping: LiveMapping = { ...value, itemId: item.item.itemId };
  const [saved] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping, etag, previousItemId: value.itemId }]);
  if (saved === undefined) throw new StoreConflict('the mapping');
  return { itemKind: kind, record: unread, item, mapping: { value: mapping, etag: saved }, inFeed: true };
}

async function newsOfRecord(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { recordId, kind, crmVersion }: LiveMapping,
): Promise<RecordSide | undefined> {
  const read = await deps.readRecord(scope.connection, recordId);
  if (read.state === 'deleted') return { known: true, state: 'gone', version: read.version };
  const changed = read.state === 'present' && compareVersions(read.record.version, crmVersion) > 0;
  return changed ? presentRecord(deps, scope, kind, read.record) : undefined;
}

/** The stamp names a record we have no row for: our rows were lost. Linked again if the record is there, left alone if not. */
async function relink(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  recordId: RecordId,
  item: Extract<ItemSide, { state: 'present' }>,
): Promise<Known | Reconciled> {
  const read = await deps.readRecord(scope.connection, recordId);
  if (read.state !== 'present') return done('nothing', 'the record of its stamp does not exist');
  const mapping: LiveMapping = {
    state: 'live',
    recordId,
    kind: item.item.kind,
    origin: read.record.origin,
    generation: 0,
    ...refOf(item.item),
    crmVersion: CrmVersion.parse('0'),
    agreed: { crm: {}, exchange: {} },
    confirmed: false,
  };
  const [etag] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping }]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return { itemKind: mapping.kind, record: unread, item, mapping: { value: mapping, etag }, inFeed: true };
}

const refOf = ({ itemId, changeKey }: ItemRef): ItemRef => ({ itemId, changeKey });

async function mappingOf(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  recordId: RecordId,
): Promise<Stored<ItemMapping> | undefined> {
  return (await deps.mappings.findByRecords(mailboxKeyOf(scope), [recordId])).get(recordId);
}
