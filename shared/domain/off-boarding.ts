import { z } from 'zod';
import { MailboxId } from './ids.ts';

/**
 * Jobs that off-board lie under this id and not under that of the mailbox: they survive what they erase, and once they are done they are
 * the receipt. No mailbox can be called so.
 */
export const offBoarded = MailboxId.parse('off-boarded');

/** What becomes of the items in Exchange. `keep`: they and our marks stay, so that a later enrolment knows them again. */
export const ItemsAfter = z.enum(['keep', 'remove']);
export type ItemsAfter = z.infer<typeof ItemsAfter>;

/** What is to be off-boarded: a mailbox, or without one the whole organization. */
export const OffBoarding = z.object({ mailboxId: MailboxId.optional(), items: ItemsAfter });
export type OffBoarding = z.infer<typeof OffBoarding>;
