import { z } from 'zod';
import { Activity, ActivityStatus } from './activity.ts';
import { Attendee, Person } from './attendee.ts';
import { ActivityId, connectorSays, FoundDeleted, listingQuery, NotFound, nextCursor } from './crm-connector.ts';
import { OccurrenceException, Recurrence, Series } from './recurrence.ts';

/** Bodies of requests and answers about activities. */

const shape = Activity.shape;
const { instant, optional } = connectorSays;
const says = {
  subject: 'What it is about. Also called description or title in some CRMs.',
  description: 'Notes as plain text, line feeds between lines.',
  timeZone: 'Where the user means the times to be: an IANA name such as America/Chicago.',
  allDay:
    'True for whole days: start and end are midnights in timeZone, the end being the midnight after the last day; what ' +
    'counts are the dates they have there. ',
} as const;

const ConnectorPerson = Person.extend({
  email: Person.shape.email.meta({ description: 'Address; who it is.', example: 'rosa@example.com' }),
  name: Person.shape.name.meta({ description: 'For people only.' }),
}).meta({ id: 'Person' });

const ConnectorAttendee = Attendee.extend({
  email: ConnectorPerson.shape.email,
  name: ConnectorPerson.shape.name,
  role: Attendee.shape.role.meta({ description: 'A room or a thing is a resource.' }),
  response: Attendee.shape.response.meta({ description: 'What they answered, as far as is known.' }),
}).meta({ id: 'Attendee' });

const ConnectorSeries = Series.extend({
  recurrence: Recurrence.extend({
    pattern: Recurrence.shape.pattern.meta({
      description: 'When it repeats. A day that a month lacks is its last day, as in Exchange.',
    }),
    startDate: Recurrence.shape.startDate.meta({ description: 'Date of the first occurrence, in timeZone.' }),
    end: Recurrence.shape.end.meta({
      description: 'Its end. byDate: the last day on which an occurrence may start. byCount: deleted ones count too.',
    }),
  }),
  exceptions: z
    .array(
      OccurrenceException.extend({
        originalStart: OccurrenceException.shape.originalStart.meta({
          description: 'The instant at which the pattern has it.',
        }),
      }),
    )
    .max(1000)
    .default([])
    .meta({ description: 'Occurrences that differ from the series; absent members are as in the series.' }),
  deleted: Series.shape.deleted.meta({
    description: 'Instants at which the pattern has occurrences that were deleted.',
  }),
}).meta({
  id: 'Series',
  description:
    'The whole series: one record, whose start and end are those of its first occurrence. Times of day stay the same ' +
    'across summer time. Only for a CRM that knows series; any other gets its occurrences as single activities.',
});

/** What a CRM may know besides. Absent in an answer: the item's own stays as it is. */
const optionalFields = {
  attendees: z
    .array(ConnectorAttendee)
    .max(500)
    .optional()
    .meta({ description: `Who is invited. ${optional}` }),
  reminderMinutes: shape.reminderMinutes.meta({
    description: `Minutes before the start at which it rings; null: not at all. ${optional}`,
  }),
  showAs: shape.showAs.meta({ description: `How the time shows to others. ${optional}` }),
  categories: shape.categories.meta({ description: `Labels, in any order. ${optional}` }),
  sensitivity: shape.sensitivity.meta({ description: `Who may see it. ${optional}` }),
};
const series = {
  read: ConnectorSeries.nullable()
    .optional()
    .meta({ description: `The series it is; null: it is none, which a CRM that knows series says. ${optional}` }),
  create: ConnectorSeries.optional().meta({ description: `The series it is; absent: it is none. ${optional}` }),
  update: ConnectorSeries.nullable()
    .optional()
    .meta({
      description:
        'The series it is from now on, always with start, end, timeZone and allDay. null: it is none any more, and these times are ' +
        `those of the one appointment it is now; sent only to a CRM that answers null itself. ${optional}`,
    }),
};
const organizer = ConnectorPerson.optional().meta({
  description: `Who called the meeting; absent: its owner. ${optional}`,
});

