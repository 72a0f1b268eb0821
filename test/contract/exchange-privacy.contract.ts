import { describe, expect, test } from '@jest/globals';
import { type ExchangeUnderTest, end, hands, start, valueIn } from './exchange-under-test.ts';
import { instantOn, seriesOf, summer } from './sample-series.ts';

/** Private appointments where the profile allows to tell that their time is taken; without, see exchange-items.contract.ts. */
export function describePrivacy(under: () => ExchangeUnderTest): void {
  describe('a private appointment of which the time may be told', () => {
    const busyOnly = () => {
      const { access } = under();
      return { ...access, profile: { ...access.profile, privacyPolicy: 'busyOnly' as const } };
    };
    const { readOne, listAll } = hands('appointment', () => ({ ...under(), access: busyOnly() }));
    const nothingElse = { subject: 'Busy', bodyText: '', location: '', attendees: [], categories: [], richBody: false };

    test('tells no more than that, when it is read and when it is listed', async () => {
      const item = await under().user.creates({ subject: 'Doctor', private: true, start, end });
      const read = valueIn(await readOne(item.itemId));
      expect(read).toMatchObject({ ...item, ...nothingElse, start, end, sensitivity: 'private' });
      const listed = await listAll(summer);
      expect(listed).toMatchObject([{ ...item, ...nothingElse, start, end }]);
      expect(JSON.stringify([read, listed])).not.toContain('Doctor');
    });

    test('does not tell who called it', async () => {
      const invitation = { subject: 'Doctor', private: true, organizer: 'manager@contoso.example' };
      const { itemId } = await under().user.creates(invitation);
      const read = valueIn(await readOne(itemId));
      expect([read.ownMeeting, JSON.stringify(read).includes('manager')]).toEqual([false, false]);
    });

    test('does not tell what an exception of a series is about', async () => {
      const series = { subject: 'Doctor', private: true, start, end, series: seriesOf() };
      const item = await under().user.creates(series);
      await under().user.editsOccurrence(item, instantOn('06-16'), { subject: 'Oncologist' });
      const read = valueIn(await readOne(item.itemId));
      const occurrences = await under().gateway.readOccurrences(busyOnly(), item.itemId, summer);
      expect(occurrences.map((one) => one.subject)).toEqual(['Busy', 'Busy', 'Busy', 'Busy', 'Busy']);
      expect(JSON.stringify([read, occurrences])).not.toMatch(/Doctor|Oncologist/);
    });

    test('does not let its occurrences out where nothing may be told', async () => {
      const series = { subject: 'Doctor', private: true, start, end, series: seriesOf() };
      const { itemId } = await under().user.creates(series);
      const reading = under().gateway.readOccurrences(under().access, itemId, summer);
      const told = await reading.catch((error: unknown) => error);
      expect(told).toMatchObject({ name: 'SyncError', kind: 'notFound', code: 'PrivateItem' });
    });
  });
}
