import type { Appointment } from '../domain/appointment.ts';
import type { ExchangeChange } from '../domain/change-message.ts';
import type { ItemId } from '../domain/ids.ts';
import { isLive, type Stamp } from '../domain/item.ts';
import type { SeriesOccurrences } from '../domain/item-mapping.ts';
import { occurrenceItemId } from '../domain/occurrence-key.ts';
import { rulesOf } from '../domain/rules-of.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { SyncItem } from '../domain/sync-item.ts';
import { windowOf } from '../domain/sync-window.ts';
import type { Stored } from '../ports/stored.ts';
import { readItem } from './look-up-item.ts';
import {
  done,
  mailboxKeyOf,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
  ruleContextOf,
  stampOf,
} from './reconcile-types.ts';
import { writing } from './safety/writing.ts';
import { seriesMark, seriesRecordId } from './series-mark.ts';
import { followShift } from './shifted-occurrences.ts';

/** Whether an item is a series whose occurrences become records of their own, because the CRM knows no series. */
export function isSplitSeries({ access }: ReconcileScope, item: SyncItem): item is Appointment {
  if (item.kind !== 'appointment' || item.series === undefined) return false;
  // A series that was made of a record is that record's, whatever the profile says today.
  const isOfRecord = item.stamp?.mailboxId === access.mailbox.id && !item.stamp.recordId.startsWith(seriesMark);
  return !isOfRecord && access.profile.recurrencePolicy === 'occurrences';
}

const changedMeanwhile = 'the series was changed or deleted meanwhile: the feed tells of it';

/**
 * A series was made or changed: news of each occurrence in the window that differs from its record, and of each that is no
 * longer there, go to the queue; each is then reconciled on its own. What may get a record is remembered before the news are
 * sent: dying between sends them again with the next look. Occurrences that left the window are frozen, not deleted.
 */
export async function syncSeries(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  master: Appointment,
  known: Stored<SeriesOccurrences> | undefined,
): Promise<Reconciled> {
  if (scope.access.mailbox.crmUserId === undefined) return done('nothing', 'the mailbox belongs to no CRM user');
  const stamped = await stampSeries(deps, scope, master);
  if (stamped === undefined) return done('nothing', changedMeanwhile);
  const window = windowOf(deps.clock.now().getTime(), scope.access.profile.window);
  const occurrences = await deps.exchange.readOccurrences(scope.access, master.itemId, window);
  const now = new Set(occurrences.map(startOf));
  const inWindow = (known?.value.originalStarts ?? []).filter((start) => start >= window.from);
  const missing = inWindow.filter((start) => !now.has(start));
  const vanished = await followShift(deps, scope, master, missing, occurrences);
  await remember(deps, scope, master, known, [...new Set([...inWindow, ...now])]);
  const news = await withoutAgreed(deps, scope, occurrences);
  await deps.changes.send([
    ...news.map((occurrence) => occurrenceNews(deps, scope, occurrence.itemId, 'updated', occurrence.changeKey)),
    ...vanished.map((start) => occurrenceNews(deps, scope, occurrenceItemId(master.itemId, start), 'deleted', stamped)),
  ]);
  return done(
    news.length + vanished.length === 0 ? 'nothing' : 'seriesSplit',
    'each occurrence is looked at on its own',
  );
}

/**
 * A series is no longer under its id, or is none any more. One that was moved is found by its stamp and looked at there; one in the archive is out
 * of scope; of one that is gone each occurrence is looked at, which demands its own proof.
 */
export async function seriesGone(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  itemId: ItemId,
  known: Stored<SeriesOccurrences>,
): Promise<Reconciled> {
  const { uid, originalStarts } = known.value;
  const stamped = await deps.lanes(scope.access).findStamped('appointment', seriesStamp(scope, uid));
  for (const moved of stamped.filter(isLive)) {
    if (moved.itemId === itemId) continue;
    const look = await readItem(deps, scope, 'appointment', moved.itemId);
    if (!look.known || look.state === 'gone' || look.item.kind !== 'appointment') continue;
    if (look.item.series === undefined) continue;
    const there = (await deps.mappings.findByItems(mailboxKeyOf(scope), [moved.itemId])).get(moved.itemId);
    const result = await syncSeries(deps, scope, look.item, there?.state === 'series' ? there.series : undefined);
    await deps.mappings.removeSeries(mailboxKeyOf(scope), itemId, known.etag);
    return result;
  }
  if (stamped.some(({ place }) => place === 'archive'))
    return done('nothing', 'the series is in the archive: out of scope');
  const { from } = windowOf(deps.clock.now().getTime(), scope.access.profile.window);
  await deps.changes.send(
    originalStarts
      .filter((start) => start >= from)
      .map((start) => occurrenceNews(deps, scope, occurrenceItemId(itemId, start), 'deleted', known.etag)),
  );
  await deps.mappings.removeSeries(mailboxKeyOf(scope), itemId, known.etag);
  return done('seriesSplit', 'the series is gone: each occurrence is looked at on its own');
}

