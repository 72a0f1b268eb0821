import type { ItemId as EwsItemId, PropertySet } from 'ews-javascript-api';
import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { SyncState } from '../../ports/cursor-store.ts';
import type { ChangePage, ItemChange } from '../../ports/exchange-gateway.ts';
import type { Log } from '../../ports/log.ts';
import { toEwsSyncError } from './ews-errors.ts';
import { folderClassOf, folderOf } from './ews-folders.ts';
import { itemOf, readingProperties } from './ews-items.ts';
import { leftOut, loadEwsLibrary } from './ews-library.ts';
import { inBatches, outcomesOf } from './ews-outcomes.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

/** The most SyncFolderItems gives at once. */
const changesInPage = 512;

/** One page of what changed. Ids only: one request to the store for all, where each property costs one more. */
export async function listChanges(
  session: EwsSession,
  call: EwsCall,
  kind: ItemKind,
  since: SyncState | undefined,
): Promise<ChangePage> {
  const found = await session.requestOne(call, (library, service) =>
    service.SyncFolderItems(
      folderOf(library, call.access, kind),
      new library.PropertySet(library.BasePropertySet.IdOnly),
      [],
      changesInPage,
      library.SyncFolderItemsScope.NormalItems,
      since ?? leftOut,
    ),
  );
  const { ChangeType } = await loadEwsLibrary();
  const changes = new Map<string, ItemChange>();
  for (let index = 0; index < found.Count; index++) {
    const { ChangeType: type, ItemId: id } = found._getItem(index);
    if (type === ChangeType.ReadFlagChange) continue;
    const itemId = id.UniqueId as ItemId;
    if (type === ChangeType.Delete) changes.set(itemId, { kind: 'deleted', itemId, changeKey: undefined });
    else if (changes.get(itemId)?.kind !== 'deleted') {
      const change = type === ChangeType.Create ? 'created' : 'updated';
      changes.set(itemId, { kind: change, itemId, changeKey: id.ChangeKey as ChangeKey });
    }
  }
  if (!found.SyncState) throw toEwsSyncError({ kind: 'answer', code: 'AnswerWithoutSyncState' }, 'read');
  return { changes: [...changes.values()], syncState: found.SyncState, more: found.MoreChangesAvailable };
}

/** Whatever ids name, one request. What the library cannot read of several is asked for one by one. */
export async function getItems(
  session: EwsSession,
  call: EwsCall,
  ids: readonly EwsItemId[],
  wanted: PropertySet,
): Promise<Outcome<unknown>[]> {
  if (ids.length === 0) return [];
  const { value, answer } = await session.request(call, 'read', (_library, service) =>
    service.BindToItems([...ids], wanted),
  );
  if (value === undefined && ids.length > 1 && answer.messages.length === ids.length) {
    return inBatches(ids, 1, (one) => getItems(session, call, one, wanted));
  }
  return outcomesOf(answer, ids.length, 'read', (_message, index): Outcome<unknown> => {
    const item: unknown = value?.Responses[index]?.Item;
    return item instanceof Object ? succeeded(item) : failed(toEwsSyncError(notUnderstood, 'read'));
  });
}

const notUnderstood = { kind: 'response', code: 'ItemNotUnderstood' } as const;

/** What reading gives of an item that came. An item that cannot be understood fails alone. */
export function understood<T>(found: Outcome<unknown>, read: (item: unknown) => T): Outcome<T> {
  if (!found.ok) return found;
  try {
    return succeeded(read(found.value));
  } catch (error) {
    return failed(error instanceof SyncError ? error : toEwsSyncError(notUnderstood, 'read', error));
  }
}

/** One batch of items of a kind by their ids in Exchange; appointments without what makes them a series. */
export async function readBatch(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  kind: 'task' | 'contact',
  ids: readonly ItemId[],
  body: boolean,
): Promise<Outcome<SyncItem>[]> {
  const library = await loadEwsLibrary();
  const found = await getItems(
    session,
    call,
    ids.map((id) => new library.ItemId(id)),
    readingProperties(library, kind, body),
  );
  return found.map((one) => understood(one, (item) => itemOf({ library, log }, kind, item, 'skip')));
}

/** Needs the sign-in, the impersonation right and the folder, and moves next to nothing. */
export async function probe(session: EwsSession, call: EwsCall, kind: ItemKind): Promise<void> {
  const folder = await session.requestOne(call, (library, service) => {
    const { Folder, FolderSchema, PropertySet, BasePropertySet } = library;
    const wanted = new PropertySet(BasePropertySet.IdOnly, [FolderSchema.FolderClass]);
    return Folder.Bind(service, folderOf(library, call.access, kind), wanted);
  });
  const { FolderSchema } = await loadEwsLibrary();
  const found: { outValue: unknown } = { outValue: undefined };
  const folderClass = folder.TryGetProperty(FolderSchema.FolderClass, found) ? found.outValue : undefined;
  if (typeof folderClass === 'string' && !folderClass.startsWith(folderClassOf[kind])) {
    throw toEwsSyncError({ kind: 'response', code: 'FolderOfAnotherKind' }, 'read');
  }
}
