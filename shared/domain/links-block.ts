import { canonicalText } from './canonical-text.ts';

/**
 * Our block at the end of an item's body: the links to the activity and the individual, between two lines of text.
 * The fence is text because Exchange and Outlook rewrite HTML: elements, ids and attributes do not survive, words do.
 */
export const fence = { opening: '———— CRM ————', closing: '—————————————' } as const;
const { opening, closing } = fence;

export interface Links {
  readonly activity?: string | undefined;
  readonly individual?: string | undefined;
}

/** The notes with our block after them; without links there is no block. */
export function composeBody(notes: string, links: Links): string {
  const lines = linkLines(links);
  if (lines.length === 0) return canonicalText(notes);
  return canonicalText([notes, '', opening, ...lines, closing].join('\n'));
}

export const hasLinksBlock = (body: string): boolean => canonicalText(body).includes(opening);

/** A body without our block, wherever the user has moved it. Of a block that lost its closing line only our own lines go. */
export function notesOf(body: string): string {
  const text = canonicalText(body);
  const start = text.indexOf(opening);
  if (start < 0) return text;
  const end = text.indexOf(closing, start + opening.length);
  const rest = text.slice(start + opening.length);
  const after = end < 0 ? rest.replaceAll(/^(Activity|Individual): \S+$/gm, '') : text.slice(end + closing.length);
  return canonicalText(`${text.slice(0, start)}\n${after}`);
}

/** The links that our block in a body names. */
export function linksOfBody(body: string): Links {
  const text = canonicalText(body);
  const start = text.indexOf(opening);
  if (start < 0) return {};
  const end = text.indexOf(closing, start + opening.length);
  const block = text.slice(start + opening.length, end < 0 ? undefined : end);
  const named = (name: string) => new RegExp(`^${name}: (\\S+)$`, 'm').exec(block)?.[1];
  const [activity, individual] = [named('Activity'), named('Individual')];
  return { ...(activity === undefined ? {} : { activity }), ...(individual === undefined ? {} : { individual }) };
}

/** The text of the links alone, to see whether they changed. */
export const linksText = (links: Links): string => linkLines(links).join('\n');

function linkLines(links: Links): string[] {
  return [
    ...(links.activity === undefined ? [] : [`Activity: ${links.activity}`]),
    ...(links.individual === undefined ? [] : [`Individual: ${links.individual}`]),
  ];
}
