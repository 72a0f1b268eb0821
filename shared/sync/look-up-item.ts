import type { ItemRef, StampedItem } from '../domain/appointment.ts';
import type { ItemId, RecordId } from '../domain/ids.ts';
import type { ItemSide } from '../domain/plan-sync.ts';
import { SyncError } from '../domain/sync-error.ts';
import { presentItem, type ReconcileDeps, type ReconcileScope, stampOf } from './reconcile-types.ts';

/** What a read gave. Private items are neither there nor gone: we know nothing of them, and nothing follows. */
export type ItemLook = Extract<ItemSide, { known: true }> | { readonly known: false; readonly state: 'private' };

export const privateItem = 'PrivateItem';

/** Reads an item by its id alone. */
export async function readItem(deps: ReconcileDeps, scope: ReconcileScope, itemId: ItemId): Promise<ItemLook> {
  try {
    return presentItem(scope, await deps.lanes(scope.access).read(itemId));
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== 'notFound') throw error;
    return error.code === privateItem ? { known: false, state: 'private' } : { known: true, state: 'gone' };
  }
}

/**
 * Reads a mapped item; when its id no longer holds, looks for its stamp, because a move gives an item a new id.
 * Gone means: the id is not found, and no live item carries the stamp.
 */
export async function findMappedItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  recordId: RecordId,
  itemId: ItemId,
): Promise<ItemLook> {
  const look = await readItem(deps, scope, itemId);
  if (!look.known || look.state === 'present') return look;
  for (const moved of await liveStamped(deps, scope, recordId)) {
    const found = await readItem(deps, scope, moved.itemId);
    if (!found.known || found.state === 'present') return found;
  }
  return look;
}

/** Items that carry the record's stamp and were not deleted. Deleted Items hold what earlier lives left behind: no proof of anything. */
export async function liveStamped(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  recordId: RecordId,
  around?: { readonly start: string; readonly end: string },
): Promise<StampedItem[]> {
  const found = await deps.lanes(scope.access).findStamped(stampOf(scope, recordId), around);
  return found.filter(({ place }) => place === 'calendar' || place === 'elsewhere');
}

/** Removes the record's item wherever it is; removing what is gone is success. */
export async function removeItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  recordId: RecordId,
  item: ItemRef,
  notify: 'none' | 'all',
): Promise<void> {
  const lane = deps.lanes(scope.access);
  if (await removed(lane.remove(item, notify))) return;
  for (const moved of await liveStamped(deps, scope, recordId)) await removed(lane.remove(moved, notify));
}

async function removed(removal: Promise<void>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (error instanceof SyncError && error.kind === 'notFound') return false;
    throw error;
  }
}
