import type { HtmlTag, HtmlText, Range } from './html-text.ts';

const empty = /^(?:area|base|br|col|hr|img|input|link|meta|wbr)$/;
const outermost = /^(?:html|head|body)$/;
/** Deeper nesting is none that a part could need around it. */
const deepest = 200;

const within = ({ tags }: HtmlText, { from, to }: Range) => tags.filter((tag) => tag.from >= from && tag.to <= to);

/** Opens and closes on a stack of open elements; gives the closing tags that had nothing to close. */
function walk(tags: readonly HtmlTag[], open: HtmlTag[]): HtmlTag[] {
  const unmatched: HtmlTag[] = [];
  for (const tag of tags) {
    if (empty.test(tag.name)) continue;
    if (!tag.closing) open.push(tag);
    else if (open.at(-1)?.name === tag.name) open.pop();
    else if (open.slice(-deepest).some(({ name }) => name === tag.name)) {
      while (open.pop()?.name !== tag.name);
    } else unmatched.push(tag);
  }
  return unmatched;
}

/** A part with the elements that hold it and nothing else. */
export function wholeElements({ html, tags }: HtmlText, part: Range): Range {
  let { from, to } = part;
  const before = tags.filter((tag) => tag.to <= from);
  const after = tags.filter((tag) => tag.from >= to);
  for (let index = 0; ; index += 1) {
    const [opening, closing] = [before.at(-1 - index), after[index]];
    if (opening === undefined || closing === undefined) break;
    const isPair =
      !opening.closing && closing.closing && opening.name === closing.name && !outermost.test(opening.name);
    const isEmpty = html.slice(opening.to, from).trim() === '' && html.slice(to, closing.from).trim() === '';
    if (!isPair || !isEmpty) break;
    ({ from } = opening);
    ({ to } = closing);
  }
  return { from, to };
}

/**
 * The HTML with something else in the place of a part; all around it is as it was, byte for byte. What the part closed or opened for its
 * surroundings is still closed and opened, so that the elements around it stay whole.
 */
export function replacePart(source: HtmlText, part: Range, replacement: string): string {
  const { html } = source;
  const opened: HtmlTag[] = [];
  const closers = walk(within(source, part), opened);
  while (closers.length > 0 && closers.at(-1)?.name === opened[0]?.name) {
    closers.pop();
    opened.shift();
  }
  const sourceOf = ({ from, to }: Range) => html.slice(from, to);
  const rest = [...closers, ...opened].map(sourceOf).join('');
  return html.slice(0, part.from) + replacement + rest + html.slice(part.to);
}

/** A part as it is, byte for byte, within copies of the elements it stands in: HTML that can stand alone. */
export function fragmentOf(source: HtmlText, part: Range): string {
  const { html } = source;
  const open: HtmlTag[] = [];
  walk(within(source, { from: 0, to: part.from }), open);
  const around = open.filter(({ name }) => !outermost.test(name));
  const kept = html.slice(part.from, part.to);
  if (around.length > deepest) return kept;
  const opening = around.map(({ from, to }) => html.slice(from, to)).join('');
  walk(within(source, part), around);
  return (
    opening +
    kept +
    around
      .reverse()
      .map(({ name }) => `</${name}>`)
      .join('')
  );
}

/** What stands between the tags of the body, or all of it. */
export function bodyContent({ html, tags }: HtmlText): Range {
  const open = tags.find(({ name, closing }) => name === 'body' && !closing);
  const close = tags.findLast(
    ({ name, closing }) => closing && (name === 'body' || (open === undefined && name === 'html')),
  );
  return { from: open?.to ?? 0, to: close?.from ?? html.length };
}
