import { z } from 'zod';
import { Attendee, Person, Sensitivity, ShowAs } from './attendee.ts';
import { CrmUserId, CrmVersion, RecordId } from './ids.ts';
import { Series } from './recurrence.ts';

/** Where a record was made first. Records from Exchange can be kept out of the CRM's reports by this. */
export const Origin = z.enum(['crm', 'exchange']);
export type Origin = z.infer<typeof Origin>;

export const ActivityStatus = z.enum(['open', 'completed', 'cancelled']);
export type ActivityStatus = z.infer<typeof ActivityStatus>;

/** Addresses of a record in the CRM, for people to follow. */
export const RecordLinks = z.object({ activity: z.url().optional(), individual: z.url().optional() });
export type RecordLinks = z.infer<typeof RecordLinks>;

/** What a CRM may know of an activity besides; a CRM that does not say leaves the item's own as it is. */
const optionalFields = {
  attendees: z.array(Attendee).max(500).optional(),
  /** Minutes before the start; null: it does not ring. */
  reminderMinutes: z.number().int().min(0).max(40_320).nullable().optional(),
  showAs: ShowAs.optional(),
  categories: z.array(z.string().min(1).max(255)).max(25).optional(),
  sensitivity: Sensitivity.optional(),
  /**
   * For a CRM that knows series: the record is the whole series, start and end are those of its first occurrence. null: it is none;
   * absent: the CRM does not know.
   */
  series: Series.nullable().optional(),
};

/** An activity as the CRM answers it. */
export const Activity = z.object({
  kind: z.literal('activity').default('activity'),
  id: RecordId,
  version: CrmVersion,
  type: z.string().min(1).max(100),
  ownerId: CrmUserId,
  subject: z.string().max(1000),
  /** Plain text; line feeds between lines. */
  description: z.string().max(200_000).default(''),
  location: z.string().max(1000).default(''),
  allDay: z.boolean().default(false),
  /** Instants in UTC. The time zone is where the user means them to be: an IANA name. All-day: its dates are those of the zone. */
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  timeZone: z.string().min(1).max(100).default('UTC'),
  status: ActivityStatus.default('open'),
  origin: Origin.default('crm'),
  links: RecordLinks.default({}),
  organizer: Person.optional(),
  ...optionalFields,
  modifiedAt: z.iso.datetime(),
});
export type Activity = z.infer<typeof Activity>;

/** The fields of an activity that we set; the CRM sets the rest. */
export interface ActivityDraft {
  readonly kind: 'activity';
  readonly type: string;
  readonly ownerId: CrmUserId;
  readonly subject: string;
  readonly description: string;
  readonly location: string;
  readonly allDay: boolean;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly status: ActivityStatus;
  readonly origin: 'exchange';
  readonly organizer?: Person;
  readonly attendees?: readonly Attendee[];
  readonly reminderMinutes?: number | null;
  readonly showAs?: ShowAs;
  readonly categories?: readonly string[];
  readonly sensitivity?: Sensitivity;
  readonly series?: Series;
}

export type ActivityPatch = Partial<
  Omit<ActivityDraft, 'kind' | 'type' | 'ownerId' | 'origin' | 'organizer' | 'series'>
> & {
  readonly kind: 'activity';
  /** null: it is a series no more. */
  readonly series?: Series | null;
};
