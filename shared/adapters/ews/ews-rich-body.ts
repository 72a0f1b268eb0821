import { attributeIn, type HtmlTag, type HtmlText, type Range } from './html-text.ts';

/** Elements that mail programs wrap plain text in. */
const plainElements = /^(?:html|head|title|meta|base|link|style|body|div|p|br|span|font|a|o:p|wbr|pre)$/;

/** Styles that make a text look otherwise than the text around it. */
const richStyle =
  /font-weight\s*:\s*(?:bold|[6-9]00)|font-style\s*:\s*italic|text-decoration[\w-]*\s*:\s*(?!\s*(?:none|inherit|initial))\w|background(?:-color)?\s*:\s*(?!\s*(?:white|transparent|inherit|initial|none|#fff|rgb\(255, ?255, ?255\)))\S/i;

const bare = (address: string) =>
  address
    .trim()
    .replace(/^(?:mailto:|tel:|https?:\/\/)/i, '')
    .replace(/\/$/, '')
    .toLowerCase();

/** A link that is more than the address it shows. */
function hidesAddress({ html, text }: HtmlText, open: HtmlTag, close: HtmlTag | undefined): boolean {
  const href = attributeIn(html.slice(open.from, open.to), 'href');
  if (href === undefined || href.startsWith('#')) return false;
  return bare(href) !== bare(text.slice(open.at, close?.at ?? text.length).replaceAll('\n', ' '));
}

/**
 * Whether a body holds more than its text: what would be lost if the text were written anew. Paragraphs, line breaks, links that show
 * their address and the fonts and colours that mail programs give to all they write are no more than text.
 */
export function isRich(source: HtmlText, except: Range | undefined): boolean {
  const { html, tags } = source;
  return tags.some((tag, index) => {
    if (except !== undefined && tag.from >= except.from && tag.to <= except.to) return false;
    if (!plainElements.test(tag.name)) return true;
    if (tag.closing) return false;
    if (tag.name === 'a') {
      const close = tags.slice(index + 1, index + 50).find(({ name, closing }) => name === 'a' && closing);
      return hidesAddress(source, tag, close);
    }
    const style = attributeIn(html.slice(tag.from, tag.to), 'style');
    return style !== undefined && richStyle.test(style);
  });
}
