import type { Activity } from './activity.ts';
import type { Appointment } from './appointment.ts';
import type { EmailServerProfile } from './email-server-profile.ts';
import { type CrmVersion, compareVersions } from './ids.ts';
import { type FieldPrints, type ItemField, type ItemMapping, type LiveMapping, SyncedField } from './item-mapping.ts';
import { linksText } from './links-block.ts';
import { fieldsOfActivity, fieldsOfAppointment, sameField } from './synced-fields.ts';

/** What is known of one side: it was not looked at, it is gone for good, or it is there with its fingerprints. */
export type RecordSide =
  | { readonly known: false }
  | { readonly known: true; readonly state: 'gone'; readonly version: CrmVersion | undefined }
  | { readonly known: true; readonly state: 'present'; readonly activity: Activity; readonly prints: FieldPrints };
export type ItemSide =
  | { readonly known: false }
  | { readonly known: true; readonly state: 'gone' }
  | { readonly known: true; readonly state: 'present'; readonly item: Appointment; readonly prints: FieldPrints };

export interface SyncInput {
  readonly record: RecordSide;
  readonly item: ItemSide;
  /** A live mapping, a tombstone or none; an intent is settled before there is anything to plan. */
  readonly mapping: Exclude<ItemMapping, { state: 'intent' }> | undefined;
  readonly profile: Pick<
    EmailServerProfile,
    'activityTypesToExchange' | 'fieldDirections' | 'window' | 'conflictPolicy'
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
  | { readonly do: 'createItem'; readonly activity: Activity }
  | { readonly do: 'createRecord'; readonly item: Appointment }
  /** Bring the fields named into the item, the record, or each its own into both. */
  | {
      readonly do: 'write';
      readonly toItem: ReadonlySet<ItemField>;
      readonly toRecord: ReadonlySet<SyncedField>;
    }
  /** Both are as they should be: remember these versions. */
  | { readonly do: 'agree' }
  | { readonly do: 'removeItem'; readonly version: CrmVersion | undefined }
  | { readonly do: 'removeRecord'; readonly version: CrmVersion }
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
    const older = mapping !== undefined && compareVersions(record.activity.version, mapping.crmVersion) <= 0;
    return older ? nothing('older than the deletion') : planNewItem(input, record.activity, mapping !== undefined);
  }
  if (mapping !== undefined) return nothing('deleted before');
  if (item.known && item.state === 'present') return planNewRecord(input, item.item);
  return nothing('there is nothing to sync');
}

function planNewItem({ profile, movedHere }: SyncInput, activity: Activity, hadItem: boolean): SyncPlan {
  if (activity.allDay) return nothing('all-day activities are not appointments');
  if (activity.status === 'cancelled') return nothing('cancelled before it had an item');
  const types = profile.activityTypesToExchange;
  if (types !== 'all' && !types.includes(activity.type)) return nothing('its type is not sent to Exchange');
  if (activity.origin === 'exchange' && !hadItem && movedHere !== true)
    return { do: 'wait', why: 'made from an item whose mapping is being written' };
  return badTime(activity) ?? { do: 'createItem', activity };
}

function planNewRecord({ profile, now }: SyncInput, item: Appointment): SyncPlan {
  if (item.allDay) return nothing('all-day items are not timed activities');
  if (item.recurring) return nothing('part of a series');
  if (!item.ownMeeting) return nothing('somebody else organises it');
  if (item.cancelled) return nothing('cancelled before it had a record');
  const day = 86_400_000;
  const tooOld = Date.parse(item.end) < now - profile.window.daysBack * day;
  const tooFar = Date.parse(item.start) > now + profile.window.daysAhead * day;
  if (tooOld || tooFar) return nothing('outside the window');
  return badTime(item) ?? { do: 'createRecord', item };
}

