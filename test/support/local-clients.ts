import { Webhook } from 'standardwebhooks';
import { demo } from '../../local/seed.ts';
import type { ShownMailbox } from '../../shared/admin/list-mailboxes.ts';
import type { Activity, ActivityStatus } from '../../shared/domain/activity.ts';
import { datesOfAllDay } from '../../shared/domain/all-day.ts';
import type { Attendee, Sensitivity, ShowAs } from '../../shared/domain/attendee.ts';
import type { Contact, KnownContactFields } from '../../shared/domain/contact.ts';
import type { EmailServerProfile } from '../../shared/domain/email-server-profile.ts';
import type { Failure } from '../../shared/domain/failure.ts';
import { wallTimeOf } from '../../shared/domain/time-zone.ts';
import type { Pause } from '../../shared/ports/pause-store.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The form of the demo CRM's page. Times are on the clock of the zone; those of whole days are the first and the last date. */
export interface ActivityForm {
  readonly ownerId: string;
  readonly type?: string | undefined;
  readonly subject: string;
  readonly description: string;
  readonly location: string;
  readonly individual: string;
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly allDay?: boolean;
  readonly attendees?: readonly Partial<Attendee>[] | undefined;
  readonly reminderMinutes?: number | null | undefined;
  readonly showAs?: ShowAs | undefined;
  readonly sensitivity?: Sensitivity | undefined;
  readonly repeat?: { readonly every: 'day' | 'workday' | 'week'; readonly until?: string };
}
export type ActivityEdit =
  | { readonly status: ActivityStatus }
  | { readonly start: string; readonly end: string }
  | Omit<ActivityForm, 'individual'>;
export type ContactForm = KnownContactFields & { readonly ownerId: string };

export type CrmClient = ReturnType<typeof crmClient>;
export type AdminClient = ReturnType<typeof adminClient>;

