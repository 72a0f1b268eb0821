import { describe, expect, test } from '@jest/globals';
import { occurrenceIndexOf, occurrencesOf } from '../../../shared/domain/expand-recurrence.ts';
import { firstAt, seriesOf } from '../../support/series.ts';

describe('summer time', () => {
  const days = (from: string, to: string, first: ReturnType<typeof firstAt>) =>
    occurrencesOf(seriesOf({ kind: 'daily' }, from), first, { from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z` }).map(
      ({ start, end }) => [start.slice(0, 16), end.slice(0, 16)],
    );

  test('the time of day stays', () => {
    const berlin = firstAt('2030-03-01T08:00:00Z', '2030-03-01T09:00:00Z', 'Europe/Berlin');
    expect(days('2030-03-30', '2030-04-01', berlin)).toEqual([
      ['2030-03-30T08:00', '2030-03-30T09:00'],
      ['2030-03-31T07:00', '2030-03-31T08:00'],
    ]);
  });

  test('a time that the gap leaves out is later by the gap, on that day only', () => {
    const berlin = firstAt('2030-03-01T01:30:00Z', '2030-03-01T01:45:00Z', 'Europe/Berlin');
    expect(days('2030-03-30', '2030-04-02', berlin)).toEqual([
      ['2030-03-30T01:30', '2030-03-30T01:45'],
      ['2030-03-31T01:30', '2030-03-31T01:45'],
      ['2030-04-01T00:30', '2030-04-01T00:45'],
    ]);
  });

  test('an end at the close of the gap never comes before its start', () => {
    const berlin = firstAt('2030-03-01T01:30:00Z', '2030-03-01T02:00:00Z', 'Europe/Berlin');
    expect(days('2030-03-31', '2030-04-01', berlin)).toEqual([['2030-03-31T01:30', '2030-03-31T02:00']]);
  });

  test('of a time that comes twice it is the first', () => {
    const berlin = firstAt('2030-03-01T01:30:00Z', '2030-03-01T01:45:00Z', 'Europe/Berlin');
    expect(days('2030-10-27', '2030-10-28', berlin)).toEqual([['2030-10-27T00:30', '2030-10-27T00:45']]);
  });

  test('an all-day series goes from midnight to midnight on days of 23 and of 25 hours', () => {
    const berlin = firstAt('2029-12-31T23:00:00Z', '2030-01-01T23:00:00Z', 'Europe/Berlin');
    expect(days('2030-03-31', '2030-04-01', berlin)[1]).toEqual(['2030-03-31T22:00', '2030-04-01T22:00']);
    expect(days('2030-03-31', '2030-04-01', berlin)[0]).toEqual(['2030-03-30T23:00', '2030-03-31T22:00']);
    expect(days('2030-10-27', '2030-10-28', berlin)[0]).toEqual(['2030-10-26T22:00', '2030-10-27T23:00']);
  });

  test('an all-day series whose first day has 23 hours has whole days after it', () => {
    const berlin = firstAt('2030-03-30T23:00:00Z', '2030-03-31T22:00:00Z', 'Europe/Berlin');
    expect(days('2030-04-02', '2030-04-03', berlin)[1]).toEqual(['2030-04-02T22:00', '2030-04-03T22:00']);
  });

  test('a gap at midnight does not make two occurrences of one', () => {
    // Clocks in São Paulo went from 2018-11-03 23:59 to 2018-11-04 01:00.
    const saoPaulo = firstAt('2018-10-31T03:00:00Z', '2018-10-31T04:00:00Z', 'America/Sao_Paulo');
    expect(days('2018-11-03', '2018-11-06', saoPaulo).map(([start]) => start)).toEqual([
      '2018-11-03T03:00',
      '2018-11-04T03:00',
      '2018-11-05T02:00',
    ]);
  });

  test('an occurrence that a gap around midnight puts on the next day is still known by its start', () => {
    // Clocks in Toronto went from 1919-03-30 23:29 to 1919-03-31 00:30.
    const toronto = firstAt('1919-03-29T04:45:00Z', '1919-03-29T05:00:00Z', 'America/Toronto');
    const series = seriesOf({ kind: 'daily' }, '1919-03-28');
    const found = occurrencesOf(series, toronto, { from: '1919-03-30T00:00:00Z', to: '1919-04-02T00:00:00Z' });
    expect(found.map(({ originalStart }) => occurrenceIndexOf(series, toronto, originalStart))).toEqual(
      found.map(({ index }) => index),
    );
  });

  test('a day that the zone never had has no occurrence, but counts', () => {
    // Samoa went from 2011-12-29 to 2011-12-31.
    const apia = firstAt('2011-12-29T19:00:00Z', '2011-12-29T20:00:00Z', 'Pacific/Apia');
    const series = seriesOf({ kind: 'daily' }, '2011-12-29', { kind: 'byCount', count: 4 });
    const found = occurrencesOf(series, apia, { from: '2011-12-01T00:00:00Z', to: '2012-02-01T00:00:00Z' });
    expect(found.map(({ index, start }) => [index, start])).toEqual([
      [1, '2011-12-29T19:00:00.000Z'],
      [3, '2011-12-30T19:00:00.000Z'],
      [4, '2011-12-31T19:00:00.000Z'],
    ]);
  });
});
