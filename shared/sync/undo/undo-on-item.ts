import { CrmVersion } from '../../domain/ids.ts';
import type { Notify } from '../../domain/item.ts';
import type { ItemMapping, LiveMapping } from '../../domain/item-mapping.ts';
import { guestsOf, notifyFor } from '../../domain/notify-policy.ts';
import { rulesOf } from '../../domain/rules-of.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import { StoreConflict, type Stored } from '../../ports/stored.ts';
import { lifeOf } from '../create-item.ts';
import { liveStamped, readItem } from '../look-up-item.ts';
import { mailboxKeyOf, type ReconcileDeps, type ReconcileScope, ruleContextOf, stampOf } from '../reconcile-types.ts';
import { writing } from '../safety/writing.ts';
import { aboutToWrite, saveWritten } from './about-to-write.ts';
import { agreedAgain, isAsWritten } from './keep-agreed.ts';
import { restoringDraft, restoringItemPatch, wholeItem } from './restoring.ts';
import { severed } from './severed.ts';
import type { Undoing, Undone } from './undoing.ts';

/** What every write of an undo is: quiet, and on an admin's word. */
const quietly = { side: 'exchange', notify: 'none', livesOn: true, despiteBrakes: true } as const;

interface Found {
  readonly mapping: Stored<ItemMapping> | undefined;
  readonly item: SyncItem | undefined;
}

/** Takes back a write to an item. */
export async function undoOnItem(deps: ReconcileDeps, scope: ReconcileScope, undoing: Undoing): Promise<Undone> {
  const { entry } = undoing;
  const found = await findNow(deps, scope, undoing);
  if (entry.act === 'deleted') return makeAgain(deps, scope, undoing, found);
  const { item } = found;
  if (item === undefined) return 'gone';
  const prints = rulesOf(item.kind).printsOfItem(item, ruleContextOf(deps, scope));
  if (!isAsWritten(entry.after, prints)) return 'changedSince';
  return entry.act === 'created'
    ? takeAway(deps, scope, undoing, { ...found, item })
    : setBack(deps, scope, undoing, { ...found, item });
}

/** The item as it is now: the mapped one, else the one that was written, else the one that carries the stamp. */
async function findNow(deps: ReconcileDeps, scope: ReconcileScope, { entry }: Undoing): Promise<Found> {
  const { recordId, itemId, kind } = entry;
  const mapping = (await deps.mappings.findByRecords(mailboxKeyOf(scope), [recordId])).get(recordId);
  const known = mapping?.value.state === 'live' ? mapping.value.itemId : itemId;
  const look = known === undefined ? undefined : await readItem(deps, scope, kind, known);
  if (look?.known && look.state === 'present') return { mapping, item: look.item };
  const [stamped] = await liveStamped(deps, scope, kind, recordId);
  const moved = stamped && (await readItem(deps, scope, kind, stamped.itemId));
  return { mapping, item: moved?.known && moved.state === 'present' ? moved.item : undefined };
}

/** An undo mails nobody, but for those who were invited by a write of ours: else ghosts remain in their calendars. */
function tellingOf(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<ItemMapping> | undefined,
  item: SyncItem,
): { readonly notify: Notify; readonly outside: number } {
  if (item.kind !== 'appointment' || !item.ownMeeting) return { notify: 'none', outside: 0 };
  const { isOutside, now } = ruleContextOf(deps, scope);
  const guests = guestsOf(item.attendees, isOutside);
  const invited = mapping?.value.state === 'live' && mapping.value.invited === true;
  const past = item.series === undefined && Date.parse(item.end) <= now;
  return { notify: notifyFor({ policy: 'none', guests, invited, past }), outside: guests?.outside ?? 0 };
}

/** The record stays: its mapping ends first, so that the end of the item is no news of it. */
async function takeAway(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { entry }: Undoing,
  { mapping, item }: Found & { readonly item: SyncItem },
): Promise<Undone> {
  const { recordId, kind } = entry;
  const telling = tellingOf(deps, scope, mapping, item);
  return severed<Undone>(deps, scope, mapping, async () => {
    const effect = { ...quietly, ...telling, act: 'deleted', kind, recordId, itemId: item.itemId, was: item } as const;
    await writing(deps, scope, effect, () => deps.lanes(scope.access).remove(kind, item, telling.notify));
    return 'undone';
  });
}

async function setBack(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { entry, image }: Undoing,
  { mapping, item }: Found & { readonly item: SyncItem },
): Promise<Undone> {
  if (image === undefined) return 'noImage';
  const { recordId, kind, fields } = entry;
  const rules = rulesOf(kind);
  const patch = restoringItemPatch(image, fields, item);
  if (Object.keys(patch).length === 1) return 'nothing';
  const context = ruleContextOf(deps, scope);
  const before = rules.printsOfItem(item, context);
  const after = rules.printsOfItemPatch(patch, context);
  const telling = tellingOf(deps, scope, mapping, item);
  const ahead = await aboutToWrite(deps, scope, mapping, { exchange: after });
  const ref = await writing(
    deps,
    scope,
    {
      ...{ ...quietly, ...telling, act: 'updated', kind, recordId, itemId: item.itemId, fields, was: item },
      ...{ before: entry.after, after },
    },
    () => deps.lanes(scope.access).update(item, patch, telling.notify),
  );
  const read = ahead && (await readItem(deps, scope, kind, ref.itemId));
  if (ahead === undefined || !read?.known || read.state === 'gone') return 'undone';
  const { agreed, changeKey } = ahead.value;
  // Where the user had changed something that was not synced yet, the item stays news.
  const isNews = item.changeKey !== changeKey;
  await saveWritten(deps, scope, ahead, {
    ...(isNews ? {} : { changeKey: read.item.changeKey }),
    agreed: { ...agreed, exchange: agreedAgain(agreed.exchange, before, rules.printsOfItem(read.item, context)) },
  });
  return 'undone';
}

