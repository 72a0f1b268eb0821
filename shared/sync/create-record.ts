import { hashOf } from '../domain/hash.ts';
import { CrmVersion, type ItemId, type OperationId, RecordId } from '../domain/ids.ts';
import { type ItemKind, type ItemRef, isLive } from '../domain/item.ts';
import type { ItemClaim, ItemMapping, LiveMapping } from '../domain/item-mapping.ts';
import { isOccurrence, operationOfOccurrence } from '../domain/occurrence-key.ts';
import { rulesOf } from '../domain/rules-of.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { SyncItem } from '../domain/sync-item.ts';
import type { RecordDraft, RecordPatch, SyncRecord } from '../domain/sync-record.ts';
import type { LiveMappingChange } from '../ports/mapping-store.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { isAttendeeCopy, operationOfMeeting } from './attendee-copy.ts';
import { readItem, removeItem, silently } from './look-up-item.ts';
import {
  done,
  type Known,
  mailboxKeyOf,
  presentItem,
  presentRecord,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
  ruleContextOf,
  stampOf,
} from './reconcile-types.ts';
import { makingRecord } from './safety/making-record.ts';
import { writing } from './safety/writing.ts';

/** The mapping that a new record was saved with; the next round compares both sides and makes them agree. */
export type RecordCreated =
  | {
      readonly kind: 'mapping';
      readonly record: SyncRecord;
      readonly item: SyncItem;
      readonly mapping: Stored<LiveMapping>;
    }
  | { readonly kind: 'settled'; readonly result: Reconciled };

/**
 * Makes the record of an item: claim, record, stamp, mapping, in that order. The operation id is derived from the meeting's
 * own identity, so whoever repeats a step that died half-way gets the record made before, not a second one.
 * The mapping is saved with what both sides were when the claim was made: what changed on either side meanwhile is found by comparing both.
 */
