import type { Activity } from './activity.ts';
import type { Appointment } from './appointment.ts';
import type { EmailServerProfile } from './email-server-profile.ts';
import { type CrmVersion, compareVersions } from './ids.ts';
import { isShown } from './is-shown.ts';
import type { ItemKind } from './item.ts';
import type { FieldPrints, ItemField, ItemMapping, LiveMapping, SyncedField } from './item-mapping.ts';
import { linksText } from './links-block.ts';
import { isOccurrence } from './occurrence-key.ts';
import { mayComeFromExchange, mayGoToExchange } from './plan-creation.ts';
import { rulesOf } from './rules-of.ts';
import type { SyncItem } from './sync-item.ts';
import type { SyncRecord } from './sync-record.ts';

/** What is known of one side: it was not looked at, it is gone for good, or it is there with its fingerprints. */
export type RecordSide =
  | { readonly known: false }
  | { readonly known: true; readonly state: 'gone'; readonly version: CrmVersion | undefined }
  | { readonly known: true; readonly state: 'present'; readonly record: SyncRecord; readonly prints: FieldPrints };
export type ItemSide =
  | { readonly known: false }
  | { readonly known: true; readonly state: 'gone' }
  | { readonly known: true; readonly state: 'present'; readonly item: SyncItem; readonly prints: FieldPrints };

export interface SyncInput {
  /** What the item is or would be: the mapping's kind, else what the side in hand becomes. */
  readonly kind: ItemKind;
  readonly record: RecordSide;
  readonly item: ItemSide;
  /** A live mapping, a tombstone or none; an intent is settled before there is anything to plan. */
  readonly mapping: Exclude<ItemMapping, { state: 'intent' }> | undefined;
  readonly profile: Pick<
    EmailServerProfile,
    | 'activityTypesToExchange'
    | 'windowLimitsCrm'
    | 'fieldDirections'
    | 'window'
    | 'conflictPolicy'
    | 'taskTypeFromExchange'
    | 'contactCategory'
    | 'reschedulePolicy'
  >;
  /** UTC milliseconds. */
  readonly now: number;
  /** The record came here from another mailbox: there is no item that it was made from. */
  readonly movedHere?: boolean;
}

export type SyncPlan =
  | { readonly do: 'nothing'; readonly why: string }
  /** A mapping is expected to appear: look again soon. */
  | { readonly do: 'wait'; readonly why: string }
  /** Not enough is known: read the other side and plan again. */
  | { readonly do: 'readBoth' }
  | { readonly do: 'createItem'; readonly record: SyncRecord }
  | { readonly do: 'createRecord'; readonly item: SyncItem }
  /** Bring the fields named into the item, the record, or each its own into both. */
  | {
      readonly do: 'write';
      readonly toItem: ReadonlySet<ItemField>;
      readonly toRecord: ReadonlySet<SyncedField>;
      /** Fields that both sides had changed, with the side that won. */
      readonly conflicts: ReadonlyMap<SyncedField, 'crm' | 'exchange'>;
    }
  /** Both are as they should be: remember these versions. */
  | { readonly do: 'agree' }
  | { readonly do: 'removeItem'; readonly version: CrmVersion | undefined }
  /** A new time takes a new item: the old one is removed. */
  | { readonly do: 'recreateItem'; readonly record: SyncRecord }
  | { readonly do: 'removeRecord'; readonly version: CrmVersion }
  | { readonly do: 'recreateRecord'; readonly item: SyncItem; readonly version: CrmVersion }
  /** The meeting was cancelled in Exchange: cancel the activity, then remove the item. */
  | { readonly do: 'cancelBoth'; readonly version: CrmVersion }
  /** Both are gone: only remember it. */
  | { readonly do: 'bury'; readonly by: 'crm' | 'exchange' }
  | { readonly do: 'refuse'; readonly reason: string; readonly text: string };

const nothing = (why: string): SyncPlan => ({ do: 'nothing', why });

/** Decides what makes both sides agree. Pure: the same knowledge gives the same plan. */
export function planSync(input: SyncInput): SyncPlan {
  const { record, item, mapping } = input;
  if (mapping?.state === 'live') return planLive(input, mapping);
  if (record.known && record.state === 'present') {
    const older = mapping !== undefined && compareVersions(record.record.version, mapping.crmVersion) <= 0;
    return older ? nothing('older than the deletion') : planNewItem(input, record.record, mapping !== undefined);
  }
  if (mapping !== undefined) return nothing('deleted before');
  if (item.known && item.state === 'present') return planNewRecord(input, item.item);
  return nothing('there is nothing to sync');
}

