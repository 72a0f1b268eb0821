import type { ItemId, RecordId } from '../domain/ids.ts';
import { type ItemKind, type ItemRef, isLive, type Notify, type StampedItem } from '../domain/item.ts';
import type { LiveMapping } from '../domain/item-mapping.ts';
import { isOccurrence, occurrenceItemId, parseOccurrenceItemId } from '../domain/occurrence-key.ts';
import type { ItemSide } from '../domain/plan-sync.ts';
import { SyncError } from '../domain/sync-error.ts';
import {
  done,
  presentItem,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
  stampOf,
} from './reconcile-types.ts';
import { writing } from './safety/writing.ts';
import { seriesRecordId } from './series-mark.ts';

/** What a read gave. Private and archived items are neither there nor gone: out of scope, and nothing follows. */
export type ItemLook = Extract<ItemSide, { known: true }> | OutOfScope;

export interface OutOfScope {
  readonly known: false;
  readonly state: 'private' | 'archived';
}

export const whyNothing = {
  private: 'the item is private',
  archived: 'the item is in the archive: out of scope',
} as const satisfies Record<OutOfScope['state'], string>;

/** What follows from an item that is out of scope. */
export const leftAlone = ({ state }: OutOfScope): Reconciled => done('nothing', whyNothing[state]);

export const privateItem = 'PrivateItem';

/** Reads an item by its id alone. */
export async function readItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  itemId: ItemId,
): Promise<ItemLook> {
  try {
    return presentItem(deps, scope, await deps.lanes(scope.access).read(kind, itemId));
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== 'notFound') throw error;
    return error.code === privateItem ? { known: false, state: 'private' } : { known: true, state: 'gone' };
  }
}

/**
 * Reads a mapped item; when its id no longer holds, looks for its stamp, or that of its series, because a move gives an item a new id.
 * Gone means: the id is not found, and no item that is live or in the archive carries the stamp.
 */
export async function findMappedItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { recordId, kind, itemId, iCalUid }: Pick<LiveMapping, 'recordId' | 'kind' | 'itemId' | 'iCalUid'>,
): Promise<ItemLook> {
  const look = await readItem(deps, scope, kind, itemId);
  if (!look.known || look.state === 'present') return look;
  const stamped = isOccurrence(itemId)
    ? await findMovedOccurrence(deps, scope, itemId, iCalUid)
    : await deps.lanes(scope.access).findStamped(kind, stampOf(scope, recordId));
  for (const moved of stamped.filter(isLive)) {
    const found = await readItem(deps, scope, kind, moved.itemId);
    if (!found.known || found.state === 'present') return found;
  }
  return stamped.some(({ place }) => place === 'archive') ? { known: false, state: 'archived' } : look;
}

/** Where the occurrence is now that its series has another id; nothing where the series itself is still there. */
async function findMovedOccurrence(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  itemId: ItemId,
  iCalUid: string | undefined,
): Promise<StampedItem[]> {
  const occurrence = parseOccurrenceItemId(itemId);
  if (occurrence === undefined || iCalUid === undefined) return [];
  const { seriesId, originalStart } = occurrence;
  const series = await readItem(deps, scope, 'appointment', seriesId);
  if (!series.known || series.state === 'present') return [];
  const found = await deps.lanes(scope.access).findStamped('appointment', stampOf(scope, seriesRecordId(iCalUid)));
  return found.map((moved) => ({ ...moved, itemId: occurrenceItemId(moved.itemId, originalStart) }));
}

/** Items in use that carry the record's stamp. Deleted Items hold what earlier lives left behind: no proof of anything. */
export async function liveStamped(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  recordId: RecordId,
  around?: { readonly start: string; readonly end: string },
): Promise<StampedItem[]> {
  const found = await deps.lanes(scope.access).findStamped(kind, stampOf(scope, recordId), around);
  return found.filter(isLive);
}

/** Removes the record's item wherever it is in use; removing what is gone is success, and what is archived stays. */
export async function removeItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  recordId: RecordId,
  item: ItemRef & Pick<LiveMapping, 'iCalUid'>,
  removal: Removal,
): Promise<void> {
  const { notify, outside = 0, livesOn = false } = removal;
  const lane = deps.lanes(scope.access);
  const remove = (ref: ItemRef): Promise<void> => {
    const effect = { side: 'exchange', act: 'deleted', kind, recordId, itemId: ref.itemId } as const;
    const isMove = livesOn || scope.cause?.why === 'leave';
    return writing(deps, scope, { ...effect, notify, outside, livesOn: isMove }, () => lane.remove(kind, ref, notify));
  };
  if (await removed(remove(item))) return;
  const elsewhere = isOccurrence(item.itemId)
    ? (await findMovedOccurrence(deps, scope, item.itemId, item.iCalUid)).filter(isLive)
    : await liveStamped(deps, scope, kind, recordId);
  for (const moved of elsewhere) await removed(remove(moved));
}

/** How an item goes: who is told, how many of them are outside, and whether it is made again or lives on elsewhere. */
export interface Removal {
  readonly notify: Notify;
  readonly outside?: number;
  readonly livesOn?: boolean;
}

export const silently: Removal = { notify: 'none' };

async function removed(removal: Promise<void>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (error instanceof SyncError && error.kind === 'notFound') return false;
    throw error;
  }
}
