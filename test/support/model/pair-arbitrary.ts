import fc from 'fast-check';
import { Activity } from '../../../shared/domain/activity.ts';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { Contact } from '../../../shared/domain/contact.ts';
import type { ContactItem } from '../../../shared/domain/contact-item.ts';
import type { EmailServerProfile } from '../../../shared/domain/email-server-profile.ts';
import { EmailServerProfile as ProfileSchema } from '../../../shared/domain/email-server-profile.ts';
import type { ItemKind } from '../../../shared/domain/item.ts';
import { PlainDate } from '../../../shared/domain/plain-date.ts';
import type { RecurrencePattern, Series } from '../../../shared/domain/recurrence.ts';
import type { SyncItem } from '../../../shared/domain/sync-item.ts';
import type { SyncRecord } from '../../../shared/domain/sync-record.ts';
import type { Task } from '../../../shared/domain/task.ts';

/** The moment at which all is planned. */
export const now = Date.parse('2026-01-05T09:00:00.000Z');

/** What may be changed on either side: few values, so that both sides often meet the same. */
const few = fc.constantFrom('one', 'two', 'three');
const time = fc
  .constantFrom('2026-01-06T10:00:00.000Z', '2026-01-07T10:00:00.000Z', '2026-01-08T12:30:00.000Z')
  .map((start) => ({ start, end: new Date(Date.parse(start) + 3_600_000).toISOString() }));

const people = fc.subarray(['ada@contoso.example', 'bob@customer.example']);
const attendeesOf = (emails: readonly string[]) =>
  emails.map((email) => ({ email, name: '', role: 'required' as const, response: 'none' as const }));

type Edit = Readonly<Record<string, unknown>>;
const edit = (...fields: fc.Arbitrary<Edit>[]): fc.Arbitrary<Edit> =>
  fc.array(fc.oneof(...fields), { maxLength: 3 }).map((some) => Object.assign({}, ...some) as Edit);
const one = (name: string, values: fc.Arbitrary<unknown>) => values.map((value) => ({ [name]: value }));
const bodies = few.map((text) => ({ bodyText: text, rawBody: text }));

const seriesOf = (pattern: RecurrencePattern): Series => ({
  recurrence: { pattern, startDate: PlainDate.parse('2026-01-06'), end: { kind: 'byCount', count: 5 } },
  exceptions: [],
  deleted: [],
});
const series = fc.constantFrom(
  seriesOf({ kind: 'daily', interval: 1 }),
  seriesOf({ kind: 'weekly', interval: 1, daysOfWeek: ['tuesday'], firstDayOfWeek: 'monday' }),
  null,
);
/** In Exchange there is nothing that says that it is none. */
const repeated = series.map((given) => ({ series: given ?? undefined, recurring: given !== null }));

const recordEdits: Record<ItemKind, fc.Arbitrary<Edit>> = {
  appointment: edit(
    one('subject', few),
    one('description', few),
    one('location', few),
    time,
    one('reminderMinutes', fc.constantFrom(5, 15, null)),
    one('showAs', fc.constantFrom('busy', 'free')),
    one('status', fc.constantFrom('open', 'completed', 'cancelled')),
    one('attendees', people.map(attendeesOf)),
    one('series', series),
  ),
  task: edit(
    one('subject', few),
    one(
      'description',
      fc.oneof(
        few,
        few.map((text) => `${text}\nmore`),
        fc.constant(''),
      ),
    ),
    one('status', fc.constantFrom('open', 'completed')),
    time,
  ),
  contact: edit(
    one('givenName', few),
    one('company', few),
    one('notes', few),
    one('jobTitle', few),
    one('emails', fc.subarray(['a@one.example', 'b@two.example'])),
    one('birthday', fc.constantFrom('1980-01-01', '1990-02-02')),
  ),
};
const itemEdits: Record<ItemKind, fc.Arbitrary<Edit>> = {
  appointment: edit(
    one('subject', few),
    bodies,
    one('location', few),
    time,
    one('reminderMinutes', fc.constantFrom(5, 15, null)),
    one('showAs', fc.constantFrom('busy', 'free')),
    one('cancelled', fc.constantFrom(false, false, false, true)),
    one('attendees', people.map(attendeesOf)),
    repeated,
  ),
  task: edit(
    one('subject', few),
    bodies,
    one('complete', fc.boolean()),
    one('dueDate', fc.constantFrom('2026-01-06', '2026-01-09')),
  ),
  contact: edit(
    one('givenName', few),
    one('company', few),
    bodies,
    one('emails', fc.subarray(['a@one.example', 'b@two.example'])),
    one('birthday', fc.constantFrom('1980-01-01', '1990-02-02')),
  ),
};

