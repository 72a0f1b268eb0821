import { EwsError } from '../ews-error.ts';
import { encodeChangeKey, encodeId } from '../ids.ts';
import { type ItemShape, readItemShape, writeItem } from '../item-shape.ts';
import { type OpenFolder, openFolder, type RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { decodeSyncState, encodeSyncState, type SyncState } from '../sync-state.ts';
import { childOf, childText, textElement, type XmlElement, xml } from '../xml.ts';

/** One line of the answer; `at` orders it in the mailbox's history. */
interface Change {
  at: number;
  id: string;
  write: () => XmlElement;
}

/** What a client that knows the folder up to `base` has not been told, up to `top`: each item once, by its last state. */
function changesBetween(
  { mailbox, folder }: OpenFolder,
  { base, top }: SyncState,
  shape: ItemShape,
  context: RequestContext,
): Change[] {
  const changes: Change[] = [];
  const told = (element: string, content: XmlElement) => () => xml(element, {}, content);
  for (const item of mailbox.store.items(folder.name)) {
    if (item.createdIn > top || item.version <= base) continue;
    const isNew = item.createdIn > base;
    if (!isNew && item.version > top) continue;
    const write = () =>
      told(isNew ? 't:Create' : 't:Update', writeItem({ mailbox, item }, shape, context.directory, true))();
    changes.push({ at: isNew ? item.createdIn : item.version, id: item.id, write });
  }
  for (const gone of mailbox.store.tombstones(folder.name)) {
    if (gone.createdIn > base || gone.removedIn <= base || gone.removedIn > top) continue;
    const { guid } = mailbox.store;
    const itemId = textElement('t:ItemId', '', {
      Id: encodeId({ kind: 'item', mailboxGuid: guid, key: gone.id }),
      ChangeKey: encodeChangeKey('CalendarItem', guid, gone.removedIn),
    });
    changes.push({ at: gone.removedIn, id: gone.id, write: told('t:Delete', itemId) });
  }
  return changes.sort((one, other) => one.at - other.at);
}

/** The next page from where the client stands, and where it stands afterwards. */
function nextPage(open: OpenFolder, state: SyncState, maximum: number, shape: ItemShape, context: RequestContext) {
  const current = state.at < state.top ? state : { ...state, top: open.mailbox.store.version() };
  const pending = changesBetween(open, current, shape, context).filter((change) => change.at > current.at);
  const page = pending.slice(0, maximum);
  const isLast = page.length === pending.length;
  const end = isLast ? { base: current.top, at: current.top } : { at: page.at(-1)?.at ?? current.at };
  return { page, isLast, state: { ...current, ...end } };
}

export function syncFolderItems(context: RequestContext, request: XmlElement): XmlElement {
  return respondToEach('SyncFolderItems', [request], () => {
    const shape = readItemShape(childOf(request, 'm:ItemShape'));
    const open = openSyncFolder(context, childOf(request, 'm:SyncFolderId')?.children[0] ?? xml('', {}));
    const place = { mailbox: open.mailbox.store.guid, folder: open.folder.name, epoch: context.store.syncEpoch() };
    const given = childText(request, 'm:SyncState')?.trim() ?? '';
    const start: SyncState = given === '' ? { ...place, base: 0, at: 0, top: 0 } : decodeSyncState(given, place);
    const ignored = new Set((childOf(request, 'm:Ignore')?.children ?? []).map((id) => id.attributes['Id']));
    const { page, isLast, state } = nextPage(
      open,
      start,
      Number(childText(request, 'm:MaxChangesReturned')),
      shape,
      context,
    );
    const isIgnored = (id: string) =>
      ignored.size > 0 && ignored.has(encodeId({ kind: 'item', mailboxGuid: open.mailbox.store.guid, key: id }));
    return [
      textElement('m:SyncState', encodeSyncState(state)),
      textElement('m:IncludesLastItemInRange', String(isLast)),
      xml('m:Changes', {}, ...page.filter((change) => !isIgnored(change.id)).map((change) => change.write())),
    ];
  });
}

function openSyncFolder(context: RequestContext, id: XmlElement): OpenFolder {
  try {
    return openFolder(context, id);
  } catch (error) {
    if (error instanceof EwsError && error.code === 'ErrorFolderNotFound') {
      throw new EwsError('ErrorSyncFolderNotFound', 'The folder to synchronize could not be found.');
    }
    throw error;
  }
}
