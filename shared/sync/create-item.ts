import { CrmVersion } from '../domain/ids.ts';
import { type ItemKind, type ItemRef, isLive } from '../domain/item.ts';
import type { IntentMapping, ItemMapping, LiveMapping } from '../domain/item-mapping.ts';
import { guestsOf, notifyFor } from '../domain/notify-policy.ts';
import type { RecordSide } from '../domain/plan-sync.ts';
import { rulesOf } from '../domain/rules-of.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { SyncRecord } from '../domain/sync-record.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { isSomebodyElses } from './attendee-copy.ts';
import { liveStamped, type Removal, removeItem } from './look-up-item.ts';
import {
  done,
  type Known,
  mailboxKeyOf,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
  ruleContextOf,
  stampOf,
} from './reconcile-types.ts';
import { writing } from './safety/writing.ts';

const neverAgreed = CrmVersion.parse('0');

/**
 * Makes the item of a record. The claim comes first, then the item, then the mapping:
 * dying after the claim leaves an intent whose lease runs out, dying after the create leaves an item that carries the
 * stamp; settleIntent finds either. Rejects with StoreConflict when another worker has the claim.
 */
export async function createItem(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { itemKind: kind, isNew = false }: Pick<Known, 'itemKind' | 'isNew'>,
  record: SyncRecord,
  before: Stored<Exclude<ItemMapping, { state: 'intent' }>> | undefined,
): Promise<Reconciled | Stored<LiveMapping>> {
  const { mappings } = deps;
  const box = mailboxKeyOf(scope);
  const generation = before === undefined ? 0 : before.value.generation + 1;
  // What cannot be made may still be there: a copy whose record was cancelled and is open again.
  const isCopy = await isSomebodyElses(deps, scope, record);
  if (isCopy && (before === undefined || (await liveStamped(deps, scope, kind, record.id)).length === 0))
    return done('nothing', 'somebody else organises the meeting');
  const home = await mappings.claimHome(box.organizationId, record.id, { mailboxId: box.mailboxId, generation });
  if (home.value.mailboxId !== box.mailboxId) return { kind: 'elsewhere', home };

  const intent = newIntent(deps, scope, kind, record, generation);
  if (before === undefined) {
    // Our rows may have been lost: then the item is there, and carries the stamp.
    const [known] = isNew ? [] : await liveStamped(deps, scope, kind, record.id, intent);
    const { made: _made, ...ofLost } = intent;
    const [inserted] = await mappings.insertIntents(box, [known === undefined ? intent : ofLost]);
    if (inserted === undefined) throw new StoreConflict('the mapping');
    return known === undefined ? commitCreate(deps, scope, record, inserted) : adopt(deps, scope, inserted, known);
  }
  const etag = before.value.state === 'live' ? await bury(deps, scope, before.value, before.etag) : before.etag;
  const claimed = await mappings.replaceByIntent(box, etag, intent);
  // The item of an earlier life may be back: dragged out of Deleted Items, it still carries the stamp.
  const [revived] = await liveStamped(deps, scope, kind, record.id);
  return revived === undefined ? commitCreate(deps, scope, record, claimed) : adopt(deps, scope, claimed, revived);
}

/** What the sides look like when the item is made of the record and nobody changes anything. */
function madeOf(deps: ReconcileDeps, scope: ReconcileScope, kind: ItemKind, record: SyncRecord): LiveMapping['agreed'] {
  const context = ruleContextOf(deps, scope);
  const rules = rulesOf(kind);
  const draft = rules.itemDraftOf(record, stampOf(scope, record.id), context);
  return { crm: rules.printsOfRecord(record, context), exchange: rules.printsOfItemDraft(draft, context) };
}

async function commitCreate(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  record: SyncRecord,
  intent: Stored<IntentMapping>,
): Promise<Reconciled> {
  const { lanes, mappings } = deps;
  const context = ruleContextOf(deps, scope);
  const rules = rulesOf(intent.value.kind);
  const draft = rules.itemDraftOf(record, stampOf(scope, record.id), context);
  const guests = draft.kind === 'appointment' ? guestsOf(draft.attendees ?? [], context.isOutside) : undefined;
  const past = record.kind === 'activity' && !record.series && Date.parse(record.end) <= context.now;
  const notify = notifyFor({ policy: scope.access.profile.notifyPolicy, guests, invited: false, past });
  let item: ItemRef;
  try {
    const after = rules.printsOfItemDraft(draft, context);
    const { outside = 0 } = guests ?? {};
    item = await writing(
      deps,
      scope,
      {
        ...({ side: 'exchange', act: 'created', kind: draft.kind, recordId: record.id, notify, outside } as const),
        ...{ fields: Object.keys(after), after },
      },
      () => lanes(scope.access).create(draft, notify),
      ({ itemId }) => ({ itemId }),
    );
  } catch (error) {
    // Only a refusal is proof that nothing was made; and only a first life may be forgotten, else a tombstone would be lost.
    if (error instanceof SyncError && !error.ambiguous && intent.value.generation === 0) {
      await mappings.releaseIntent(mailboxKeyOf(scope), intent);
    }
    throw error;
  }
  const mapping: LiveMapping = {
    ...lifeOf(intent.value),
    ...item,
    state: 'live',
    crmVersion: record.version,
    agreed: { crm: rules.printsOfRecord(record, context), exchange: rules.printsOfItemDraft(draft, context) },
    confirmed: false,
    unconfirmedSince: new Date(context.now).toISOString(),
    plainBody: true,
    ...(draft.kind === 'appointment' && draft.series === undefined
      ? { endsAt: new Date(draft.end).toISOString() }
      : {}),
    ...(guests === undefined ? {} : { guests }),
    ...(notify === 'all' ? { invited: true } : {}),
  };
  const [etag] = await mappings.saveLive(mailboxKeyOf(scope), [{ mapping, etag: intent.etag }]);
  if (etag === undefined) throw new StoreConflict('the intent');
  return done('itemCreated');
}

