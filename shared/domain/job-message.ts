import { z } from 'zod';
import { hashOf } from './hash.ts';
import { MailboxId, OrganizationId } from './ids.ts';

/** Go on with a job. What it is and how far it is, its row says. */
export const JobMessage = z.strictObject({
  kind: z.literal('job'),
  schema: z.literal(1),
  organizationId: OrganizationId,
  mailboxId: MailboxId,
  jobId: z.string().min(1).max(128),
  /** One more with each message of the same job. */
  hop: z.number().int().min(0).default(0),
});
export type JobMessage = z.infer<typeof JobMessage>;

export const jobMessageIdOf = ({ organizationId, mailboxId, jobId, hop }: JobMessage): string =>
  hashOf('job', organizationId, mailboxId, jobId, `${hop}`);
