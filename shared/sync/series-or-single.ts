import type { Appointment } from '../domain/appointment.ts';
import { firstOccurrenceOf } from '../domain/expand-recurrence.ts';
import { ItemId } from '../domain/ids.ts';
import type { LiveMapping, SeriesOccurrences } from '../domain/item-mapping.ts';
import { isOccurrence, occurrenceItemId, parseOccurrenceItemId } from '../domain/occurrence-key.ts';
import type { ItemSide } from '../domain/plan-sync.ts';
import { SyncError } from '../domain/sync-error.ts';
import { windowOf } from '../domain/sync-window.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { readItem } from './look-up-item.ts';
import {
  type Known,
  mailboxKeyOf,
  presentItem,
  presentRecord,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
  stampOf,
} from './reconcile-types.ts';
import { writing } from './safety/writing.ts';
import { occurrenceNews, seriesStamp, stampSeries, syncSeries, uidOf } from './sync-series.ts';

type PresentItem = Extract<ItemSide, { state: 'present' }>;

const changing: Reconciled = { kind: 'later', afterMs: 1_000, why: 'the item has just changed' };

/**
 * A single appointment is a series now, and each of its occurrences is to have a record of its own: the first one keeps the record
 * that there is, the others get theirs. Gives back what is known where that is not so. Noted first is whose record it is, so that it
 * is found again once the series has another id; then the series gets its mark, then the mapping leads to the occurrence. Dying in
 * between, the same is done again.
 */
