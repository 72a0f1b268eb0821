import { SaxesParser } from 'saxes';

/** Namespaces of EWS by the prefix that this server writes; a name from any other namespace keeps its URI as prefix. */
export const namespaces = {
  s: 'http://schemas.xmlsoap.org/soap/envelope/',
  m: 'http://schemas.microsoft.com/exchange/services/2006/messages',
  t: 'http://schemas.microsoft.com/exchange/services/2006/types',
} as const;

/** One element of a request or an answer. `name` carries the prefix of `namespaces`: `t:Subject`. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** The character data directly inside, in one piece; elements of EWS have either text or children. */
  text: string;
}

/** Where an element stood in the request, for ErrorSchemaValidation's LineNumber and LinePosition. */
const positions = new WeakMap<XmlElement, { line: number; column: number }>();
const prefixOf = new Map<string, string>(Object.entries(namespaces).map(([prefix, uri]) => [uri, prefix]));

export function positionOf(element: XmlElement): { line: number; column: number } {
  return positions.get(element) ?? { line: 0, column: 0 };
}

export function xml(
  name: string,
  attributes: Record<string, string>,
  ...content: (XmlElement | undefined)[]
): XmlElement {
  return { name, attributes, children: content.filter((child) => child !== undefined), text: '' };
}

export function textElement(name: string, text: string, attributes: Record<string, string> = {}): XmlElement {
  return { name, attributes, children: [], text };
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** @throws Error when the text is not well-formed XML, or carries a DOCTYPE (which SOAP forbids, and which hides entity bombs). */
export function parseXml(source: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('a document type declaration is not allowed');
  });
  parser.on('opentag', (tag) => {
    const element = xml(`${prefixOf.get(tag.uri) ?? tag.uri}:${tag.local}`, {});
    for (const attribute of Object.values(tag.attributes)) {
      if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue;
      const prefix = attribute.uri === '' ? '' : `${prefixOf.get(attribute.uri) ?? attribute.uri}:`;
      element.attributes[`${prefix}${attribute.local}`] = attribute.value;
    }
    positions.set(element, { line: parser.line, column: parser.column });
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element && element.children.length > 0) element.text = '';
  });
  parser.write(source).close();
  if (!root) throw new Error('no root element');
  return root;
}

/** What XML 1.0 cannot carry at all. */
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
  '\n': '&#xA;',
  '\t': '&#x9;',
};
const escapeText = (text: string) =>
  text.replace(forbidden, '').replace(/[&<>\r]/g, (character) => entities[character] ?? '');
const escapeAttribute = (text: string) =>
  text.replace(forbidden, '').replace(/[&<>"\r\n\t]/g, (character) => entities[character] ?? '');

/** Writes an element; the prefixes of `namespaces` must be declared around it. */
export function writeXml(element: XmlElement): string {
  let attributes = '';
  for (const [name, value] of Object.entries(element.attributes)) attributes += ` ${name}="${escapeAttribute(value)}"`;
  const content = element.children.length > 0 ? element.children.map(writeXml).join('') : escapeText(element.text);
  return content === ''
    ? `<${element.name}${attributes}/>`
    : `<${element.name}${attributes}>${content}</${element.name}>`;
}
