import type { Appointment } from '../../domain/appointment.ts';
import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { SyncState } from '../../ports/cursor-store.ts';
import type { ChangePage, ItemChange } from '../../ports/exchange-gateway.ts';
import type { Log } from '../../ports/log.ts';
import { toEwsSyncError } from './ews-errors.ts';
import { calendarFolder } from './ews-folders.ts';
import { appointmentOf, readingProperties } from './ews-items.ts';
import { leftOut, loadEwsLibrary } from './ews-library.ts';
import { inBatches, outcomesOf } from './ews-outcomes.ts';
import type { EwsCall, EwsSession } from './ews-session.ts';

/** The most SyncFolderItems gives at once. */
const changesInPage = 512;

/** One page of what changed. Ids only: one request to the store for all, where each property costs one more. */
export async function listCalendarChanges(
  session: EwsSession,
  call: EwsCall,
  since: SyncState | undefined,
): Promise<ChangePage> {
  const found = await session.requestOne(call, (library, service) =>
    service.SyncFolderItems(
      calendarFolder(library, call.access),
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
      const kind = type === ChangeType.Create ? 'created' : 'updated';
      changes.set(itemId, { kind, itemId, changeKey: id.ChangeKey as ChangeKey });
    }
  }
  if (!found.SyncState) throw toEwsSyncError({ kind: 'answer', code: 'AnswerWithoutSyncState' }, 'read');
  return { changes: [...changes.values()], syncState: found.SyncState, more: found.MoreChangesAvailable };
}

/** One batch of items. An item that cannot be understood fails alone. */
export async function readAppointments(
  session: EwsSession,
  log: Log,
  call: EwsCall,
  ids: readonly ItemId[],
): Promise<Outcome<Appointment>[]> {
  const library = await loadEwsLibrary();
  const { value, answer } = await session.request(call, 'read', (_library, service) =>
    service.BindToItems(
      ids.map((id) => new library.ItemId(id)),
      readingProperties(library),
    ),
  );
  if (value === undefined && ids.length > 1 && answer.messages.length === ids.length) {
    return inBatches(ids, 1, (one) => readAppointments(session, log, call, one));
  }
  return outcomesOf(answer, ids.length, 'read', (_message, index) => {
    try {
      const item: unknown = value?.Responses[index]?.Item;
      return succeeded(appointmentOf({ library, log }, item, call.access.profile.privacyPolicy));
    } catch (error) {
      if (error instanceof SyncError) return failed(error);
      return failed(toEwsSyncError({ kind: 'response', code: 'ItemNotUnderstood' }, 'read', error));
    }
  });
}

/** Needs the sign-in, the impersonation right and the calendar, and moves next to nothing. */
export async function probe(session: EwsSession, call: EwsCall): Promise<void> {
  const folder = await session.requestOne(call, (library, service) => {
    const { Folder, FolderSchema, PropertySet, BasePropertySet } = library;
    const wanted = new PropertySet(BasePropertySet.IdOnly, [FolderSchema.FolderClass]);
    return Folder.Bind(service, calendarFolder(library, call.access), wanted);
  });
  const { FolderSchema } = await loadEwsLibrary();
  const found: { outValue: unknown } = { outValue: undefined };
  const folderClass = folder.TryGetProperty(FolderSchema.FolderClass, found) ? found.outValue : undefined;
  if (typeof folderClass === 'string' && !folderClass.startsWith('IPF.Appointment')) {
    throw toEwsSyncError({ kind: 'response', code: 'NotACalendarFolder' }, 'read');
  }
}
