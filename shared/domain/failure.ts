import { z } from 'zod';
import { ItemId, MailboxId, OrganizationId, RecordId } from './ids.ts';

/** A change that could not be applied: why, to what, and what to do. Kept until it is replayed or dismissed; holds no content. */
export const Failure = z.object({
  /** Of the change or the dead letter it is about: the same trouble twice is one row. */
  id: z.string().min(1).max(128),
  organizationId: OrganizationId.optional(),
  mailboxId: MailboxId.optional(),
  recordId: RecordId.optional(),
  itemId: ItemId.optional(),
  /** Machine-readable reason: startNotBeforeEnd, malformedMessage, attemptsUsedUp, ErrorXyz … */
  reason: z.string().max(100),
  /** What happened and what to do, for the admin; no content, no address. */
  text: z.string().max(1000),
  attempts: z.number().int().nonnegative(),
  failedAt: z.iso.datetime(),
  /** The message to send again on replay, as JSON; absent where nothing can be replayed. */
  message: z.string().max(8000).optional(),
});
export type Failure = z.infer<typeof Failure>;
