import { z } from 'zod';
import { CrmUserId, CrmVersion, RecordId } from './ids.ts';

/** Where a record was made first. Records from Exchange can be kept out of the CRM's reports by this. */
export const Origin = z.enum(['crm', 'exchange']);
export type Origin = z.infer<typeof Origin>;

export const ActivityStatus = z.enum(['open', 'completed', 'cancelled']);
export type ActivityStatus = z.infer<typeof ActivityStatus>;

/** An activity as the CRM answers it. */
export const Activity = z.object({
  id: RecordId,
  version: CrmVersion,
  type: z.string().min(1).max(100),
  ownerId: CrmUserId,
  subject: z.string().max(1000),
  /** Plain text; line feeds between lines. */
  description: z.string().max(200_000).default(''),
  location: z.string().max(1000).default(''),
  allDay: z.boolean().default(false),
  /** Instants in UTC. The time zone is where the user means them to be: an IANA name. */
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  timeZone: z.string().min(1).max(100).default('UTC'),
  status: ActivityStatus.default('open'),
  origin: Origin.default('crm'),
  links: z.object({ activity: z.url().optional(), individual: z.url().optional() }).default({}),
  modifiedAt: z.iso.datetime(),
});
export type Activity = z.infer<typeof Activity>;

/** What a read of one id gave: absence is told apart from deletion, because only deletion is proof. */
export type ActivityRead =
  | { readonly state: 'present'; readonly activity: Activity }
  | { readonly state: 'deleted'; readonly version: CrmVersion }
  | { readonly state: 'missing' };

/** The fields of an activity that we set; the CRM sets the rest. */
export interface ActivityDraft {
  readonly type: string;
  readonly ownerId: CrmUserId;
  readonly subject: string;
  readonly description: string;
  readonly location: string;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly status: ActivityStatus;
  readonly origin: 'exchange';
}

export type ActivityPatch = Partial<
  Pick<ActivityDraft, 'subject' | 'description' | 'location' | 'start' | 'end' | 'timeZone' | 'status'>
>;
