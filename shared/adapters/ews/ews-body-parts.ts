import type { BodyDraft, BodyPatch } from '../../domain/body-patch.ts';
import { canonicalText } from '../../domain/canonical-text.ts';
import type { CommonItem } from '../../domain/item.ts';
import { composeBody, fence, type Links, notesOf } from '../../domain/links-block.ts';
import { htmlOfLines, htmlOfText, textOfHtml } from './ews-bodies.ts';
import { onlineMeetingIn } from './ews-online-meeting.ts';
import { isRich } from './ews-rich-body.ts';
import { bodyContent, fragmentOf, replacePart, wholeElements } from './html-parts.ts';
import { type HtmlText, htmlText, type Range } from './html-text.ts';

const { opening, closing } = fence;
/** White space between its words may have become any other. */
const openingLine = new RegExp(opening.split(' ').join(' +'));
/** A line of our own, where somebody took the closing line away. */
const ownLine = /\s*(?:Activity|Individual): \S+(?= *(?:\n|$))/y;

/** Where our block stands in the text; of one that lost its closing line, our own lines. */
function blockIn({ text }: HtmlText): Range | undefined {
  const found = openingLine.exec(text);
  if (found === null) return undefined;
  const start = found.index + found[0].length;
  const end = text.indexOf(closing, start);
  if (end >= 0) return { from: found.index, to: end + closing.length };
  ownLine.lastIndex = start;
  let to = start;
  while (ownLine.test(text)) to = ownLine.lastIndex;
  return { from: found.index, to };
}

const blockHtml = (links: Links): string => htmlOfLines(composeBody('', links));

/** Without the block of an online meeting. */
function withoutMeeting(source: HtmlText): HtmlText {
  const meeting = onlineMeetingIn(source);
  return meeting === undefined ? source : htmlText(replacePart(source, source.rangeOf(meeting), ''));
}

/**
 * A body as the domain knows it. Its text holds our block and what people wrote, never the block of an online meeting: that is no note of
 * anybody, and what is not read as notes is never written as notes.
 */
export function readBody(html: string): Pick<CommonItem, 'bodyText' | 'richBody' | 'rawBody'> {
  const source = htmlText(html);
  const rest = withoutMeeting(source);
  const block = blockIn(source);
  const richBody = rest !== source || isRich(source, block && source.rangeOf(block));
  return { bodyText: textOfHtml(rest.html), richBody, rawBody: html };
}

/** A body of plain text, as HTML from now on. */
export const plainBody = (text: string): ReturnType<typeof readBody> => readBody(htmlOfText(text));

/** The HTML of a new body. */
export const newBody = ({ notes, links }: BodyDraft): string => htmlOfText(composeBody(notes, links));

function insertBlock(source: HtmlText, links: Links): string {
  const block = blockHtml(links);
  if (block === '') return source.html;
  const { to } = bodyContent(source);
  const space = canonicalText(source.text) === '' ? '' : '<div><br></div>';
  return `${source.html.slice(0, to)}${space}<div>${block}</div>${source.html.slice(to)}`;
}

/** The empty line that we put before our block. */
const emptyLine = /<div><br><\/div>$|(?:<br>){1,2}$/;

function removeBlock(source: HtmlText, block: Range): string {
  const part = wholeElements(source, block);
  const before = source.html.slice(Math.max(part.from - 100, 0), part.from);
  const endsLine = /^\s*(?:$|<\/?(?:div|p|br|body|html)\b)/i.test(source.html.slice(part.to, part.to + 100));
  const space = endsLine ? (emptyLine.exec(before)?.[0].length ?? 0) : 0;
  return replacePart(source, { from: part.from - space, to: part.to }, '');
}

function withLinks(source: HtmlText, links: Links): string {
  const block = blockIn(source);
  if (block === undefined) return insertBlock(source, links);
  const part = source.rangeOf(block);
  const html = blockHtml(links);
  return html === '' ? removeBlock(source, part) : replacePart(source, part, html);
}

/** Parts to keep in the order in which they stand in the body, each as HTML of its own. */
function keptParts(source: HtmlText, links: Links | undefined): string {
  const meeting = onlineMeetingIn(source);
  const block = blockIn(source);
  const keep = (range: Range) => fragmentOf(source, wholeElements(source, source.rangeOf(range)));
  const ours = links === undefined ? block && keep(block) : blockHtml(links);
  const parts = [
    ...(ours === undefined || ours === '' ? [] : [{ at: block?.from ?? 0, html: `<div><br></div><div>${ours}</div>` }]),
    ...(meeting === undefined ? [] : [{ at: meeting.from, html: `<div><br></div>${keep(meeting)}` }]),
  ];
  return parts
    .sort((a, b) => a.at - b.at)
    .map(({ html }) => html)
    .join('');
}

/**
 * The HTML of a changed body. With the body as it was read, only what the patch names is written anew: our block in the place where it
 * stands, or at the end; the notes as plain text in the place of all that people wrote, where they say something else than before.
 * The block of an online meeting is kept byte for byte either way.
 */
export function patchedBody({ notes, links, was }: BodyPatch): string {
  if (was === undefined || was === '') return newBody({ notes: notes ?? '', links: links ?? {} });
  const source = htmlText(was);
  const wanted = notes === undefined ? undefined : notesOf(notes);
  if (wanted === undefined || wanted === notesOf(readBody(was).bodyText)) {
    return links === undefined ? was : withLinks(source, links);
  }
  const { from, to } = bodyContent(source);
  const written = wanted === '' ? '' : `<div>${htmlOfLines(wanted)}</div>`;
  return was.slice(0, from) + written + keptParts(source, links) + was.slice(to);
}
