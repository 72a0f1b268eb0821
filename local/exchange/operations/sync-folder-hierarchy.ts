import { readFolderShape, writeFolder } from '../folder-shape.ts';
import { folders, isUnder } from '../folders.ts';
import { openFolder, type RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { decodeSyncState, encodeSyncState } from '../sync-state.ts';
import { childOf, childText, textElement, type XmlElement, xml } from '../xml.ts';

/** The folders never change here: the first call lists them all, later ones nothing. */
export function syncFolderHierarchy(context: RequestContext, request: XmlElement): XmlElement {
  return respondToEach('SyncFolderHierarchy', [request], () => {
    const shape = readFolderShape(childOf(request, 'm:FolderShape'));
    const root = textElement('t:DistinguishedFolderId', '', { Id: 'msgfolderroot' });
    const { mailbox, folder } = openFolder(context, childOf(request, 'm:SyncFolderId')?.children[0] ?? root);
    const place = {
      mailbox: mailbox.store.guid,
      folder: `hierarchy of ${folder.name}`,
      epoch: context.store.syncEpoch(),
    };
    const given = childText(request, 'm:SyncState')?.trim() ?? '';
    if (given !== '') decodeSyncState(given, place);
    const told = given === '' ? folders.filter((one) => isUnder(one.name, folder.name)) : [];
    return [
      textElement('m:SyncState', encodeSyncState({ ...place, base: 1, at: 1, top: 1 })),
      textElement('m:IncludesLastFolderInRange', 'true'),
      xml('m:Changes', {}, ...told.map((one) => xml('t:Create', {}, writeFolder({ mailbox, folder: one }, shape)))),
    ];
  });
}
