import { isShown } from '../domain/is-shown.ts';
import type { ItemRef } from '../domain/item.ts';
import type { FieldPrints, LiveMapping, SyncedField } from '../domain/item-mapping.ts';
import { guestsOf, notifyFor } from '../domain/notify-policy.ts';
import { rulesOf } from '../domain/rules-of.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { ItemPatch, SyncItem } from '../domain/sync-item.ts';
import type { RecordPatch, SyncRecord } from '../domain/sync-record.ts';
import type { MailboxAccess } from '../ports/exchange-gateway.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import {
  done,
  isOutsideOf,
  type Known,
  mailboxKeyOf,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
  ruleContextOf,
  type Writes,
} from './reconcile-types.ts';
import { writesAfter } from './safety/may-write.ts';
import { type Telling, writeItem, writeRecord } from './safety/write-sides.ts';

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
  const rules = rulesOf(before.kind);
  const context = ruleContextOf(deps, scope);
  const item = known.item.known && known.item.state === 'present' ? known.item.item : undefined;
  let record = known.record.known && known.record.state === 'present' ? known.record.record : undefined;
  let ref: ItemRef = item ?? before;
  const recordPatch: RecordPatch =
    item === undefined
      ? ({ kind: rules.recordKind } as RecordPatch)
      : rules.recordPatchOf(item, writes.toRecord, record);
  const patchOf = (from: SyncRecord) => rules.itemPatchOf(from, writes.toItem, context, item);
  const nothingToItem = { kind: before.kind } as ItemPatch;
  const planned = record !== undefined && writes.toItem.size > 0 ? patchOf(record) : nothingToItem;
  const ahead = await writeAhead(deps, scope, mapping, known, recordPatch, planned);
  const { etag } = ahead;
  let wrote = false;
  let patch = nothingToItem;
  let telling: Telling | undefined;
  const pair = { mapping: before, known, writes };
  try {
    if (writes.toRecord.size > 0) {
      const version = record?.version ?? before.crmVersion;
      record = await writeRecord(deps, scope, pair, version, recordPatch);
      wrote = true;
    }
    if (writes.toItem.size > 0 && record !== undefined) {
      patch = patchOf(record);
      telling = tellOf(scope, before, item, patch, record, context.now);
      ref = await writeItem(deps, scope, pair, ref, patch, telling);
    }
  } catch (error) {
    if (!(error instanceof SyncError) || (error.kind !== 'conflict' && error.kind !== 'notFound')) throw error;
    // What was refused was not written: what an earlier run may have written is still the better guess.
    return { kind: 'refused', mapping: wrote ? ahead : { value: before, etag } };
  }
  const next: LiveMapping = {
    ...withoutTransient(before, willBeSeries(item, patch)),
    ...factsOf(scope, before, item, patch),
    itemId: ref.itemId,
    changeKey: ref.changeKey,
    ...(record === undefined ? {} : { crmVersion: record.version }),
    agreed: {
      crm: record === undefined ? before.agreed.crm : rules.printsOfRecord(record, context),
      exchange: {
        ...(item === undefined ? before.agreed.exchange : shownOf(before, item, rules.printsOfItem(item, context))),
        ...rules.printsOfItemPatch(patch, context),
      },
    },
    ...confirmationOf(before, known, ref, patch, new Date(context.now).toISOString()),
    ...(telling?.notify === 'all' ? { invited: true } : {}),
    ...(telling?.hidden === true ? { invited: false } : {}),
    ...writesAfter(before.writes, sidesOf(writes), context.now),
  };
  const previous = ref.itemId === before.itemId ? {} : { previousItemId: before.itemId };
  const [saved] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: next, etag, ...previous }]);
  if (saved === undefined) throw new StoreConflict('the mapping');
  return done(didWhat(writes));
}

