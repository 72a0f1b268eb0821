import { z } from 'zod';
import { MailboxId, OrganizationId, RecordId } from './ids.ts';

/** What stops the engine from doing too much of something. */
export const Brake = z.enum(['massDeletion', 'writeLoop', 'mailBudget', 'errorRate']);
export type Brake = z.infer<typeof Brake>;

/** A mailbox, or one record in it, stands still until an admin releases it. */
export const Quarantine = z.object({
  id: z.string().min(1).max(128),
  organizationId: OrganizationId,
  mailboxId: MailboxId,
  /** Absent: the whole mailbox. */
  recordId: RecordId.optional(),
  brake: Brake,
  since: z.iso.datetime(),
  /** How much was seen, and how much is let pass. */
  seen: z.number().nonnegative(),
  limit: z.number().nonnegative(),
  releasedAt: z.iso.datetime().optional(),
  /** The id of an admin, never an address. */
  releasedBy: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:|-]{0,99}$/, 'an id, never an address')
    .optional(),
});
export type Quarantine = z.infer<typeof Quarantine>;
