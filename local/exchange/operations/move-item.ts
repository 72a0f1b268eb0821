import { EwsError } from '../ews-error.ts';
import { idOnly, writeItem } from '../item-shape.ts';
import { openItem } from '../open-item.ts';
import { openFolder, type RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { contentOf } from '../store.ts';
import { childOf, childText, type XmlElement, xml } from '../xml.ts';

/** MoveItem and CopyItem: the item in the other folder is a new one, with all its properties and a new id. */
export function moveOrCopyItem(operation: 'MoveItem' | 'CopyItem') {
  return (context: RequestContext, request: XmlElement): XmlElement => {
    const by = context.acting?.name ?? context.account.name;
    const answersIds = (childText(request, 'm:ReturnNewItemIds') ?? 'true').trim() !== 'false';
    const targetId = childOf(request, 'm:ToFolderId')?.children[0] ?? xml('', {});
    return respondToEach(operation, childOf(request, 'm:ItemIds')?.children ?? [], (id) => {
      const { mailbox, folder } = openTarget(context, targetId);
      const source = openItem(context, id);
      if (source.occurrence)
        throw new EwsError('ErrorCalendarCannotMoveOrCopyOccurrence', 'An occurrence cannot be moved or copied.');
      const sameMailbox = source.mailbox.store.guid === mailbox.store.guid;
      let item = source.item;
      if (operation === 'MoveItem' && sameMailbox) item = mailbox.store.move(item.id, folder.name, by);
      else {
        item = mailbox.store.insert(folder.name, contentOf(source.item), by);
        if (operation === 'MoveItem') source.mailbox.store.remove(source.item.id);
      }
      // Exchange gives no new id for a move or copy to another mailbox.
      const shown = answersIds && sameMailbox ? writeItem({ mailbox, item }, idOnly, context.directory) : undefined;
      return [xml('m:Items', {}, shown)];
    });
  };
}

function openTarget(context: RequestContext, id: XmlElement) {
  try {
    return openFolder(context, id);
  } catch (error) {
    if (error instanceof EwsError && error.code === 'ErrorFolderNotFound')
      throw new EwsError('ErrorToFolderNotFound', 'The destination folder was not found.');
    throw error;
  }
}