/** A series has become private: each of its occurrences that may have a record is looked at. */
export async function lookAtOccurrences(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  itemId: ItemId,
  { value, etag }: Stored<SeriesOccurrences>,
): Promise<Reconciled> {
  const { from } = windowOf(deps.clock.now().getTime(), scope.access.profile.window);
  const starts = value.originalStarts.filter((start) => start >= from);
  await deps.changes.send(
    starts.map((start) => occurrenceNews(deps, scope, occurrenceItemId(itemId, start), 'updated', etag)),
  );
  return done('seriesSplit', 'the series is private: each occurrence is looked at on its own');
}

const startOf = ({ occurrence, start }: Appointment): string => occurrence?.originalStart ?? start;

export const seriesStamp = (scope: ReconcileScope, uid: string): Stamp => stampOf(scope, seriesRecordId(uid));

export const uidOf = ({ iCalUid, itemId }: Appointment): string => iCalUid ?? itemId;

/** Gives the change key after the stamp; undefined when the series is no longer as it was read. */
export async function stampSeries(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  master: Appointment,
): Promise<string | undefined> {
  const stamp = seriesStamp(scope, uidOf(master));
  if (master.stamp?.mailboxId === stamp.mailboxId && master.stamp.recordId === stamp.recordId) return master.changeKey;
  const fresh = await readItem(deps, scope, 'appointment', master.itemId);
  if (!fresh.known || fresh.state === 'gone') return undefined;
  const { item } = fresh;
  const effect = { side: 'exchange', act: 'stamped', kind: 'appointment', itemId: item.itemId } as const;
  try {
    const stamped = await writing(deps, scope, { ...effect, recordId: stamp.recordId }, () =>
      deps.lanes(scope.access).update(item, { kind: 'appointment', stamp }, 'none'),
    );
    return stamped.changeKey;
  } catch (error) {
    if (error instanceof SyncError && (error.kind === 'conflict' || error.kind === 'notFound')) return undefined;
    throw error;
  }
}

async function remember(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  master: Appointment,
  known: Stored<SeriesOccurrences> | undefined,
  originalStarts: readonly string[],
): Promise<void> {
  const sorted = [...originalStarts].sort().slice(-1_200);
  if (known?.value.originalStarts.join() === sorted.join()) return;
  const value = { uid: uidOf(master), originalStarts: sorted };
  await deps.mappings.saveSeries(mailboxKeyOf(scope), master.itemId, value, known?.etag);
}

/** Leaves out occurrences that are just as they were last agreed on. */
async function withoutAgreed(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  occurrences: readonly Appointment[],
): Promise<Appointment[]> {
  const box = mailboxKeyOf(scope);
  const entries = await deps.mappings.findByItems(
    box,
    occurrences.map(({ itemId }) => itemId),
  );
  const records = [...entries.values()].flatMap((entry) => (entry.state === 'mapped' ? [entry.recordId] : []));
  const mappings = await deps.mappings.findByRecords(box, records);
  const context = ruleContextOf(deps, scope);
  return occurrences.filter((occurrence) => {
    const entry = entries.get(occurrence.itemId);
    const mapping = entry?.state === 'mapped' ? mappings.get(entry.recordId)?.value : undefined;
    if (mapping?.state !== 'live' || !mapping.confirmed || mapping.itemId !== occurrence.itemId) return true;
    const prints = rulesOf('appointment').printsOfItem(occurrence, context);
    return Object.entries(prints).some(([field, print]) => mapping.agreed.exchange[field as 'subject'] !== print);
  });
}

export function occurrenceNews(
  { clock, random }: ReconcileDeps,
  scope: ReconcileScope,
  itemId: ItemId,
  reason: 'updated' | 'deleted',
  changeKey: string,
): { readonly body: ExchangeChange } {
  return {
    body: {
      kind: 'exchangeChange',
      schema: 1,
      ...mailboxKeyOf(scope),
      itemId,
      itemKind: 'appointment',
      changeKey: changeKey as ExchangeChange['changeKey'],
      reason,
      attempt: 1,
      // Used by no other sending: what is said again of an occurrence is no repetition.
      hop: 1_000 + Math.floor(random.fraction() * 900_000),
      lagged: 0,
      seenAt: clock.now().toISOString(),
    },
  };
}