function planLive(input: SyncInput, mapping: LiveMapping): SyncPlan {
  const { record, item } = input;
  if (record.known && record.state === 'gone') {
    return item.known && item.state === 'gone'
      ? { do: 'bury', by: 'crm' }
      : { do: 'removeItem', version: record.version };
  }
  if (item.known && item.state === 'gone') return planItemGone(input, mapping);
  if (record.known && record.activity.status === 'cancelled') {
    return compareVersions(record.activity.version, mapping.crmVersion) < 0
      ? nothing('older than what was agreed')
      : { do: 'removeItem', version: record.activity.version };
  }
  if (item.known && item.item.cancelled) {
    return { do: 'cancelBoth', version: record.known ? record.activity.version : mapping.crmVersion };
  }
  if (record.known && item.known) return merge(input, mapping, record, item);
  if (record.known) return planRecordNews(input, mapping, record);
  if (item.known) return planItemNews(input, mapping, item);
  return nothing('neither side is known to have changed');
}

type PresentRecord = Extract<RecordSide, { state: 'present' }>;
type PresentItem = Extract<ItemSide, { state: 'present' }>;

function planRecordNews(input: SyncInput, mapping: LiveMapping, { activity, prints }: PresentRecord): SyncPlan {
  const order = compareVersions(activity.version, mapping.crmVersion);
  if (order < 0) return nothing('older than what was agreed');
  if (baseIsMissing(mapping)) return { do: 'readBoth' };
  if (order === 0) return nothing('our own write, or news we had');
  if (mayBeHalfDone(mapping)) return { do: 'readBoth' };
  if (activity.allDay) return nothing('the kind of an item is fixed at its first mapping');
  const changed = changedFields(prints, mapping.agreed.crm, mapping.writing?.crm);
  const toItem = new Set<ItemField>(changed.filter((field) => goes(input, field, 'toExchange')));
  addUnmerged(toItem, prints, mapping);
  // The links stand in the body beside notes that are not the CRM's to write: those must be read first.
  if (toItem.has('links') && !goes(input, 'notes', 'toExchange')) return { do: 'readBoth' };
  if (toItem.size === 0) return { do: 'agree' };
  return badTime(activity) ?? { do: 'write', toItem, toRecord: new Set() };
}

function planItemNews(input: SyncInput, mapping: LiveMapping, { item, prints }: PresentItem): SyncPlan {
  if (baseIsMissing(mapping)) return { do: 'readBoth' };
  // What Exchange made of our own write is what was agreed, whatever it looks like.
  if (item.changeKey === mapping.changeKey) return mapping.confirmed ? nothing('our own write') : { do: 'agree' };
  if (mayBeHalfDone(mapping)) return { do: 'readBoth' };
  const changed = changedFields(prints, mapping.agreed.exchange, mapping.writing?.exchange);
  const toRecord = new Set(changed.filter((field) => goes(input, field, 'toCrm')));
  if (toRecord.size === 0) return { do: 'agree' };
  return badTime(item) ?? { do: 'write', toItem: new Set(), toRecord };
}

/** Both sides are in front of us: each field goes where it did not change; where both changed, the policy decides. */
function merge(input: SyncInput, mapping: LiveMapping, record: PresentRecord, side: PresentItem): SyncPlan {
  const activity = fieldsOfActivity(record.activity);
  const item = fieldsOfAppointment(side.item);
  const toItem = new Set<ItemField>();
  const toRecord = new Set<SyncedField>();
  const changedInCrm = new Set(changedFields(record.prints, mapping.agreed.crm, mapping.writing?.crm));
  const changedInExchange = new Set(changedFields(side.prints, mapping.agreed.exchange, mapping.writing?.exchange));
  for (const field of SyncedField.options) {
    const inCrm = changedInCrm.has(field);
    const inExchange = changedInExchange.has(field);
    if ((!inCrm && !inExchange) || sameField(field, activity, item)) continue;
    const crmWins = inCrm && (!inExchange || crmWinsConflict(input, record.activity, side.item));
    if (crmWins && goes(input, field, 'toExchange')) toItem.add(field);
    if (!crmWins && goes(input, field, 'toCrm')) toRecord.add(field);
  }
  addUnmerged(toItem, record.prints, mapping);
  addUnagreed(toItem, record.activity, side.item, mapping);
  if (toItem.size === 0 && toRecord.size === 0) return { do: 'agree' };
  return (
    (toItem.has('time') && badTime(record.activity)) ||
    (toRecord.has('time') && badTime(side.item)) || { do: 'write', toItem, toRecord }
  );
}

