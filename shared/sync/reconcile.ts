import { compareVersions } from '../domain/ids.ts';
import type { IntentMapping, ItemMapping, LiveMapping } from '../domain/item-mapping.ts';
import { planSync, type RecordSide, type SyncPlan } from '../domain/plan-sync.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { SyncRecord } from '../domain/sync-record.ts';
import { StoreConflict, type Stored } from '../ports/stored.ts';
import { asOrganized, isSomebodyElses, isSyncedByOrganizer } from './attendee-copy.ts';
import { adopt, createItem, settleIntent } from './create-item.ts';
import { afterCreate, createRecord } from './create-record.ts';
import { removeItemOf, removeRecordOf, saveTombstone, unlessChanged } from './end-pair.ts';
import { inReview, waitsForDecision } from './jobs/in-review.ts';
import { lookAtNews } from './look-at-news.ts';
import { findMappedItem } from './look-up-item.ts';
import { outOfScope } from './private-item.ts';
import {
  done,
  type Known,
  mailboxKeyOf,
  type News,
  presentRecord,
  type ReconcileDeps,
  type Reconciled,
  type ReconcileScope,
} from './reconcile-types.ts';
import { mayGoOn } from './safety/stand-still.ts';
import { writeRecord } from './safety/write-sides.ts';
import { withNotes } from './safety/writing.ts';
import { singleInPlaceOf, whenRepeated } from './series-or-single.ts';
import { saySevering } from './severing.ts';
import { writeBoth } from './write-both.ts';

const mostRounds = 6;
const noWrites = { toItem: new Set<never>(), toRecord: new Set<never>() };
const justStatus = { ...noWrites, toRecord: new Set(['status'] as const) };

/**
 * Makes a record and its item agree, whichever of them the news is about: look, plan, act, save the mapping.
 * Safe to repeat, safe to stop after any await, safe beside another worker on the same mailbox: what the other did shows
 * in an etag, a change key or a version, and then both sides are read and the plan is made anew.
 */
export async function reconcile(deps: ReconcileDeps, scope: ReconcileScope, news: News): Promise<Reconciled> {
  await mayGoOn(deps, mailboxKeyOf(scope));
  return withNotes(scope, (collecting) => reconcileInRounds(deps, collecting, news));
}

