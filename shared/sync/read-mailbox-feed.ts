import type { ChangeMessage, ExchangeChange } from '../domain/change-message.ts';
import type { ItemKind } from '../domain/item.ts';
import type { LiveMapping, MailboxKey } from '../domain/item-mapping.ts';
import type { Clock } from '../ports/clock.ts';
import type { CursorStore } from '../ports/cursor-store.ts';
import type { ExchangeGateway, ItemChange, MailboxAccess } from '../ports/exchange-gateway.ts';
import type { MappingStore } from '../ports/mapping-store.ts';
import type { MessageQueue } from '../ports/message-queue.ts';
import type { PollSchedule } from '../ports/poll-schedule-store.ts';
import { StoreConflict } from '../ports/stored.ts';

export interface FeedDeps {
  readonly exchange: ExchangeGateway;
  readonly mappings: MappingStore;
  readonly cursors: CursorStore;
  readonly changes: MessageQueue<ChangeMessage>;
  readonly clock: Clock;
}

/** The name under which the cursor of a kind's folder is kept. */
export const folderOf = (kind: ItemKind): string =>
  ({ appointment: 'calendar', task: 'tasks', contact: 'contacts' })[kind];
const checkEveryMs = 10 * 60_000;
const dayMs = 24 * 3_600_000;

/**
 * Reads page after page of what changed in a mailbox, until the end of the feed or of the time given. A page's changes are
 * all on the queue before its SyncState is saved: dying between repeats the page.
 */
export async function readMailboxFeed(
  deps: FeedDeps,
  key: MailboxKey,
  access: MailboxAccess,
  kind: ItemKind,
  until: number,
): Promise<{ readonly changed: boolean; readonly more: boolean }> {
  const folder = folderOf(kind);
  let state = await deps.cursors.findSyncState(key, folder);
  let changed = false;
  for (;;) {
    const page = await deps.exchange.listChanges(access, kind, state?.value);
    const news = await withoutEchoes(deps, key, page.changes);
    changed ||= news.length > 0;
    await deps.changes.send(news.map((change) => ({ body: messageOf(deps, key, kind, change) })));
    try {
      const etag = await deps.cursors.saveSyncState(key, folder, page.syncState, state?.etag);
      state = { value: page.syncState, etag };
    } catch (error) {
      // Somebody else reads the same mailbox: what we queued twice does no harm, the cursor is theirs.
      if (error instanceof StoreConflict) return { changed, more: false };
      throw error;
    }
    if (!page.more) return { changed, more: false };
    if (deps.clock.now().getTime() > until) return { changed, more: true };
  }
}

/** Leaves out what our own writes caused: the item has just the change key that our last write gave, and was read back since. */
async function withoutEchoes(deps: FeedDeps, key: MailboxKey, changes: readonly ItemChange[]): Promise<ItemChange[]> {
  const ids = changes.map(({ itemId }) => itemId);
  const entries = await deps.mappings.findByItems(key, ids);
  const records = [...entries.values()].flatMap((entry) => (entry.state === 'mapped' ? [entry.recordId] : []));
  const mappings = await deps.mappings.findByRecords(key, records);
  return changes.filter(({ kind, itemId, changeKey }) => {
    const entry = entries.get(itemId);
    if (kind === 'deleted') return entry !== undefined;
    const mapping = entry?.state === 'mapped' ? mappings.get(entry.recordId)?.value : undefined;
    if (mapping?.state !== 'live' || mapping.itemId !== itemId) return true;
    return mapping.changeKey !== changeKey || !mapping.confirmed;
  });
}

/**
 * An item that we made and the user deleted before any poll is in no feed: Exchange tells only of the end of items it told of.
 * So those that no feed has confirmed are looked at by their ids: at once, after ten minutes, twenty, forty, and so on up to a day,
 * then daily, because an item in another folder of the user's never comes into a feed. What was confirmed by a page whose cursor
 * was lost, because its poll did not come to its end, is looked at as well: to the cursor that is kept it is unknown.
 */
export async function checkUnconfirmed(
  deps: FeedDeps,
  key: MailboxKey,
  schedule: PollSchedule,
  unfinished: boolean,
): Promise<PollSchedule> {
  const now = deps.clock.now();
  const due = !(Date.parse(schedule.lastCheckedAt ?? '') > now.getTime() - checkEveryMs);
  if (!due && !unfinished) return schedule;
  const isDoubtful = ({ confirmedAt }: LiveMapping) =>
    unfinished && confirmedAt !== undefined && confirmedAt >= (schedule.lastPolledAt ?? '');
  for await (const { value } of deps.mappings.listLive(key)) {
    const isLookedAt = value.confirmed
      ? isDoubtful(value)
      : due && isTurnOf(value.unconfirmedSince, schedule.lastCheckedAt, now.getTime());
    if (!isLookedAt) continue;
    const look = messageOf(deps, key, value.kind, { kind: 'updated', itemId: value.itemId, changeKey: undefined });
    await deps.changes.send([{ body: { ...look, reason: 'check' } }]);
  }
  return due ? { ...schedule, lastCheckedAt: now.toISOString() } : schedule;
}

/** Whether one of the moments at which it is to be looked at has come since the last check. */
function isTurnOf(since: string | undefined, lastCheckedAt: string | undefined, now: number): boolean {
  if (since === undefined || lastCheckedAt === undefined) return true;
  return turnsBy(now - Date.parse(since)) > turnsBy(Date.parse(lastCheckedAt) - Date.parse(since));
}

/** How many of those moments there have been when it is so old. */
function turnsBy(ageMs: number): number {
  if (ageMs < 0) return 0;
  if (ageMs < checkEveryMs) return 1;
  const doublings = (age: number) => 2 + Math.floor(Math.log2(age / checkEveryMs));
  return ageMs < dayMs ? doublings(ageMs) : doublings(dayMs) + Math.floor(ageMs / dayMs);
}

function messageOf(
  { clock }: FeedDeps,
  key: MailboxKey,
  itemKind: ItemKind,
  { kind, itemId, changeKey }: ItemChange,
): ExchangeChange {
  return {
    kind: 'exchangeChange',
    schema: 1,
    ...key,
    itemId,
    itemKind,
    ...(changeKey === undefined ? {} : { changeKey }),
    reason: kind,
    attempt: 1,
    hop: 0,
    lagged: 0,
    seenAt: clock.now().toISOString(),
  };
}
