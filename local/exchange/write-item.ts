import { replaceOccurrence } from './occurrence-item.ts';
import type { OpenItem } from './request-context.ts';
import type { ItemContent } from './store.ts';

/** Writes an item, or makes an occurrence an exception of its series. @throws EwsError */
export function writeContent(open: OpenItem, content: ItemContent, by: string): OpenItem {
  if (open.occurrence) return replaceOccurrence(open, content, by);
  return { mailbox: open.mailbox, item: open.mailbox.store.replace(open.item.id, content, by) };
}
