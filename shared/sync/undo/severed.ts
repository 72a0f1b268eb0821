import type { ItemMapping, LiveMapping } from '../../domain/item-mapping.ts';
import { SyncError } from '../../domain/sync-error.ts';
import { StoreConflict, type Stored } from '../../ports/stored.ts';
import { lifeOf } from '../create-item.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope } from '../reconcile-types.ts';

/**
 * Ends the mapping of a pair, then removes one side of it: so that its end is no news to the other side. What is left of it has no
 * part in the sync until its record is written again. Removed nothing, the mapping is as it was. Dying between leaves both sides there and apart; the next undo removes what this one was to.
 */
export async function severed<T>(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<ItemMapping> | undefined,
  remove: () => Promise<T>,
): Promise<T> {
  if (mapping?.value.state !== 'live') return remove();
  const { value, etag } = mapping as Stored<LiveMapping>;
  const box = mailboxKeyOf(scope);
  const deletedAt = deps.clock.now().toISOString();
  const { crmVersion, itemId } = value;
  const [buried] = await deps.mappings.saveTombstones(box, [
    { mapping: { ...lifeOf(value), state: 'tombstone', crmVersion, deletedAt, deletedBy: 'crm' }, etag, itemId },
  ]);
  if (buried === undefined) throw new StoreConflict('the mapping');
  try {
    return await remove();
  } catch (error) {
    if (error instanceof SyncError && !error.ambiguous && error.kind !== 'notFound')
      await deps.mappings.saveLive(box, [{ mapping: value, etag: buried }]);
    throw error;
  }
}
