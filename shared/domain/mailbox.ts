import { z } from 'zod';
import type { EmailServerProfile } from './email-server-profile.ts';
import { Authentication } from './email-server-profile.ts';
import { CommunityId, CrmUserId, MailboxId, OrganizationId, ProfileId } from './ids.ts';
import { offBoarded } from './off-boarding.ts';
import type { Process } from './process.ts';

/** An SMTP address we are willing to put into a request: one @, no white space, no markup, ASCII. */
export const SmtpAddress = z
  .string()
  .max(254)
  .regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'not an SMTP address')
  .brand<'SmtpAddress'>();
export type SmtpAddress = z.infer<typeof SmtpAddress>;

/** A user's, queue's or room's mailbox under sync. Its statuses are kept beside it, one for each process. */
export const Mailbox = z.object({
  id: MailboxId.refine((id) => id !== offBoarded, 'this name is reserved'),
  organizationId: OrganizationId,
  profileId: ProfileId,
  communityId: CommunityId.optional(),
  kind: z.enum(['user', 'queue', 'room']).default('user'),
  address: SmtpAddress,
  crmUserId: CrmUserId.optional(),
  /** The user's main mailbox: the one their activities go to. */
  primary: z.boolean().default(true),
  syncCalendar: z.boolean().default(true),
  syncEmail: z.boolean().default(false),
  syncAllDayTasks: z.boolean().default(false),
  syncContacts: z.boolean().default(false),
  approval: z.enum(['pending', 'approved', 'rejected']).default('pending'),
  /** Its own sign-in, used in place of the profile's. */
  ownAuthentication: Authentication.optional(),
  /** What Exchange gives to recognise the mailbox after a rename or a move. */
  exchangeGuid: z.string().max(100).optional(),
  /** Folders other than the mailbox's defaults. */
  folders: z
    .object({
      calendar: z.string().max(1024).optional(),
      tasks: z.string().max(1024).optional(),
      contacts: z.string().max(1024).optional(),
      inbox: z.string().max(1024).optional(),
    })
    .default({}),
});
export type Mailbox = z.infer<typeof Mailbox>;

/** Whether the process is wanted for this mailbox: its switch is on, and it is approved where the profile asks for that. */
export function isEnabled(mailbox: Mailbox, profile: EmailServerProfile, process: Process): boolean {
  const mustBeApproved =
    mailbox.kind === 'queue' ? profile.processOnlyApprovedQueues : profile.processOnlyApprovedUsers;
  if (mailbox.approval === 'rejected' || (mustBeApproved && mailbox.approval !== 'approved')) return false;
  switch (process) {
    case 'appointments':
      return mailbox.syncCalendar;
    case 'tasks':
      return mailbox.syncAllDayTasks && profile.syncAllDayTasks;
    case 'contacts':
      return mailbox.syncContacts;
    case 'incomingEmail':
      return mailbox.syncEmail;
    case 'outgoingEmail':
      return mailbox.syncEmail && profile.sendEmail;
    default:
      return process satisfies never;
  }
}
