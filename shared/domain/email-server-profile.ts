import { z } from 'zod';
import { CommunityId, OrganizationId, ProfileId } from './ids.ts';
import { SyncedField } from './item-mapping.ts';
import { SecretName } from './organization.ts';

/** How we sign in to Exchange. Each names its secret; none holds one. */
export const Authentication = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('basic'), userName: z.string().min(1).max(256), secretName: SecretName }),
  z.object({ kind: z.literal('ntlm'), userName: z.string().min(1).max(256), secretName: SecretName }),
  z.object({
    kind: z.literal('oauthClient'),
    clientId: z.string().min(1).max(128),
    tenantId: z.string().min(1).max(128),
    secretName: SecretName,
    /** Token endpoint, when it is not Entra's own. */
    tokenUrl: z.url().optional(),
  }),
  z.object({
    kind: z.literal('oauthDelegated'),
    clientId: z.string().min(1).max(128),
    tenantId: z.string().min(1).max(128),
    secretName: SecretName,
  }),
  z.object({ kind: z.literal('bearer'), secretName: SecretName }),
]);
export type Authentication = z.infer<typeof Authentication>;

/** A process that may be wanted for newly enrolled mailboxes. */
const SyncMethods = z.object({
  calendar: z.boolean().default(true),
  email: z.boolean().default(false),
  allDayTasks: z.boolean().default(false),
  contacts: z.boolean().default(false),
});

export const ConflictPolicy = z.enum(['crm-wins', 'exchange-wins', 'newest-wins']);
export type ConflictPolicy = z.infer<typeof ConflictPolicy>;

/** What stops a mailbox or an item until an admin looks at it. */
const Brakes = z.object({
  /** Deletions within an hour: more than this number and this share of what is mapped. */
  deletions: z.number().int().min(1).max(10_000).default(10),
  deletionsPercent: z.number().min(0).max(100).default(10),
  /** Writes to one item within an hour. */
  writesPerItem: z.number().int().min(1).max(1_000).default(6),
  /** People outside that may be mailed for one mailbox within an hour. */
  mails: z.number().int().min(0).max(100_000).default(50),
  /** Share of changes that failed within an hour, once there were at least 20. */
  errorPercent: z.number().min(1).max(100).default(50),
});
export type Brakes = z.infer<typeof Brakes>;

const ActivityItem = z.enum(['appointment', 'task', 'allDayAppointment']);

const Direction = z.enum(['both', 'toExchange', 'toCrm', 'none']);

/** A mail server and how to use it: the "host" of other products. */
export const EmailServerProfile = z.object({
  id: ProfileId,
  organizationId: OrganizationId,
  name: z.string().min(1).max(200),
  description: z.string().max(2000).default(''),
  type: z.enum(['exchangeOnline', 'exchangeOnPremises']),
  /** The one community it serves; absent: all that have no profile of their own. */
  communityId: CommunityId.optional(),
  autodiscover: z.boolean().default(false),
  incomingServerUrl: z.url().optional(),
  outgoingServerUrl: z.url().optional(),
  exchangeVersion: z.enum(['Exchange2010_SP2', 'Exchange2013_SP1', 'Exchange2016']).default('Exchange2013_SP1'),
  authentication: Authentication,
  access: z.enum(['impersonation', 'delegate']).default('impersonation'),
  processEmailFrom: z.iso.datetime().optional(),
  /** Push hints do not wait for it. */
  minimumPollingIntervalMinutes: z.number().min(0.1).max(1440).default(1),
  /** Open requests to Exchange, over all instances. */
  maxConcurrentConnections: z.number().int().min(1).max(100).default(10),
  moveFailedEmailsToUndeliverable: z.boolean().default(false),
  alertOwner: z.boolean().default(true),
  owner: z.string().max(320).default(''),
  sendEmail: z.boolean().default(true),
  syncAllDayTasks: z.boolean().default(false),
  activityTypesToExchange: z.union([z.literal('all'), z.array(z.string().min(1).max(100)).max(200)]).default('all'),
  /** What activities of a type become. Without an entry: timed ones appointments, all-day ones tasks. */
  activityKinds: z.record(z.string().min(1).max(100), ActivityItem).default({}),
  activityTypeFromExchange: z.string().min(1).max(100).default('Outlook event'),
  /** The type that Outlook tasks become; absent: tasks that users make stay in Exchange. */
  taskTypeFromExchange: z.string().min(1).max(100).optional(),
  /** Only contacts of this category come from Exchange: a mailbox holds families and doctors too. */
  contactCategory: z.string().min(1).max(255).default('CRM'),
  fieldDirections: z.partialRecord(SyncedField, Direction).default({}),
  /** Which appointments come from Exchange. */
  window: z
    .object({ daysBack: z.number().int().min(0).max(3650), daysAhead: z.number().int().min(1).max(3650) })
    .default({ daysBack: 2, daysAhead: 90 }),
  /** The window also says which activities go to Exchange; else all do. */
  windowLimitsCrm: z.boolean().default(false),
  conflictPolicy: ConflictPolicy.default('crm-wins'),
  /** Domains that are ours besides that of the mailbox; everybody else is outside. */
  internalDomains: z.array(z.string().min(1).max(255).toLowerCase()).max(200).default([]),
  notifyPolicy: z.enum(['none', 'all', 'internal']).default('none'),
  privacyPolicy: z.enum(['skip', 'busyOnly']).default('skip'),
  /** A new time moves the item, or removes it and makes another. */
  reschedulePolicy: z.enum(['move', 'recreate']).default('move'),
  recurrencePolicy: z.enum(['series', 'occurrences']).default('occurrences'),
  /** Keeps what was there before each write, encrypted, for 30 days. */
  undo: z.boolean().default(false),
  brakes: Brakes.prefault({}),
  defaultSyncMethods: SyncMethods.prefault({}),
  processOnlyApprovedUsers: z.boolean().default(true),
  processOnlyApprovedQueues: z.boolean().default(true),
});
export type EmailServerProfile = z.infer<typeof EmailServerProfile>;
