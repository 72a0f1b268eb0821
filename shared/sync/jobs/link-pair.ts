import { CrmVersion } from '../../domain/ids.ts';
import type { ItemRef } from '../../domain/item.ts';
import type { LiveMapping } from '../../domain/item-mapping.ts';
import { isOccurrence } from '../../domain/occurrence-key.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import { isAttendeeCopy } from '../attendee-copy.ts';
import { readItem } from '../look-up-item.ts';
import { mailboxKeyOf, presentRecord, type ReconcileScope, stampOf } from '../reconcile-types.ts';
import { writing } from '../safety/writing.ts';
import type { JobDeps } from './job-types.ts';
import type { Link } from './match-survey.ts';

/** `changed`: the item is no longer as it was read; `taken`: the record or the item was linked by somebody else, or lives in another mailbox. */
export type Linked = 'linked' | 'changed' | 'taken';

/**
 * Links a record and an item that are both there: home, mark, mapping, in that order. Nobody gets mail, and no content is written:
 * nothing was agreed yet, so the engine compares both sides next and merges them by the profile's policy. Dying after the
 * mark leaves an item that is found by it.
 */
export async function linkPair(deps: JobDeps, scope: ReconcileScope, link: Link): Promise<Linked> {
  const box = mailboxKeyOf(scope);
  if (link.how === 'moved') {
    const { value, etag } = link.mapping;
    // The change key stays the old one, so that what changed together with the move is still seen as a change.
    const mapping = { ...value, itemId: link.item.itemId };
    const [saved] = await deps.mappings.saveLive(box, [{ mapping, etag, previousItemId: value.itemId }]);
    return saved === undefined ? 'taken' : 'linked';
  }
  const { record, item, how } = link;
  const home = { mailboxId: box.mailboxId, generation: 0 };
  const { value: claimed } = await deps.mappings.claimHome(box.organizationId, record.id, home);
  if (claimed.mailboxId !== box.mailboxId) return 'taken';
  const agreed = await agreedBefore(deps, scope, link);
  const marked = agreed && (await markItem(deps, scope, item, link));
  if (agreed === undefined || marked === undefined) return 'changed';
  const mapping: LiveMapping = {
    state: 'live',
    recordId: record.id,
    kind: item.kind,
    // An item that others made gets our links when they change, not for being matched.
    origin: how === 'score' ? 'exchange' : record.origin,
    ...(how === 'score' ? { matched: true } : {}),
    generation: claimed.generation,
    itemId: marked.itemId,
    changeKey: marked.changeKey,
    ...(item.kind === 'appointment' && item.iCalUid !== undefined ? { iCalUid: item.iCalUid } : {}),
    ...(isAttendeeCopy(item) ? { attendeeCopy: true } : {}),
    crmVersion: CrmVersion.parse('0'),
    agreed,
    confirmed: false,
  };
  const [saved] = await deps.mappings.saveLive(box, [{ mapping }]);
  return saved === undefined ? 'taken' : 'linked';
}

/**
 * Nothing was agreed, and the policy decides where both differ. Where that is the newer side, it is told now: our mark would make
 * the item the newer one. The older side then counts as it was agreed. Undefined when the item has changed since it was read.
 */
async function agreedBefore(
  deps: JobDeps,
  scope: ReconcileScope,
  { record, item, how }: Exclude<Link, { how: 'moved' }>,
): Promise<LiveMapping['agreed'] | undefined> {
  if (scope.access.profile.conflictPolicy !== 'newest-wins' || how === 'stamp') return { crm: {}, exchange: {} };
  const { kind, itemId, changeKey, modifiedAt } = item;
  const isRecordNewer = modifiedAt === undefined || Date.parse(record.modifiedAt) >= Date.parse(modifiedAt);
  if (!isRecordNewer) {
    // What only the CRM has is not for the item to win.
    const { status: _status, links: _links, ...crm } = presentRecord(deps, scope, kind, record).prints;
    return { crm, exchange: {} };
  }
  // A listing shows no bodies.
  const look = await readItem(deps, scope, kind, itemId);
  const isSame = look.known && look.state === 'present' && look.item.changeKey === changeKey;
  return isSame ? { crm: {}, exchange: look.prints } : undefined;
}

/** Puts the stamp on; undefined when the item has changed since it was read. */
async function markItem(
  deps: JobDeps,
  scope: ReconcileScope,
  item: SyncItem,
  { record }: Exclude<Link, { how: 'moved' }>,
): Promise<ItemRef | undefined> {
  const { kind, itemId, changeKey } = item;
  const stamp = stampOf(scope, record.id);
  // A mark would make an exception of an occurrence.
  const isMarked = item.stamp?.mailboxId === stamp.mailboxId && item.stamp.recordId === stamp.recordId;
  if (isOccurrence(itemId) || isMarked) return { itemId, changeKey };
  const effect = { side: 'exchange', act: 'stamped', kind, recordId: record.id, itemId, notify: 'none' } as const;
  try {
    return await writing(deps, scope, effect, () =>
      deps.lanes(scope.access).update({ itemId, changeKey }, { kind, stamp }, 'none'),
    );
  } catch (error) {
    if (error instanceof SyncError && (error.kind === 'conflict' || error.kind === 'notFound')) return undefined;
    throw error;
  }
}
