import { describe, expect, test } from '@jest/globals';
import { Activity } from '../../../shared/domain/activity.ts';
import type { Appointment } from '../../../shared/domain/appointment.ts';
import { appointmentRules } from '../../../shared/domain/appointment-rules.ts';
import { EmailServerProfile } from '../../../shared/domain/email-server-profile.ts';
import { CrmVersion } from '../../../shared/domain/ids.ts';
import { LiveMapping, TombstoneMapping } from '../../../shared/domain/item-mapping.ts';
import { planSync, type SyncInput } from '../../../shared/domain/plan-sync.ts';

const context = { key: 'a key', now: Date.parse('2026-02-15T00:00:00Z'), isOutside: () => false };
const printsOfActivity = (activity: Activity) => appointmentRules.printsOfRecord(activity, context);
const printsOfAppointment = (item: Appointment) => appointmentRules.printsOfItem(item, context);
const activity = Activity.parse({
  id: 'a1',
  version: '5',
  type: 'Visit',
  ownerId: 'rep1',
  subject: 'Visit',
  description: 'Notes',
  location: 'Berlin',
  start: '2026-03-01T09:00:00Z',
  end: '2026-03-01T10:00:00Z',
  timeZone: 'Europe/Berlin',
  modifiedAt: '2026-02-01T00:00:00Z',
});
const item = {
  kind: 'appointment',
  itemId: 'i1',
  changeKey: 'k1',
  subject: 'Visit',
  bodyText: 'Notes',
  location: 'Berlin',
  start: '2026-03-01T09:00:00Z',
  end: '2026-03-01T10:00:00Z',
  timeZone: 'Europe/Berlin',
  allDay: false,
  cancelled: false,
  ownMeeting: true,
  recurring: false,
  iCalUid: 'u1',
  attendees: [],
  reminderMinutes: 15,
  showAs: 'busy',
  categories: [],
  sensitivity: 'normal',
  richBody: false,
  stamp: undefined,
  modifiedAt: '2026-02-01T00:00:00Z',
} as unknown as Appointment;
const live = LiveMapping.parse({
  state: 'live',
  recordId: 'a1',
  origin: 'crm',
  generation: 0,
  itemId: 'i1',
  changeKey: 'k1',
  crmVersion: '5',
  confirmed: true,
  plainBody: true,
  agreed: { crm: printsOfActivity(activity), exchange: printsOfAppointment(item) },
});
const tombstone = TombstoneMapping.parse({
  state: 'tombstone',
  recordId: 'a1',
  origin: 'crm',
  generation: 0,
  crmVersion: '5',
  deletedAt: '2026-02-01T00:00:00Z',
  deletedBy: 'crm',
});

const record = (edit: Partial<Activity> = {}) => {
  const edited = { ...activity, ...edit } as Activity;
  return { known: true, state: 'present', record: edited, prints: printsOfActivity(edited) } as const;
};
const appointment = (edit: Partial<Appointment> = {}) => {
  const edited = { ...item, ...edit } as Appointment;
  return { known: true, state: 'present', item: edited, prints: printsOfAppointment(edited) } as const;
};
const unknown = { known: false } as const;
const gone = { known: true, state: 'gone' } as const;
const deleted = { known: true, state: 'gone', version: CrmVersion.parse('9') } as const;
const newer = CrmVersion.parse('6');

const defaults = EmailServerProfile.parse({
  id: 'main',
  organizationId: 'contoso',
  name: 'Main',
  type: 'exchangeOnPremises',
  authentication: { kind: 'basic', userName: 'sync@contoso.example', secretName: 'password' },
});

const plan = (input: Partial<SyncInput>, profile: Partial<SyncInput['profile']> = {}) =>
  planSync({
    record: unknown,
    item: unknown,
    mapping: undefined,
    now: Date.parse('2026-02-15T00:00:00Z'),
    kind: 'appointment',
    profile: { ...defaults, ...profile },
    ...input,
  });

