import { removeOccurrence } from './occurrence-item.ts';
import type { OpenItem } from './request-context.ts';

export type DeleteType = 'HardDelete' | 'SoftDelete' | 'MoveToDeletedItems';

const recoverable = 'recoverableitemsdeletions';
const purged = 'recoverableitemspurges';

/**
 * Takes an item away as Exchange does: to Deleted Items, from there or softly to Recoverable Items, from there or hard for good, unless
 * the mailbox keeps what was purged. An occurrence is only taken out of its series.
 */
export function deleteContent(open: OpenItem, type: DeleteType, by: string): void {
  if (open.occurrence && removeOccurrence(open, by)) return;
  const { id, folder } = open.occurrence?.master ?? open.item;
  const { entry, store } = open.mailbox;
  if (type === 'HardDelete' || folder === recoverable || folder === purged) {
    if (entry.keepsPurged && folder !== purged) store.move(id, purged, by);
    else store.remove(id);
  } else if (type === 'SoftDelete' || folder === 'deleteditems') store.move(id, recoverable, by);
  else store.move(id, 'deleteditems', by);
}
