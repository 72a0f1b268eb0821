import { convert } from 'html-to-text';
import { insideBody, rewriteHtml } from './rewrite-html.ts';
import { textElement, type XmlElement } from './xml.ts';

export type BodyFormat = 'HTML' | 'Text';

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const withCrLf = (text: string) => text.replace(/\r\n?|\n/g, '\r\n');

const htmlOfText = (text: string) =>
  rewriteHtml(
    escapeHtml(text)
      .replace(/^ /gm, '&nbsp;')
      .replace(/\r\n?|\n/g, '<br>\n'),
  );
const textOfHtml = (html: string) => withCrLf(convert(html, { wordwrap: false }));

/** A body as the store keeps it: HTML is rewritten at once, so that what is read is never quite what was written. */
export function keptBody(element: XmlElement): XmlElement {
  const format: BodyFormat = element.attributes['BodyType'] === 'HTML' ? 'HTML' : 'Text';
  const text = element.text === '' ? '' : format === 'HTML' ? rewriteHtml(element.text) : withCrLf(element.text);
  return textElement(element.name, text, { BodyType: format });
}

/** AppendToItemField: the addition, whatever its format, takes that of the body. */
export function appendedBody(old: XmlElement | undefined, addition: XmlElement): XmlElement {
  if (!old || old.text === '') return addition;
  if (old.attributes['BodyType'] !== 'HTML')
    return keptBody(textElement(old.name, old.text + bodyAs('Body', addition, 'Text').text, old.attributes));
  const added = bodyAs('Body', addition, 'HTML').text;
  return keptBody(textElement(old.name, insideBody(old.text) + insideBody(added), old.attributes));
}

/** The body in the asked format; `Best` is the format it was written in. */
export function bodyAs(element: string, body: XmlElement | undefined, asked: BodyFormat | 'Best'): XmlElement {
  const kept: BodyFormat = body?.attributes['BodyType'] === 'HTML' ? 'HTML' : 'Text';
  const format = asked === 'Best' ? kept : asked;
  const source = body?.text ?? '';
  if (format === kept || source === '') return textElement(`t:${element}`, source, { BodyType: format });
  return textElement(`t:${element}`, format === 'Text' ? textOfHtml(source) : htmlOfText(source), { BodyType: format });
}
