import type { CrmVersion } from '../../domain/ids.ts';
import type { ItemRef, Notify } from '../../domain/item.ts';
import type { FieldPrints, LiveMapping, SyncedField } from '../../domain/item-mapping.ts';
import { rulesOf } from '../../domain/rules-of.ts';
import type { ItemPatch } from '../../domain/sync-item.ts';
import type { RecordPatch, SyncRecord } from '../../domain/sync-record.ts';
import { type Known, type ReconcileDeps, type ReconcileScope, ruleContextOf, type Writes } from '../reconcile-types.ts';
import { writing } from './writing.ts';

/** The pair that is written: as it was agreed, as it is known now, and what goes where. */
export interface Pair {
  readonly mapping: LiveMapping;
  readonly known: Known;
  readonly writes: Pick<Writes, 'toItem' | 'conflicts'> & { readonly toRecord: ReadonlySet<SyncedField | 'status'> };
}

/** Who is told of a write, and how many of them are outside. */
export interface Telling {
  readonly notify: Notify;
  readonly outside: number;
  /** People outside are guests from now on whom nobody has told: nor are they told of what comes. */
  readonly hidden?: boolean;
}

/** Changes a record through the brakes and the journal. */
export async function writeRecord(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { mapping, known, writes }: Pair,
  version: CrmVersion,
  patch: RecordPatch,
): Promise<SyncRecord> {
  const { kind, recordId, itemId } = mapping;
  const rules = rulesOf(kind);
  const context = ruleContextOf(deps, scope);
  const fields = writes.toRecord;
  // Name and notes of a task are one text in the CRM.
  const texts = kind === 'task' && (fields.has('subject') || fields.has('notes')) ? ['subject', 'notes'] : [];
  const present = known.record.known && known.record.state === 'present' ? known.record : undefined;
  return writing(
    deps,
    scope,
    {
      ...({ side: 'crm', act: 'updated', kind, recordId, itemId, fields } as const),
      before: only(fields, present?.prints ?? mapping.agreed.crm),
      after: rules.printsOfRecordPatch(patch, context),
      was: present?.record,
      lost: lostTo('exchange', fields, writes),
      writes: mapping.writes,
    },
    () => deps.crm.updateRecord(scope.connection, recordId, version, patch),
    (written) => ({
      after: only(new Set([...fields, ...texts]), rules.printsOfRecord(written, context)) as Record<string, string>,
    }),
  );
}

/** Changes an item through the brakes and the journal. */
export async function writeItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { mapping, known, writes }: Pair,
  ref: ItemRef,
  patch: ItemPatch,
  { notify, outside }: Telling,
): Promise<ItemRef> {
  const { kind, recordId } = mapping;
  const present = known.item.known && known.item.state === 'present' ? known.item : undefined;
  const rings = patch.kind === 'appointment' && (patch.reminderMinutes !== undefined || patch.reminderByDefault);
  const fields = new Set<string>([...writes.toItem, ...(rings ? ['reminder'] : [])]);
  return writing(
    deps,
    scope,
    {
      ...({ side: 'exchange', act: 'updated', kind, recordId, itemId: ref.itemId, fields, notify, outside } as const),
      before: only(fields, present?.prints ?? mapping.agreed.exchange),
      after: rulesOf(kind).printsOfItemPatch(patch, ruleContextOf(deps, scope)),
      was: present?.item,
      lost: lostTo('crm', writes.toItem, writes),
      writes: mapping.writes,
    },
    () => deps.lanes(scope.access).update(ref, patch, notify),
    ({ itemId }) => ({ itemId }),
  );
}

const only = (fields: ReadonlySet<string>, prints: FieldPrints): FieldPrints =>
  Object.fromEntries(Object.entries(prints).filter(([field]) => fields.has(field)));

/** Fields whose value is given up to the side that wins. */
const lostTo = (
  winner: 'crm' | 'exchange',
  written: ReadonlySet<string>,
  { conflicts = new Map() }: Pick<Writes, 'conflicts'>,
): ReadonlySet<SyncedField> =>
  new Set([...conflicts].flatMap(([field, side]) => (side === winner && written.has(field) ? [field] : [])));