/** What a private item shows in place of its own words was never agreed. */
function shownOf(before: LiveMapping, item: SyncItem, prints: FieldPrints): FieldPrints {
  const shown = Object.entries(prints).filter(([field]) => isShown(field, before, item));
  return { ...(isShown('subject', before, item) ? {} : before.agreed.exchange), ...Object.fromEntries(shown) };
}

/** A series goes on after its first occurrence. */
function withoutTransient(mapping: LiveMapping, isSeries: boolean) {
  const { writing: _writing, confirmedAt: _at, unconfirmedSince: _since, unseen: _unseen, ...kept } = mapping;
  const { severing: _severing, ...lasting } = kept;
  const { endsAt, ...rest } = lasting;
  return isSeries || endsAt === undefined ? rest : lasting;
}

/** A write of a body is confirmed only once it was read back; everything else is as Exchange answered. */
function confirmationOf(
  before: LiveMapping,
  { inFeed }: Known,
  ref: ItemRef,
  patch: ItemPatch,
  now: string,
): Pick<LiveMapping, 'confirmed' | 'confirmedAt' | 'unconfirmedSince'> {
  const confirmed = patch.body === undefined && (inFeed || (before.confirmed && ref.itemId === before.itemId));
  if (!confirmed) return { confirmed, unconfirmedSince: now };
  const confirmedAt = before.confirmed ? before.confirmedAt : now;
  return { confirmed, ...(confirmedAt === undefined ? {} : { confirmedAt }) };
}

/** As far as the item was read or is written. */
const willBeSeries = (item: SyncItem | undefined, patch: ItemPatch): boolean =>
  patch.kind === 'appointment' && patch.series !== undefined
    ? patch.series !== null
    : item?.kind === 'appointment' && item.series !== undefined;

/** What else is kept of an item that was read: who it is, whether its body is all text, who is invited. */
function factsOf(
  scope: ReconcileScope,
  before: LiveMapping,
  item: SyncItem | undefined,
  patch: ItemPatch,
): Partial<LiveMapping> {
  const isSeries = willBeSeries(item, patch);
  const ends = patch.kind === 'appointment' && patch.time !== undefined && !isSeries ? { endsAt: patch.time.end } : {};
  if (item === undefined) return ends;
  const plainBody = { plainBody: !item.richBody };
  if (item.kind !== 'appointment') return plainBody;
  const invited = patch.kind === 'appointment' && patch.attendees !== undefined ? patch.attendees : item.attendees;
  const guests = guestsOf(invited, isOutsideOf(scope.access));
  const isPrivate = item.sensitivity === 'private' || item.sensitivity === 'confidential';
  const busyOnly = isPrivate && before.origin === 'exchange' && scope.access.profile.privacyPolicy === 'busyOnly';
  return {
    ...plainBody,
    ...(item.iCalUid === undefined ? {} : { iCalUid: item.iCalUid }),
    ...(guests === undefined ? {} : { guests }),
    ...(isSeries ? {} : { endsAt: item.end }),
    ...ends,
    ...(item.ownMeeting ? {} : { attendeeCopy: true }),
    ...(before.attendeeCopy === true && item.ownMeeting ? { attendeeCopy: false } : {}),
    ...(busyOnly || before.busyOnly === true ? { busyOnly } : {}),
  };
}

/** What guests see of a meeting; the rest is the organizer's own, and no reason to mail anybody. */
const seenByGuests = ['subject', 'body', 'location', 'time', 'series', 'attendees'];

const wasNeverAgreed = ({ agreed }: LiveMapping): boolean =>
  Object.keys(agreed.crm).length === 0 || Object.keys(agreed.exchange).length === 0;

/** Whether people outside come to the meeting with this write. Exchange cannot mail some of the guests only. */
function bringsOutsiders(access: MailboxAccess, item: SyncItem | undefined, patch: ItemPatch): boolean {
  if (patch.kind !== 'appointment' || patch.attendees === undefined) return false;
  const there = item?.kind === 'appointment' ? item.attendees.map(({ email }) => email.toLowerCase()) : [];
  return patch.attendees
    .map(({ email }) => email.toLowerCase())
    .some((email) => isOutsideOf(access)(email) && !there.includes(email));
}