function planNewItem(input: SyncInput, record: SyncRecord, hadItem: boolean): SyncPlan {
  const why = mayGoToExchange(record, input.kind, input.profile, input.now);
  if (why !== undefined) return nothing(why);
  if (record.origin === 'exchange' && !hadItem && input.movedHere !== true)
    return { do: 'wait', why: 'made from an item whose mapping is being written' };
  return refusal(input, record) ?? { do: 'createItem', record };
}

function planNewRecord(input: SyncInput, item: SyncItem): SyncPlan {
  const why = mayComeFromExchange(item, input.profile, input.now);
  if (why !== undefined) return nothing(why);
  return refusal(input, item) ?? { do: 'createRecord', item };
}

function planLive(input: SyncInput, mapping: LiveMapping): SyncPlan {
  const { record, item } = input;
  // A replica that lags shows what was overwritten since: compared with the item it would look like news.
  if (record.known && item.known && isOlder(record, mapping)) {
    return { do: 'wait', why: 'the CRM shows an older record than was agreed on' };
  }
  if (record.known && record.state === 'gone') {
    if (mapping.severing === 'crm') return { do: 'bury', by: 'exchange' };
    // The copy of a meeting that somebody else organises is not ours to remove.
    if (mapping.attendeeCopy === true || (item.known && item.state === 'gone')) return { do: 'bury', by: 'crm' };
    return { do: 'removeItem', version: record.version };
  }
  if (item.known && item.state === 'gone') return planItemGone(input, mapping);
  if (record.known && isCancelled(record.record)) {
    if (compareVersions(record.record.version, mapping.crmVersion) < 0) return nothing('older than what was agreed');
    return mapping.attendeeCopy === true
      ? { do: 'bury', by: 'crm' }
      : { do: 'removeItem', version: record.record.version };
  }
  if (item.known && item.item.kind === 'appointment' && item.item.cancelled) {
    return { do: 'cancelBoth', version: record.known ? record.record.version : mapping.crmVersion };
  }
  if (record.known && item.known) return merge(input, mapping, record, item);
  if (record.known) return planRecordNews(input, mapping, record);
  if (item.known) return planItemNews(input, mapping, item);
  return nothing('neither side is known to have changed');
}

const isOlder = (side: Extract<RecordSide, { known: true }>, { crmVersion }: LiveMapping): boolean =>
  side.state === 'present' && compareVersions(side.record.version, crmVersion) < 0;

const isCancelled = (record: SyncRecord) => record.kind === 'activity' && record.status === 'cancelled';

type PresentRecord = Extract<RecordSide, { state: 'present' }>;
type PresentItem = Extract<ItemSide, { state: 'present' }>;

function planRecordNews(input: SyncInput, mapping: LiveMapping, { record, prints }: PresentRecord): SyncPlan {
  const order = compareVersions(record.version, mapping.crmVersion);
  if (order < 0) return nothing('older than what was agreed');
  if (baseIsMissing(mapping)) return { do: 'readBoth' };
  if (order === 0) return nothing('agreed already');
  if (mayBeHalfDone(mapping) || mapping.unseen === true) return { do: 'readBoth' };
  const changed = changedFields(input.kind, prints, mapping.agreed.crm, mapping.writing?.crm);
  const toItem = new Set<ItemField>(changed.filter((field) => goes(input, mapping, field, 'toExchange')));
  addUnmerged(toItem, prints, mapping);
  // The links stand in the body beside notes that are not the CRM's to write: those must be read first.
  const writesNotes = prints.notes !== undefined && goes(input, mapping, 'notes', 'toExchange');
  if (toItem.has('links') && !writesNotes) return { do: 'readBoth' };
  // Whatever else stands in the body is kept, so it is read before it is written.
  if ((toItem.has('links') || toItem.has('notes')) && mapping.plainBody !== true) return { do: 'readBoth' };
  // What is written of a meeting or a series depends on what is there; so does what the CRM has only now learnt of.
  if (changed.some((field) => mapping.agreed.crm[field] === undefined)) return { do: 'readBoth' };
  if (toItem.has('attendees') || toItem.has('series')) return { do: 'readBoth' };
  if (toItem.size === 0) return { do: 'agree' };
  // What is removed takes along whatever its user has written there meanwhile: it is read first.
  if (isRescheduled(input, mapping, toItem, record)) return { do: 'readBoth' };
  return refusal(input, record) ?? write(toItem, new Set());
}

