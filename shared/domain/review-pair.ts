import { z } from 'zod';
import { ItemId, MailboxId, OrganizationId, RecordId } from './ids.ts';
import { ItemKind } from './item.ts';

/** A record and an item that may be the same thing: a person decides. Holds no content. */
export const ReviewPair = z.object({
  id: z.string().min(1).max(128),
  organizationId: OrganizationId,
  mailboxId: MailboxId,
  kind: ItemKind,
  recordId: RecordId,
  itemId: ItemId,
  /** How alike they are: 1 is the same in all that was compared. */
  score: z.number().min(0).max(1),
  /** Codes: sameSubject, sameTime, sameAttendees, nearTime … */
  reasons: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'a code, not a sentence')).max(20),
  foundAt: z.iso.datetime(),
  decision: z.enum(['same', 'different']).optional(),
  decidedAt: z.iso.datetime().optional(),
  /** The id of an admin, never an address. */
  decidedBy: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:|-]{0,99}$/, 'an id, never an address')
    .optional(),
});
export type ReviewPair = z.infer<typeof ReviewPair>;
