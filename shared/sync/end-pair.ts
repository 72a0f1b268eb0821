import type { CrmVersion } from '../domain/ids.ts';
import type { Notify } from '../domain/item.ts';
import type { LiveMapping } from '../domain/item-mapping.ts';
import { notifyFor } from '../domain/notify-policy.ts';
import { isOccurrence } from '../domain/occurrence-key.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { SyncRecord } from '../domain/sync-record.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { lifeOf } from './create-item.ts';
import { removeItem } from './look-up-item.ts';
import { done, mailboxKeyOf, type ReconcileDeps, type Reconciled, type ReconcileScope } from './reconcile-types.ts';
import { writing } from './safety/writing.ts';

/** Removes the item, tells whom it concerns, and remembers that it is gone. Dying before the tombstone: the repeat finds no item and saves it. */
export async function removeItemOf(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
  version: CrmVersion,
  by: 'crm' | 'exchange',
  livesOn = false,
): Promise<Reconciled> {
  const { kind, recordId, guests } = mapping.value;
  const notify = cancellationOf(deps, scope, mapping.value);
  const removal = { notify, outside: guests?.outside ?? 0, livesOn };
  await removeItem(deps, scope, kind, recordId, mapping.value, removal);
  await saveTombstone(deps, scope, mapping, version, by);
  return done('itemRemoved');
}

/** Whoever was invited through us is told that it is off, and others as the profile says. */
function cancellationOf(deps: ReconcileDeps, { access }: ReconcileScope, mapping: LiveMapping): Notify {
  if (mapping.attendeeCopy === true) return 'none';
  const past = mapping.endsAt !== undefined && Date.parse(mapping.endsAt) <= deps.clock.now().getTime();
  const { guests, invited = false } = mapping;
  return notifyFor({ policy: access.profile.notifyPolicy, guests, invited, past });
}

/** Deletes the record if it still has the version, and remembers that; `refused` when it has changed since. */
export async function removeRecordOf(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
  version: CrmVersion,
  livesOn = false,
): Promise<Reconciled | 'refused'> {
  const { kind, recordId, itemId, agreed } = mapping.value;
  const deleted = await unlessChanged(
    writing(deps, scope, { side: 'crm', act: 'deleted', kind, recordId, itemId, before: agreed.crm, livesOn }, () =>
      deps.crm.deleteRecord(scope.connection, recordId, version),
    ),
  );
  if (deleted === 'refused') return 'refused';
  await saveTombstone(deps, scope, mapping, deleted === 'gone' ? version : deleted, 'exchange');
  return done('recordRemoved');
}

/** Nothing older than this brings the item back. */
export async function saveTombstone(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { value, etag }: Stored<LiveMapping>,
  crmVersion: CrmVersion,
  deletedBy: 'crm' | 'exchange',
): Promise<void> {
  const deletedAt = deps.clock.now().toISOString();
  const mapping = { ...lifeOf(value), state: 'tombstone', crmVersion, deletedAt, deletedBy } as const;
  // An occurrence carries no stamp: that its record was deleted is known by the row alone that leads there.
  const staysKnown = deletedBy === 'crm' && value.attendeeCopy === true && isOccurrence(value.itemId);
  const [saved] = await deps.mappings.saveTombstones(mailboxKeyOf(scope), [
    { mapping, etag, ...(staysKnown ? {} : { itemId: value.itemId }) },
  ]);
  if (saved === undefined) throw new StoreConflict('the mapping');
}

/** The result of a conditional write to the CRM: what it gave, or why it was not done. */
export async function unlessChanged<T extends SyncRecord | CrmVersion>(
  write: Promise<T>,
): Promise<T | 'refused' | 'gone'> {
  try {
    return await write;
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    if (error.kind === 'conflict') return 'refused';
    if (error.kind === 'notFound') return 'gone';
    throw error;
  }
}
