import { describe, expect, test } from '@jest/globals';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { occurrenceItemId } from '../../shared/domain/occurrence-key.ts';
import { type ExchangeUnderTest, end, errorIn, hands, start, valueIn } from './exchange-under-test.ts';
import { instantOn, seriesOf, seriesText, time } from './sample-series.ts';

/** One occurrence of a series, under the id that the domain gives it. */
export function describeOccurrences(under: () => ExchangeUnderTest): void {
  describe('an occurrence', () => {
    const { createOne, readOne, updateOne, deleteOne, find, allChanges } = hands('appointment', under);
    const second = instantOn('06-16');
    const third = instantOn('06-23');
    /** The occurrence with its present change key. */
    const occurrenceOf = async (itemId: Appointment['itemId'], originalStart: string) => {
      const { changeKey } = valueIn(await readOne(occurrenceItemId(itemId, originalStart)));
      return { itemId: occurrenceItemId(itemId, originalStart), changeKey };
    };

    test('is read by its id, and is gone when it was deleted or the series never had it', async () => {
      const { itemId } = await createOne('r-1', { series: seriesOf({ deleted: [third] }) });
      const read = valueIn(await readOne(occurrenceItemId(itemId, second)));
      expect(read).toMatchObject({ start: second, occurrence: { originalStart: second }, subject: 'Visit r-1' });
      for (const gone of [third, instantOn('06-17'), instantOn('08-25')])
        expect(errorIn(await readOne(occurrenceItemId(itemId, gone))).kind).toBe('notFound');
    });

    test('is not found by the stamp of its series, which is found once', async () => {
      const item = await createOne('r-1', { series: seriesOf() });
      await under().user.editsOccurrence(item, second, { subject: 'By the user' });
      const { changeKey } = valueIn(await readOne(item.itemId));
      const expected = [{ itemId: item.itemId, changeKey, place: 'folder' }];
      expect(await find('r-1')).toEqual(expected);
      expect(await find('r-1', { start, end })).toEqual(expected);
    });

    test('is changed alone, as an exception of its series', async () => {
      const { itemId } = await createOne('r-1', { series: seriesOf() });
      const { syncState } = await allChanges();
      const moved = { start: instantOn('06-17', '12:00'), end: instantOn('06-17', '13:00') };
      const occurrence = await occurrenceOf(itemId, second);
      const patch = { subject: 'Alone', location: 'There', time: { ...time, ...moved } };
      const written = valueIn(await updateOne(occurrence, patch));
      expect(written.itemId).toBe(occurrence.itemId);
      const read = valueIn(await readOne(occurrence.itemId));
      expect(read).toMatchObject({ ...written, ...moved, subject: 'Alone', location: 'There' });
      const master = valueIn(await readOne(itemId));
      expect(master).toMatchObject({ subject: 'Visit r-1', start, end });
      const exceptions = [{ originalStart: second, ...moved, subject: 'Alone', location: 'There' }];
      expect(seriesText(master.series)).toBe(seriesText(seriesOf({ exceptions })));
      expect((await allChanges(syncState)).changes.map((change) => change.itemId)).toEqual([itemId]);
    });

    test('that is changed again keeps what it was changed to before', async () => {
      const { itemId } = await createOne('r-1', { series: seriesOf() });
      const once = valueIn(await updateOne(await occurrenceOf(itemId, second), { subject: 'Alone' }));
      const moved = { start: instantOn('06-17', '12:00'), end: instantOn('06-17', '13:00') };
      const twice = valueIn(await updateOne(once, { time: { ...time, ...moved } }));
      valueIn(await updateOne(twice, { location: 'There' }));
      const read = valueIn(await readOne(once.itemId));
      expect(read).toMatchObject({ ...moved, subject: 'Alone', location: 'There' });
    });

    test('has a body of its own once that is written', async () => {
      const { itemId } = await createOne('r-1', { series: seriesOf() });
      const occurrence = await occurrenceOf(itemId, second);
      valueIn(await updateOne(occurrence, { body: { notes: 'Of one', links: {} } }));
      expect(valueIn(await readOne(occurrence.itemId)).bodyText).toBe('Of one');
      expect(valueIn(await readOne(itemId)).bodyText).toContain('First line');
      expect(valueIn(await readOne(occurrenceItemId(itemId, third))).bodyText).toContain('First line');
    });

    test('is deleted alone', async () => {
      const { itemId } = await createOne('r-1', { series: seriesOf() });
      const occurrence = await occurrenceOf(itemId, second);
      valueIn(await deleteOne(occurrence));
      expect(errorIn(await readOne(occurrence.itemId)).kind).toBe('notFound');
      expect(seriesText(valueIn(await readOne(itemId)).series)).toBe(seriesText(seriesOf({ deleted: [second] })));
      expect(errorIn(await deleteOne(occurrence)).kind).toBe('notFound');
    });

    test('that was changed since it was read is left as it is', async () => {
      const item = await createOne('r-1', { series: seriesOf() });
      const occurrence = await occurrenceOf(item.itemId, second);
      await under().user.editsOccurrence(item, second, { subject: 'By the user' });
      expect(errorIn(await updateOne(occurrence, { subject: 'Ours' })).kind).toBe('conflict');
      expect(valueIn(await readOne(occurrence.itemId)).subject).toBe('By the user');
    });

    test('is not moved past its neighbours', async () => {
      const { itemId } = await createOne('r-1', { series: seriesOf() });
      const occurrence = await occurrenceOf(itemId, second);
      const past = { ...time, start: instantOn('06-25'), end: instantOn('06-25', '08:00') };
      expect(errorIn(await updateOne(occurrence, { time: past })).remedy).toEqual({ kind: 'park' });
    });
  });
}
