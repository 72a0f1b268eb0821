/** One tag of an HTML text. */
export interface HtmlTag {
  /** In lower case. */
  readonly name: string;
  readonly closing: boolean;
  readonly from: number;
  readonly to: number;
  /** Where it stands in the text. */
  readonly at: number;
}

/** A stretch of a text, end exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What an HTML text says, line by line, and where in the HTML it says so. */
export interface HtmlText {
  readonly html: string;
  /** White space is one space each, a new line is a line feed. */
  readonly text: string;
  readonly tags: readonly HtmlTag[];
  /** The HTML that a stretch of the text stands in, from its first character to its last. */
  rangeOf(text: Range): Range;
}

/** Several characters of HTML that are one of the text, or as many as there are. */
interface Piece extends Range {
  readonly at: number;
  readonly whole: boolean;
}

const named: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' },
  ...{ mdash: '—', ndash: '–', hellip: '…', middot: '·', bull: '•' },
};
const entity = /&(?:#[xX]([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z]{2,8}));/y;
const tagName = /[a-zA-Z][^\s/>]*/y;
const hiddenContent = new Set(['style', 'script', 'title']);
const breaking =
  /^(?:address|article|aside|blockquote|body|br|center|dd|div|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|tbody|tfoot|thead|tr|ul)$/;
/** An attribute is not longer than this, or it holds no quote that closes it. */
const longestAttribute = 8192;

/** Where a tag ends: the first `>` that is in no attribute. Takes time in proportion to its length, whatever is in it. */
function endOfTag(html: string, from: number): number {
  let at = from;
  while (at < html.length) {
    const character = html[at];
    if (character === '>') return at + 1;
    at += 1;
    if (character !== '"' && character !== "'") continue;
    const closing = html.slice(at, at + longestAttribute).indexOf(character);
    if (closing >= 0) at += closing + 1;
  }
  return html.length;
}

function characterOf([, hex, decimal, name = '']: RegExpExecArray): string | undefined {
  if (hex === undefined && decimal === undefined) return named[name];
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}

const asSpace = (text: string) => text.replace(/[\s\u00A0]/g, ' ');

/** Reads HTML once, in time in proportion to its length. It need not be well-formed. */
export function htmlText(html: string): HtmlText {
  const pieces: Piece[] = [];
  const tags: HtmlTag[] = [];
  let text = '';
  const add = (said: string, range: Range, whole: boolean) => {
    if (said === '') return;
    pieces.push({ ...range, at: text.length, whole });
    text += said;
  };
  const addText = (from: number, to: number) => {
    // In the stretch alone: a search through all that follows, for each of many tags, would take minutes.
    const stretch = html.slice(from, to);
    let plain = from;
    for (let found = stretch.indexOf('&'); found >= 0; found = stretch.indexOf('&', found + 1)) {
      const at = from + found;
      entity.lastIndex = at;
      const written = entity.exec(html);
      const character = written === null ? undefined : characterOf(written);
      if (written === null || character === undefined) continue;
      add(asSpace(html.slice(plain, at)), { from: plain, to: at }, false);
      plain = at + written[0].length;
      add(asSpace(character), { from: at, to: plain }, true);
    }
    add(asSpace(html.slice(plain, to)), { from: plain, to }, false);
  };

  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    addText(at, open < 0 ? html.length : open);
    if (open < 0) break;
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    const closing = html[open + 1] === '/';
    tagName.lastIndex = closing ? open + 2 : open + 1;
    const [found] = tagName.exec(html) ?? [];
    if (found === undefined) {
      const other = /^<[!?/]/.test(html.slice(open, open + 2));
      const end = other ? html.indexOf('>', open) : open;
      if (!other) addText(open, open + 1);
      at = end < 0 ? html.length : end + 1;
      continue;
    }
    const name = found.toLowerCase();
    const to = endOfTag(html, tagName.lastIndex);
    tags.push({ name, closing, from: open, to, at: text.length });
    if (breaking.test(name)) add('\n', { from: open, to }, true);
    else if (name === 'td' || name === 'th') add(' ', { from: open, to }, true);
    at = to;
    if (hiddenContent.has(name) && !closing) {
      const end = html.slice(at).search(new RegExp(`</${name}`, 'i'));
      at = end < 0 ? html.length : at + end;
    }
  }

  const placeOf = (position: number): Range => {
    let [low, high] = [0, pieces.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((pieces[middle] as Piece).at <= position) low = middle;
      else high = middle - 1;
    }
    const piece = pieces[low];
    if (piece === undefined) return { from: 0, to: 0 };
    if (piece.whole) return piece;
    const from = piece.from + position - piece.at;
    return { from, to: from + 1 };
  };
  return {
    html,
    text,
    tags,
    rangeOf: ({ from, to }) => ({ from: placeOf(from).from, to: placeOf(Math.max(to - 1, from)).to }),
  };
}

/** The value of an attribute in the source of a tag, entities resolved. */
export function attributeIn(source: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(source.slice(0, 20_000));
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  return value === undefined ? undefined : htmlText(value.replaceAll('<', '%3C')).text;
}
