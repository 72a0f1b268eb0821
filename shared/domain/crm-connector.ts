import { z } from 'zod';
import { CrmUserId, CrmVersion, RecordId } from './ids.ts';
import { recordKindOf } from './sync-record.ts';

/**
 * The REST API that a CRM offers so that its records can be synchronised: what all kinds of records share. Bodies of activities and
 * contacts are in crm-activity-connector.ts and crm-contact-connector.ts.
 * Unknown members of an answer are ignored, so that a CRM may say more than we ask.
 */

export const connectorSays = {
  instant: 'Instant in UTC, RFC 3339 with Z.',
  version: 'A decimal number as text that grows with each change of the record; may exceed 2^53.',
  origin:
    'Where it was made first. "exchange": it came from a mailbox, is linked to no individual (a blank "For"), and ' +
    'can be kept out of reports.',
  optional: 'Optional: a CRM that does not know it leaves it out of its answers and ignores it in ours.',
} as const;

/** Which kind of record an id belongs to: activities and contacts may have the same ids. */
export const ConnectorEntity = z.enum(['activity', 'contact']);
export type ConnectorEntity = z.infer<typeof ConnectorEntity>;

/** An activity's id as the CRM has it. One that looks like our id of a contact could not be told from it. */
export const ActivityId = RecordId.refine((id) => recordKindOf(id) === 'activity', 'must not begin with "contact:"');

/** A contact's id as the CRM has it. Shorter than others: ours begins with "contact:". */
export const ContactId = RecordId.refine((id) => id.length <= 120, 'at most 120 characters');

export const FoundDeleted = z
  .object({
    id: RecordId,
    state: z.literal('deleted'),
    version: CrmVersion.meta({ description: 'Version that the deletion made.' }),
  })
  .meta({ title: 'deleted', description: 'It was here and was deleted: a proof. The item in Exchange goes too.' });

export const NotFound = z
  .object({ id: RecordId, state: z.literal('missing') })
  .meta({ title: 'missing', description: 'Not known here (yet): proves nothing, and is asked again.' });

export const ListChangesQuery = z.object({
  since: z.string().min(1).max(1024).optional().meta({
    description: 'Watermark of an earlier answer. Without it: nothing is listed, only where the feed ends now.',
  }),
  overlapSeconds: z.coerce
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(0)
    .meta({
      description:
        'List also what is that much older than the watermark: for feeds that are not in the order of commits. ' +
        'Ignored for a watermark that came with more = true, whose listing had its overlap already.',
    }),
  limit: z.coerce.number().int().min(1).max(1000).default(500).meta({ description: 'Most changes in the answer.' }),
});
export type ListChangesQuery = z.infer<typeof ListChangesQuery>;

export const ListChangesResponse = z
  .object({
    changes: z.array(
      z.object({
        kind: z.enum(['created', 'updated', 'deleted']),
        entity: ConnectorEntity.default('activity').meta({ description: 'What the record is.' }),
        recordId: RecordId.meta({ description: 'Id of the activity or contact, as the CRM has it.' }),
        version: CrmVersion.meta({ description: 'Version that the record has by this change.' }),
        ownerId: CrmUserId.optional().meta({ description: 'User whose calendar or contacts it belongs to; a hint.' }),
      }),
    ),
    watermark: z.string().min(1).max(1024).meta({ description: 'Where to go on from. Opaque to us.' }),
    more: z.boolean().meta({ description: 'True when there is more right now.' }),
  })
  .meta({
    id: 'ListChangesResponse',
    description:
      'Changes in the order they were committed. Several changes of one record may be listed as the last one.',
  });

/** Queries of a listing: a page of one user's records, or the one that an operation made. */
export const listingQuery = {
  operation: z.string().min(1).max(200).optional().meta({
    description: 'The Idempotency-Key that the record was made with: at most that record is listed. Comes alone.',
  }),
  owner: CrmUserId.optional().meta({ description: 'The user whose records are listed.' }),
  cursor: z.string().min(1).max(1024).optional().meta({ description: '`next` of the page before.' }),
};

export const nextCursor = z.string().min(1).max(1024).optional().meta({
  description:
    'Where the next page begins; absent on the last one. Opaque to us. Deletions meanwhile must skip nothing.',
});

export const DeleteResponse = z
  .object({ version: CrmVersion.meta({ description: 'Version that the deletion made.' }) })
  .meta({ id: 'DeleteResponse' });

export const ListUsersResponse = z
  .object({
    users: z.array(
      z.object({
        id: CrmUserId,
        name: z.string().max(200),
        email: z.string().max(320).meta({ description: 'The address under which Exchange knows the user.' }),
        active: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'ListUsersResponse' });

export const HealthResponse = z.object({ status: z.literal('ok') }).meta({ id: 'HealthResponse' });

/** RFC 9457. Of it we keep and log `code`, or the end of `type`: titles and details may hold contents. */
export const Problem = z
  .looseObject({
    type: z.string().max(2048).default('about:blank').meta({
      description: 'URI reference that names the kind of problem.',
      example: 'https://crm.example/problems/version-changed',
    }),
    title: z.string().optional().meta({ description: 'The problem in a few words.' }),
    status: z.number().int().optional(),
    detail: z.string().optional().meta({ description: 'For people at the CRM; never logged by us.' }),
    code: z
      .string()
      .max(100)
      .optional()
      .meta({ description: 'Short name of the problem; logged and shown to the admin.', example: 'version-changed' }),
  })
  .meta({ id: 'Problem', description: 'Problem details, RFC 9457.' });
export type Problem = z.infer<typeof Problem>;
