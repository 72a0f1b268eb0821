/** What stops a document before any parser sees it. */
export type XmlRefusal = 'AnswerHasDoctype' | 'AnswerTooDeep' | 'AnswerNotWellFormed';

export class XmlRefused extends Error {
  readonly code: XmlRefusal;

  constructor(code: XmlRefusal) {
    super(`The document was refused: ${code}.`);
    this.name = 'XmlRefused';
    this.code = code;
  }
}

/** Told of each element while the document is scanned. `depth` is 1 for the root; names come without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: string, depth: number): void;
  /** `text`: all character data directly inside, still escaped. */
  close(name: string, depth: number, text: string): void;
}

const tag = /<(\/?)([^\s/>!?<&"'=]+)((?:\s+[^\s=/>"'<]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const unknownEntity = /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/;
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

/**
 * Walks a document once and refuses what must not reach a parser: DTDs and entities, a second root, cut or crossed tags,
 * too much nesting. Gives the same document without comments and processing instructions and with CDATA as plain text,
 * since the library behind loses text that stands beside them.
 */
export function scanXml(xml: string, deepest: number, handler: XmlHandler): string {
  const open: { readonly full: string; text: string }[] = [];
  let kept = '';
  let from = 0;
  let at = 0;
  let roots = 0;

  const refuse = (): never => {
    throw new XmlRefused('AnswerNotWellFormed');
  };
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
    else if (text.trim() !== '') refuse();
  };
  const leaveOut = (opening: string, closing: string): string => {
    const end = xml.indexOf(closing, at + opening.length);
    if (end < 0) refuse();
    kept += xml.slice(from, at);
    const inside = xml.slice(at + opening.length, end);
    at = end + closing.length;
    from = at;
    return inside;
  };
  const element = () => {
    tag.lastIndex = at;
    const [all = '', closing, full = '', attributes = '', empty] = tag.exec(xml) ?? refuse();
    at += all.length;
    const name = localName(full);
    if (closing === '/') {
      const opened = open.pop();
      if (opened?.full !== full || attributes !== '' || empty === '/') return refuse();
      handler.close(name, open.length + 1, opened.text);
      return;
    }
    if (open.length === 0) roots += 1;
    if (roots > 1) refuse();
    if (open.length + 1 > deepest) throw new XmlRefused('AnswerTooDeep');
    handler.open(name, attributes, open.length + 1);
    if (empty === '/') handler.close(name, open.length + 1, '');
    else open.push({ full, text: '' });
  };

  while (at < xml.length) {
    const next = xml.indexOf('<', at);
    addText(xml.slice(at, next < 0 ? xml.length : next));
    if (next < 0) break;
    at = next;
    if (xml.startsWith('<!--', at)) leaveOut('<!--', '-->');
    else if (xml.startsWith('<?', at)) leaveOut('<?', '?>');
    else if (xml.startsWith('<![CDATA[', at)) {
      const text = leaveOut('<![CDATA[', ']]>').replace(/[&<>]/g, (character) => escapes[character] ?? '');
      kept += text;
      addText(text);
    } else if (xml.startsWith('<!', at)) throw new XmlRefused('AnswerHasDoctype');
    else element();
  }
  if (open.length > 0 || roots !== 1) refuse();
  const clean = kept + xml.slice(from);
  if (unknownEntity.test(clean)) refuse();
  return clean;
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Character data as it was meant. */
export function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (all, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? all;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '';
  });
}

/** The value of one attribute out of the text between an element's name and its end. */
export function attributeOf(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  const value = found?.[1] ?? found?.[2];
  return value === undefined ? undefined : unescapeXml(value);
}
