import { z } from 'zod';

const Address = z.string().regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address');

/** The file that seeds the simulator: who has a mailbox, and who may act for whom. */
export const MailboxDirectory = z.strictObject({
  mailboxes: z
    .array(
      z.strictObject({
        address: Address,
        name: z.string().min(1),
        password: z.string().min(1),
        /** Who may open this mailbox without impersonation, as a delegate with full access. */
        delegates: z.array(Address).default([]),
        /** Whether it has an archive mailbox beside it. */
        archive: z.boolean().default(false),
        /** Whether it is a room, which answers meeting requests by itself. */
        room: z.boolean().default(false),
        /** Whether what is deleted for good is kept in the Purges folder (single item recovery). */
        keepsPurged: z.boolean().default(false),
      }),
    )
    .min(1),
  serviceAccounts: z
    .array(z.strictObject({ address: Address, password: z.string().min(1), mayImpersonate: z.array(Address) }))
    .default([]),
  applications: z
    .array(
      z.strictObject({
        clientId: z.string().min(1),
        clientSecret: z.string().min(1),
        mayImpersonate: z.array(Address),
      }),
    )
    .default([]),
});
export type MailboxDirectory = z.infer<typeof MailboxDirectory>;
export type MailboxEntry = MailboxDirectory['mailboxes'][number];

export const sameAddress = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

export function findMailbox(directory: MailboxDirectory, address: string): MailboxEntry | undefined {
  return directory.mailboxes.find((mailbox) => sameAddress(mailbox.address, address));
}
