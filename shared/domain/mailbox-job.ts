import { z } from 'zod';
import { MailboxId, OrganizationId } from './ids.ts';

export const JobKind = z.enum(['firstSync', 'sweep', 'dryRun', 'applyPlan', 'undo', 'offBoard']);
export type JobKind = z.infer<typeof JobKind>;

export const JobState = z.enum(['waiting', 'running', 'done', 'failed', 'refused', 'stopped']);
export type JobState = z.infer<typeof JobState>;

/** Longer work on one mailbox, done bit by bit: the row says how far it is. Holds no content and no address. */
export const MailboxJob = z.object({
  id: z.string().min(1).max(128),
  organizationId: OrganizationId,
  mailboxId: MailboxId,
  kind: JobKind,
  state: JobState,
  /** `engine`, or the id of an admin; never an address. */
  by: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:|-]{0,99}$/, 'an id, never an address'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** While it lies ahead, somebody works on it. */
  leaseUntil: z.iso.datetime().optional(),
  /** `total` is absent until it is known. */
  progress: z.object({ done: z.number().int().nonnegative(), total: z.number().int().nonnegative().optional() }),
  counts: z.record(z.string().max(64), z.number()),
  /** Where to go on. */
  cursor: z.string().max(8000).optional(),
  /** What was asked for, as JSON. */
  input: z.string().max(8000).optional(),
  /** What happened, for the admin. */
  text: z.string().max(1000).optional(),
});
export type MailboxJob = z.infer<typeof MailboxJob>;

/** Whether something is still to be done. */
export const isUnfinished = ({ state }: Pick<MailboxJob, 'state'>): boolean =>
  state === 'waiting' || state === 'running';

/** A plan is kept in parts; one has at most 60 KiB in UTF-8. */
export const largestJobPart = 60 * 1024;