export const ConnectorActivity = Activity.omit({ kind: true })
  .extend({
    id: ActivityId.meta({
      description: 'Id of the record; never given to another activity. Must not begin with "contact:".',
      example: '4711',
    }),
    version: shape.version.meta({ description: connectorSays.version, example: '17' }),
    type: shape.type.meta({ description: 'Kind of activity, as users know it.', example: 'Tour' }),
    ownerId: shape.ownerId.meta({ description: 'User whose calendar it belongs to.', example: 'rep1' }),
    subject: shape.subject.meta({ description: says.subject, example: 'Tour with the Miller family' }),
    description: shape.description.meta({ description: says.description }),
    location: shape.location.meta({ description: 'Where it takes place.' }),
    allDay: shape.allDay.meta({
      description: `${says.allDay}Becomes a task, unless the admin chose otherwise for its type.`,
    }),
    start: shape.start.meta({ description: instant, example: '2030-05-06T14:00:00Z' }),
    end: shape.end.meta({ description: `${instant} Not before the start.`, example: '2030-05-06T15:00:00Z' }),
    timeZone: shape.timeZone.meta({ description: says.timeZone, example: 'America/Chicago' }),
    status: shape.status.meta({ description: 'Cancelled activities are taken out of the calendar.' }),
    origin: shape.origin.meta({ description: connectorSays.origin }),
    links: shape.links.meta({
      description: 'Addresses of the activity and the individual in the CRM; they are put into the notes of the item.',
    }),
    organizer,
    ...optionalFields,
    series: series.read,
    modifiedAt: shape.modifiedAt.meta({ description: `When it was changed last. ${instant} For people only.` }),
  })
  .meta({ id: 'Activity', description: 'An activity as it is now.' });

export const ReadActivitiesRequest = z
  .object({ ids: z.array(ActivityId).min(1).max(100) })
  .meta({ id: 'ReadActivitiesRequest', description: 'Which activities to read.' });

const ReadActivitiesEntry = z
  .discriminatedUnion('state', [
    z.object({ id: ActivityId, state: z.literal('present'), activity: ConnectorActivity }).meta({ title: 'present' }),
    FoundDeleted,
    NotFound,
  ])
  .meta({ id: 'ReadActivitiesEntry' });

export const ReadActivitiesResponse = z
  .object({ items: z.array(ReadActivitiesEntry).meta({ description: 'One entry for each id, in the order asked.' }) })
  .meta({ id: 'ReadActivitiesResponse' });

export const ListActivitiesQuery = z.object({
  ...listingQuery,
  from: z.iso
    .datetime()
    .optional()
    .meta({ description: `${instant} With owner: activities that end after it` }),
  to: z.iso
    .datetime()
    .optional()
    .meta({ description: `${instant} With owner: and start before it.` }),
});

export const ListActivitiesResponse = z.object({ items: z.array(ConnectorActivity).max(1000), next: nextCursor }).meta({
  id: 'ListActivitiesResponse',
  description:
    'By operation: the activity, or none when it was not made or is deleted. By owner: a page, in any order that stays; a ' +
    'series is listed when any of its occurrences lies in the span, cancelled and completed activities too, deleted ones never.',
});

const draft = {
  type: shape.type.meta({ description: 'Kind of activity; the one the admin chose for items from Exchange.' }),
  ownerId: shape.ownerId.meta({ description: 'User whose calendar it came from.' }),
  subject: z.string().max(1000).meta({ description: says.subject }),
  description: z.string().max(200_000).meta({ description: says.description }),
  location: z.string().max(1000),
  allDay: shape.allDay.meta({ description: `${says.allDay}A CRM without them takes the times as they are.` }),
  start: shape.start.meta({ description: instant }),
  end: shape.end.meta({ description: `${instant} Not before the start.` }),
  timeZone: z.string().min(1).max(100).meta({ description: says.timeZone }),
  status: ActivityStatus,
  ...optionalFields,
};

export const CreateActivityRequest = z
  .object({
    ...draft,
    series: series.create,
    organizer,
    origin: z.literal('exchange').meta({ description: 'Keep it: reports may leave these out.' }),
  })
  .meta({ id: 'CreateActivityRequest', description: 'An activity to make of an item in Exchange.' });

const { type: _type, ownerId: _ownerId, allDay, ...changeable } = draft;
export const UpdateActivityRequest = z
  .object({ ...changeable, series: series.update, allDay: allDay.unwrap().meta({ description: says.allDay.trim() }) })
  .partial()
  .meta({ id: 'UpdateActivityRequest', description: 'Fields to set; those absent stay as they are.' });