function planItemNews(input: SyncInput, mapping: LiveMapping, { item, prints }: PresentItem): SyncPlan {
  if (baseIsMissing(mapping)) return { do: 'readBoth' };
  // What Exchange made of our own write is what was agreed, whatever it looks like.
  if (item.changeKey === mapping.changeKey) return mapping.confirmed ? nothing('our own write') : { do: 'agree' };
  if (mayBeHalfDone(mapping) || mapping.unseen === true) return { do: 'readBoth' };
  const changed = changedFields(input.kind, prints, mapping.agreed.exchange, mapping.writing?.exchange);
  const toRecord = new Set(
    changed.filter(
      (field) =>
        mapping.agreed.crm[field] !== undefined &&
        isShown(field, mapping, item) &&
        goes(input, mapping, field, 'toCrm'),
    ),
  );
  if (toRecord.size === 0) return { do: 'agree' };
  if (rulesOf(input.kind).needsRecord(toRecord)) return { do: 'readBoth' };
  const recreate = recreatesRecord(input, mapping, item, toRecord) && {
    do: 'recreateRecord' as const,
    item,
    version: mapping.crmVersion,
  };
  return refusal(input, item) ?? (recreate || write(new Set(), toRecord));
}

/** Both sides are in front of us: each field goes where it did not change; where both changed, the policy decides. */
function merge(input: SyncInput, mapping: LiveMapping, side: PresentRecord, other: PresentItem): SyncPlan {
  const { record } = side;
  const { item } = other;
  const rules = rulesOf(input.kind);
  const toItem = new Set<ItemField>();
  const toRecord = new Set<SyncedField>();
  const conflicts = new Map<SyncedField, 'crm' | 'exchange'>();
  const { agreed, writing } = mapping;
  const changedInCrm = new Set(changedFields(input.kind, side.prints, agreed.crm, writing?.crm));
  const changedInExchange = new Set(
    changedFields(input.kind, other.prints, agreed.exchange, writing?.exchange).filter((field) =>
      isShown(field, mapping, item),
    ),
  );
  for (const field of rules.fields) {
    // What the CRM does not know of is nothing to compare.
    if (side.prints[field] === undefined) continue;
    const inCrm = changedInCrm.has(field);
    const inExchange = changedInExchange.has(field);
    if (rules.sameField(field, record, item)) continue;
    if (!inCrm && !inExchange) {
      // Nobody changed it, and yet it differs: a write of ours was done by half, and its side has gone back meanwhile.
      if (writing?.stays === true) continue;
      if (isHalfDone(field, other.prints, agreed.exchange, writing?.exchange)) {
        if (goes(input, mapping, field, 'toExchange')) toItem.add(field);
      } else if (isHalfDone(field, side.prints, agreed.crm, writing?.crm)) {
        if (goes(input, mapping, field, 'toCrm')) toRecord.add(field);
      }
      continue;
    }
    const crmWins =
      crmWinsFirst(input, mapping, field, record, item) ??
      (inCrm && (!inExchange || crmWinsField(input, mapping, field, record, item)));
    if (inCrm && inExchange && agreed.crm[field] !== undefined) conflicts.set(field, crmWins ? 'crm' : 'exchange');
    if (crmWins && goes(input, mapping, field, 'toExchange')) toItem.add(field);
    if (!crmWins && goes(input, mapping, field, 'toCrm')) toRecord.add(field);
  }
  addUnmerged(toItem, side.prints, mapping);
  // Kept from ringing for an activity that is open again.
  const silenced = isHalfDone('reminder', other.prints, agreed.exchange, writing?.exchange);
  if (silenced && writing?.stays !== true) toItem.add('status');
  dropSettled(toItem, record, item);
  addUnagreed(toItem, record, item, mapping);
  if (toItem.size === 0 && toRecord.size === 0) return { do: 'agree' };
  return (
    (toItem.size > 0 && refusal(input, record)) ||
    (toRecord.size > 0 && refusal(input, item)) ||
    (toRecord.size === 0 && isAlone(item) && isRescheduled(input, mapping, toItem, record)
      ? { do: 'recreateItem', record }
      : { do: 'write', toItem, toRecord, conflicts })
  );
}