/** Who is told of a change: as the profile says, and whoever was invited through us. */
function tellOf(
  { access }: ReconcileScope,
  before: LiveMapping,
  item: SyncItem | undefined,
  patch: ItemPatch,
  record: SyncRecord,
  now: number,
): Telling {
  if (record.kind !== 'activity' || before.attendeeCopy === true) return { notify: 'none', outside: 0 };
  if (!seenByGuests.some((field) => field in patch)) return { notify: 'none', outside: 0 };
  // What was on both sides before we came is made alike without a word.
  if (wasNeverAgreed(before) && before.invited !== true) return { notify: 'none', outside: 0 };
  if (bringsOutsiders(access, item, patch) && access.profile.notifyPolicy !== 'all')
    return { notify: 'none', outside: 0, hidden: true };
  const attendees =
    patch.kind === 'appointment' && patch.attendees !== undefined
      ? patch.attendees
      : item?.kind === 'appointment'
        ? item.attendees
        : undefined;
  const guests = attendees === undefined ? before.guests : (guestsOf(attendees, isOutsideOf(access)) ?? before.guests);
  const wasSeries = item?.kind === 'appointment' && item.series !== undefined;
  const notify = notifyFor({
    policy: access.profile.notifyPolicy,
    guests,
    invited: before.invited === true,
    past: !record.series && !wasSeries && Date.parse(record.end) <= now,
  });
  // Whoever is no longer invited is told so.
  return { notify, outside: Math.max(guests?.outside ?? 0, before.guests?.outside ?? 0) };
}

/**
 * Notes what is about to be written, so that our own write is not taken for a person's should we die before the mapping is
 * saved; gives the mapping to go on with. What an earlier run wrote and did not come to note is agreed from now on.
 */
async function writeAhead(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
  { record, item }: Known,
  recordPatch: RecordPatch,
  itemPatch: ItemPatch,
): Promise<Stored<LiveMapping>> {
  const { agreed, kind, writing } = mapping.value;
  const rules = rulesOf(kind);
  const context = ruleContextOf(deps, scope);
  const crm = rules.printsOfRecordPatch(recordPatch, context);
  const exchange = rules.printsOfItemPatch(itemPatch, context);
  if (Object.keys(crm).length + Object.keys(exchange).length === 0) return mapping;
  const found = {
    crm: record.known && record.state === 'present' ? record.prints : {},
    exchange: item.known && item.state === 'present' ? item.prints : {},
  };
  const value: LiveMapping = {
    ...mapping.value,
    agreed: {
      crm: { ...agreed.crm, ...ofBoth(found.crm, writing?.crm) },
      exchange: { ...agreed.exchange, ...ofBoth(found.exchange, writing?.exchange) },
    },
    writing: { crm, exchange },
  };
  const [etag] = await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: value, etag: mapping.etag }]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return { value, etag };
}

/** What was found just as it was about to be written. */
const ofBoth = (found: FieldPrints, written: FieldPrints = {}): FieldPrints =>
  Object.fromEntries(Object.entries(written).filter(([field, print]) => found[field as SyncedField] === print));

const sidesOf = ({ toItem, toRecord }: Writes): ('crm' | 'exchange')[] => [
  ...(toRecord.size > 0 ? (['crm'] as const) : []),
  ...(toItem.size > 0 ? (['exchange'] as const) : []),
];

function didWhat({ toItem, toRecord }: Writes): string {
  if (toItem.size > 0 && toRecord.size > 0) return 'bothUpdated';
  if (toItem.size > 0) return 'itemUpdated';
  return toRecord.size > 0 ? 'recordUpdated' : 'agreed';
}
