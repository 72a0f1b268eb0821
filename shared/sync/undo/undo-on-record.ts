import { hashOf } from '../../domain/hash.ts';
import { compareVersions, type OperationId } from '../../domain/ids.ts';
import type { ItemMapping } from '../../domain/item-mapping.ts';
import type { JournalEntry } from '../../domain/journal-entry.ts';
import { rulesOf } from '../../domain/rules-of.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import type { Stored } from '../../ports/stored.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope, ruleContextOf } from '../reconcile-types.ts';
import { noteMade } from '../safety/making-record.ts';
import { writing } from '../safety/writing.ts';
import { aboutToWrite, saveWritten } from './about-to-write.ts';
import { agreedAgain, isAsWritten } from './keep-agreed.ts';
import { restoringRecordDraft, restoringRecordPatch, wholeRecord } from './restoring.ts';
import { severed } from './severed.ts';
import type { Undoing, Undone } from './undoing.ts';

/** What every write of an undo is: on an admin's word. */
const onWord = { side: 'crm', livesOn: true, despiteBrakes: true } as const;

/** Takes back a write to a record. */
export async function undoOnRecord(deps: ReconcileDeps, scope: ReconcileScope, undoing: Undoing): Promise<Undone> {
  const { entry } = undoing;
  const read = await deps.readRecord(scope.connection, entry.recordId);
  const record = read.state === 'present' ? read.record : await findMadeAgain(deps, scope, entry);
  if (entry.act === 'deleted') return record === undefined ? makeAgain(deps, scope, undoing) : 'changedSince';
  if (record === undefined) return 'gone';
  const prints = rulesOf(entry.kind).printsOfRecord(record, ruleContextOf(deps, scope));
  if (!isAsWritten(entry.after, prints)) return 'changedSince';
  const mapping = (await deps.mappings.findByRecords(mailboxKeyOf(scope), [record.id])).get(record.id);
  return entry.act === 'created'
    ? takeAway(deps, scope, undoing, record, mapping)
    : setBack(deps, scope, undoing, record, mapping);
}

/** The item stays with its user: the mapping ends first, so that the end of the record is no news of it. */
async function takeAway(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { entry: { kind } }: Undoing,
  record: SyncRecord,
  mapping: Stored<ItemMapping> | undefined,
): Promise<Undone> {
  return severed<Undone>(deps, scope, mapping, async () => {
    const effect = { ...onWord, act: 'deleted', kind, recordId: record.id, was: record } as const;
    await writing(deps, scope, effect, () => deps.crm.deleteRecord(scope.connection, record.id, record.version));
    return 'undone';
  });
}

async function setBack(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { entry, image }: Undoing,
  record: SyncRecord,
  mapping: Stored<ItemMapping> | undefined,
): Promise<Undone> {
  if (image === undefined) return 'noImage';
  const { kind, fields } = entry;
  const rules = rulesOf(kind);
  const context = ruleContextOf(deps, scope);
  const patch = restoringRecordPatch(image, fields);
  if (Object.keys(patch).length === 1) return 'nothing';
  const before = rules.printsOfRecord(record, context);
  const after = rules.printsOfRecordPatch(patch, context);
  const ahead = await aboutToWrite(deps, scope, mapping, { crm: after });
  const written = await writing(
    deps,
    scope,
    {
      ...{ ...onWord, act: 'updated', kind, recordId: record.id, fields, was: record },
      ...{ before: entry.after, after },
    },
    () => deps.crm.updateRecord(scope.connection, record.id, record.version, patch),
  );
  if (ahead === undefined) return 'undone';
  const { agreed, crmVersion } = ahead.value;
  // Where somebody had changed something that was not synced yet, the record stays news.
  const isNews = compareVersions(record.version, crmVersion) > 0;
  await saveWritten(deps, scope, ahead, {
    ...(isNews ? {} : { crmVersion: written.version }),
    agreed: { ...agreed, crm: agreedAgain(agreed.crm, before, rules.printsOfRecord(written, context)) },
  });
  return 'undone';
}

/** The CRM gives it another id; its item was deleted by its user and stays so. The operation makes it once. */
async function makeAgain(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { entry, image, since }: Undoing,
): Promise<Undone> {
  const was = image && wholeRecord(image);
  if (await wasMadeSince(deps, scope, entry.recordId, since)) return 'nothing';
  if (was === undefined) return 'noImage';
  const operation = operationOf(entry);
  const record = await deps.crm.createRecord(scope.connection, restoringRecordDraft(was), operation);
  const at = deps.clock.now().toISOString();
  await noteMade(deps, scope, { kind: entry.kind }, record, { operationId: operation, at });
  await keepApart(deps, scope, entry, record);
  return 'undone';
}

/** Its item was deleted by its user: it gets another once somebody changes it, and none for being there. */
async function keepApart(
  { mappings, clock, random }: ReconcileDeps,
  scope: ReconcileScope,
  { kind }: JournalEntry,
  { id, version, origin, modifiedAt }: SyncRecord,
): Promise<void> {
  const box = mailboxKeyOf(scope);
  const now = clock.now().toISOString();
  const life = { recordId: id, kind, origin, generation: 0 } as const;
  await mappings.claimHome(box.organizationId, id, { mailboxId: box.mailboxId, generation: 0 });
  const times = { leaseUntil: now, start: modifiedAt, end: modifiedAt };
  const [intent] = await mappings.insertIntents(box, [{ ...life, ...times, state: 'intent', attemptId: random.id() }]);
  if (intent === undefined) return;
  const tombstone = { ...life, state: 'tombstone', crmVersion: version, deletedAt: now, deletedBy: 'crm' } as const;
  await mappings.saveTombstones(box, [{ mapping: tombstone, etag: intent.etag }]);
}

const operationOf = ({ organizationId, mailboxId, id }: JournalEntry): OperationId =>
  hashOf('undo', organizationId, mailboxId, id) as OperationId;

/** A record that an undo made again lives on under another id: what is undone besides is undone there. */
async function findMadeAgain(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { recordId, kind }: JournalEntry,
): Promise<SyncRecord | undefined> {
  const { entries } = await deps.journal.list(mailboxKeyOf(scope), { limit: 50, recordId });
  const deletion = entries.find(({ side, act, state }) => side === 'crm' && act === 'deleted' && state !== 'refused');
  if (deletion === undefined) return undefined;
  return deps.crm.findRecordByOperation(scope.connection, rulesOf(kind).recordKind, operationOf(deletion));
}

/** What the engine made and removed within the same time is left as it was before: not there. */
async function wasMadeSince(
  { journal }: ReconcileDeps,
  scope: ReconcileScope,
  recordId: Undoing['entry']['recordId'],
  since: string,
): Promise<boolean> {
  const { entries } = await journal.list(mailboxKeyOf(scope), { limit: 200, recordId, since });
  return entries.some(({ side, act, state }) => side === 'crm' && state === 'done' && act === 'created');
}
