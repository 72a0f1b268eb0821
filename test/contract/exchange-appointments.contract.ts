import { describe, expect, test } from '@jest/globals';
import type { AppointmentDraft } from '../../shared/domain/appointment.ts';
import { type ExchangeUnderTest, end, errorIn, hands, start, valueIn } from './exchange-under-test.ts';

/** Appointments that are not series, and the archive, which is theirs alone. */
export function describeAppointments(under: () => ExchangeUnderTest): void {
  describe('an appointment', () => {
    const { stampOf, draftOf, createAll, createOne, readOne, updateOne, find, allChanges, listAll } = hands(
      'appointment',
      under,
    );

    test('is read back as it was created', async () => {
      const item = await createOne('r-1');
      const read = valueIn(await readOne(item.itemId));
      expect(read).toMatchObject({
        ...item,
        kind: 'appointment',
        subject: 'Visit r-1',
        bodyText: 'First line\nsecond line\n\nhttps://crm.example/records/1?a=b&c=d',
        richBody: false,
        location: 'Room 4',
        ...{ start, end, timeZone: 'Europe/Berlin', allDay: false },
        ...{ cancelled: false, ownMeeting: true, recurring: false },
        ...{ attendees: [], categories: [], showAs: 'busy', sensitivity: 'normal' },
        stamp: stampOf('r-1'),
      });
      expect([read.series, read.occurrence]).toEqual([undefined, undefined]);
      expect(read.iCalUid).toEqual(expect.stringMatching(/./));
      expect(read.reminderMinutes).toEqual(expect.any(Number));
    });

    test.each([
      ['markup', '</t:Subject><t:Sensitivity>Private</t:Sensitivity> & <b> "quoted" \'single\''],
      ['other scripts and emoji', 'Größe 日本語 🏳️‍🌈 עברית'],
      ['characters XML cannot carry', 'bell\u0007 and \uFFFE and half a pair \uD800 end'],
    ])('keeps %s in a text as it is, as far as XML can carry it', async (_what, text) => {
      const item = await createOne('r-1', { subject: text, location: text, body: { notes: text, links: {} } });
      const read = valueIn(await readOne(item.itemId));
      const carried = ['\u0007', '\uFFFE', '\uD800'].reduce((left, illegal) => left.replace(illegal, ''), text);
      expect([read.subject, read.location, read.bodyText]).toEqual([carried, carried, carried]);
    });

    test('that ends before it starts fails alone in its batch', async () => {
      const outcomes = await createAll([draftOf('r-1'), draftOf('r-2', { start: end, end: start }), draftOf('r-3')]);
      expect(outcomes.map((outcome) => outcome.ok)).toEqual([true, false, true]);
      expect(errorIn(outcomes[1]).remedy).toEqual({ kind: 'park' });
    });

    test('loses a text and moves into another zone', async () => {
      const item = await createOne('r-1');
      const instants = { start: '2026-12-01T15:00:00.000Z', end: '2026-12-01T16:00:00.000Z' };
      const time = { ...instants, timeZone: 'America/New_York', allDay: false };
      valueIn(await updateOne(item, { location: '', body: { notes: '', links: {} }, time }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ ...time, location: '', bodyText: '' });
    });

    const besides: Partial<AppointmentDraft> = {
      reminderMinutes: 45,
      showAs: 'outOfOffice',
      categories: ['Green', 'Sales & Service'],
      sensitivity: 'personal',
    };

    test('has the reminder, the availability, the categories and the sensitivity it was created with', async () => {
      const item = await createOne('r-1', besides);
      expect(valueIn(await readOne(item.itemId))).toMatchObject(besides);
    });

    test('gets another reminder, availability, categories and sensitivity, and keeps them when nothing is said', async () => {
      const item = await createOne('r-1');
      const changed = valueIn(await updateOne(item, besides));
      expect(valueIn(await readOne(item.itemId))).toMatchObject(besides);
      const again = valueIn(await updateOne(changed, { location: 'There' }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ ...besides, location: 'There' });
      const none = { categories: [], showAs: 'free', sensitivity: 'normal' } as const;
      valueIn(await updateOne(again, none));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ ...none, reminderMinutes: 45 });
    });

    test.each(['free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere'] as const)(
      'shows its owner as %s',
      async (showAs) => {
        const item = await createOne('r-1', { showAs });
        expect(valueIn(await readOne(item.itemId)).showAs).toBe(showAs);
      },
    );

    test('does not ring when told so, and rings as by default when told so', async () => {
      const item = await createOne('r-1', { reminderMinutes: null });
      expect(valueIn(await readOne(item.itemId)).reminderMinutes).toBeNull();
      const ringing = valueIn(await updateOne(item, { reminderByDefault: true }));
      expect(valueIn(await readOne(item.itemId)).reminderMinutes).toEqual(expect.any(Number));
      valueIn(await updateOne(ringing, { reminderMinutes: null }));
      expect(valueIn(await readOne(item.itemId)).reminderMinutes).toBeNull();
    });

    test.each([
      ['Pacific/Kiritimati', '2026-06-08T10:00:00.000Z', '2026-06-10T10:00:00.000Z'],
      ['Europe/Berlin', '2026-06-08T22:00:00.000Z', '2026-06-10T22:00:00.000Z'],
      ['America/Los_Angeles', '2026-06-09T07:00:00.000Z', '2026-06-11T07:00:00.000Z'],
      ['Pacific/Pago_Pago', '2026-06-09T11:00:00.000Z', '2026-06-11T11:00:00.000Z'],
    ])('of two whole days in %s has the midnights of that zone', async (timeZone, midnight, last) => {
      const time = { start: midnight, end: last, timeZone, allDay: true };
      const item = await createOne('r-1', time);
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ start: midnight, end: last, allDay: true });
      const timed = { start, end, timeZone, allDay: false };
      const changed = valueIn(await updateOne(item, { time: timed }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ start, end, allDay: false });
      valueIn(await updateOne(changed, { time }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ start: midnight, end: last, allDay: true });
    });

    test('is found by its stamp near the given time and far from it', async () => {
      const item = await createOne('r-1');
      const expected = [{ ...item, place: 'folder' }];
      expect(await find('r-1', { start, end })).toEqual(expected);
      const elsewhen = { start: '2027-01-01T00:00:00.000Z', end: '2027-01-01T01:00:00.000Z' };
      expect(await find('r-1', elsewhen)).toEqual(expected);
      expect(await find('r-3', { start, end })).toEqual([]);
    });

    test('is listed when it touches the window', async () => {
      await createOne('r-1');
      const listed = async (from: string, to: string) =>
        (await listAll({ from: `2026-${from}.000Z`, to: `2026-${to}.000Z` })).length;
      expect(await listed('06-09T08:00:00', '06-10T00:00:00')).toBe(1);
      expect(await listed('06-08T00:00:00', '06-09T07:30:00')).toBe(1);
      expect(await listed('06-09T08:30:00', '06-10T00:00:00')).toBe(0);
      expect(await listed('06-08T00:00:00', '06-09T07:00:00')).toBe(0);
    });

    test('is found in the archive under its new id, and it has left the calendar', async () => {
      const item = await createOne('r-1');
      const { syncState } = await allChanges();
      const archived = await under().user.archives(item);
      expect(archived.itemId).not.toBe(item.itemId);
      expect(errorIn(await readOne(item.itemId)).kind).toBe('notFound');
      expect(await find('r-1', { start, end })).toEqual([archived]);
      expect(await find('r-1')).toEqual([archived]);
      expect(await find('r-2')).toEqual([]);
      const { changes } = await allChanges(syncState);
      expect(changes.map(({ kind, itemId }) => ({ kind, itemId }))).toEqual([{ kind: 'deleted', itemId: item.itemId }]);
    });

    test('in the archive is found beside a deleted one, and not beside a live one', async () => {
      const archived = await under().user.archives(await createOne('r-1'));
      await under().user.deletes(await createOne('r-1'));
      const found = await find('r-1');
      expect(found.map(({ place }) => place).sort()).toEqual(['archive', 'deletedItems']);
      expect(found).toContainEqual(archived);
      const live = await createOne('r-1');
      const foundLive = await find('r-1', { start, end });
      expect(foundLive).toContainEqual({ ...live, place: 'folder' });
      expect(foundLive.map(({ place }) => place)).not.toContain('archive');
    });

    test('that came back from the archive is in the calendar again', async () => {
      const { syncState } = await allChanges();
      const item = await under().user.returns(await under().user.archives(await createOne('r-1')));
      expect(await find('r-1')).toEqual([{ ...item, place: 'folder' }]);
      expect(valueIn(await readOne(item.itemId)).stamp).toEqual(stampOf('r-1'));
      const { changes } = await allChanges(syncState);
      expect(changes.filter(({ kind }) => kind !== 'deleted')).toEqual([{ ...item, kind: 'created' }]);
    });

    test('is not looked for in the archive of a mailbox that has none', async () => {
      const other = hands('appointment', () => ({ ...under(), access: under().otherAccess }));
      valueIn(await other.deleteOne(await other.createOne('r-1')));
      expect((await other.find('r-1')).map(({ place }) => place)).toEqual(['deletedItems']);
      expect(await other.find('r-2')).toEqual([]);
    });
  });
}
