import { describe, expect, test } from '@jest/globals';
import type { Activity, ActivityDraft } from '../../shared/domain/activity.ts';
import { Attendee } from '../../shared/domain/attendee.ts';
import type { ContactDraft } from '../../shared/domain/contact.ts';
import { PlainDate } from '../../shared/domain/plain-date.ts';
import { Series } from '../../shared/domain/recurrence.ts';
import { type CrmSuite, draftOf, rep2 } from './crm-under-test.ts';

const besides: Partial<ActivityDraft> = {
  organizer: { email: 'manager@contoso.example', name: 'Mona' },
  attendees: [
    Attendee.parse({ email: 'ada@fabrikam.example', name: 'Ada', response: 'accepted' }),
    Attendee.parse({ email: 'room@contoso.example', role: 'resource' }),
  ],
  reminderMinutes: null,
  showAs: 'workingElsewhere',
  categories: ['Green', 'Sales & Service'],
  sensitivity: 'personal',
};

const series = Series.parse({
  recurrence: {
    pattern: { kind: 'weekly', daysOfWeek: ['monday'] },
    startDate: '2030-05-06',
    end: { kind: 'byCount', count: 10 },
  },
  exceptions: [
    {
      ...{ originalStart: '2030-05-13T14:00:00.000Z', start: '2030-05-14T14:00:00.000Z' },
      ...{ end: '2030-05-14T15:00:00.000Z', subject: 'Moved' },
    },
  ],
  deleted: ['2030-05-20T14:00:00.000Z'],
});

