import { z } from 'zod';
import { Origin } from './activity.ts';
import { ItemId, MailboxId, OrganizationId, RecordId } from './ids.ts';
import { ItemKind } from './item.ts';

/** Hexadecimal digits only: nothing that could be read back fits in. */
const Hash = z.string().regex(/^[0-9a-f]{1,64}$/, 'a hash in hexadecimal digits');
const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9.]{0,63}$/, 'the name of a field');

/** A keyed hash for each field, of whatever kind of record: tells that it changed, never what it says. */
export const HashedFields = z.record(FieldName, Hash);
export type HashedFields = z.infer<typeof HashedFields>;

/** Something the engine wrote, or was about to write: what, where, why and on whose word. Holds no content and no address. */
export const JournalEntry = z.object({
  /** The same from `begun` to its end, and so are `at` and `recordId`: they place the entry. */
  id: z.string().min(1).max(128),
  organizationId: OrganizationId,
  mailboxId: MailboxId,
  /** When it was begun. */
  at: z.iso.datetime(),
  /** The side that is written. */
  side: Origin,
  act: z.enum(['created', 'updated', 'deleted', 'stamped', 'held', 'released']),
  kind: ItemKind,
  recordId: RecordId,
  itemId: ItemId.optional(),
  /** A code: crmChange, exchangeChange, leave, sweep, firstSync, undo, offBoard, conflict … */
  why: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'a code, not a sentence'),
  /** `engine`, or the id of an admin; never an address. */
  by: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:|-]{0,99}$/, 'an id, never an address'),
  /** `begun` and never ended: nobody knows whether it happened. `unknown`: the answer was lost. */
  state: z.enum(['begun', 'done', 'refused', 'unknown']),
  fields: z.array(FieldName).max(100),
  before: HashedFields,
  after: HashedFields,
  /** The image of what was there before, in the vault. */
  imageName: z.string().min(1).max(200).optional(),
  /** How many people outside were sent mail by it. */
  notified: z.number().int().nonnegative().optional(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;
