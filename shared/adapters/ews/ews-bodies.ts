import { compile, type HtmlToTextOptions } from 'html-to-text';
import { canonicalText } from '../../domain/canonical-text.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');

/** A web address up to the punctuation that ends the sentence around it. */
const webAddress = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?()[\]{}]/g;

/** Spaces that HTML would swallow: those at the beginning of a line and all but the first of several. */
const keepSpaces = (html: string) => html.replace(/^ | (?= )/gm, '&nbsp;');

function htmlOfLine(line: string): string {
  let html = '';
  let from = 0;
  for (const { 0: address, index } of line.matchAll(webAddress)) {
    const escaped = escapeHtml(address);
    html += `${escapeHtml(line.slice(from, index))}<a href="${escaped}">${escaped}</a>`;
    from = index + address.length;
  }
  return html + escapeHtml(line.slice(from));
}

/** Lines of text as HTML that stands in one line of another text or alone; '' for no text. */
export function htmlOfLines(text: string): string {
  const lines = canonicalText(text).split('\n');
  return keepSpaces(lines.map((line) => htmlOfLine(line)).join('\n')).replaceAll('\n', '<br>');
}

/** Plain text as the body of an item. What `textOfHtml` makes of it again is the canonical form of the text. */
export function htmlOfText(text: string): string {
  const html = htmlOfLines(text);
  return html === '' ? '' : `<html><body><div>${html}</div></body></html>`;
}

const asOneLine = { options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } };
const plainHeading = { options: { uppercase: false } };

const reading: HtmlToTextOptions = {
  wordwrap: false,
  // Without the zero-width space, which is a character like others in our texts.
  whitespaceCharacters: ' \t\r\n\f',
  limits: { maxDepth: 200, maxInputLength: 2_000_000 },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    // Outlook writes each line as a paragraph of this class, without space between.
    { selector: 'p.MsoNormal', format: 'paragraph', ...asOneLine },
    ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...plainHeading })),
  ],
};

const read = compile(reading);

/** Tags of all elements but those that are empty or closed by their neighbours. */
const nesting = /<(\/?)(?!(?:area|br|col|dd|dt|hr|img|input|li|link|meta|option|p|td|th|tr|wbr)\b)[a-z]/gi;
const deepest = 2000;

/** The parser behind takes seconds for what no mail program writes. */
function isTooDeep(html: string): boolean {
  let depth = 0;
  for (const [, closing] of html.matchAll(nesting)) {
    depth = closing === '/' ? Math.max(depth - 1, 0) : depth + 1;
    if (depth > deepest) return true;
  }
  return false;
}

const withoutTags = (html: string) =>
  html
    .split('<')
    .map((part) => part.slice(part.indexOf('>') + 1))
    .join(' ');

/** An HTML body as canonical plain text: a link as the text it shows. */
export function textOfHtml(html: string): string {
  return canonicalText(read(isTooDeep(html) ? withoutTags(html) : html));
}