/** The fields of activities and contacts, and what listings make of times. */
export function describeCrmFields({ hands, crm }: CrmSuite): void {
  const { create, read, update, list } = hands;
  const made = async (fields: Partial<ActivityDraft> = {}) =>
    (await create({ ...draftOf.activity, ...fields })) as Activity;

  describe('the fields of an activity', () => {
    test('made from Exchange say that it is about nobody', async () => {
      expect((await made()).links.individual).toBeUndefined();
    });

    test('that a CRM may leave out are absent when nobody said anything', async () => {
      await crm().setKnowsSeries(false);
      const activity = await made();
      const { reminderMinutes, attendees, organizer, categories, showAs, sensitivity } = activity;
      const absent = [reminderMinutes, attendees, organizer, categories, showAs, sensitivity, activity.series];
      expect(absent.filter((value) => value !== undefined)).toEqual([]);
    });

    test('that a CRM may know besides are kept', async () => {
      const activity = await made(besides);
      expect(activity).toMatchObject(besides);
      expect(await read(activity.id)).toEqual({ state: 'present', record: activity });
      const others = {
        reminderMinutes: 30,
        attendees: [],
        categories: [],
        showAs: 'free',
        sensitivity: 'normal',
      } as const;
      expect(await update(activity, { kind: 'activity', ...others })).toMatchObject({
        ...others,
        subject: activity.subject,
        organizer: besides.organizer,
      });
    });

    test.each([
      ['Pacific/Kiritimati', '2030-05-05T10:00:00.000Z', '2030-05-07T10:00:00.000Z'],
      ['Pacific/Pago_Pago', '2030-05-06T11:00:00.000Z', '2030-05-08T11:00:00.000Z'],
    ])('of whole days in %s are kept as they are', async (timeZone, start, end) => {
      const days = { start, end, timeZone, allDay: true };
      const activity = await made(days);
      expect(activity).toMatchObject(days);
      const timed = { start, end: new Date(Date.parse(start) + 60_000).toISOString(), timeZone: 'UTC', allDay: false };
      expect(await update(activity, { kind: 'activity', ...timed })).toMatchObject(timed);
    });

    test('hold a series where the CRM knows series', async () => {
      await crm().setKnowsSeries(true);
      const activity = await made({ series });
      expect(activity.series).toEqual(series);
      const other = { ...series, exceptions: [], deleted: [] };
      expect(await update(activity, { kind: 'activity', series: other })).toMatchObject({ series: other });
    });

    test('say that it is no series where the CRM knows series, from the beginning or from then on', async () => {
      await crm().setKnowsSeries(true);
      expect((await made()).series).toBeNull();
      const one = await made({ series });
      const { start, end, timeZone, allDay } = draftOf.activity;
      const ended = await update(one, { kind: 'activity', start, end, timeZone, allDay, series: null });
      expect((ended as Activity).series).toBeNull();
      expect(await read(one.id)).toEqual({ state: 'present', record: ended });
      expect(await update(ended, { kind: 'activity', series })).toMatchObject({ series });
    });

    test('say nothing of being no series where the CRM knows none', async () => {
      await crm().setKnowsSeries(false);
      const changed = await update(await made(), { kind: 'activity', subject: 'Renamed', series: null });
      expect([(changed as Activity).subject, (changed as Activity).series]).toEqual(['Renamed', undefined]);
    });

    test('leave out a series where the CRM knows none, and keep the rest', async () => {
      await crm().setKnowsSeries(false);
      const activity = await made({ series, showAs: 'free' });
      expect(activity.series).toBeUndefined();
      expect(activity).toMatchObject({ ...draftOf.activity, showAs: 'free' });
      const changed = await update(activity, { kind: 'activity', subject: 'Moved', series });
      expect([(changed as Activity).subject, (changed as Activity).series]).toEqual(['Moved', undefined]);
    });
  });

  describe('a listing of activities', () => {
    const hour = (clock: string) => `2031-05-06T${clock}:00.000Z`;

    test('holds those that touch the window', async () => {
      const one = await made({ ownerId: rep2, start: hour('10:00'), end: hour('11:00') });
      const isListed = async (from: string, to: string) =>
        (await list({ kind: 'activity', ownerId: rep2, from: hour(from), to: hour(to) })).some(
          ({ id }) => id === one.id,
        );
      expect(await isListed('09:00', '12:00')).toBe(true);
      expect(await isListed('10:30', '12:00')).toBe(true);
      expect(await isListed('09:00', '10:30')).toBe(true);
      expect(await isListed('11:00', '12:00')).toBe(false);
      expect(await isListed('09:00', '10:00')).toBe(false);
    });

    test('holds a series when any of its occurrences touches the window', async () => {
      await crm().setKnowsSeries(true);
      const one = await made({ ownerId: rep2, series });
      const isListed = async (from: string, to: string) => {
        const window = { from: `2030-${from}T00:00:00.000Z`, to: `2030-${to}T00:00:00.000Z` };
        return (await list({ kind: 'activity', ownerId: rep2, ...window })).some(({ id }) => id === one.id);
      };
      expect(await isListed('06-01', '06-30')).toBe(true);
      expect(await isListed('05-14', '05-15')).toBe(true);
      expect(await isListed('05-20', '05-21')).toBe(false);
      expect(await isListed('08-01', '08-30')).toBe(false);
      await crm().setKnowsSeries(false);
    });
  });

  describe('the fields of a contact', () => {
    const home = { street: '1 High St\nFlat 2', city: 'Springfield', state: 'IL', postalCode: '62701', country: 'USA' };
    const whole: ContactDraft = {
      ...draftOf.contact,
      emails: ['zoe@contoso.example', 'z2@contoso.example', 'z3@contoso.example'],
      phones: {
        ...{ business: '+1 555 0100', business2: '+1 555 0101', home: '+1 555 0102', home2: '+1 555 0103' },
        ...{ mobile: '+1 555 0104', businessFax: '+1 555 0105', other: '+1 555 0106' },
      },
      addresses: { home, business: { ...home, state: '' }, other: { ...home, city: 'Bern' } },
      birthday: PlainDate.parse('1815-12-10'),
    };

    test('are kept, each of them', async () => {
      const contact = await create(whole);
      expect(contact).toMatchObject(whole);
      expect(await read(contact.id)).toEqual({ state: 'present', record: contact });
    });

    test('say that they are empty, if the CRM knows them', async () => {
      const empty = { givenName: '', emails: [], phones: {}, addresses: {}, company: '', jobTitle: '', notes: '' };
      const contact = await create({ ...draftOf.contact, ...empty });
      expect(contact).toMatchObject({ ...empty, surname: draftOf.contact.surname, birthday: null });
    });

    test('lose what a whole list or map no longer names, and the birthday', async () => {
      const less = { emails: ['z2@contoso.example'], phones: { home: '+1 555 0199' }, addresses: { home } };
      const changed = await update(await create(whole), { kind: 'contact', ...less, birthday: null });
      const { birthday: _birthday, ...rest } = whole;
      expect(changed).toMatchObject({ ...rest, ...less });
      expect(changed).not.toHaveProperty('phones.mobile');
      expect(changed).not.toHaveProperty('addresses.business');
      expect(changed.kind === 'contact' && changed.birthday).toBeNull();
    });
  });
}
