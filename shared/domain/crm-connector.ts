import { z } from 'zod';
import { Activity, ActivityStatus } from './activity.ts';
import { CrmUserId, CrmVersion, RecordId } from './ids.ts';

/**
 * The REST API that a CRM offers so that its records can be synchronised: bodies of requests and answers.
 * Unknown members of an answer are ignored, so that a CRM may say more than we ask.
 */

const shape = Activity.shape;
const instant = 'Instant in UTC, RFC 3339 with Z.';
const says = {
  subject: 'What it is about. Also called description or title in some CRMs.',
  description: 'Notes as plain text, line feeds between lines.',
  timeZone: 'Where the user means the times to be: an IANA name such as America/Chicago.',
  version: 'A decimal number as text that grows with each change of the record; may exceed 2^53.',
} as const;

export const ConnectorActivity = Activity.extend({
  id: shape.id.meta({ description: 'Id of the record; never given to another record.', example: '4711' }),
  version: shape.version.meta({ description: says.version, example: '17' }),
  type: shape.type.meta({ description: 'Kind of activity, as users know it.', example: 'Tour' }),
  ownerId: shape.ownerId.meta({ description: 'User whose calendar it belongs to.', example: 'rep1' }),
  subject: shape.subject.meta({ description: says.subject, example: 'Tour with the Miller family' }),
  description: shape.description.meta({ description: says.description }),
  location: shape.location.meta({ description: 'Where it takes place.' }),
  allDay: shape.allDay.meta({ description: 'All-day activities become tasks instead of appointments.' }),
  start: shape.start.meta({ description: instant, example: '2030-05-06T14:00:00Z' }),
  end: shape.end.meta({ description: `${instant} Not before the start.`, example: '2030-05-06T15:00:00Z' }),
  timeZone: shape.timeZone.meta({ description: says.timeZone, example: 'America/Chicago' }),
  status: shape.status.meta({ description: 'Cancelled activities are taken out of the calendar.' }),
  origin: shape.origin.meta({
    description:
      'Where it was made first. "exchange": it came from a mailbox, is linked to no individual (a blank "For"), and ' +
      'can be kept out of reports.',
  }),
  links: shape.links.meta({
    description: 'Addresses of the activity and the individual in the CRM; they are put into the notes of the item.',
  }),
  modifiedAt: shape.modifiedAt.meta({ description: `When it was changed last. ${instant} For people only.` }),
}).meta({ id: 'Activity', description: 'An activity as it is now.' });

export const ReadActivitiesRequest = z
  .object({ ids: z.array(RecordId).min(1).max(100) })
  .meta({ id: 'ReadActivitiesRequest', description: 'Which activities to read.' });
export type ReadActivitiesRequest = z.infer<typeof ReadActivitiesRequest>;

export const ReadActivitiesEntry = z
  .discriminatedUnion('state', [
    z.object({ id: RecordId, state: z.literal('present'), activity: ConnectorActivity }).meta({ title: 'present' }),
    z
      .object({
        id: RecordId,
        state: z.literal('deleted'),
        version: CrmVersion.meta({ description: 'Version that the deletion made.' }),
      })
      .meta({ title: 'deleted', description: 'It was here and was deleted: a proof. The item in Exchange goes too.' }),
    z
      .object({ id: RecordId, state: z.literal('missing') })
      .meta({ title: 'missing', description: 'Not known here (yet): proves nothing, and is asked again.' }),
  ])
  .meta({ id: 'ReadActivitiesEntry' });

export const ReadActivitiesResponse = z
  .object({ items: z.array(ReadActivitiesEntry).meta({ description: 'One entry for each id, in the order asked.' }) })
  .meta({ id: 'ReadActivitiesResponse' });

export const FindActivityQuery = z.object({
  operation: z.string().min(1).max(200).meta({ description: 'The Idempotency-Key that the activity was made with.' }),
});

export const FindActivityResponse = z
  .object({ items: z.array(ConnectorActivity).max(1) })
  .meta({ id: 'FindActivityResponse', description: 'The activity, or none when it was not made or is deleted.' });

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
        recordId: RecordId,
        version: CrmVersion.meta({ description: 'Version that the record has by this change.' }),
        ownerId: CrmUserId.optional().meta({ description: 'User whose calendar it belongs to; a hint.' }),
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

const draft = {
  type: shape.type.meta({ description: 'Kind of activity; the one the admin chose for items from Exchange.' }),
  ownerId: shape.ownerId.meta({ description: 'User whose calendar it came from.' }),
  subject: z.string().max(1000).meta({ description: says.subject }),
  description: z.string().max(200_000).meta({ description: says.description }),
  location: z.string().max(1000),
  start: shape.start.meta({ description: instant }),
  end: shape.end.meta({ description: `${instant} Not before the start.` }),
  timeZone: z.string().min(1).max(100).meta({ description: says.timeZone }),
  status: ActivityStatus,
};

export const CreateActivityRequest = z
  .object({ ...draft, origin: z.literal('exchange').meta({ description: 'Keep it: reports may leave these out.' }) })
  .meta({ id: 'CreateActivityRequest', description: 'An activity to make of an item in Exchange.' });

const { type: _type, ownerId: _ownerId, ...changeable } = draft;
export const UpdateActivityRequest = z
  .object(changeable)
  .partial()
  .meta({ id: 'UpdateActivityRequest', description: 'Fields to set; those absent stay as they are.' });

export const DeleteActivityResponse = z
  .object({ version: CrmVersion.meta({ description: 'Version that the deletion made.' }) })
  .meta({ id: 'DeleteActivityResponse' });

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
