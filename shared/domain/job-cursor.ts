import { z } from 'zod';
import { RecordId } from './ids.ts';
import { ItemKind } from './item.ts';
import type { MailboxJob } from './mailbox-job.ts';

/** What a job is asked to do. */
export const JobInput = z.object({
  /** Kinds of items that it is about; absent: all that the mailbox syncs. */
  kinds: z.array(ItemKind).optional(),
  /** The dry run whose plan is to be applied. */
  planId: z.string().max(128).optional(),
  /** Which writes are to be taken back. */
  undo: z
    .object({
      since: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
      recordId: RecordId.optional(),
      entryId: z.string().max(128).optional(),
    })
    .optional(),
});
export type JobInput = z.infer<typeof JobInput>;

/** Where a job goes on: kinds that are done, and within the next one after which key. */
export const JobCursor = z.object({
  done: z.array(ItemKind).default([]),
  after: z.string().max(2_000).optional(),
  /** The number of the next part to save, or to read. */
  part: z.number().int().nonnegative().default(0),
  phase: z.string().max(50).optional(),
  /** Tries in a row that came to nothing. */
  tries: z.number().int().nonnegative().default(0),
  /** The job row and this cursor are saved together; the number of the last message sent for it. */
  hop: z.number().int().nonnegative().default(0),
});
export type JobCursor = z.infer<typeof JobCursor>;

export const inputOf = ({ input }: Pick<MailboxJob, 'input'>): JobInput =>
  JobInput.parse(input === undefined ? {} : JSON.parse(input));
export const cursorOf = ({ cursor }: Pick<MailboxJob, 'cursor'>): JobCursor =>
  JobCursor.parse(cursor === undefined ? {} : JSON.parse(cursor));