async function reconcileInRounds(deps: ReconcileDeps, scope: ReconcileScope, news: News): Promise<Reconciled> {
  for (let attempt = 0; attempt < mostRounds; attempt++) {
    try {
      // What was found before another worker's write is looked up anew.
      const look = await lookAtNews(deps, scope, attempt === 0 || news.side === 'exchange' ? news : anew(news));
      if ('kind' in look) return look;
      return await planAndAct(deps, scope, look);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
  throw new SyncError('Another worker kept changing the same mapping.', {
    code: 'MappingContended',
    remedy: { kind: 'retry' },
  });
}

const anew = ({ found: _found, ...news }: Extract<News, { side: 'crm' }>): News => news;

async function planAndAct(deps: ReconcileDeps, scope: ReconcileScope, start: Known): Promise<Reconciled> {
  let known = start;
  for (let round = 0; round < mostRounds; round++) {
    if (known.mapping?.value.state === 'intent') {
      const settled = await settle(deps, scope, known, known.mapping as Stored<IntentMapping>);
      if ('kind' in settled) return settled;
      known = { ...settled, inFeed: start.inFeed };
      continue;
    }
    const mapping = asOrganized(
      known.mapping as Stored<Exclude<ItemMapping, { state: 'intent' }>> | undefined,
      known.item,
    );
    const plan = planSync({
      kind: known.itemKind,
      record: known.record,
      item: known.item,
      mapping: mapping?.value,
      profile: scope.access.profile,
      movedHere: known.movedHere ?? false,
      now: deps.clock.now().getTime(),
    });
    const next = (await otherHome(deps, scope, plan, known)) ?? (await act(deps, scope, plan, known, mapping));
    if ('kind' in next) return next;
    known = { ...next, inFeed: start.inFeed };
  }
  throw new SyncError('The record and its item kept changing while they were compared.', {
    code: 'NotConverging',
    remedy: { kind: 'retry' },
  });
}

/**
 * A record lives in one mailbox. What has no item here may have one elsewhere; and an item left over in a mailbox that is no
 * longer the home never writes to the record: it goes.
 */
async function otherHome(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  plan: SyncPlan,
  known: Known,
): Promise<Reconciled | Known | undefined> {
  const { record, mapping, inFeed } = known;
  const { organizationId, mailboxId } = mailboxKeyOf(scope);
  const givenAway =
    record.known && record.state === 'present' && record.record.ownerId !== scope.access.mailbox.crmUserId;
  if (plan.do === 'removeRecord' && givenAway && mapping?.value.state === 'live') {
    // Its former owner deleted his item before the change of owner was told of: that ends the item, not the record.
    await saveTombstone(deps, scope, mapping as Stored<LiveMapping>, mapping.value.crmVersion, 'exchange');
    return done('buried', 'the record belongs to another user');
  }
  if (
    hasNoItemHere(known) &&
    record.known &&
    record.state === 'present' &&
    (plan.do === 'nothing' || plan.do === 'wait')
  ) {
    const home = await deps.mappings.findHome(organizationId, record.record.id);
    if (home !== undefined && home.value.mailboxId !== mailboxId) {
      return (await isSomebodyElses(deps, scope, record.record))
        ? done('nothing', 'the copy of a meeting that somebody else organises stays where it is')
        : { kind: 'elsewhere', home };
    }
    // It came from another mailbox: there is no item here whose mapping could still be written.
    const moved = plan.do === 'wait' && home !== undefined && home.value.generation > 0;
    return moved && !known.movedHere ? { ...known, movedHere: true } : undefined;
  }
  const toRecord =
    plan.do === 'removeRecord' || plan.do === 'cancelBoth' || (plan.do === 'write' && plan.toRecord.size > 0);
  if (!toRecord || mapping?.value.state !== 'live' || (record.known && !inFeed)) return undefined;
  const home = await deps.mappings.findHome(organizationId, mapping.value.recordId);
  if (home === undefined || home.value.mailboxId === mailboxId) return undefined;
  const left = mapping as Stored<LiveMapping>;
  return removeItemOf(deps, scope, left, left.value.crmVersion, 'crm', true);
}

/** It never had one, or had one in an earlier life that is older than what was read. */
const hasNoItemHere = ({ record, mapping }: Known): boolean =>
  mapping === undefined ||
  (mapping.value.state === 'tombstone' &&
    record.known &&
    record.state === 'present' &&
    compareVersions(record.record.version, mapping.value.crmVersion) > 0);

async function act(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  plan: SyncPlan,
  known: Known,
  mapping: Stored<Exclude<ItemMapping, { state: 'intent' }>> | undefined,
): Promise<Reconciled | Known> {
  switch (plan.do) {
    case 'nothing':
      return done('nothing', plan.why);
    case 'wait':
      return { kind: 'lagging', why: plan.why, otherwise: 'done' };
    case 'refuse':
      throw new SyncError(plan.text, { code: plan.reason, remedy: { kind: 'park' } });
    case 'createItem': {
      if (await inReview(deps, scope, known)) return done('nothing', waitsForDecision);
      const created = await createItem(deps, scope, known, plan.record, mapping);
      return 'kind' in created ? created : readBoth(deps, scope, created);
    }
    case 'createRecord': {
      if (await inReview(deps, scope, known)) return done('nothing', waitsForDecision);
      if (await isSyncedByOrganizer(deps, scope, plan.item))
        return done('nothing', 'its organizer is synced: his copy has the record');
      const created = await createRecord(deps, scope, plan.item, undefined);
      return created.kind === 'settled' ? created.result : afterCreate(deps, scope, created);
    }
    case 'readBoth':
      return readBoth(deps, scope, live(mapping));
    case 'agree':
    case 'write': {
      const writes = plan.do === 'write' ? plan : noWrites;
      const written = await writeBoth(deps, scope, live(mapping), known, writes);
      return written.kind === 'refused'
        ? readBoth(deps, scope, await unchanged(deps, scope, written.mapping))
        : written;
    }
    case 'removeItem':
      return removeItemOf(deps, scope, live(mapping), plan.version ?? live(mapping).value.crmVersion, 'crm');
    case 'recreateItem': {
      const severed = await saySevering(deps, scope, live(mapping), 'exchange');
      const gone = await removeItemOf(deps, scope, severed, severed.value.crmVersion, 'crm', true);
      // Its tombstone is older than the record: the next round makes the new item.
      if (gone.kind !== 'done') return gone;
      return afresh(deps, scope, known, plan.record);
    }
    case 'recreateRecord': {
      const severed = await saySevering(deps, scope, live(mapping), 'crm');
      const gone = await removeRecordOf(deps, scope, severed, plan.version, true);
      if (gone === 'refused') return readBoth(deps, scope, severed);
      if (gone.kind !== 'done') return gone;
      const again = await createRecord(deps, scope, plan.item, undefined);
      return again.kind === 'settled' ? again.result : afterCreate(deps, scope, again);
    }
    case 'removeRecord': {
      const gone = await removeRecordOf(deps, scope, live(mapping), plan.version);
      return gone === 'refused' ? readBoth(deps, scope, live(mapping)) : gone;
    }
    case 'cancelBoth': {
      const cancelled = await unlessChanged(
        writeRecord(
          ...([deps, scope, { mapping: live(mapping).value, known, writes: justStatus }, plan.version] as const),
          { kind: 'activity', status: 'cancelled' },
        ),
      );
      if (cancelled === 'refused') return readBoth(deps, scope, live(mapping));
      const version = cancelled === 'gone' ? plan.version : cancelled.version;
      if (live(mapping).value.attendeeCopy === true) {
        // What is left of somebody else's meeting is for the user to remove.
        await saveTombstone(deps, scope, live(mapping), version, 'exchange');
        return done('recordCancelled');
      }
      return removeItemOf(deps, scope, live(mapping), version, 'exchange');
    }
    case 'bury':
      await saveTombstone(deps, scope, live(mapping), live(mapping).value.crmVersion, plan.by);
      return done('buried');
    default:
      return plan satisfies never;
  }
}

async function settle(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  known: Known,
  intent: Stored<IntentMapping>,
): Promise<Reconciled | Known> {
  const { record, item } = known;
  if (item.known && item.state === 'present') return readBoth(deps, scope, await adopt(deps, scope, intent, item.item));
  const settled = await settleIntent(deps, scope, intent, record);
  if ('kind' in settled) return settled;
  return readBoth(deps, scope, settled);
}

/** A write was refused: where another worker of ours did it, its mapping is there, and the plan is made anew. */
async function unchanged(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
): Promise<Stored<LiveMapping>> {
  const { recordId } = mapping.value;
  const now = (await deps.mappings.findByRecords(mailboxKeyOf(scope), [recordId])).get(recordId);
  if (now?.etag !== mapping.etag) throw new StoreConflict('the mapping');
  return mapping;
}

/** Reads both sides as they are now, the item by its stamp where its id no longer holds. */
async function readBoth(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  mapping: Stored<LiveMapping>,
): Promise<Reconciled | Known> {
  const { recordId, kind } = mapping.value;
  const [read, item] = await Promise.all([
    deps.readRecord(scope.connection, recordId),
    findMappedItem(deps, scope, mapping.value),
  ]);
  if (!item.known) return outOfScope(deps, scope, item, mapping);
  if (read.state === 'missing')
    return { kind: 'lagging', why: 'the CRM does not show the record', otherwise: 'failure' };
  if (read.state === 'present' && compareVersions(read.record.version, mapping.value.crmVersion) < 0)
    return { kind: 'lagging', why: 'the CRM shows an older record than was agreed on', otherwise: 'failure' };
  const record: RecordSide =
    read.state === 'deleted'
      ? { known: true, state: 'gone', version: read.version }
      : presentRecord(deps, scope, kind, read.record);
  const single = item.state === 'gone' ? await singleInPlaceOf(deps, scope, mapping.value) : undefined;
  if (single !== undefined) return 'kind' in single ? single : { ...single, record, inFeed: false };
  return whenRepeated(deps, scope, { itemKind: kind, record, item, mapping, inFeed: false });
}

/** The record as it is, with its tombstone: what the round after a removal starts from. */
async function afresh(
  deps: ReconcileDeps,
  scope: ReconcileScope,
  { itemKind }: Known,
  record: SyncRecord,
): Promise<Known> {
  const mapping = (await deps.mappings.findByRecords(mailboxKeyOf(scope), [record.id])).get(record.id);
  const side = presentRecord(deps, scope, itemKind, record);
  return { itemKind, record: side, item: { known: false }, mapping, inFeed: false };
}

function live(mapping: Stored<ItemMapping> | undefined): Stored<LiveMapping> {
  if (mapping?.value.state !== 'live') throw new Error('the plan needs a live mapping');
  return mapping as Stored<LiveMapping>;
}
