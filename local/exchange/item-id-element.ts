import { encodeChangeKey, encodeId } from './ids.ts';
import type { OpenItem } from './request-context.ts';
import { textElement, type XmlElement } from './xml.ts';

/** An occurrence has an id of its own and the ChangeKey of its master. */
export function itemIdElement({ item, mailbox }: Pick<OpenItem, 'item' | 'mailbox'>): XmlElement {
  const { guid } = mailbox.store;
  return textElement('t:ItemId', '', {
    Id: encodeId({ kind: 'item', mailboxGuid: guid, key: item.id }),
    ChangeKey: encodeChangeKey(item.kind, guid, item.version),
  });
}
