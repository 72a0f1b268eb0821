import { expect, test } from '@jest/globals';
import { canonicalZone, instantOfWallTime, isKnownZone, wallTimeOf, zoneOr } from '../../../shared/domain/time-zone.ts';

test.each([
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['US/Eastern', 'America/New_York'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['europe/berlin', 'Europe/Berlin'],
  ['Etc/UTC', 'UTC'],
  ['GMT', 'UTC'],
])('%s is %s', (zone, name) => {
  expect(canonicalZone(zone)).toBe(name);
  expect(isKnownZone(zone)).toBe(true);
});

test.each(['', 'Customized Time Zone', 'W. Europe Standard Time', 'Mars/Olympus', '+05:30', 'tzone://Microsoft/Utc'])(
  '"%s" is unknown, stays as it is and has a fallback',
  (zone) => {
    expect(isKnownZone(zone)).toBe(false);
    expect(canonicalZone(zone)).toBe(zone);
    expect(zoneOr(zone, 'Europe/Berlin')).toBe('Europe/Berlin');
  },
);

test('the canonical name of every zone is known and canonical itself', () => {
  const odd = Intl.supportedValuesOf('timeZone').filter(
    (zone) => !isKnownZone(canonicalZone(zone)) || canonicalZone(canonicalZone(zone)) !== canonicalZone(zone),
  );
  expect(odd).toEqual([]);
});

test('an endless stream of odd zones is looked at and forgotten', () => {
  for (let at = 0; at < 2500; at += 1) expect(isKnownZone(`No/Zone${at}`)).toBe(false);
  expect(isKnownZone('Europe/Berlin')).toBe(true);
});

test('a clock shows what the zone says', () => {
  expect(wallTimeOf('2030-07-01T07:00:00Z', 'Europe/Berlin')).toBe('2030-07-01T09:00:00');
  expect(wallTimeOf('2030-07-01T07:00:00.000Z', 'Asia/Kathmandu')).toBe('2030-07-01T12:45:00');
  expect(wallTimeOf('2030-07-01T07:00:00Z', 'no zone')).toBe('2030-07-01T07:00:00');
});

test.each([
  ['an ordinary time', '2030-07-01T09:00:00', '2030-07-01T07:00:00.000Z'],
  ['a time in the gap, later by the gap', '2030-03-31T02:30:00', '2030-03-31T01:30:00.000Z'],
  ['a time that comes twice, the first', '2030-10-27T02:30:00', '2030-10-27T00:30:00.000Z'],
])('a floating time becomes an instant: %s', (_, wallTime, instant) => {
  expect(instantOfWallTime(wallTime, 'Europe/Berlin')).toBe(instant);
});
