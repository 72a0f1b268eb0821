import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeRecurrence } from '../../../local/exchange/recurrence-element.ts';
import { lastOccurrence, occurrenceAt, occurrencesIn, occurrencesOf } from '../../../local/exchange/series.ts';
import { checkBoundaries, completeSeries } from '../../../local/exchange/series-rules.ts';
import type { ItemContent } from '../../../local/exchange/store.ts';
import { textElement } from '../../../local/exchange/xml.ts';
import { lastOccurrenceOf, occurrencesOf as reckoned } from '../../../shared/domain/expand-recurrence.ts';
import { Recurrence, RelativeDay, type Series, Weekday, WeekOfMonth } from '../../../shared/domain/recurrence.ts';

const hour = 3_600_000;
const zones: Readonly<Record<string, string>> = {
  UTC: 'Etc/UTC',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Eastern Standard Time': 'America/New_York',
  'India Standard Time': 'Asia/Kolkata',
  'AUS Eastern Standard Time': 'Australia/Sydney',
};
const seconds = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`;
const between = (min: number, max: number) => fc.integer({ min, max });

const interval = between(1, 5);
const relative = {
  weekOfMonth: fc.constantFrom(...WeekOfMonth.options),
  day: fc.constantFrom(...RelativeDay.options),
};
const weekday = fc.constantFrom(...Weekday.options);
const pattern = fc.oneof(
  fc.record({ kind: fc.constant('daily'), interval }),
  fc.record({
    kind: fc.constant('weekly'),
    interval,
    daysOfWeek: fc.uniqueArray(weekday, { minLength: 1 }),
    firstDayOfWeek: weekday,
  }),
  fc.record({ kind: fc.constant('monthlyByDate'), interval, dayOfMonth: between(1, 31) }),
  fc.record({ kind: fc.constant('monthlyByDay'), interval, ...relative }),
  fc.record({ kind: fc.constant('yearlyByDate'), month: between(1, 12), dayOfMonth: between(1, 31) }),
  fc.record({ kind: fc.constant('yearlyByDay'), month: between(1, 12), ...relative }),
);
const end = fc.oneof(
  fc.constant({ kind: 'never' }),
  fc.record({ kind: fc.constant('byCount'), count: between(1, 40) }),
  fc.record({ kind: fc.constant('byDate'), date: between(2028, 2031).map((year) => `${year}-05-17`) }),
);
const world = fc.record({
  pattern,
  end,
  zone: fc.constantFrom(...Object.keys(zones)),
  /** Hours from the beginning of 2026. */
  start: between(0, 300 * 24),
  long: between(1, 20),
  from: between(0, 1200),
  days: between(1, 400),
  /** What becomes of the first occurrences: deleted, moved by hours, or nothing. */
  edits: fc.array(fc.oneof(fc.constant('deleted' as const), fc.constant(undefined), between(-30, 30)), {
    maxLength: 6,
  }),
});

/** Edits the first occurrences; a move that Exchange would refuse is left out. */
function edited(master: ItemContent, edits: readonly ('deleted' | number | undefined)[]): ItemContent {
  let next: ItemContent = { ...master, series: { exceptions: {}, deleted: [] } };
  for (const { index, originalStart, start, end } of occurrencesOf(master)) {
    if (index > edits.length) break;
    const edit = edits[index - 1];
    const { exceptions, deleted } = next.series ?? { exceptions: {}, deleted: [] };
    if (edit === 'deleted') next = { ...next, series: { exceptions, deleted: [...deleted, originalStart] } };
    else if (edit !== undefined) {
      const moved = (instant: string) => seconds(Date.parse(instant) + edit * hour);
      const properties = {
        Start: textElement('t:Start', moved(start)),
        End: textElement('t:End', moved(end)),
      };
      try {
        checkBoundaries(next, originalStart, moved(start), moved(end));
      } catch {
        continue;
      }
      next = {
        ...next,
        series: { exceptions: { ...exceptions, [originalStart]: { properties, extended: {} } }, deleted },
      };
    }
  }
  return next;
}

/** The special occurrences of a master in the product's words. */
function specialsOf({ series }: ItemContent): Pick<Series, 'exceptions' | 'deleted'> {
  const precise = (text: string | undefined) => new Date(text ?? '').toISOString();
  return {
    exceptions: Object.entries(series?.exceptions ?? {}).map(([originalStart, { properties }]) => ({
      originalStart: precise(originalStart),
      start: precise(properties['Start']?.text),
      end: precise(properties['End']?.text),
    })),
    deleted: (series?.deleted ?? []).map(precise),
  };
}

/** A master as the store keeps it. */
function masterOf(recurrence: Recurrence, zone: string, start: number, long: number): ItemContent {
  const content: ItemContent = {
    kind: 'CalendarItem',
    properties: {
      Start: textElement('t:Start', seconds(start)),
      End: textElement('t:End', seconds(start + long * hour)),
      StartTimeZone: textElement('t:StartTimeZone', '', { Id: zone }),
      EndTimeZone: textElement('t:EndTimeZone', '', { Id: zone }),
    },
    extended: {},
  };
  return completeSeries(content, writeRecurrence(recurrence));
}

describe('the series of the Exchange simulator', () => {
  test('have the occurrences that the product reckons with, though neither knows how the other does it', () => {
    fc.assert(
      fc.property(world, ({ zone, long, from, days, edits, ...given }) => {
        const start = Date.UTC(2026, 0, 1) + given.start * hour;
        const startDate = new Date(start).toLocaleDateString('sv-SE', { timeZone: zones[zone] ?? 'UTC' });
        const master = edited(masterOf(Recurrence.parse({ ...given, startDate }), zone, start, long), edits);
        const text = (name: string) => master.properties[name]?.text ?? '';
        const series: Series = {
          recurrence: Recurrence.parse({
            ...given,
            startDate: master.properties['Recurrence']?.children[1]?.children[0]?.text.slice(0, 10),
          }),
          ...specialsOf(master),
        };
        const first = { start: text('Start'), end: text('End'), timeZone: zones[zone] ?? 'UTC' };
        const opens = Date.UTC(2026, 0, 1) + from * 24 * hour;
        const window = { from: new Date(opens).toISOString(), to: new Date(opens + days * 24 * hour).toISOString() };
        const expected = reckoned(series, first, window).map((one) => [
          one.index,
          seconds(Date.parse(one.start)),
          seconds(Date.parse(one.end)),
        ]);
        const found = occurrencesIn(master, opens, opens + days * 24 * hour).map((one) => [
          one.index,
          one.start,
          one.end,
        ]);
        expect(found).toEqual(expected);
        expect(lastOccurrence(master)?.index).toBe(lastOccurrenceOf(series, first)?.index);
        for (const occurrence of occurrencesIn(master, opens, opens + 40 * 24 * hour))
          expect(occurrenceAt(master, occurrence.originalStart)).toEqual(occurrence);
      }),
      { numRuns: 150 },
    );
  });
});