describe('what makes both sides agree', () => {
  test.each<[string, Partial<SyncInput>, string]>([
    ['a new activity is made in Exchange', { record: record() }, 'createItem'],
    ['a cancelled activity without an item stays without', { record: record({ status: 'cancelled' }) }, 'nothing'],
    ['an activity made from an item waits for its mapping', { record: record({ origin: 'exchange' }) }, 'wait'],
    ['a start that is not before the end is refused', { record: record({ end: activity.start }) }, 'refuse'],
    ['a new item is made in the CRM', { item: appointment() }, 'createRecord'],
    [
      'an item before the window stays in Exchange',
      { item: appointment({ start: '2026-02-10T09:00:00Z', end: '2026-02-10T10:00:00Z' }) },
      'nothing',
    ],
    [
      'an item after the window stays in Exchange',
      { item: appointment({ start: '2026-09-01T09:00:00Z', end: '2026-09-01T10:00:00Z' }) },
      'nothing',
    ],
    ['a meeting of somebody outside is made in the CRM', { item: appointment({ ownMeeting: false }) }, 'createRecord'],
    ['an old version after a deletion brings nothing back', { record: record(), mapping: tombstone }, 'nothing'],
    [
      'a newer version after a deletion is a new life',
      { record: record({ version: newer }), mapping: tombstone },
      'createItem',
    ],
    [
      'our own write in the CRM is recognised by its version',
      { record: record({ subject: 'Other' }), mapping: live },
      'nothing',
    ],
    [
      'an older version is not written over a newer one',
      { record: record({ version: CrmVersion.parse('4'), subject: 'Old' }), mapping: live },
      'nothing',
    ],
    [
      'a newer version with the same fields is only remembered',
      { record: record({ version: newer }), mapping: live },
      'agree',
    ],
    [
      'a newer version with other fields is written',
      { record: record({ version: newer, subject: 'New' }), mapping: live },
      'write',
    ],
    [
      'our own write in Exchange is recognised by its change key',
      { item: appointment({ subject: 'Other' }), mapping: live },
      'nothing',
    ],
    [
      'what Exchange made of our own write is agreed',
      { item: appointment({ bodyText: 'Other' }), mapping: { ...live, confirmed: false } },
      'agree',
    ],
    [
      'an edit in Exchange is written',
      { item: appointment({ changeKey: 'k2' as never, subject: 'New' }), mapping: live },
      'write',
    ],
    [
      'a change that touches no field is only remembered',
      { item: appointment({ changeKey: 'k2' as never }), mapping: live },
      'agree',
    ],
    [
      'an item that was never agreed on is compared on both sides',
      { item: appointment(), mapping: { ...live, changeKey: 'k0' as never, agreed: { crm: {}, exchange: {} } } },
      'readBoth',
    ],
    ['a deleted activity takes its item along', { record: deleted, mapping: live }, 'removeItem'],
    [
      'a cancelled activity takes its item along',
      { record: record({ version: newer, status: 'cancelled' }), mapping: live },
      'removeItem',
    ],
    ['a deleted item takes its activity along', { item: gone, mapping: live }, 'removeRecord'],
    [
      'a cancelled meeting is cancelled on both sides',
      { item: appointment({ changeKey: 'k2' as never, cancelled: true }), mapping: live },
      'cancelBoth',
    ],
    ['both gone is only remembered', { record: deleted, item: gone, mapping: live }, 'bury'],
    [
      'a change in the CRM beats a deletion in Exchange',
      { record: record({ version: newer, subject: 'New' }), item: gone, mapping: live },
      'createItem',
    ],
    [
      'an unchanged activity follows the deletion in Exchange',
      { record: record({ version: newer }), item: gone, mapping: live },
      'removeRecord',
    ],
  ])('%s', (_, input, expected) => {
    expect(plan(input).do).toBe(expected);
  });

  test('merges by field: each goes where it did not change, and the policy decides where both did', () => {
    const input = {
      record: record({ version: newer, subject: 'CRM', location: 'Rome' }),
      item: appointment({ changeKey: 'k2' as never, subject: 'Outlook', bodyText: 'More notes' }),
      mapping: live,
    };
    expect(plan(input)).toEqual({
      do: 'write',
      toItem: new Set(['subject', 'location']),
      toRecord: new Set(['notes']),
      conflicts: new Map([['subject', 'crm']]),
    });
    expect(plan(input, { conflictPolicy: 'exchange-wins' })).toEqual({
      do: 'write',
      toItem: new Set(['location']),
      toRecord: new Set(['subject', 'notes']),
      conflicts: new Map([['subject', 'exchange']]),
    });
  });

  test('lets a field travel only the way its profile says', () => {
    const mapping = live;
    const fieldDirections = { subject: 'toCrm' } as const;
    expect(plan({ record: record({ version: newer, subject: 'CRM' }), mapping }, { fieldDirections }).do).toBe('agree');
    expect(
      plan({ item: appointment({ changeKey: 'k2' as never, subject: 'Outlook' }), mapping }, { fieldDirections }).do,
    ).toBe('write');
  });

  test('takes what we were about to write for our own, not for a person’s', () => {
    const ours = record({ version: newer, subject: 'S1' });
    const writing = { crm: { subject: ours.prints.subject ?? '' } };
    const both = {
      record: ours,
      item: appointment({ changeKey: 'k2' as never, subject: 'S2' }),
      mapping: { ...live, writing },
    };
    expect(plan(both)).toEqual({
      do: 'write',
      toItem: new Set(),
      toRecord: new Set(['subject']),
      conflicts: new Map(),
    });
  });
});