/**
 * Ends what an earlier attempt began. While its lease lives the create may still commit: wait. After that, whoever wins
 * the row looks for the stamp: what is there is adopted, else the item is made now. A record that is gone takes the item along.
 */
export async function settleIntent(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  intent: Stored<IntentMapping>,
  record: RecordSide,
): Promise<Reconciled | Stored<LiveMapping>> {
  const { clock, mappings } = deps;
  const box = mailboxKeyOf(scope);
  const now = clock.now().getTime();
  const left = Date.parse(intent.value.leaseUntil) - now;
  if (left > 0) return { kind: 'later', afterMs: left + 1_000, why: 'an earlier create may still commit' };
  // Without the record in hand nothing can be made; the change that began this comes again.
  if (!record.known) return { kind: 'later', afterMs: deps.leaseMs, why: 'an item is being made' };

  const taken = await mappings.replaceByIntent(box, intent.etag, {
    ...intent.value,
    attemptId: deps.random.id(),
    leaseUntil: new Date(now + deps.leaseMs).toISOString(),
  });
  const { recordId, kind } = intent.value;
  const stamped = await deps.lanes(scope.access).findStamped(kind, stampOf(scope, recordId), intent.value);
  const [found] = stamped.filter(isLive);
  const cancelled = record.state === 'present' && 'status' in record.record && record.record.status === 'cancelled';
  if (record.state === 'gone' || cancelled) {
    if (found !== undefined)
      await removeItem(deps, scope, kind, recordId, found, tellingOfInvited(deps, scope, record));
    const crmVersion = record.state === 'gone' ? (record.version ?? neverAgreed) : record.record.version;
    const deletedAt = clock.now().toISOString();
    await mappings.saveTombstones(box, [
      {
        mapping: { ...lifeOf(taken.value), state: 'tombstone', crmVersion, deletedAt, deletedBy: 'crm' },
        etag: taken.etag,
      },
    ]);
    return done('itemRemoved');
  }
  if (found !== undefined) return adopt(deps, scope, taken, found);
  // It was made and archived since: it is adopted when it comes back.
  if (stamped.some(({ place }) => place === 'archive'))
    return done('nothing', 'the item is in the archive: out of scope');
  const made = madeOf(deps, scope, kind, record.record);
  const own = await mappings.replaceByIntent(box, taken.etag, { ...taken.value, made });
  return commitCreate(deps, scope, record.record, own);
}

/**
 * Links an item that carries the stamp of an intent: the proof that its create has happened. Both sides are compared next, with
 * what the create was to make of them; of an item that an earlier life left behind nothing is known. Whoever made the item and comes to save it finds the row changed, and plans anew.
 */
export async function adopt(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  intent: Stored<IntentMapping>,
  { itemId, changeKey }: ItemRef,
): Promise<Stored<LiveMapping>> {
  const mapping: LiveMapping = {
    ...lifeOf(intent.value),
    state: 'live',
    itemId,
    changeKey,
    crmVersion: neverAgreed,
    agreed: (intent.value.generation === 0 ? intent.value.made : undefined) ?? { crm: {}, exchange: {} },
    confirmed: false,
    // Whoever was to be invited was, with the create that came through.
    ...(scope.access.profile.notifyPolicy === 'none' ? {} : { invited: true }),
  };
  const [etag] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping, etag: intent.etag }]);
  if (etag === undefined) throw new StoreConflict('the intent');
  return { value: mapping, etag };
}

/** The item of a live mapping is gone and another is to be made: its row becomes a tombstone on the way. */
async function bury(deps: ReconcileDeps, scope: ReconcileScope, live: LiveMapping, etag: string): Promise<string> {
  const [buried] = await deps.mappings.saveTombstones(mailboxKeyOf(scope), [
    {
      mapping: {
        ...lifeOf(live),
        state: 'tombstone',
        // Not the version that is about to be written: should we die here, that one must still count as news.
        crmVersion: live.crmVersion,
        deletedAt: deps.clock.now().toISOString(),
        deletedBy: 'exchange',
      },
      etag,
      itemId: live.itemId,
    },
  ]);
  if (buried === undefined) throw new StoreConflict('the mapping');
  return buried;
}

/** Whether an item whose making was never noted had its people invited: as the profile says. */
function tellingOfInvited(deps: ReconcileDeps, scope: ReconcileScope, record: RecordSide): Removal {
  const notify = scope.access.profile.notifyPolicy === 'all' ? 'all' : 'none';
  const invited = record.known && record.state === 'present' && 'attendees' in record.record && record.record.attendees;
  // Of a record that is gone nobody knows whom it had invited.
  const outside = invited ? (guestsOf(invited, ruleContextOf(deps, scope).isOutside)?.outside ?? 0) : 1;
  return { notify, outside };
}

function newIntent(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  record: SyncRecord,
  generation: number,
): IntentMapping {
  const { start, end } = record.kind === 'activity' ? record : { start: record.modifiedAt, end: record.modifiedAt };
  return {
    state: 'intent',
    recordId: record.id,
    kind,
    origin: record.origin,
    generation,
    attemptId: deps.random.id(),
    leaseUntil: new Date(deps.clock.now().getTime() + deps.leaseMs).toISOString(),
    start,
    end,
    made: madeOf(deps, scope, kind, record),
  };
}

export const lifeOf = ({ recordId, kind, origin, generation }: ItemMapping) => ({
  recordId,
  kind,
  origin,
  generation,
});
