import type { FieldPrints, ItemMapping, LiveMapping } from '../../domain/item-mapping.ts';
import { StoreConflict, type Stored } from '../../ports/stored.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope } from '../reconcile-types.ts';

/**
 * Notes in the mapping what a side is about to be set back to: found there after a death, it was us and no person, and does not
 * travel to the other side. Gives the mapping to go on with; undefined when there is none that lives.
 */
export async function aboutToWrite(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<ItemMapping> | undefined,
  writing: { readonly crm?: FieldPrints; readonly exchange?: FieldPrints },
): Promise<Stored<LiveMapping> | undefined> {
  if (mapping?.value.state !== 'live') return undefined;
  const value: LiveMapping = { ...mapping.value, writing: { ...mapping.value.writing, ...writing, stays: true } };
  const [etag] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: value, etag: mapping.etag }]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return { value, etag };
}

/** The mapping after the write; what was noted before it is taken out. */
export async function saveWritten(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { value, etag }: Stored<LiveMapping>,
  changes: Partial<LiveMapping>,
): Promise<void> {
  const { writing: _writing, ...rest } = value;
  const [saved] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: { ...rest, ...changes }, etag }]);
  if (saved === undefined) throw new StoreConflict('the mapping');
}
