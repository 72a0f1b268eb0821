import type { CrmUserId, ItemId, RecordId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import type { ItemMapping, LiveMapping } from '../../domain/item-mapping.ts';
import { itemKindOf } from '../../domain/rules-of.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncRecord } from '../../domain/sync-record.ts';
import type { SyncWindow } from '../../domain/sync-window.ts';
import type { ItemEntry } from '../../ports/mapping-store.ts';
import type { Stored } from '../../ports/stored.ts';
import { chunks } from '../chunks.ts';
import { mailboxKeyOf, type ReconcileScope } from '../reconcile-types.ts';
import { isSplitSeries } from '../sync-series.ts';
import type { JobDeps } from './job-types.ts';

/** Both sides of one kind as listings show them, and what is known of each. */
export interface Survey {
  readonly kind: ItemKind;
  readonly window: SyncWindow;
  readonly records: ReadonlyMap<RecordId, SyncRecord>;
  readonly items: ReadonlyMap<ItemId, SyncItem>;
  /** Mappings of whatever state, of the records listed and of the records that stamps name. */
  readonly mappings: ReadonlyMap<RecordId, Stored<ItemMapping>>;
  readonly entries: ReadonlyMap<ItemId, ItemEntry>;
  /** All live mappings of the kind, of whatever time. */
  readonly live: readonly Stored<LiveMapping>[];
}

const readTogether = 100;

/**
 * Lists both sides. `split`: in place of a series that the CRM does not know, its occurrences. Needs memory for what one mailbox
 * holds of a kind, and must end within one slice.
 */
export async function surveyMailbox(
  deps: JobDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  window: SyncWindow,
  { split, until }: { readonly split: boolean; readonly until: number },
): Promise<Survey> {
  const inTime = () => {
    if (deps.clock.now().getTime() <= until) return;
    throw new SyncError('The mailbox holds more than can be listed in 90 seconds. Narrow the window of its profile.', {
      code: 'ListingTooLong',
      remedy: { kind: 'retry' },
    });
  };
  const box = mailboxKeyOf(scope);
  const [all, items] = await Promise.all([
    recordsOf(deps, scope, kind, window, inTime),
    itemsOf(deps, scope, kind, window, split, inTime),
  ]);
  const live: Stored<LiveMapping>[] = [];
  for await (const mapping of deps.mappings.listLive(box)) if (mapping.value.kind === kind) live.push(mapping);
  inTime();
  const entries = new Map<ItemId, ItemEntry>();
  for (const some of chunks([...items.keys()], readTogether))
    for (const [id, entry] of await deps.mappings.findByItems(box, some)) entries.set(id, entry);
  const named = [...items.values()].flatMap(({ stamp }) =>
    stamp?.mailboxId === box.mailboxId ? [stamp.recordId] : [],
  );
  const mapped = [...entries.values()].flatMap((entry) => (entry.state === 'mapped' ? [entry.recordId] : []));
  const mappings = new Map<RecordId, Stored<ItemMapping>>();
  for (const some of chunks([...new Set([...all.keys(), ...named, ...mapped])], readTogether))
    for (const [id, mapping] of await deps.mappings.findByRecords(box, some)) mappings.set(id, mapping);
  // What its item is, the mapping says; without one the profile does.
  const records = new Map(
    [...all].filter(
      ([id, record]) => (mappings.get(id)?.value.kind ?? itemKindOf(record, scope.access.profile)) === kind,
    ),
  );
  return { kind, window, records, items, mappings, entries, live };
}

async function recordsOf(
  deps: JobDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  window: SyncWindow,
  inTime: () => void,
): Promise<Map<RecordId, SyncRecord>> {
  const ownerId = await ownerOf(deps, scope);
  const records = new Map<RecordId, SyncRecord>();
  if (ownerId === undefined) return records;
  const query = { kind: kind === 'contact' ? 'contact' : 'activity', ownerId, ...window } as const;
  let cursor: string | undefined;
  do {
    const page = await deps.crm.listRecords(scope.connection, {
      ...query,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const record of page.records) records.set(record.id, record);
    cursor = page.next;
    inTime();
  } while (cursor !== undefined);
  return records;
}

/** Whose records go to this mailbox: its user's, if it is the main one of that user. */
async function ownerOf(deps: JobDeps, { access }: ReconcileScope): Promise<CrmUserId | undefined> {
  const { crmUserId, organizationId, id } = access.mailbox;
  // Into the calendars of rooms nothing is written.
  if (crmUserId === undefined || access.mailbox.kind === 'room') return undefined;
  const main = await deps.directory.findMailboxOfUser(organizationId, crmUserId);
  return main?.id === id ? crmUserId : undefined;
}

async function itemsOf(
  deps: JobDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  window: SyncWindow,
  split: boolean,
  inTime: () => void,
): Promise<Map<ItemId, SyncItem>> {
  const items = new Map<ItemId, SyncItem>();
  let cursor: string | undefined;
  do {
    const page = await deps.exchange.listItems(scope.access, kind, window, cursor);
    for (const item of page.items) {
      const own = split && isSplitSeries(scope, item);
      const shown = own ? await deps.exchange.readOccurrences(scope.access, item.itemId, window) : [item];
      for (const one of shown) items.set(one.itemId, one);
      inTime();
    }
    cursor = page.next;
    inTime();
  } while (cursor !== undefined);
  return items;
}
