import type { FolderId, Item, WellKnownFolderName } from 'ews-javascript-api';
import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import type { ItemKind, ItemPlace, Stamp, StampedItem } from '../../domain/item.ts';
import { SyncError } from '../../domain/sync-error.ts';
import { folderClassOf, folderOf, namedFolder, wellKnownFolder } from './ews-folders.ts';
import type { EwsLibrary } from './ews-library.ts';
import type { EwsAction, EwsCall, EwsSession } from './ews-session.ts';
import { stampOf, stampProperty, stampText } from './ews-stamp.ts';

const dayMs = 86_400_000;
const mostFolders = 50;

export interface WrittenTime {
  readonly start: string;
  readonly end: string;
}

const stamped = (item: Item, place: ItemPlace): StampedItem => ({
  itemId: item.Id.UniqueId as ItemId,
  changeKey: item.Id.ChangeKey as ChangeKey,
  place,
});

/** Folders that a mailbox may lack or a delegate may not open. */
function orNone(error: unknown): never[] {
  if (error instanceof SyncError && (error.status === 'accessDeniedFolder' || error.kind === 'notFound')) return [];
  throw error;
}

/**
 * How Exchange says that there is no archive: the mailbox has none, or the server does not know the folder's name.
 * ErrorItemNotFound is what Exchange Online answers for a well-known folder that a mailbox lacks.
 */
const noArchiveCodes: ReadonlySet<string> = new Set([
  'ErrorFolderNotFound',
  'ErrorItemNotFound',
  'ErrorArchiveMailboxNotEnabled',
  'ErrorInvalidRequest',
  'ErrorSchemaValidation',
]);

function noArchive(error: unknown): never[] {
  if (error instanceof SyncError && noArchiveCodes.has(error.code)) return [];
  throw error;
}

/** Looks at the written time: one cheap request, where a restriction would scan the whole folder. */
function around(call: EwsCall, stamp: Stamp, time: WrittenTime): EwsAction<StampedItem[]> {
  return async (library, service) => {
    const { CalendarView, DateTime, PropertySet, BasePropertySet, AppointmentSchema, AppointmentType } = library;
    const instant = (text: string, shift: number) => new DateTime(new Date(Date.parse(text) + shift).toISOString());
    const view = new CalendarView(instant(time.start, -dayMs), instant(time.end, dayMs), 500);
    const wanted = [AppointmentSchema.AppointmentType, stampProperty(library)];
    view.PropertySet = new PropertySet(BasePropertySet.IdOnly, wanted);
    const found = await service.FindAppointments(folderOf(library, call.access, 'appointment'), view);
    return found.Items.filter((item) => {
      const type: { outValue: unknown } = { outValue: undefined };
      const known = item.TryGetProperty(AppointmentSchema.AppointmentType, type);
      const ofSeries = type.outValue === AppointmentType.Occurrence || type.outValue === AppointmentType.Exception;
      return !(known && ofSeries) && sameStamp(stampOf(library, item), stamp);
    }).map((item) => stamped(item, 'folder'));
  };
}

function sameStamp(found: Stamp | undefined, stamp: Stamp): boolean {
  return found !== undefined && stampText(found) === stampText(stamp);
}

function inFolder(stamp: Stamp, place: ItemPlace, folder: (library: EwsLibrary) => FolderId): EwsAction<StampedItem[]> {
  return async (library, service) => {
    const { ItemView, PropertySet, BasePropertySet, SearchFilter } = library;
    const view = new ItemView(50);
    view.PropertySet = new PropertySet(BasePropertySet.IdOnly, [stampProperty(library)]);
    const filter = new SearchFilter.IsEqualTo(stampProperty(library), stampText(stamp));
    const found = await service.FindItems(folder(library), filter, view);
    return found.Items.map((item) => stamped(item, place));
  };
}

function foldersUnder(
  call: EwsCall,
  kind: ItemKind,
  root: (names: typeof WellKnownFolderName) => WellKnownFolderName,
): EwsAction<string[]> {
  return async (library, service) => {
    const { FolderView, FolderTraversal, FolderSchema, PropertySet, BasePropertySet, SearchFilter } = library;
    const view = new FolderView(mostFolders);
    view.Traversal = FolderTraversal.Deep;
    view.PropertySet = new PropertySet(BasePropertySet.IdOnly);
    const parent = wellKnownFolder(library, call.access, root(library.WellKnownFolderName));
    const filter = new SearchFilter.IsEqualTo(FolderSchema.FolderClass, folderClassOf[kind]);
    const found = await service.FindFolders(parent, filter, view);
    const ids = found.Folders.map((folder) => folder.Id.UniqueId);
    return ids.filter((id) => id !== namedFolder(call.access, kind));
  };
}

/** Where the stamp lies: in the folder of its kind if anywhere there, else wherever it went, in the archive last. Exchange searches folders one by one. */
export async function findStamped(
  session: EwsSession,
  call: EwsCall,
  kind: ItemKind,
  stamp: Stamp,
  time: WrittenTime | undefined,
): Promise<StampedItem[]> {
  const { access } = call;
  const search = (place: ItemPlace, folder: (library: EwsLibrary) => FolderId) =>
    session.requestOne(call, inFolder(stamp, place, folder));

  if (time !== undefined && kind === 'appointment') {
    const near = await session.requestOne(call, around(call, stamp, time));
    if (near.length > 0) return near;
  }
  const inFolderOfKind = await search('folder', (library) => folderOf(library, access, kind));
  if (inFolderOfKind.length > 0) return inFolderOfKind;

  const deleted = await search('deletedItems', (library) =>
    wellKnownFolder(library, access, library.WellKnownFolderName.DeletedItems),
  ).catch(orNone);
  const recoverable = await search('recoverableItems', (library) =>
    wellKnownFolder(library, access, library.WellKnownFolderName.RecoverableItemsDeletions),
  ).catch(orNone);
  const elsewhere: StampedItem[] = [];
  const beside = foldersUnder(call, kind, (names) => names.MsgFolderRoot);
  for (const id of await session.requestOne(call, beside).catch(orNone)) {
    elsewhere.push(...(await search('elsewhere', (library) => new library.FolderId(id)).catch(orNone)));
  }
  const found = [...deleted, ...recoverable, ...elsewhere];
  if (elsewhere.length > 0) return found;

  const archived = foldersUnder(call, kind, (names) => names.ArchiveMsgFolderRoot);
  for (const id of await session.requestOne(call, archived).catch(noArchive)) {
    found.push(...(await search('archive', (library) => new library.FolderId(id))));
  }
  return found;
}