const write = (toItem: ReadonlySet<ItemField>, toRecord: ReadonlySet<SyncedField>): SyncPlan => ({
  do: 'write',
  toItem,
  toRecord,
  conflicts: new Map(),
});

/** Where a new time is to remove the old entry and make another, as the profile can ask for. Meetings and series keep their identity. */
function isRescheduled(
  { profile }: SyncInput,
  mapping: LiveMapping,
  toItem: ReadonlySet<ItemField>,
  record: SyncRecord,
): boolean {
  if (profile.reschedulePolicy !== 'recreate' || !toItem.has('time') || mapping.guests !== undefined) return false;
  if (toItem.has('series') || isOccurrence(mapping.itemId)) return false;
  return record.kind === 'activity' && !record.series;
}

/** Whether there is no more to the item than itself: neither guests nor other occurrences. */
const isAlone = (item: SyncItem): boolean =>
  item.kind !== 'appointment' || (item.attendees.length === 0 && !item.recurring && item.occurrence === undefined);

const recreatesRecord = (
  { profile }: SyncInput,
  mapping: LiveMapping,
  item: SyncItem,
  toRecord: ReadonlySet<SyncedField>,
): boolean =>
  profile.reschedulePolicy === 'recreate' &&
  toRecord.has('time') &&
  !toRecord.has('series') &&
  mapping.guests === undefined &&
  isAlone(item);

/** The item was deleted in Exchange. A change made in the CRM meanwhile beats that, unless Exchange is to win. */
function planItemGone(input: SyncInput, mapping: LiveMapping): SyncPlan {
  const { record, profile, kind } = input;
  const isOurs = mapping.severing === 'exchange';
  if (!record.known) return isOurs ? { do: 'readBoth' } : { do: 'removeRecord', version: mapping.crmVersion };
  if (record.state === 'gone') return { do: 'bury', by: 'crm' };
  if (isCancelled(record.record)) return { do: 'bury', by: 'crm' };
  if (isOurs) return refusal(input, record.record) ?? { do: 'createItem', record: record.record };
  const changed = changedFields(kind, record.prints, mapping.agreed.crm, mapping.writing?.crm).length > 0;
  if (changed && profile.conflictPolicy !== 'exchange-wins' && mapping.attendeeCopy !== true) {
    return refusal(input, record.record) ?? { do: 'createItem', record: record.record };
  }
  return { do: 'removeRecord', version: record.record.version };
}

/**
 * Fields that a person changed: known, and neither as agreed, nor as we were about to write them. A series takes several writes, so one that we
 * were about to write and that is neither is half-done, and ours.
 */
const changedFields = (
  kind: ItemKind,
  now: FieldPrints,
  agreed: FieldPrints,
  writing: FieldPrints | undefined,
): SyncedField[] =>
  rulesOf(kind).fields.filter(
    (field) =>
      now[field] !== undefined &&
      now[field] !== agreed[field] &&
      now[field] !== writing?.[field] &&
      !(field === 'series' && writing?.series !== undefined),
  );

/** Whether a side holds what we were about to write, and that is not what was agreed. */
const isHalfDone = (
  field: SyncedField,
  now: FieldPrints,
  agreed: FieldPrints,
  writing: FieldPrints | undefined,
): boolean => writing?.[field] !== undefined && now[field] === writing[field] && now[field] !== agreed[field];

/** What only the CRM has: there is nothing to merge. */
function addUnmerged(toItem: Set<ItemField>, now: FieldPrints, { agreed, attendeeCopy, busyOnly }: LiveMapping): void {
  if (attendeeCopy === true || busyOnly === true) return;
  for (const field of ['links', 'status'] as const) {
    if (agreed.crm[field] !== undefined && now[field] !== agreed.crm[field]) toItem.add(field);
  }
}

/** What somebody else brought there while we looked: written again it would do no more than tell guests twice. */
function dropSettled(toItem: Set<ItemField>, record: SyncRecord, item: SyncItem): void {
  const links = linksText(record.links);
  // With guests from outside they are to go.
  const mayStand = record.kind === 'contact' || (record.attendees ?? []).length === 0;
  if (mayStand && links !== '' && item.bodyText.includes(links)) toItem.delete('links');
  if (record.kind !== 'activity' || item.kind !== 'appointment') return;
  if ((record.status === 'open') === (item.reminderMinutes !== null)) toItem.delete('status');
}

