import { describe, expect, test } from '@jest/globals';
import { Attendee } from '../../shared/domain/attendee.ts';
import type { ItemRef } from '../../shared/domain/item.ts';
import { occurrenceItemId } from '../../shared/domain/occurrence-key.ts';
import { Series } from '../../shared/domain/recurrence.ts';
import { type ExchangeUnderTest, errorIn, hands, valueIn } from './exchange-under-test.ts';

const manager = Attendee.parse({ email: 'manager@contoso.example' });
const assistant = Attendee.parse({ email: 'assistant@contoso.example', role: 'optional' });
const room = Attendee.parse({ email: 'room@contoso.example', role: 'resource' });
const guest = Attendee.parse({ email: 'ada@fabrikam.example', name: 'Ada' });

const pattern = { kind: 'weekly', daysOfWeek: ['tuesday'] };
const weekly = Series.parse({ recurrence: { pattern, startDate: '2026-06-09', end: { kind: 'byCount', count: 5 } } });

const who = (attendees: readonly Attendee[]) =>
  attendees.map(({ email, role }) => `${email.toLowerCase()} ${role}`).sort();

/** Meetings, and who is told of them. */
export function describeMeetings(under: () => ExchangeUnderTest): void {
  describe('a meeting', () => {
    const { createOne, readOne, updateOne, deleteOne } = hands('appointment', under);
    /** Kind and address of each mail that an act sends; how Exchange bundles them does not matter. */
    const mailsOf = async (act: () => Promise<unknown>): Promise<string[]> => {
      const before = (await under().mails()).length;
      await act();
      const sent = (await under().mails()).slice(before);
      return sent.flatMap(({ kind, to }) => to.map((address) => `${kind} ${address.toLowerCase()}`)).sort();
    };

    test('has its attendees by role, and its organizer is the owner of the mailbox', async () => {
      const attendees = [manager, assistant, room, guest];
      const item = await createOne('r-1', { attendees });
      const read = valueIn(await readOne(item.itemId));
      expect(who(read.attendees)).toEqual(who(attendees));
      expect(read.attendees.every(({ response }) => response === 'none')).toBe(true);
      expect([read.organizer?.email.toLowerCase(), read.ownMeeting]).toEqual([under().access.mailbox.address, true]);
    });

    test('mails nobody when nobody is to be told', async () => {
      const told = await mailsOf(async () => {
        const item = await createOne('r-1', { attendees: [manager, guest] });
        const changed = valueIn(await updateOne(item, { subject: 'Another', attendees: [guest, room] }));
        expect(who(valueIn(await readOne(item.itemId)).attendees)).toEqual(who([guest, room]));
        valueIn(await deleteOne(changed));
      });
      expect(told).toEqual([]);
    });

    test('invites, updates and cancels when all are to be told', async () => {
      let item = { itemId: '', changeKey: '' } as ItemRef;
      const both = (kind: string) => [`${kind} ada@fabrikam.example`, `${kind} manager@contoso.example`];
      const invited = await mailsOf(async () => {
        item = await createOne('r-1', { attendees: [manager, guest] }, 'all');
      });
      const updated = await mailsOf(async () => {
        item = valueIn(await updateOne(item, { location: 'There' }, 'all'));
      });
      const cancelled = await mailsOf(async () => valueIn(await deleteOne(item, 'all')));
      expect([invited, updated, cancelled]).toEqual([both('invitation'), both('update'), both('cancellation')]);
    });

    test('invites whom it gains and cancels for whom it loses', async () => {
      const item = await createOne('r-1', { attendees: [manager, guest] });
      const told = await mailsOf(() => updateOne(item, { attendees: [guest, assistant] }, 'all'));
      expect(who(valueIn(await readOne(item.itemId)).attendees)).toEqual(who([guest, assistant]));
      expect(told.filter((mail) => mail.includes('manager'))).toEqual(['cancellation manager@contoso.example']);
      expect(told).toContain('invitation assistant@contoso.example');
    });

    test('without attendees mails nobody', async () => {
      const told = await mailsOf(async () => {
        const item = await createOne('r-1', {}, 'all');
        valueIn(await deleteOne(valueIn(await updateOne(item, { subject: 'Another' }, 'all')), 'all'));
      });
      expect(told).toEqual([]);
    });

    test('mails nobody about a change that was refused', async () => {
      const item = await createOne('r-1', { attendees: [manager] });
      await under().user.edits(item, 'By the user');
      const told = await mailsOf(async () => {
        expect(errorIn(await updateOne(item, { subject: 'Ours' }, 'all')).kind).toBe('conflict');
      });
      expect(told).toEqual([]);
    });

    test('tells the attendees of a series about an occurrence that is changed or deleted', async () => {
      const { itemId } = await createOne('r-1', { series: weekly, attendees: [manager] });
      const occurrence = occurrenceItemId(itemId, '2026-06-16T07:00:00.000Z');
      const changed = await mailsOf(async () => {
        const ref = valueIn(await readOne(occurrence));
        valueIn(await updateOne(ref, { location: 'There' }, 'all'));
      });
      expect(changed).toEqual(['update manager@contoso.example']);
      const deleted = await mailsOf(async () => {
        valueIn(await deleteOne(valueIn(await readOne(occurrence)), 'all'));
      });
      expect(deleted).toEqual(['cancellation manager@contoso.example']);
    });

    test('of somebody else is no meeting of the mailbox, and says whose it is', async () => {
      const item = await under().user.creates({ subject: 'Invited', organizer: 'manager@contoso.example' });
      const read = valueIn(await readOne(item.itemId));
      expect([read.ownMeeting, read.organizer?.email]).toEqual([false, 'manager@contoso.example']);
    });
  });
}