/** The item was deleted in Exchange. A change made in the CRM meanwhile beats that, unless Exchange is to win. */
function planItemGone({ record, profile }: SyncInput, mapping: LiveMapping): SyncPlan {
  if (!record.known) return { do: 'removeRecord', version: mapping.crmVersion };
  if (record.state === 'gone') return { do: 'bury', by: 'crm' };
  const { activity, prints } = record;
  if (activity.status === 'cancelled') return { do: 'bury', by: 'crm' };
  const changed = changedFields(prints, mapping.agreed.crm, mapping.writing?.crm).length > 0;
  if (changed && profile.conflictPolicy !== 'exchange-wins') return badTime(activity) ?? { do: 'createItem', activity };
  return { do: 'removeRecord', version: activity.version };
}

/** Fields that a person changed: neither as agreed, nor as we were about to write them. */
const changedFields = (now: FieldPrints, agreed: FieldPrints, writing: FieldPrints | undefined): SyncedField[] =>
  SyncedField.options.filter(
    (field) => now[field] !== agreed[field] && (writing === undefined || now[field] !== writing[field]),
  );

/** What only the CRM has: there is nothing to merge. */
function addUnmerged(toItem: Set<ItemField>, now: FieldPrints, { agreed }: LiveMapping): void {
  for (const field of ['links', 'status'] as const) {
    if (agreed.crm[field] !== undefined && now[field] !== agreed.crm[field]) toItem.add(field);
  }
}

/**
 * What only the CRM has, where nothing was agreed yet: it was written with the item, but the record may have changed before
 * its item was adopted. An item that people made gets our links with the next change of them, not for being matched.
 */
function addUnagreed(
  toItem: Set<ItemField>,
  { status, links }: Activity,
  { bodyText }: Appointment,
  { agreed, origin }: LiveMapping,
): void {
  if (agreed.crm.status === undefined && status !== 'open') toItem.add('status');
  if (agreed.crm.links === undefined && origin === 'crm' && !bodyText.includes(linksText(links))) toItem.add('links');
}

/** An adopted item was never agreed on: which side changed cannot be told from one side alone. */
const baseIsMissing = (mapping: LiveMapping): boolean =>
  SyncedField.options.some(
    (field) => mapping.agreed.crm[field] === undefined || mapping.agreed.exchange[field] === undefined,
  );

/** An earlier write of ours may have been done: told apart from a person's only with both sides at hand. */
const mayBeHalfDone = ({ writing }: LiveMapping): boolean => writing !== undefined;

function goes({ profile }: SyncInput, field: SyncedField, way: 'toExchange' | 'toCrm'): boolean {
  const direction = profile.fieldDirections[field] ?? 'both';
  return direction === 'both' || direction === way;
}

function crmWinsConflict({ profile }: SyncInput, activity: Activity, item: Appointment): boolean {
  switch (profile.conflictPolicy) {
    case 'crm-wins':
      return true;
    case 'exchange-wins':
      return false;
    case 'newest-wins':
      return item.modifiedAt === undefined || Date.parse(activity.modifiedAt) >= Date.parse(item.modifiedAt);
    default:
      return profile.conflictPolicy satisfies never;
  }
}

function badTime({ start, end }: { start: string; end: string }): SyncPlan | undefined {
  if (Date.parse(start) < Date.parse(end)) return undefined;
  return {
    do: 'refuse',
    reason: 'startNotBeforeEnd',
    text: 'The field start is not before the field end, so it was not written. Correct the times; it is then synced by itself.',
  };
}
