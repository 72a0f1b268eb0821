/** Elements that Exchange lets through; of others only the content stays. */
const knownTags = new Set(
  (
    'a abbr acronym address area b bdo big blockquote br caption center cite code col colgroup dd del dfn dir div dl dt em font h1 h2 h3 h4 ' +
    'h5 h6 hr i img ins kbd li map menu ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var'
  ).split(' '),
);
/** Elements that go with all they contain. */
const droppedWithContent = /<(script|style|title|object|applet|iframe)\b[^>]*>[\s\S]*?<\/\1\s*>/gi;
const keptAttributes = new Set(
  (
    'align alt bgcolor border cellpadding cellspacing color cols colspan dir face height href hspace lang name nowrap rel rows rowspan size ' +
    'src start style target title type valign value vspace width'
  ).split(' '),
);

const tagPattern = /<(\/?)([a-zA-Z][\w:-]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/g;
const attributePattern = /([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;

function writeTag(name: string, source: string): string {
  let attributes = '';
  for (const [, key = '', double, single, bare] of source.matchAll(attributePattern)) {
    const value = double ?? single ?? bare ?? '';
    if (keptAttributes.has(key.toLowerCase()))
      attributes += ` ${key.toLowerCase()}="${value.replaceAll('"', '&quot;')}"`;
  }
  return `<${name}${attributes}>`;
}

const nonBreakingSpace = '\u00A0';

/** Character data: bare ampersands escaped, apostrophes plain, and all but the last of several spaces made to stay. */
const writeText = (text: string): string =>
  text
    .replace(/&(?!#?\w+;)/g, '&amp;')
    .replace(/&(?:apos|#39);/g, "'")
    .replaceAll(nonBreakingSpace, '&nbsp;')
    .replace(/(?<=\S)( {2,})(?=\S)/g, (spaces) => `${'&nbsp;'.repeat(spaces.length - 1)} `);

const head = '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n</head>\n<body>\n';
const foot = '\n</body>\n</html>\n';

/** What stands inside the body element, or the whole text when there is none; without line ends around it. */
export function insideBody(html: string): string {
  const opening = /<body\b[^>]*>/i.exec(html);
  const inside = opening ? html.slice(opening.index + opening[0].length) : html;
  return inside.replace(/<\/body\s*>[\s\S]*$/i, '').replace(/^[\r\n]+|[\r\n]+$/g, '');
}

/**
 * An HTML body as Exchange gives it back: with a head of its own, attributes quoted, without comments, ids, classes and unknown
 * elements, lines ended by CRLF. Written twice it stays the same.
 */
export function rewriteHtml(html: string): string {
  const source = insideBody(html)
    .replace(/\r\n?/g, '\n')
    .replace(/<!--[\s\S]*?-->|<![^>]*>|<\?[^>]*>/g, '')
    .replace(droppedWithContent, '')
    .replace(tagPattern, (tag, _slash, name: string) => (knownTags.has(name.toLowerCase()) ? tag : ''));
  let content = '';
  let end = 0;
  for (const match of source.matchAll(tagPattern)) {
    const [tag, slash, name = '', attributes = ''] = match;
    const known = name.toLowerCase();
    content += writeText(source.slice(end, match.index)) + (slash ? `</${known}>` : writeTag(known, attributes));
    end = match.index + tag.length;
  }
  content += writeText(source.slice(end));
  return `${head}${content.replace(/^\n+|\n+$/g, '')}${foot}`.replaceAll('\n', '\r\n');
}
