import { hashOf } from '../../domain/hash.ts';
import type { ItemClaim } from '../../domain/item-mapping.ts';
import { rulesOf } from '../../domain/rules-of.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import { type ReconcileDeps, type ReconcileScope, ruleContextOf } from '../reconcile-types.ts';
import { mayWrite } from './may-write.ts';
import { wholeMailbox } from './stand-still.ts';
import { entryOf, note, type WritingDeps } from './writing.ts';

/**
 * The making of a record, as `writing` does it with other writes. What the record will be called nobody knows before: that it
 * is begun, the item's claim says. The claim's operation makes the create happen once, and its entry too: whoever repeats it writes
 * the same.
 */
export async function makingRecord(
  deps: WritingDeps & Pick<ReconcileDeps, 'leaseMs'>,
  scope: ReconcileScope,
  item: SyncItem,
  claim: ItemClaim,
  act: () => Promise<SyncRecord>,
): Promise<SyncRecord> {
  const { kind, itemId } = item;
  const effect = { side: 'crm', act: 'created', kind, itemId, recordId: wholeMailbox } as const;
  await mayWrite(deps, scope.access, effect);
  const record = await act();
  // Of a meeting with copies in several mailboxes another one has made it.
  if (record.ownerId !== scope.access.mailbox.crmUserId) return record;
  const after = rulesOf(kind).printsOfRecord(record, ruleContextOf(deps, scope));
  await note(deps, scope, {
    ...entryOf(deps, scope, { ...effect, recordId: record.id, fields: Object.keys(after), after }),
    id: hashOf('made', claim.operationId),
    at: new Date(Date.parse(claim.leaseUntil) - deps.leaseMs).toISOString(),
    state: 'done',
  });
  return record;
}
