import { describe, expect, test } from '@jest/globals';
import { timeZoneElement } from '../../../local/exchange/time-zone-definition.ts';
import { ianaZone, localMidnight, readDateTime, toUtcText } from '../../../local/exchange/time-zones.ts';
import { childText, type XmlElement } from '../../../local/exchange/xml.ts';

describe('time zones of the Exchange simulator', () => {
  test.each([
    ['2026-07-01T09:00:00', '2026-07-01T07:00:00Z'],
    ['2026-01-15T09:00:00', '2026-01-15T08:00:00Z'],
    ['2026-07-01T09:00:00Z', '2026-07-01T09:00:00Z'],
    ['2026-07-01T09:00:00-05:00', '2026-07-01T14:00:00Z'],
    ['2026-03-29T03:30:00', '2026-03-29T01:30:00Z'],
    ['2026-10-25T12:00:00', '2026-10-25T11:00:00Z'],
  ])('%s on a clock in Berlin is %s', (text, utc) => {
    expect(toUtcText(readDateTime(text, 'Europe/Berlin'))).toBe(utc);
  });

  test('finds local midnight on both sides, on the day the clock is put as well', () => {
    const noon = Date.parse('2026-03-29T12:00:00Z');
    expect(toUtcText(localMidnight('Europe/Berlin', noon, 'before'))).toBe('2026-03-28T23:00:00Z');
    expect(toUtcText(localMidnight('Europe/Berlin', noon, 'after'))).toBe('2026-03-29T22:00:00Z');
  });

  test('knows Windows ids, and no others', () => {
    expect(ianaZone('W. Europe Standard Time')).toBe('Europe/Berlin');
    expect(ianaZone('UTC')).toBe('Etc/UTC');
    expect(ianaZone('Europe/Berlin')).toBeUndefined();
  });

  const rule = (transition: XmlElement | undefined) =>
    ['t:Month', 't:DayOfWeek', 't:Occurrence', 't:TimeOffset'].map((name) => childText(transition, name)).join(' ');
  test.each([
    ['W. Europe Standard Time', ['3 Sunday -1 PT2H', '10 Sunday -1 PT3H']],
    ['Pacific Standard Time', ['3 Sunday 2 PT2H', '11 Sunday 1 PT2H']],
    ['AUS Eastern Standard Time', ['4 Sunday 1 PT3H', '10 Sunday 1 PT2H']],
  ])('describes when the clock of %s is put', (id, expected) => {
    const transitions = timeZoneElement(id, 2026).children[1]?.children[0]?.children ?? [];
    expect(transitions.map(rule)).toEqual(expected);
  });

  test('describes a zone without summer time, and one with a half hour', () => {
    const zone = timeZoneElement('India Standard Time', 2026);
    expect(zone.children[0]?.children.map((period) => period.attributes['Bias'])).toEqual(['-PT5H30M']);
  });
});