/**
 * What only the CRM has, where nothing was agreed yet: it was written with the item, but the record may have changed before
 * its item was adopted. An item that people made gets our links with the next change of them, not for being matched.
 */
function addUnagreed(
  toItem: Set<ItemField>,
  record: SyncRecord,
  { kind, bodyText }: SyncItem,
  { agreed, origin, attendeeCopy, busyOnly, guests }: LiveMapping,
): void {
  if (attendeeCopy === true || busyOnly === true) return;
  const over = record.kind === 'activity' && kind === 'appointment' && record.status !== 'open';
  if (agreed.crm.status === undefined && over) toItem.add('status');
  const linked = bodyText.includes(linksText(record.links)) || (guests?.outside ?? 0) > 0;
  if (agreed.crm.links === undefined && origin === 'crm' && !linked) toItem.add('links');
}

/** An adopted item was never agreed on: which side changed cannot be told from one side alone. */
const baseIsMissing = ({ agreed }: LiveMapping): boolean =>
  Object.keys(agreed.crm).length === 0 || Object.keys(agreed.exchange).length === 0;

/** An earlier write of ours may have been done: told apart from a person's only with both sides at hand. */
const mayBeHalfDone = ({ writing }: LiveMapping): boolean => writing !== undefined;

/** Of a meeting that somebody else organises only what is the user's own is written. */
const ownOfAttendee: readonly SyncedField[] = ['reminder', 'categories'];

function goes(
  { profile }: SyncInput,
  { attendeeCopy, busyOnly }: LiveMapping,
  field: SyncedField,
  way: 'toExchange' | 'toCrm',
): boolean {
  // Only people answer invitations.
  if (way === 'toExchange' && field === 'responses') return false;
  if (way === 'toExchange' && attendeeCopy === true && !ownOfAttendee.includes(field)) return false;
  // Of a private item the CRM knows nothing but its time: what it has instead is never written there.
  if (way === 'toExchange' && busyOnly === true && field !== 'time') return false;
  const direction = profile.fieldDirections[field] ?? 'both';
  return direction === 'both' || direction === way;
}

/**
 * Which side fills the other in a field that was never agreed on: what says nothing takes nothing away, where the item was made by
 * people or the CRM has only now learnt of the field. Of such a field that says something on both sides, the side where it was made
 * knows more. Undefined where neither is so.
 */
function crmWinsFirst(
  input: SyncInput,
  mapping: LiveMapping,
  field: SyncedField,
  record: SyncRecord,
  item: SyncItem,
): boolean | undefined {
  const { agreed, origin } = mapping;
  const isLearnt = Object.keys(agreed.crm).length > 0;
  if (agreed.crm[field] !== undefined || (!isLearnt && origin === 'crm') || !isShown(field, mapping, item))
    return undefined;
  if (goes(input, mapping, field, 'toExchange') !== goes(input, mapping, field, 'toCrm')) return undefined;
  const rules = rulesOf(input.kind);
  const isItemBlank = rules.isBlank(field, item);
  if (rules.isBlank(field, record) !== isItemBlank) return isItemBlank;
  return isLearnt ? origin === 'crm' : undefined;
}

/** What travels one way only is decided by that; else by the policy. */
function crmWinsField(
  input: SyncInput,
  mapping: LiveMapping,
  field: SyncedField,
  record: SyncRecord,
  item: SyncItem,
): boolean {
  const toExchange = goes(input, mapping, field, 'toExchange');
  return toExchange === goes(input, mapping, field, 'toCrm')
    ? crmWinsConflict(input, mapping, record, item)
    : toExchange;
}

function crmWinsConflict(
  { profile }: SyncInput,
  { attendeeCopy }: LiveMapping,
  record: SyncRecord,
  item: SyncItem,
): boolean {
  if (attendeeCopy === true) return false;
  switch (profile.conflictPolicy) {
    case 'crm-wins':
      return true;
    case 'exchange-wins':
      return false;
    case 'newest-wins':
      return item.modifiedAt === undefined || Date.parse(record.modifiedAt) >= Date.parse(item.modifiedAt);
    default:
      return profile.conflictPolicy satisfies never;
  }
}

function refusal({ kind }: SyncInput, side: Activity | Appointment | SyncRecord | SyncItem): SyncPlan | undefined {
  const refused = rulesOf(kind).refusalOf(side);
  return refused && { do: 'refuse', ...refused };
}
