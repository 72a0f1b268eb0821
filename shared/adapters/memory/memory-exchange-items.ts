import type { Appointment, ItemPlace } from '../../domain/appointment.ts';
import { canonicalLine, canonicalText } from '../../domain/canonical-text.ts';
import type { ChangeKey, ItemId, MailboxId } from '../../domain/ids.ts';

/** What the user of a mailbox may set on an item of the memory fake. */
export interface MemoryFields extends Omit<Appointment, 'itemId' | 'changeKey' | 'modifiedAt'> {
  /** Sensitivity Private or Confidential. */
  readonly private: boolean;
  readonly attendees: readonly string[];
  readonly reminder: boolean;
}

/** An item as it lies in a mailbox of the memory fake. */
export interface MemoryItem extends MemoryFields {
  readonly itemId: ItemId;
  readonly changeKey: ChangeKey;
  readonly modifiedAt: string;
  readonly place: ItemPlace;
}

export interface MemoryItems {
  all(mailboxId: MailboxId): MemoryItem[];
  find(mailboxId: MailboxId, itemId: ItemId): MemoryItem | undefined;
  insert(mailboxId: MailboxId, fields: MemoryFields): MemoryItem;
  change(mailboxId: MailboxId, item: MemoryItem, fields: Partial<MemoryFields>): MemoryItem;
  /** To another folder: the item gets a new id, as in Exchange. */
  move(mailboxId: MailboxId, item: MemoryItem, place: ItemPlace): MemoryItem;
  remove(mailboxId: MailboxId, item: MemoryItem): void;
}

/** Mailboxes with deterministic ids and change keys: a counter, so that one history always gives one trace. */
export function memoryExchangeItems(now: () => Date): MemoryItems {
  const mailboxes = new Map<MailboxId, Map<ItemId, MemoryItem>>();
  let counter = 0;
  const next = (prefix: string) => {
    counter += 1;
    return `${prefix}${counter}`;
  };
  const box = (mailboxId: MailboxId) => {
    const found = mailboxes.get(mailboxId) ?? new Map<ItemId, MemoryItem>();
    mailboxes.set(mailboxId, found);
    return found;
  };
  const put = (mailboxId: MailboxId, item: Omit<MemoryItem, 'changeKey' | 'modifiedAt'>): MemoryItem => {
    const written = {
      ...item,
      subject: canonicalLine(item.subject),
      location: canonicalLine(item.location),
      bodyText: canonicalText(item.bodyText),
      changeKey: next('change-key-') as ChangeKey,
      modifiedAt: now().toISOString(),
    };
    box(mailboxId).set(written.itemId, written);
    return written;
  };

  return {
    all: (mailboxId) => [...box(mailboxId).values()],
    find: (mailboxId, itemId) => box(mailboxId).get(itemId),
    insert: (mailboxId, fields) => {
      const itemId = next('item-') as ItemId;
      const iCalUid = fields.iCalUid ?? next('uid-');
      return put(mailboxId, { ...fields, iCalUid, itemId, place: 'calendar' });
    },
    change: (mailboxId, item, fields) => put(mailboxId, { ...item, ...fields }),
    move: (mailboxId, item, place) => {
      box(mailboxId).delete(item.itemId);
      return put(mailboxId, { ...item, place, itemId: next('item-') as ItemId });
    },
    remove: (mailboxId, item) => {
      box(mailboxId).delete(item.itemId);
    },
  };
}