async function send(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Calls a JSON API that is expected to agree. */
export async function sendOk<T>(
  method: string,
  url: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<T> {
  const { status, text } = await send(method, url, body, headers);
  if (status >= 400) throw new Error(`${method} ${url}: ${status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** What visitors of the demo CRM do, and its switches. */
export function crmClient(url: string) {
  const activities = async () =>
    (await sendOk<{ activities: Activity[] }>('GET', `${url}/control/activities`)).activities;
  return {
    activities,
    async find(id: string) {
      return (await activities()).find((activity) => activity.id === id);
    },
    create: (form: Partial<ActivityForm>) =>
      sendOk<Activity>('POST', `${url}/ui/activities`, { ...blankForm, ...form }),
    update: (id: string, edit: ActivityEdit) => sendOk<Activity>('PATCH', `${url}/ui/activities/${id}`, edit),
    /** The form as it comes up for the activity, with other values in some of its fields. */
    async change(id: string, values: Partial<ActivityForm>): Promise<Activity> {
      const activity = (await activities()).find((one) => one.id === id);
      if (activity === undefined) throw new Error(`there is no activity ${id}`);
      return sendOk<Activity>('PATCH', `${url}/ui/activities/${id}`, { ...formOf(activity), ...values });
    },
    remove: (id: string) => sendOk('DELETE', `${url}/ui/activities/${id}`),
    /** As another program writes it, over the connector's own API. */
    patch: (activity: Activity, fields: Partial<Activity>) =>
      sendOk<Activity>('PATCH', `${url}/connector/v1/activities/${activity.id}`, fields, {
        authorization: `Bearer ${demo.crmToken}`,
        'if-match': `"${activity.version}"`,
      }),
    contacts: async () => (await sendOk<{ contacts: Contact[] }>('GET', `${url}/control/contacts`)).contacts,
    createContact: (form: Partial<ContactForm>) =>
      sendOk<Contact>('POST', `${url}/ui/contacts`, { ownerId: 'rep1', ...form }),
    updateContact: (id: string, form: Partial<ContactForm>) =>
      sendOk<Contact>('PATCH', `${url}/ui/contacts/${id}`, { ownerId: 'rep1', ...form }),
    removeContact: (id: string) => sendOk('DELETE', `${url}/ui/contacts/${id}`),
    /** Many at once, half an hour each, one after another; gives their ids. */
    async createMany(options: { count: number; ownerIds?: string[]; batch?: boolean; start?: string }) {
      return (await sendOk<{ ids: string[] }>('POST', `${url}/control/activities`, options)).ids;
    },
    sendWebhooks: (enabled: boolean) => sendOk('POST', `${url}/control/webhooks`, { enabled }),
    /** Deliveries that were not taken yet. */
    async waitingWebhooks() {
      return (await sendOk<{ webhooks: { waiting: number } }>('GET', `${url}/control/activities`)).webhooks.waiting;
    },
  };
}

export const blankForm: ActivityForm = {
  ownerId: 'rep1',
  subject: 'Tour',
  description: '',
  location: '',
  individual: '',
  start: '2030-05-06T09:00',
  end: '2030-05-06T10:00',
  timeZone: 'America/Chicago',
};

function formOf(activity: Activity): Omit<ActivityForm, 'individual'> {
  const { ownerId, type, subject, description, location, timeZone, allDay } = activity;
  const { attendees, reminderMinutes, showAs, sensitivity } = activity;
  const clockOf = (instant: string) => wallTimeOf(instant, timeZone).slice(0, 16);
  const { startDate, endDate } = datesOfAllDay(activity);
  const lastDate = new Date(Date.parse(endDate) - 86_400_000).toISOString().slice(0, 10);
  const times = allDay
    ? { start: startDate, end: lastDate }
    : { start: clockOf(activity.start), end: clockOf(activity.end) };
  return {
    ...{ ownerId, type, subject, description, location, timeZone, allDay },
    ...{ attendees, reminderMinutes, showAs, sensitivity },
    ...times,
  };
}

/** The admin API by function key, and the address webhooks are posted to. */
export function adminClient(url: string) {
  const base = `${url}/api/admin/organizations/${demo.organization}`;
  const key = { 'x-functions-key': demo.functionKey };
  const get = <T>(path: string) => sendOk<T>('GET', `${base}${path}`, undefined, key);
  return {
    /** Where webhooks of an organization are posted to. */
    webhookUrl: (organization: string = demo.organization) => `${url}/api/organizations/${organization}/crm/events`,
    mailboxes: () => get<ShownMailbox[]>('/mailboxes'),
    async calendarStatus(mailboxId: string) {
      const mailbox = (await get<ShownMailbox[]>('/mailboxes')).find(({ id }) => id === mailboxId);
      return mailbox?.statuses.appointments;
    },
    pauses: () => get<Pause[]>('/pauses'),
    failures: () => get<Failure[]>('/failures'),
    /** Failures of messages that named no organization. */
    strayFailures: () => sendOk<Failure[]>('GET', `${url}/api/admin/failures`, undefined, key),
    read: get,
    put: (path: string, body: unknown) => sendOk('PUT', `${base}${path}`, body, key),
    /** Saves the demo's profile with other values in some of its fields. */
    async changeProfile(values: Partial<EmailServerProfile>) {
      const profile = await get<EmailServerProfile>('/profiles/main');
      await sendOk('PUT', `${base}/profiles/main`, { ...profile, ...values }, key);
    },
    post: (path: string, body?: unknown) => send('POST', `${base}${path}`, body, key),
    remove: (path: string) => send('DELETE', `${base}${path}`, undefined, key),
  };
}

export interface SignedDelivery {
  readonly id: string;
  readonly body: string;
  readonly secret?: string;
  /** When it is said to be signed; now by default. */
  readonly at?: Date;
}

/** The headers of Standard Webhooks for a delivery. */
export function signedHeaders({ id, body, secret = demo.webhookSecret, at = new Date() }: SignedDelivery) {
  return {
    'content-type': 'application/cloudevents+json',
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

/** Posts a delivery as a CRM would. */
export async function deliver(url: string, delivery: SignedDelivery): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers: signedHeaders(delivery), body: delivery.body });
  return { status: response.status, text: await response.text() };
}