export async function whenRepeated(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  known: Known,
): Promise<Known | Reconciled> {
  const master = repeated(scope, known);
  const mapping = known.mapping as Stored<LiveMapping>;
  if (master === undefined) return known;
  const { recordId, agreed } = mapping.value;
  const read = await deps.readRecord(scope.connection, recordId);
  if (read.state === 'missing')
    return { kind: 'lagging', why: 'the CRM does not show the record', otherwise: 'failure' };
  const record = read.state === 'present' ? presentRecord(deps, scope, 'appointment', read.record) : undefined;
  if (record?.record.kind !== 'activity' || record.record.series) return known;
  // The CRM has taken the recurrence off just now.
  if (agreed.crm.series !== undefined && agreed.crm.series !== record.prints.series) return known;
  const box = mailboxKeyOf(scope);
  const home = await deps.mappings.findHome(box.organizationId, recordId);
  const isOurs = home === undefined || home.value.mailboxId === box.mailboxId;
  if (!isOurs || record.record.ownerId !== scope.access.mailbox.crmUserId) return known;
  const originalStart = master.series && firstOccurrenceOf(master.series, master)?.originalStart;
  if (originalStart === undefined) return known;
  const itemId = occurrenceItemId(master.itemId, originalStart);
  if ((await deps.mappings.findByItems(box, [itemId])).has(itemId)) return known;

  await noteFirst(deps, scope, master, { uid: uidOf(master), originalStarts: [originalStart], recordId });
  const changeKey = await stampSeries(deps, scope, master);
  if (changeKey === undefined) return changing;
  const value: LiveMapping = { ...mapping.value, itemId };
  const change = { mapping: value, etag: mapping.etag, previousItemId: master.itemId };
  const [etag] = await deps.mappings.saveLive(box, [change]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  const split = await syncSeries(deps, scope, master, undefined);
  const item = await readItem(deps, scope, 'appointment', itemId);
  if (!item.known || item.state === 'gone') return split;
  return { ...known, record, item, mapping: { value, etag } };
}

function repeated({ access }: ReconcileScope, { mapping, item }: Known): Appointment | undefined {
  if (access.profile.recurrencePolicy !== 'occurrences' || mapping?.value.state !== 'live') return undefined;
  if (!item.known || item.state === 'gone' || item.item.kind !== 'appointment') return undefined;
  return item.item.series === undefined || isOccurrence(mapping.value.itemId) ? undefined : item.item;
}

/** Where it is noted whose record the first occurrence has: by the mark, which the series keeps when it gets another id. */
const noteOf = (scope: ReconcileScope, item: Appointment) => ItemId.parse(seriesStamp(scope, uidOf(item)).recordId);

async function noteFirst(
  { mappings }: ReconcileDeps,
  scope: ReconcileScope,
  master: Appointment,
  first: SeriesOccurrences,
): Promise<void> {
  const box = mailboxKeyOf(scope);
  const place = noteOf(scope, master);
  const before = (await mappings.findByItems(box, [place])).get(place);
  const etag = before?.state === 'series' ? before.series.etag : undefined;
  await mappings.saveSeries(box, place, first, etag);
}

/**
 * The mapping of the record that an occurrence has from before its series was one, where it still leads to the occurrence under an
 * id that the series no longer has.
 */
export async function mappingOfFirst(
  { mappings, ...deps }: ReconcileDeps,
  scope: ReconcileScope,
  item: Appointment,
): Promise<Stored<LiveMapping> | undefined> {
  const box = mailboxKeyOf(scope);
  const place = noteOf(scope, item);
  const note = (await mappings.findByItems(box, [place])).get(place);
  const recordId = note?.state === 'series' ? note.series.value.recordId : undefined;
  if (recordId === undefined) return undefined;
  const mapping = (await mappings.findByRecords(box, [recordId])).get(recordId);
  if (mapping?.value.state !== 'live' || mapping.value.itemId === item.itemId) return undefined;
  const { originalStart } = parseOccurrenceItemId(mapping.value.itemId) ?? {};
  if (!isSame(originalStart, item.occurrence?.originalStart)) return undefined;
  const there = await readItem({ mappings, ...deps }, scope, 'appointment', mapping.value.itemId);
  return there.known && there.state === 'gone' ? (mapping as Stored<LiveMapping>) : undefined;
}

const isSame = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && Date.parse(one) === Date.parse(other);

/**
 * A series whose occurrences have records is a single appointment now. Of each occurrence it had news are sent; the record of the one
 * at its time is its own from now on. Undefined where there is none: then the appointment is looked at like any other.
 */
export async function whenSingle(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  present: PresentItem,
  series: Stored<SeriesOccurrences>,
): Promise<Known | Reconciled | undefined> {
  const box = mailboxKeyOf(scope);
  const item = present.item as Appointment;
  const first = occurrenceItemId(item.itemId, item.start);
  const entry = (await deps.mappings.findByItems(box, [first])).get(first);
  const found = entry?.state === 'mapped' ? await deps.mappings.findByRecords(box, [entry.recordId]) : undefined;
  const mapping = [...(found?.values() ?? [])][0];
  const kept = mapping?.value.state === 'live' && mapping.value.itemId === first ? mapping : undefined;
  const { from } = windowOf(deps.clock.now().getTime(), scope.access.profile.window);
  const others = series.value.originalStarts
    .filter((start) => start >= from)
    .map((start) => occurrenceItemId(item.itemId, start))
    .filter((itemId) => kept === undefined || itemId !== first);
  await deps.changes.send(others.map((itemId) => occurrenceNews(deps, scope, itemId, 'deleted', series.etag)));
  if (kept === undefined) {
    await deps.mappings.removeSeries(box, item.itemId, series.etag);
    return undefined;
  }
  return handBack(deps, scope, item, kept as Stored<LiveMapping>);
}

/** The mark of the record first: from then on the appointment is found by it wherever it goes. */
async function handBack(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  item: Appointment,
  mapping: Stored<LiveMapping>,
): Promise<Known | Reconciled> {
  const { recordId, itemId: previousItemId } = mapping.value;
  const stamp = stampOf(scope, recordId);
  const effect = { side: 'exchange', act: 'stamped', kind: 'appointment', itemId: item.itemId, recordId } as const;
  let changeKey: Appointment['changeKey'];
  try {
    ({ changeKey } = await writing(deps, scope, effect, () =>
      deps.lanes(scope.access).update(item, { kind: 'appointment', stamp }, 'none'),
    ));
  } catch (error) {
    if (error instanceof SyncError && (error.kind === 'conflict' || error.kind === 'notFound')) return changing;
    throw error;
  }
  const value: LiveMapping = { ...mapping.value, itemId: item.itemId };
  const [etag] = await deps.mappings.saveLive(mailboxKeyOf(scope), [
    { mapping: value, etag: mapping.etag, previousItemId },
  ]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return {
    itemKind: 'appointment',
    record: { known: false },
    item: presentItem(deps, scope, { ...item, changeKey, stamp }),
    mapping: { value, etag },
    inFeed: true,
  };
}

/** The occurrence of a record is gone: what is in its place if the series is a single appointment at its time now. */
export async function singleInPlaceOf(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { itemId }: LiveMapping,
): Promise<Known | Reconciled | undefined> {
  const key = parseOccurrenceItemId(itemId);
  if (key === undefined) return undefined;
  const look = await readItem(deps, scope, 'appointment', key.seriesId);
  if (!look.known || look.state === 'gone' || look.item.kind !== 'appointment') return undefined;
  if (look.item.series !== undefined || !isSame(look.item.start, key.originalStart)) return undefined;
  const entry = (await deps.mappings.findByItems(mailboxKeyOf(scope), [key.seriesId])).get(key.seriesId);
  return entry?.state === 'series' ? whenSingle(deps, scope, look, entry.series) : undefined;
}
