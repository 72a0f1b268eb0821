/** Characters that XML 1.0 has no way to write (https://www.w3.org/TR/xml/#charsets), lone surrogates included. */
const illegalInXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** The text without what no XML document can carry. */
export function withoutIllegalCharacters(text: string): string {
  return text.replace(illegalInXml, '');
}

/**
 * The one form of a text in which both sides are compared: what Exchange and HTML do to white space is undone, nothing else.
 * NFC; LF; no-break spaces and tabs as spaces; no trailing spaces; no blank lines at either end, at most one between.
 */
export function canonicalText(text: string): string {
  return withoutIllegalCharacters(text)
    .normalize('NFC')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[\u00A0\t]/g, ' ')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** A subject or a place: one line of canonical text. */
export function canonicalLine(text: string): string {
  return canonicalText(text).replace(/ *\n+ */g, ' ');
}
