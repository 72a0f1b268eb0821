import type { LiveMapping } from '../domain/item-mapping.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope } from './reconcile-types.ts';

/**
 * Notes that one side is about to be removed by us while the other is to stay. Whoever finds it gone before that is known
 * (the CRM's own event comes faster than our next write, or we die) takes it for what it was.
 */
export async function saySevering(
  deps: Pick<ReconcileDeps, 'mappings'>,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
  severing: 'crm' | 'exchange',
): Promise<Stored<LiveMapping>> {
  if (mapping.value.severing === severing) return mapping;
  const value: LiveMapping = { ...mapping.value, severing };
  const [etag] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: value, etag: mapping.etag }]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return { value, etag };
}
