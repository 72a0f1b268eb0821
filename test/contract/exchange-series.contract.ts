import { describe, expect, test } from '@jest/globals';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { occurrenceItemId } from '../../shared/domain/occurrence-key.ts';
import type { RecurrencePattern } from '../../shared/domain/recurrence.ts';
import { type ExchangeUnderTest, end, errorIn, hands, start, valueIn } from './exchange-under-test.ts';
import { instantOn, seriesOf, seriesText, summer, time } from './sample-series.ts';

const patterns: readonly RecurrencePattern[] = [
  { kind: 'daily', interval: 3 },
  { kind: 'weekly', interval: 2, daysOfWeek: ['tuesday', 'friday'], firstDayOfWeek: 'monday' },
  { kind: 'monthlyByDate', interval: 2, dayOfMonth: 9 },
  { kind: 'monthlyByDay', interval: 1, weekOfMonth: 'second', day: 'tuesday' },
  { kind: 'yearlyByDate', month: 6, dayOfMonth: 9 },
  { kind: 'yearlyByDay', month: 6, weekOfMonth: 'second', day: 'tuesday' },
];

/** Series: one aggregate, known by its master. */
export function describeSeries(under: () => ExchangeUnderTest): void {
  describe('a series', () => {
    const { createOne, readOne, updateOne, deleteOne, allChanges, listAll } = hands('appointment', under);
    const occurrences = (item: { itemId: Appointment['itemId'] }, window = summer) =>
      under().gateway.readOccurrences(under().access, item.itemId, window);
    const starts = async (item: { itemId: Appointment['itemId'] }, window = summer) =>
      (await occurrences(item, window)).map((one) => one.start);
    const seriesIn = async (item: { itemId: Appointment['itemId'] }) => {
      const read = valueIn(await readOne(item.itemId));
      return seriesText(read.series, read);
    };

    test.each(patterns.map((pattern) => [pattern.kind, pattern] as const))(
      'of the pattern %s is read back as it was created',
      async (_kind, pattern) => {
        for (const last of [{ kind: 'never' }, { kind: 'byDate', date: '2029-06-30' }, { kind: 'byCount', count: 4 }]) {
          const series = seriesOf({ pattern, end: last });
          const item = await createOne('r-1', { series });
          const read = valueIn(await readOne(item.itemId));
          expect(seriesText(read.series)).toBe(seriesText(series));
          expect(read).toMatchObject({ ...item, recurring: true, start, end, timeZone: 'Europe/Berlin' });
          expect(read.occurrence).toBeUndefined();
        }
      },
    );

    const exception = {
      ...{ originalStart: instantOn('06-16'), start: instantOn('06-17', '09:00'), end: instantOn('06-17', '10:00') },
      ...{ subject: 'Moved', location: 'Elsewhere' },
    };

    test('is written whole, with its exceptions and without its deleted occurrences', async () => {
      const series = seriesOf({ exceptions: [exception], deleted: [instantOn('06-23')] });
      const item = await createOne('r-1', { series });
      expect(await seriesIn(item)).toBe(seriesText(series));
      expect(await starts(item)).toEqual([start, exception.start, instantOn('06-30'), instantOn('07-07')]);
    });

    test('has its occurrences within a window, each an appointment of its own', async () => {
      const item = await createOne('r-1', { series: seriesOf({ exceptions: [exception] }) });
      const read = await occurrences(item, { from: instantOn('06-10'), to: instantOn('06-30') });
      expect(read.map((one) => [one.occurrence?.originalStart, one.start, one.end, one.subject, one.location])).toEqual(
        [
          [exception.originalStart, exception.start, exception.end, 'Moved', 'Elsewhere'],
          [instantOn('06-23'), instantOn('06-23'), instantOn('06-23', '08:30'), 'Visit r-1', 'Room 4'],
        ],
      );
      for (const one of read) {
        expect(one).toMatchObject({
          recurring: true,
          ownMeeting: true,
          bodyText: expect.stringContaining('First line'),
        });
        expect(one.itemId).toBe(occurrenceItemId(item.itemId, one.occurrence?.originalStart ?? ''));
        expect(one.series).toBeUndefined();
      }
    });

    test('gives notFound for its occurrences when it is gone', async () => {
      const item = await createOne('r-1', { series: seriesOf() });
      await under().user.deletes(item);
      await expect(occurrences(item)).rejects.toMatchObject({ name: 'SyncError', kind: 'notFound' });
    });

    test('keeps its time of day when summer time ends', async () => {
      const item = await createOne('r-1', { series: seriesOf({ end: { kind: 'never' } }) });
      const window = { from: '2026-10-19T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' };
      expect(await starts(item, window)).toEqual([instantOn('10-20'), instantOn('10-27', '08:00')]);
    });

    test('is told of by its master when the user changes or deletes an occurrence', async () => {
      const item = await createOne('r-1', { series: seriesOf() });
      let { syncState } = await allChanges();
      await under().user.editsOccurrence(item, instantOn('06-16'), { subject: 'By the user' });
      const edited = await allChanges(syncState);
      expect(edited.changes.map(({ kind, itemId }) => ({ kind, itemId }))).toEqual([
        { kind: 'updated', itemId: item.itemId },
      ]);
      ({ syncState } = edited);
      await under().user.deletesOccurrence(item, instantOn('06-30'));
      const deleted = await allChanges(syncState);
      expect(deleted.changes.map(({ kind, itemId }) => ({ kind, itemId }))).toEqual([
        { kind: 'updated', itemId: item.itemId },
      ]);
      const read = valueIn(await readOne(item.itemId));
      expect(deleted.changes[0]?.changeKey).toBe(read.changeKey);
      const unmoved = {
        originalStart: instantOn('06-16'),
        start: instantOn('06-16'),
        end: instantOn('06-16', '08:30'),
      };
      const exceptions = [{ ...unmoved, subject: 'By the user' }];
      expect(seriesText(read.series)).toBe(seriesText(seriesOf({ exceptions, deleted: [instantOn('06-30')] })));
      expect((await occurrences(item)).map((one) => one.subject)).toEqual([
        'Visit r-1',
        'By the user',
        'Visit r-1',
        'Visit r-1',
      ]);
    });

    test('shows an exception where the user moved it, by its original start', async () => {
      const item = await createOne('r-1', { series: seriesOf() });
      const moved = { start: instantOn('06-18', '12:00'), end: instantOn('06-18', '13:00') };
      await under().user.editsOccurrence(item, instantOn('06-16'), moved);
      const window = { from: instantOn('06-18', '00:00'), to: instantOn('06-19', '00:00') };
      expect(await occurrences(item, window)).toMatchObject([
        { ...moved, occurrence: { originalStart: instantOn('06-16') }, subject: 'Visit r-1' },
      ]);
      expect(await starts(item, { from: instantOn('06-16', '00:00'), to: instantOn('06-17', '00:00') })).toEqual([]);
    });

    test('gets another name and keeps its exceptions and deleted occurrences', async () => {
      const series = seriesOf({ exceptions: [exception], deleted: [instantOn('06-23')] });
      const item = await createOne('r-1', { series });
      const { changeKey } = valueIn(await readOne(item.itemId));
      valueIn(await updateOne({ ...item, changeKey }, { subject: 'Renamed' }));
      expect(await seriesIn(item)).toBe(seriesText(series));
      expect((await occurrences(item)).map((one) => one.subject)).toEqual(['Renamed', 'Moved', 'Renamed', 'Renamed']);
    });

    test('gets other exceptions and deleted occurrences', async () => {
      const item = await createOne('r-1', { series: seriesOf({ exceptions: [exception] }) });
      const { changeKey } = valueIn(await readOne(item.itemId));
      const other = {
        ...exception,
        originalStart: instantOn('06-30'),
        start: instantOn('07-01'),
        end: instantOn('07-01', '09:00'),
      };
      const series = seriesOf({ exceptions: [other], deleted: [instantOn('06-23')] });
      valueIn(await updateOne({ ...item, changeKey }, { time, series }));
      expect(await seriesIn(item)).toBe(seriesText(series));
      expect(await starts(item)).toEqual([start, instantOn('06-16'), other.start, instantOn('07-07')]);
    });

    test('gets another pattern and time, with exceptions of its own', async () => {
      const item = await createOne('r-1', { series: seriesOf({ exceptions: [exception] }) });
      const { changeKey } = valueIn(await readOne(item.itemId));
      const later = { ...time, start: instantOn('06-09', '12:00'), end: instantOn('06-09', '13:00') };
      const series = seriesOf({
        pattern: { kind: 'daily', interval: 2 },
        exceptions: [
          {
            originalStart: instantOn('06-11', '12:00'),
            start: instantOn('06-11', '15:00'),
            end: instantOn('06-11', '16:00'),
          },
        ],
        deleted: [instantOn('06-13', '12:00')],
      });
      valueIn(await updateOne({ ...item, changeKey }, { time: later, series }));
      expect(await seriesIn(item)).toBe(seriesText(series, later));
      expect(await starts(item)).toEqual([
        later.start,
        instantOn('06-11', '15:00'),
        instantOn('06-15', '12:00'),
        instantOn('06-17', '12:00'),
      ]);
    });

    test('becomes of an appointment that is given one', async () => {
      const item = await createOne('r-1');
      valueIn(await updateOne(item, { time, series: seriesOf() }));
      expect(valueIn(await readOne(item.itemId)).recurring).toBe(true);
      expect(await starts(item)).toHaveLength(5);
    });

    test('becomes one appointment when its series is taken off: what was special in it is gone', async () => {
      const item = await createOne('r-1', {
        series: seriesOf({ exceptions: [exception], deleted: [instantOn('06-23')] }),
      });
      const { changeKey } = valueIn(await readOne(item.itemId));
      const { syncState } = await allChanges();
      const written = valueIn(await updateOne({ ...item, changeKey }, { time, series: null }));
      expect(written.itemId).toBe(item.itemId);
      const read = valueIn(await readOne(item.itemId));
      expect(read).toMatchObject({ ...written, recurring: false, start, end, subject: 'Visit r-1' });
      expect([read.series, read.occurrence]).toEqual([undefined, undefined]);
      expect(await occurrences(item)).toEqual([]);
      const second = occurrenceItemId(item.itemId, exception.originalStart);
      expect(errorIn(await readOne(second)).kind).toBe('notFound');
      expect((await listAll(summer)).map(({ itemId, start: at }) => [itemId, at])).toEqual([[item.itemId, start]]);
      const { changes } = await allChanges(syncState);
      expect(changes.map(({ kind, itemId }) => [kind, itemId])).toEqual([['updated', item.itemId]]);
    });

    test('becomes one appointment at another time, and a series again', async () => {
      const item = await createOne('r-1', { series: seriesOf() });
      const later = { ...time, start: instantOn('06-10', '12:00'), end: instantOn('06-10', '13:00') };
      const single = valueIn(await updateOne(item, { time: later, series: null, subject: 'Once' }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({
        ...{ start: later.start, end: later.end },
        ...{ subject: 'Once', recurring: false },
      });
      valueIn(await updateOne(single, { time, series: seriesOf() }));
      expect(await starts(item)).toHaveLength(5);
    });

    test('that was changed since it was read stays a series', async () => {
      const item = await createOne('r-1', { series: seriesOf() });
      await under().user.edits(item, 'By the user');
      expect(errorIn(await updateOne(item, { time, series: null })).kind).toBe('conflict');
      expect(await starts(item)).toHaveLength(5);
    });

    test('is listed once, when any of its occurrences is in the window', async () => {
      const item = await createOne('r-1', { series: seriesOf({ deleted: [instantOn('06-23')] }) });
      const listed = async (from: string, to: string) =>
        (await listAll({ from: instantOn(from, '00:00'), to: instantOn(to, '00:00') })).map(({ itemId }) => itemId);
      expect(await listed('06-10', '07-05')).toEqual([item.itemId]);
      expect(await listed('06-20', '06-29')).toEqual([]);
      expect(await listed('07-20', '08-20')).toEqual([]);
    });

    test('is deleted whole', async () => {
      valueIn(await deleteOne(await createOne('r-1', { series: seriesOf() })));
      expect(await listAll(summer)).toEqual([]);
    });
  });
}