const written = { id: 'r1', version: '10', ownerId: 'rep1', modifiedAt: '2026-01-01T00:00:00.000Z' };
const links = { activity: 'https://crm.example/r1' };

export function recordOfKind(kind: ItemKind, fields: Edit): SyncRecord {
  const common = { ...written, links, ...fields };
  if (kind === 'contact') return Contact.parse({ givenName: 'one', ...common, id: 'contact:r1', kind: 'contact' });
  const start = '2026-01-06T10:00:00.000Z';
  const end = '2026-01-06T11:00:00.000Z';
  return Activity.parse({ subject: 'one', type: 'Appointment', start, end, description: 'one', ...common });
}

const common = {
  itemId: 'item-1',
  changeKey: 'key-1',
  richBody: false,
  bodyText: '',
  rawBody: '',
  stamp: undefined,
  modifiedAt: '2026-01-01T00:00:00.000Z',
  categories: ['CRM'],
};

/** The item that a new one is before anything of its record is written to it. */
export function itemOfKind(kind: ItemKind): SyncItem {
  switch (kind) {
    case 'appointment':
      return {
        ...common,
        categories: [],
        kind,
        subject: '',
        location: '',
        start: '2026-01-06T10:00:00.000Z',
        end: '2026-01-06T11:00:00.000Z',
        timeZone: 'UTC',
        allDay: false,
        cancelled: false,
        ownMeeting: true,
        recurring: false,
        iCalUid: 'uid-1',
        attendees: [],
        reminderMinutes: 15,
        showAs: 'busy',
        sensitivity: 'normal',
      } as unknown as Appointment;
    case 'task':
      return {
        ...common,
        kind,
        subject: '',
        dueDate: '2026-01-06',
        startDate: undefined,
        complete: false,
        recurring: false,
        private: false,
      } as unknown as Task;
    case 'contact':
      return {
        ...common,
        kind,
        givenName: '',
        surname: '',
        emails: [],
        phones: {},
        addresses: {},
        company: '',
        jobTitle: '',
        private: false,
      } as unknown as ContactItem;
    default:
      return kind satisfies never;
  }
}

/** One pair that both sides agree on, and what happened to each side since. */
export interface Perturbed {
  readonly kind: ItemKind;
  /** How they came to agree: by a mapping, not yet, or it was deleted. */
  readonly mapping: 'live' | 'none' | 'tombstone' | 'adopted';
  readonly base: Edit;
  readonly inCrm: Edit | 'deleted' | 'untouched' | 'older';
  readonly inExchange: Edit | 'deleted' | 'untouched';
  /** Which side the news is about, or both. */
  readonly known: 'crm' | 'exchange' | 'both';
  readonly attendeeCopy: boolean;
  readonly confirmed: boolean;
  /** Which side was changed last. */
  readonly newest: 'crm' | 'exchange';
  readonly profile: EmailServerProfile;
}

const profile = ProfileSchema.parse({
  id: 'main',
  organizationId: 'contoso',
  name: 'Main',
  type: 'exchangeOnline',
  authentication: { kind: 'bearer', secretName: 'token' },
  taskTypeFromExchange: 'Task',
});
const direction = fc.constantFrom('both', 'toExchange', 'toCrm', 'none');
const anyProfile: fc.Arbitrary<EmailServerProfile> = fc
  .record({
    conflictPolicy: fc.constantFrom('crm-wins', 'exchange-wins', 'newest-wins'),
    fieldDirections: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.record(
          { subject: direction, notes: direction, location: direction, time: direction, company: direction },
          { requiredKeys: [] },
        ),
      },
    ),
  })
  .map((change) => ({ ...profile, ...change }) as EmailServerProfile);

export const anyPair: fc.Arbitrary<Perturbed> = fc
  .constantFrom<ItemKind>('appointment', 'appointment', 'task', 'contact')
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      mapping: fc.constantFrom('live', 'live', 'live', 'live', 'none', 'tombstone', 'adopted'),
      base: recordEdits[kind].map(({ status: _status, ...rest }) => rest),
      inCrm: fc.oneof(
        { weight: 6, arbitrary: recordEdits[kind] },
        { weight: 3, arbitrary: fc.constantFrom('deleted', 'untouched', 'older') },
      ),
      inExchange: fc.oneof(
        { weight: 6, arbitrary: itemEdits[kind] },
        { weight: 3, arbitrary: fc.constantFrom('deleted', 'untouched') },
      ),
      known: fc.constantFrom('crm', 'exchange', 'both'),
      attendeeCopy: fc.constantFrom(false, false, false, kind === 'appointment'),
      confirmed: fc.boolean(),
      newest: fc.constantFrom('crm', 'exchange'),
      profile: anyProfile,
    }),
  ) as fc.Arbitrary<Perturbed>;
