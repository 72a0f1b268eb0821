import type { LiveMapping } from '../domain/item-mapping.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { SyncRecord } from '../domain/sync-record.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { lifeOf } from './create-item.ts';
import { leftAlone, type OutOfScope } from './look-up-item.ts';
import { done, mailboxKeyOf, type ReconcileDeps, type Reconciled, type ReconcileScope } from './reconcile-types.ts';
import { writing } from './safety/writing.ts';
import { saySevering } from './severing.ts';

/** What follows from a mapped item that can be seen no longer. */
export const outOfScope = (
  deps: ReconcileDeps,
  scope: ReconcileScope,
  item: OutOfScope,
  mapping: Stored<LiveMapping>,
): Promise<Reconciled> =>
  item.state === 'private' ? whenPrivate(deps, scope, mapping) : Promise.resolve(leftAlone(item));

/**
 * A mapped item is private now. The record that was made from it told what nobody else is to know: it is deleted, and made anew
 * should the item become public again. A record that was made in the CRM keeps what it says, and so does one that is marked private
 * there: its item is left alone, and both sides are read once it can be seen again.
 */
async function whenPrivate(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
): Promise<Reconciled> {
  const [read, isOurs] = await Promise.all([
    deps.readRecord(scope.connection, mapping.value.recordId),
    isHome(deps, scope, mapping.value),
  ]);
  const record = read.state === 'present' ? read.record : undefined;
  if (record === undefined || !isOurs || isMarkedPrivate(record)) return done('nothing', 'the item is private');
  if (record.origin === 'exchange') return purge(deps, scope, mapping, record);
  if (mapping.value.unseen !== true) {
    const [saved] = await deps.mappings.saveLive(mailboxKeyOf(scope), [
      { mapping: { ...mapping.value, unseen: true }, etag: mapping.etag },
    ]);
    if (saved === undefined) throw new StoreConflict('the mapping');
  }
  return done('nothing', 'the item is private: its record, which was made in the CRM, stays as it is');
}

const isMarkedPrivate = (record: SyncRecord): boolean =>
  record.kind === 'activity' && (record.sensitivity === 'private' || record.sensitivity === 'confidential');

/** An item left over in a mailbox that is no longer the record's home never takes the record away. */
async function isHome(deps: ReconcileDeps, scope: ReconcileScope, { recordId }: LiveMapping): Promise<boolean> {
  const { organizationId, mailboxId } = mailboxKeyOf(scope);
  const home = await deps.mappings.findHome(organizationId, recordId);
  return home === undefined || home.value.mailboxId === mailboxId;
}

async function purge(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapped: Stored<LiveMapping>,
  record: SyncRecord,
): Promise<Reconciled> {
  const { value, etag } = await saySevering(deps, scope, mapped, 'crm');
  const { kind, recordId, itemId } = value;
  let { version } = record;
  try {
    const effect = { side: 'crm', act: 'deleted', kind, recordId, itemId } as const;
    version = await writing(deps, scope, { ...effect, before: value.agreed.crm }, () =>
      deps.crm.deleteRecord(scope.connection, recordId, record.version),
    );
  } catch (error) {
    if (!(error instanceof SyncError) || (error.kind !== 'conflict' && error.kind !== 'notFound')) throw error;
    if (error.kind === 'conflict') return { kind: 'later', afterMs: 1_000, why: 'the record has just changed' };
  }
  const deletedAt = deps.clock.now().toISOString();
  const mapping = {
    ...lifeOf(value),
    state: 'tombstone',
    crmVersion: version,
    deletedAt,
    deletedBy: 'exchange',
  } as const;
  const [saved] = await deps.mappings.saveTombstones(mailboxKeyOf(scope), [{ mapping, etag, itemId }]);
  if (saved === undefined) throw new StoreConflict('the mapping');
  return done('recordRemoved', 'its item has become private');
}
