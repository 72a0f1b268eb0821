import { convert } from 'html-to-text';
import { textElement, type XmlElement } from './xml.ts';

export type BodyFormat = 'HTML' | 'Text';

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The body in the asked format; `Best` is the format it was written in. */
export function bodyAs(element: string, body: XmlElement | undefined, asked: BodyFormat | 'Best'): XmlElement {
  const kept: BodyFormat = body?.attributes['BodyType'] === 'HTML' ? 'HTML' : 'Text';
  const format = asked === 'Best' ? kept : asked;
  const source = body?.text ?? '';
  if (format === kept || source === '') return textElement(`t:${element}`, source, { BodyType: format });
  const converted =
    format === 'Text'
      ? convert(source, { wordwrap: false })
      : `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${escapeHtml(source).replace(/\r?\n/g, '<br>')}</body></html>`;
  return textElement(`t:${element}`, converted, { BodyType: format });
}
