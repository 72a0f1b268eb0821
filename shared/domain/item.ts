import { z } from 'zod';
import type { ChangeKey, ItemId, MailboxId, RecordId } from './ids.ts';
import type { Process } from './process.ts';

/** What an item of Exchange is; fixed when it is first mapped. */
export const ItemKind = z.enum(['appointment', 'task', 'contact']);
export type ItemKind = z.infer<typeof ItemKind>;

/** Our mark on an item: which record it is, in which of our mailboxes. A copy in another mailbox is known by it. */
export interface Stamp {
  readonly mailboxId: MailboxId;
  readonly recordId: RecordId;
}

export interface ItemRef {
  readonly itemId: ItemId;
  readonly changeKey: ChangeKey;
}

/**
 * The well-known places an item may be found in: `folder` is the one that is synchronised for its kind. The archive is a mailbox
 * beside the mailbox: what lies there is no longer in use, and not deleted either.
 */
export type ItemPlace = 'folder' | 'deletedItems' | 'recoverableItems' | 'elsewhere' | 'archive';

/** An item as a poll or a search names it. */
export interface StampedItem extends ItemRef {
  readonly place: ItemPlace;
}

/** In use: neither deleted nor archived. */
export const isLive = ({ place }: { readonly place: ItemPlace }): boolean =>
  place === 'folder' || place === 'elsewhere';

/** Who is told of a write to an item with attendees. */
export type Notify = 'none' | 'all';

/** What all items have, in the vendor-free form: text is plain and canonical, instants are UTC ISO 8601. */
export interface CommonItem extends ItemRef {
  /** The body as plain text (HTML converted), our own block included. */
  readonly bodyText: string;
  /** True when the body holds more than its text: formatting, pictures, an online meeting. Only our block in it may be written anew. */
  readonly richBody: boolean;
  /** The body as Exchange gave it, for a later BodyPatch; never kept. */
  readonly rawBody?: string;
  readonly stamp: Stamp | undefined;
  readonly modifiedAt: string | undefined;
}

/** Which process of a mailbox an item belongs to. */
export const processOf = (kind: ItemKind): Extract<Process, 'appointments' | 'tasks' | 'contacts'> =>
  (({ appointment: 'appointments', task: 'tasks', contact: 'contacts' }) as const)[kind];
