import { findIana, findIanaAliases, findWindows } from 'windows-iana';

/** The IANA name of a zone that Exchange names in Windows' way. */
export function ianaZoneOf(windowsZone: string): string | undefined {
  return findIana(windowsZone)[0];
}

const known = new Map<string, string | undefined>();
const mostRemembered = 1_000;

/** The Windows name of an IANA zone, in its older and newer spellings (CLDR's table has Europe/Kiev, not Europe/Kyiv). */
export function windowsZoneOf(ianaZone: string): string | undefined {
  if (known.has(ianaZone)) return known.get(ianaZone);
  if (known.size >= mostRemembered) known.clear();
  const windowsZone = lookUp(ianaZone);
  known.set(ianaZone, windowsZone);
  return windowsZone;
}

function lookUp(ianaZone: string): string | undefined {
  for (const name of [ianaZone, ...findIanaAliases(ianaZone), ...sameZone(ianaZone)]) {
    const windowsZone = findWindows(name)[0];
    if (windowsZone !== undefined) return windowsZone;
  }
  return undefined;
}

function sameZone(ianaZone: string): string[] {
  try {
    return [new Intl.DateTimeFormat('en', { timeZone: ianaZone }).resolvedOptions().timeZone];
  } catch {
    return [];
  }
}