async function makeAgain(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { entry, image, since }: Undoing,
  { mapping, item }: Found,
): Promise<Undone> {
  const { recordId, kind } = entry;
  if (item !== undefined) return linkMade(deps, scope, { entry, image, since }, mapping, item);
  if (await wasMadeSince(deps, scope, recordId, since)) return 'nothing';
  const was = image && wholeItem(image);
  if (was === undefined) return 'noImage';
  const draft = restoringDraft(was, stampOf(scope, recordId));
  if (draft === undefined) return 'noImage';
  const apart = await keptApart(deps, scope, mapping);
  const after = rulesOf(kind).printsOfItemDraft(draft, ruleContextOf(deps, scope));
  const ref = await writing(
    deps,
    scope,
    { ...quietly, act: 'created', kind, recordId, fields: Object.keys(after), after },
    () => deps.lanes(scope.access).create(draft, 'none'),
    ({ itemId }) => ({ itemId }),
  );
  const made = await readItem(deps, scope, kind, ref.itemId);
  if (made.known && made.state === 'present') await linkAgain(deps, scope, entry.recordId, apart, made.item);
  return 'undone';
}

/** It is there: made by an undo that died before it was linked, or by somebody else. */
async function linkMade(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { entry, image }: Undoing,
  mapping: Stored<ItemMapping> | undefined,
  item: SyncItem,
): Promise<Undone> {
  const was = image && wholeItem(image);
  const draft = was && restoringDraft(was, stampOf(scope, entry.recordId));
  if (draft === undefined || mapping?.value.state !== 'tombstone') return 'changedSince';
  const rules = rulesOf(item.kind);
  const context = ruleContextOf(deps, scope);
  if (!isAsWritten(rules.printsOfItemDraft(draft, context), rules.printsOfItem(item, context))) return 'changedSince';
  await linkAgain(deps, scope, entry.recordId, mapping, item);
  return 'nothing';
}

/** What the engine made and removed within the same time is left as it was before: not there. */
async function wasMadeSince(
  { journal }: ReconcileDeps,
  scope: ReconcileScope,
  recordId: Undoing['entry']['recordId'],
  since: string,
): Promise<boolean> {
  const { entries } = await journal.list(mailboxKeyOf(scope), { limit: 200, recordId, since });
  const first = entries.findLast(
    ({ side, act, state }) => side === 'exchange' && state === 'done' && act !== 'stamped',
  );
  return first?.act === 'created';
}

/** An item whose end was the user's own doing would get a record anew when it is there again: this one is to have none. */
async function keptApart(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<ItemMapping> | undefined,
): Promise<Stored<ItemMapping> | undefined> {
  if (mapping?.value.state !== 'tombstone' || mapping.value.deletedBy === 'crm') return mapping;
  const value = { ...mapping.value, deletedBy: 'crm' } as const;
  const [etag] = await deps.mappings.saveTombstones(mailboxKeyOf(scope), [{ mapping: value, etag: mapping.etag }]);
  if (etag === undefined) throw new StoreConflict('the mapping');
  return { value, etag };
}

/** Where its record is there and in use, the item is its item again, each side agreed as it is. Else the tombstone keeps it apart. */
async function linkAgain(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  recordId: Undoing['entry']['recordId'],
  mapping: Stored<ItemMapping> | undefined,
  item: SyncItem,
): Promise<void> {
  if (mapping?.value.state !== 'tombstone') return;
  const read = await deps.readRecord(scope.connection, recordId);
  if (read.state !== 'present' || read.record.ownerId !== scope.access.mailbox.crmUserId) return;
  if (read.record.kind === 'activity' && read.record.status === 'cancelled') return;
  const rules = rulesOf(item.kind);
  const context = ruleContextOf(deps, scope);
  const live: LiveMapping = {
    ...lifeOf(mapping.value),
    state: 'live',
    itemId: item.itemId,
    changeKey: item.changeKey,
    ...(item.kind === 'appointment' && item.iCalUid !== undefined ? { iCalUid: item.iCalUid } : {}),
    crmVersion: CrmVersion.parse(read.record.version),
    agreed: { crm: rules.printsOfRecord(read.record, context), exchange: rules.printsOfItem(item, context) },
    confirmed: false,
    plainBody: !item.richBody,
  };
  await deps.mappings.saveLive(mailboxKeyOf(scope), [{ mapping: live, etag: mapping.etag }]);
}