export async function createRecord(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  item: SyncItem,
  claimed: Stored<ItemClaim> | undefined,
  resumed = claimed !== undefined,
): Promise<RecordCreated> {
  const { crm, mappings } = deps;
  const box = mailboxKeyOf(scope);
  const owner = scope.access.mailbox.crmUserId;
  if (owner === undefined) return { kind: 'settled', result: done('nothing', 'the mailbox belongs to no CRM user') };
  const draft = rulesOf(item.kind).recordDraftOf(item, scope.access.profile, owner);
  const claim = claimed ?? (await mappings.claimItem(box, item.itemId, newClaim(deps, scope, item, draft)));
  if (claim === undefined) throw new StoreConflict('the claim of the item');

  let record: SyncRecord;
  try {
    const at = new Date(Date.parse(claim.value.leaseUntil) - deps.leaseMs).toISOString();
    record = await makingRecord(deps, scope, item, { operationId: claim.value.operationId, at }, () =>
      crm.createRecord(scope.connection, draft, claim.value.operationId as OperationId),
    );
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    if (error.kind === 'notFound') return afterDeletion(deps, scope, item, claim, resumed);
    if (!error.ambiguous) await mappings.releaseItemClaim(box, item.itemId, claim);
    throw error;
  }
  const before = (await mappings.findByRecords(box, [record.id])).get(record.id);
  if (before?.value.state === 'live' && before.value.itemId !== item.itemId) {
    const twin = await readItem(deps, scope, item.kind, before.value.itemId);
    if (!twin.known || twin.state === 'present') {
      // Two live items of one meeting: the mapped one keeps the record, this one gets its own.
      return createAnother(deps, scope, item, claim);
    }
  }
  if (isOnAgain(item, record, before)) return createAnother(deps, scope, item, claim);
  const home = { mailboxId: box.mailboxId, generation: 0 };
  if (isAttendeeCopy(item)) {
    const { value } = await mappings.claimHome(box.organizationId, record.id, home);
    if (value.mailboxId !== box.mailboxId) {
      await mappings.releaseItemClaim(box, item.itemId, claim);
      return { kind: 'settled', result: done('nothing', 'another copy of the meeting has the record') };
    }
  }
  const stamped = await stampItem(deps, scope, item, record);
  if (stamped === undefined) {
    await withdraw(deps, scope, item.kind, record);
    await mappings.releaseItemClaim(box, item.itemId, claim);
    return { kind: 'settled', result: done('nothing', 'the item was deleted before its record was made') };
  }
  await mappings.claimHome(box.organizationId, record.id, home);
  const mapping: LiveMapping = {
    state: 'live',
    recordId: record.id,
    kind: item.kind,
    origin: 'exchange',
    generation: claim.value.generation,
    itemId: stamped.itemId,
    changeKey: stamped.changeKey,
    ...uidOf(item),
    ...(isAttendeeCopy(item) ? { attendeeCopy: true } : {}),
    crmVersion: neverAgreed,
    agreed: claim.value.made ?? { crm: {}, exchange: {} },
    confirmed: false,
  };
  const [etag] = await mappings.saveLive(box, [{ mapping, ...replaced(before) }]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return {
    kind: 'mapping',
    record,
    item: { ...stamped.read, changeKey: stamped.changeKey },
    mapping: { value: mapping, etag },
  };
}

/**
 * The record of this operation was made and deleted. If the operation is one that we were in the midst of, the item's
 * record was deleted and the item follows it. Else the item is a new one of an old meeting (imported again, say): it gets a record of its own.
 */
async function afterDeletion(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  item: SyncItem,
  claim: Stored<ItemClaim>,
  resumed: boolean,
): Promise<RecordCreated> {
  if (!resumed) return createAnother(deps, scope, item, claim);
  await removeItem(deps, scope, item.kind, RecordId.parse('none'), item, silently);
  await deps.mappings.releaseItemClaim(mailboxKeyOf(scope), item.itemId, claim);
  return { kind: 'settled', result: done('itemRemoved', 'its record was deleted while it was being made') };
}

/** The meeting was cancelled in Exchange, its record with it, and takes place after all: that is news of a record of its own. */
const isOnAgain = (item: SyncItem, record: SyncRecord, before: Stored<ItemMapping> | undefined): boolean =>
  item.kind === 'appointment' &&
  !item.cancelled &&
  record.kind === 'activity' &&
  record.status === 'cancelled' &&
  before?.value.state === 'tombstone' &&
  before.value.deletedBy === 'exchange';

/** Makes a record under the item's own operation, where that of its meeting is taken. */
async function createAnother(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  item: SyncItem,
  claim: Stored<ItemClaim>,
): Promise<RecordCreated> {
  const box = mailboxKeyOf(scope);
  // Derived from the one that is taken, because this one may have been used up as well.
  const operationId = hashOf('operation', box.organizationId, box.mailboxId, item.itemId, claim.value.operationId);
  const own = await deps.mappings.renewItemClaim(box, item.itemId, claim.etag, { ...claim.value, operationId });
  return createRecord(deps, scope, item, own, false);
}

/** What the new mapping takes the place of: nothing, a tombstone, or one whose item is gone. */
function replaced(before: Stored<ItemMapping> | undefined): Partial<LiveMappingChange> {
  if (before === undefined) return {};
  const previous = before.value.state === 'live' ? { previousItemId: before.value.itemId } : {};
  return { etag: before.etag, ...previous };
}

/** The next round after a record was made: both sides are at hand. */
export function afterCreate(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  created: Extract<RecordCreated, { kind: 'mapping' }>,
): Known {
  const { kind } = created.item;
  return {
    itemKind: kind,
    record: presentRecord(deps, scope, kind, created.record),
    item: presentItem(deps, scope, created.item),
    mapping: created.mapping,
    inFeed: true,
  };
}

/**
 * An item vanished whose record was being made. If it was stamped already and lives on under another id, it is linked
 * from there; else what the operation made is taken back.
 */
export async function withdrawClaimed(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  itemId: ItemId,
  claim: Stored<ItemClaim>,
): Promise<Reconciled | RecordCreated> {
  const box = mailboxKeyOf(scope);
  const operation = claim.value.operationId as OperationId;
  const record = await deps.crm.findRecordByOperation(scope.connection, rulesOf(kind).recordKind, operation);
  const stamped =
    record === undefined ? [] : await deps.lanes(scope.access).findStamped(kind, stampOf(scope, record.id));
  const [moved] = stamped.filter(isLive);
  const look = moved && (await readItem(deps, scope, kind, moved.itemId));
  if (look?.known && look.state === 'present') {
    await deps.mappings.releaseItemClaim(box, itemId, claim);
    return createRecord(deps, scope, look.item, await deps.mappings.claimItem(box, look.item.itemId, claim.value));
  }
  // Should it come back, it is linked by its stamp.
  if (stamped.some(({ place }) => place === 'archive'))
    return done('nothing', 'the item is in the archive: out of scope');
  if (record !== undefined) await withdraw(deps, scope, kind, record);
  await deps.mappings.releaseItemClaim(box, itemId, claim);
  return done(record === undefined ? 'nothing' : 'recordRemoved', 'the item was deleted before its record was mapped');
}

/** Takes back what was just made: nothing is lost by it. What was mapped meanwhile has a life of its own and stays. */
async function withdraw(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  kindOfItem: ItemKind,
  record: SyncRecord,
): Promise<void> {
  if ((await deps.mappings.findByRecords(mailboxKeyOf(scope), [record.id])).has(record.id)) return;
  try {
    await writing(
      deps,
      scope,
      { side: 'crm', act: 'deleted', kind: kindOfItem, recordId: record.id, was: record, livesOn: true },
      () => deps.crm.deleteRecord(scope.connection, record.id, record.version),
    );
  } catch (error) {
    if (!(error instanceof SyncError) || error.kind !== 'notFound') throw error;
  }
}

const uidOf = (item: SyncItem): { iCalUid?: string } =>
  item.kind === 'appointment' && item.iCalUid !== undefined ? { iCalUid: item.iCalUid } : {};

/** Whatever version the record has by now was not looked at yet: nothing may be written over it unseen. */
const neverAgreed = CrmVersion.parse('0');
const stampRounds = 3;

/** Puts the stamp on the item; undefined when it is gone. `read` is the item as it was just before the stamp. */
async function stampItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  item: SyncItem,
  record: SyncRecord,
): Promise<(ItemRef & { readonly read: SyncItem }) | undefined> {
  // An occurrence is known by its series and its time; a stamp would make an exception of it.
  if (isOccurrence(item.itemId)) return { itemId: item.itemId, changeKey: item.changeKey, read: item };
  const lane = deps.lanes(scope.access);
  let read = item;
  for (let round = 0; round < stampRounds; round++) {
    try {
      const present = read;
      const ref = await writing(
        deps,
        scope,
        { side: 'exchange', act: 'stamped', kind: item.kind, recordId: record.id, itemId: item.itemId },
        () => lane.update(present, { kind: item.kind, stamp: stampOf(scope, record.id) }, 'none'),
      );
      return { ...ref, read };
    } catch (error) {
      if (!(error instanceof SyncError) || (error.kind !== 'conflict' && error.kind !== 'notFound')) throw error;
      const fresh = await readItem(deps, scope, item.kind, item.itemId);
      if (!fresh.known || fresh.state === 'gone') return undefined;
      read = fresh.item;
    }
  }
  throw new SyncError('The item kept changing while its record was made.', {
    code: 'ItemKeepsChanging',
    remedy: { kind: 'retry' },
  });
}

function newClaim(deps: ReconcileDeps, scope: ReconcileScope, item: SyncItem, draft: RecordDraft): ItemClaim {
  const leaseUntil = new Date(deps.clock.now().getTime() + deps.leaseMs).toISOString();
  const rules = rulesOf(item.kind);
  const context = ruleContextOf(deps, scope);
  const made = {
    crm: rules.printsOfRecordPatch(draft as RecordPatch, context),
    exchange: rules.printsOfItem(item, context),
  };
  return { operationId: operationOf(scope, item), leaseUntil, generation: 0, made };
}

function operationOf(scope: ReconcileScope, item: SyncItem): string {
  const box = mailboxKeyOf(scope);
  const { iCalUid = item.itemId } = uidOf(item);
  // Copies of one meeting in several mailboxes are one record.
  if (isAttendeeCopy(item)) return operationOfMeeting(box.organizationId, item);
  const originalStart = item.kind === 'appointment' ? item.occurrence?.originalStart : undefined;
  if (originalStart !== undefined) return operationOfOccurrence(box, iCalUid, originalStart);
  return hashOf('operation', box.organizationId, box.mailboxId, iCalUid, item.stamp?.recordId ?? '');
}
