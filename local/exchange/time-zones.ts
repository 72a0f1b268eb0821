import { findIana } from 'windows-iana';

/** Some zones as Exchange names them; others that Windows knows are accepted and named by their id. */
const displayNames: Readonly<Record<string, string>> = {
  UTC: '(UTC) Coordinated Universal Time',
  'GMT Standard Time': '(UTC+00:00) Dublin, Edinburgh, Lisbon, London',
  'Greenwich Standard Time': '(UTC+00:00) Monrovia, Reykjavik',
  'W. Europe Standard Time': '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna',
  'Central Europe Standard Time': '(UTC+01:00) Belgrade, Bratislava, Budapest, Ljubljana, Prague',
  'Romance Standard Time': '(UTC+01:00) Brussels, Copenhagen, Madrid, Paris',
  'Central European Standard Time': '(UTC+01:00) Sarajevo, Skopje, Warsaw, Zagreb',
  'GTB Standard Time': '(UTC+02:00) Athens, Bucharest',
  'FLE Standard Time': '(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius',
  'South Africa Standard Time': '(UTC+02:00) Harare, Pretoria',
  'Israel Standard Time': '(UTC+02:00) Jerusalem',
  'Russian Standard Time': '(UTC+03:00) Moscow, St. Petersburg',
  'Arabian Standard Time': '(UTC+04:00) Abu Dhabi, Muscat',
  'India Standard Time': '(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi',
  'Nepal Standard Time': '(UTC+05:45) Kathmandu',
  'China Standard Time': '(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi',
  'Singapore Standard Time': '(UTC+08:00) Kuala Lumpur, Singapore',
  'Tokyo Standard Time': '(UTC+09:00) Osaka, Sapporo, Tokyo',
  'Cen. Australia Standard Time': '(UTC+09:30) Adelaide',
  'AUS Eastern Standard Time': '(UTC+10:00) Canberra, Melbourne, Sydney',
  'New Zealand Standard Time': '(UTC+12:00) Auckland, Wellington',
  'Newfoundland Standard Time': '(UTC-03:30) Newfoundland',
  'E. South America Standard Time': '(UTC-03:00) Brasilia',
  'Atlantic Standard Time': '(UTC-04:00) Atlantic Time (Canada)',
  'Eastern Standard Time': '(UTC-05:00) Eastern Time (US & Canada)',
  'Central Standard Time': '(UTC-06:00) Central Time (US & Canada)',
  'Mountain Standard Time': '(UTC-07:00) Mountain Time (US & Canada)',
  'US Mountain Standard Time': '(UTC-07:00) Arizona',
  'Pacific Standard Time': '(UTC-08:00) Pacific Time (US & Canada)',
  'Alaskan Standard Time': '(UTC-09:00) Alaska',
  'Hawaiian Standard Time': '(UTC-10:00) Hawaii',
};

export const listedTimeZones: readonly string[] = Object.keys(displayNames);

/** The IANA name behind a Windows id, or undefined when Windows has no such zone. */
export function ianaZone(windowsId: string): string | undefined {
  if (/^(UTC|tzone:\/\/Microsoft\/Utc)$/i.test(windowsId)) return 'Etc/UTC';
  return findIana(windowsId)[0];
}

export function timeZoneName(windowsId: string): string {
  return displayNames[windowsId] ?? `(UTC) ${windowsId.replace(/ Standard Time$/, '')}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes that the zone's clock is ahead of UTC at that instant. */
export function offsetMinutes(iana: string, instant: number): number {
  let format = formats.get(iana);
  if (!format) {
    const numeric = 'numeric' as const;
    const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    format = new Intl.DateTimeFormat('en-US', { timeZone: iana, hourCycle: 'h23', ...fields });
    formats.set(iana, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
  const local = Date.UTC(
    parts['year'] ?? 0,
    (parts['month'] ?? 1) - 1,
    parts['day'],
    parts['hour'],
    parts['minute'],
    parts['second'],
  );
  return Math.round((local - Math.floor(instant / 1000) * 1000) / 60_000);
}

/**
 * The instant at which the zone's clock shows `local` (milliseconds as if it were UTC): the first of two when the clock was
 * put back, and as late after the gap as `local` lies in it when the clock was put forward, as RFC 5545 has it.
 */
export function instantOfLocal(iana: string, local: number): number {
  const day = 86_400_000;
  const earlier = local - offsetMinutes(iana, local - day) * 60_000;
  const later = local - offsetMinutes(iana, local + day) * 60_000;
  const shows = (instant: number) => instant + offsetMinutes(iana, instant) * 60_000 === local;
  return !shows(earlier) && shows(later) ? later : earlier;
}

/** Local midnight at or before the instant, or at or after it. */
export function localMidnight(iana: string, instant: number, direction: 'before' | 'after'): number {
  const day = 86_400_000;
  const local = instant + offsetMinutes(iana, instant) * 60_000;
  const rounded = direction === 'before' ? Math.floor(local / day) * day : Math.ceil(local / day) * day;
  return instantOfLocal(iana, rounded);
}

/** Without seconds' fractions and in UTC, as Exchange answers: 2026-07-01T09:30:00Z. */
export function toUtcText(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** xs:dateTime to an instant; a time without offset is the clock of `iana`. NaN when it is no time. */
export function readDateTime(text: string, iana: string): number {
  const trimmed = text.trim();
  if (/(Z|[+-]\d\d:\d\d)$/.test(trimmed)) return Date.parse(trimmed);
  return instantOfLocal(iana, Date.parse(`${trimmed}Z`));
}
