import { hashOf } from '../../domain/hash.ts';
import type { ItemId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import { rulesOf } from '../../domain/rules-of.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import { type ReconcileScope, ruleContextOf } from '../reconcile-types.ts';
import { mayWrite } from './may-write.ts';
import { wholeMailbox } from './stand-still.ts';
import { entryOf, note, type WritingDeps } from './writing.ts';

/**
 * The making of a record, as `writing` does it with other writes. What the record will be called nobody knows before: that it
 * is begun, the item's claim says. Its operation makes the create happen once, and its entry too: whoever repeats it with the same
 * operation and the same moment writes the same.
 */
export async function makingRecord(
  deps: WritingDeps,
  scope: ReconcileScope,
  item: SyncItem,
  made: { readonly operationId: string; readonly at: string },
  act: () => Promise<SyncRecord>,
): Promise<SyncRecord> {
  const { kind, itemId } = item;
  await mayWrite(deps, scope.access, { side: 'crm', act: 'created', kind, itemId, recordId: wholeMailbox });
  const record = await act();
  // Of a meeting with copies in several mailboxes another one has made it.
  if (record.ownerId === scope.access.mailbox.crmUserId) await noteMade(deps, scope, item, record, made);
  return record;
}

/** The entry of a record that was made. */
export async function noteMade(
  deps: WritingDeps,
  scope: ReconcileScope,
  { kind, itemId }: { readonly kind: ItemKind; readonly itemId?: ItemId },
  record: SyncRecord,
  made: { readonly operationId: string; readonly at: string },
): Promise<void> {
  const after = rulesOf(kind).printsOfRecord(record, ruleContextOf(deps, scope));
  const effect = { side: 'crm', act: 'created', kind, itemId, recordId: record.id, after } as const;
  await note(deps, scope, {
    ...entryOf(deps, scope, { ...effect, fields: Object.keys(after) }),
    id: hashOf('made', made.operationId),
    at: made.at,
    state: 'done',
  });
}
