import { Temporal } from 'temporal-polyfill';

/**
 * Names that the tz database has changed and Intl has not followed, see the `iana` attributes in CLDR's
 * https://github.com/unicode-org/cldr/blob/main/common/bcp47/timezone.xml
 */
const presentNames: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** Zones are foreign text: what is remembered of them stays bounded. */
const mostRemembered = 2000;
const remembered = new Map<string, string | undefined>();

function lookUp(zone: string): string | undefined {
  // Intl also takes offsets such as +05:30: they name no zone, so neither Exchange nor a rule of summer time knows them.
  if (!/^[A-Za-z]/.test(zone)) return undefined;
  try {
    const name = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    return presentNames[name] ?? name;
  } catch {
    return undefined;
  }
}

function nameOf(zone: string): string | undefined {
  if (remembered.has(zone)) return remembered.get(zone);
  if (remembered.size >= mostRemembered) remembered.clear();
  const name = lookUp(zone);
  remembered.set(zone, name);
  return name;
}

/** Whether it is the name of a zone in the tz database, an old name or one in other letter case included. */
export function isKnownZone(zone: string): boolean {
  return nameOf(zone) !== undefined;
}

/**
 * The present name of a zone: `Asia/Calcutta` is `Asia/Kolkata`, `US/Eastern` is `America/New_York`. An unknown zone stays as it is.
 * The tz database renames zones: compare by this, but keep the name that was given.
 */
export function canonicalZone(zone: string): string {
  return nameOf(zone) ?? zone;
}

/** The zone to reckon with: its present name, or the fallback where nobody knows it. Whoever falls back warns. */
export function zoneOr(zone: string, fallback: string): string {
  return nameOf(zone) ?? fallback;
}

/** What a clock in the zone shows at an instant: `2030-05-06T09:00:00`. An unknown zone is taken as UTC. */
export function wallTimeOf(instant: string, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(Date.parse(instant))
    .toZonedDateTimeISO(zoneOr(zone, 'UTC'))
    .toPlainDateTime()
    .toString();
}

/**
 * The instant at which a clock in the zone shows a time, also one without a zone of its own (floating). A time that summer time leaves out is later by
 * the gap; of a time that comes twice it is the first, as in RFC 5545 section 3.3.5. An unknown zone is taken as UTC.
 */
export function instantOfWallTime(wallTime: string, zone: string): string {
  const { epochMilliseconds } = Temporal.PlainDateTime.from(wallTime).toZonedDateTime(zoneOr(zone, 'UTC'));
  return new Date(epochMilliseconds).toISOString();
}
