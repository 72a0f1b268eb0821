import type { Activity, ActivityPatch } from '../domain/activity.ts';
import type { AppointmentPatch, ItemRef } from '../domain/appointment.ts';
import type { FieldPrints, ItemField, LiveMapping, SyncedField } from '../domain/item-mapping.ts';
import { notesOf } from '../domain/links-block.ts';
import { SyncError } from '../domain/sync-error.ts';
import {
  activityPatchOf,
  appointmentPatchOf,
  patched,
  printsOfActivityPatch,
  printsOfAppointment,
} from '../domain/synced-fields.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import {
  done,
  type Known,
  mailboxKeyOf,
  notifyOf,
  presentRecord,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
} from './reconcile-types.ts';

export interface Writes {
  readonly toItem: ReadonlySet<ItemField>;
  readonly toRecord: ReadonlySet<SyncedField>;
}

/** A write was not done because its side has changed since; the mapping as it is now, to compare both sides with. */
export interface Refused {
  readonly kind: 'refused';
  readonly mapping: Stored<LiveMapping>;
}

/**
 * Brings fields into the record, the item, or each its own into both, and remembers what was agreed. Each write names the
 * version it is based on; refused when that is no longer the present one. Dying between a write and the mapping: the next
 * run is refused by the old version and compares both sides; where the conflict policy could then take our own write for a
 * person's, the mapping says beforehand what we are about to write.
 */
export async function writeBoth(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
  known: Known,
  writes: Writes,
): Promise<Reconciled | Refused> {
  const before = mapping.value;
  const item = known.item.known && known.item.state === 'present' ? known.item.item : undefined;
  let activity = known.record.known && known.record.state === 'present' ? known.record.activity : undefined;
  let ref: ItemRef = item ?? before;
  const change = item === undefined ? {} : activityPatchOf(item, writes.toRecord);
  const now = deps.clock.now().getTime();
  const patchOf = (from: Activity) => appointmentPatchOf(from, writes.toItem, now, item && notesOf(item.bodyText));
  const ahead = await writeAhead(
    deps,
    scope,
    mapping,
    change,
    activity && writes.toItem.size > 0 ? patchOf(activity) : {},
  );
  const { etag } = ahead;
  let wrote = false;
  let patch: AppointmentPatch = {};
  try {
    if (writes.toRecord.size > 0) {
      const version = activity?.version ?? before.crmVersion;
      activity = await deps.crm.updateActivity(scope.connection, before.recordId, version, change);
      wrote = true;
    }
    if (writes.toItem.size > 0 && activity !== undefined) {
      patch = patchOf(activity);
      ref = await deps.lanes(scope.access).update(ref, patch, notifyOf(scope));
    }
  } catch (error) {
    if (!(error instanceof SyncError) || (error.kind !== 'conflict' && error.kind !== 'notFound')) throw error;
    // What was refused was not written: what an earlier run may have written is still the better guess.
    return { kind: 'refused', mapping: wrote ? ahead : { value: before, etag } };
  }
  const { writing: _writing, confirmedAt: _confirmedAt, ...rest } = before;
  const confirmed =
    patch.bodyText === undefined && (known.inFeed || (before.confirmed && ref.itemId === before.itemId));
  const confirmedAt = before.confirmed ? before.confirmedAt : new Date(now).toISOString();
  const next: LiveMapping = {
    ...rest,
    itemId: ref.itemId,
    changeKey: ref.changeKey,
    ...(item?.iCalUid === undefined ? {} : { iCalUid: item.iCalUid }),
    ...(activity === undefined ? {} : { crmVersion: activity.version }),
    agreed: {
      crm: activity === undefined ? before.agreed.crm : presentRecord(scope, activity as Activity).prints,
      exchange: exchangePrints(scope, before.agreed.exchange, item, patch),
    },
    confirmed,
    ...(confirmed && confirmedAt !== undefined ? { confirmedAt } : {}),
  };
  const previous = ref.itemId === before.itemId ? {} : { previousItemId: before.itemId };
  const [saved] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: next, etag, ...previous }]);
  if (saved === undefined) throw new StoreConflict('the mapping');
  return done(didWhat(writes));
}

/** Notes what is about to be written where the policy alone would not favour it; gives the mapping to go on with. */
async function writeAhead(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
  change: ActivityPatch,
  patch: AppointmentPatch,
): Promise<Stored<LiveMapping>> {
  const { conflictPolicy } = scope.access.profile;
  const crm = conflictPolicy === 'exchange-wins' ? {} : printsOfActivityPatch(change, scope.fingerprintKey);
  const exchange = conflictPolicy === 'crm-wins' ? {} : exchangePrints(scope, {}, undefined, patch);
  if (Object.keys(crm).length + Object.keys(exchange).length === 0) return mapping;
  const value: LiveMapping = { ...mapping.value, writing: { crm, exchange } };
  const [etag] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: value, etag: mapping.etag }]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return { value, etag };
}

/** The item as it is now: as read and then patched, or, unread, as agreed but for what was patched. */
function exchangePrints(
  scope: ReconcileScope,
  agreed: FieldPrints,
  item: Parameters<typeof printsOfAppointment>[0] | undefined,
  patch: AppointmentPatch,
): FieldPrints {
  if (item !== undefined) return printsOfAppointment(patched(item, patch), scope.fingerprintKey);
  const nowhere = {
    subject: '',
    bodyText: '',
    location: '',
    start: '1970-01-01T00:00:00Z',
    end: '1970-01-01T00:00:00Z',
  };
  const written = printsOfAppointment(patched(nowhere, patch), scope.fingerprintKey);
  return {
    ...agreed,
    ...(patch.subject === undefined ? {} : { subject: written.subject }),
    ...(patch.location === undefined ? {} : { location: written.location }),
    ...(patch.bodyText === undefined ? {} : { notes: written.notes }),
    ...(patch.time === undefined ? {} : { time: written.time }),
  };
}

function didWhat({ toItem, toRecord }: Writes): string {
  if (toItem.size > 0 && toRecord.size > 0) return 'bothUpdated';
  if (toItem.size > 0) return 'itemUpdated';
  return toRecord.size > 0 ? 'recordUpdated' : 'agreed';
}
