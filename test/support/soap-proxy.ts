import { SaxesParser } from 'saxes';
import { type CannedServer, startCannedServer } from './canned-server.ts';

/** Stands between a client and an EWS server: notes the requests and may rewrite the answers. */
export function startSoapProxy(
  target: string,
  rewrite: (answer: string) => string = (same) => same,
): Promise<CannedServer> {
  return startCannedServer(async (request, response) => {
    const { 'content-type': type = '', authorization = '' } = request.headers;
    const headers = { 'content-type': type, authorization };
    const answer = await fetch(target, { method: 'POST', headers, body: request.body });
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(rewrite(await answer.text()));
  });
}

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Node | string)[];
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\r', '&#13;');

function write(node: Node | string): string {
  if (typeof node === 'string') return escaped(node);
  const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  return `<${node.name}${attributes.join('')}>${node.children.map(write).join('')}</${node.name}>`;
}

function tree(xml: string): Node {
  const parser = new SaxesParser();
  const root: Node = { name: '', attributes: {}, children: [] };
  const open = [root];
  parser.on('opentag', ({ name, attributes }) => {
    const node = { name, attributes: attributes as Record<string, string>, children: [] };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('text', (text) => void open.at(-1)?.children.push(text));
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return root.children.find((child) => typeof child !== 'string') ?? root;
}

const odd = (node: Node): Node => {
  const children = node.children.map((child) => (typeof child === 'string' ? child : odd(child)));
  const name = node.name.replace(/^t:/, 'typ:');
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, value]) => [key === 'xmlns:t' ? 'xmlns:typ' : key, value]),
  );
  const [text] = children;
  if ((name === 'typ:Start' || name === 'typ:End') && typeof text === 'string') {
    const local = new Date(Date.parse(text) + 2 * 3_600_000).toISOString().replace(/\.\d+Z$/, '.000000000+02:00');
    return { name, attributes, children: [local] };
  }
  if (name === 'typ:CalendarItem') return { name, attributes, children: [...children].reverse() };
  return { name, attributes, children };
};

/** The same answer as another server might write it: other prefixes, order, fractions and offsets of times, comments. */
export function oddAnswer(answer: string): string {
  if (!answer.includes('Envelope')) return answer;
  return `\uFEFF<?xml version="1.0" encoding="utf-8"?>\n<!-- another server -->${write(odd(tree(answer)))}\n`;
}
