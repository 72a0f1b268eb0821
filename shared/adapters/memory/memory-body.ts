import type { BodyPatch } from '../../domain/body-patch.ts';
import { canonicalText } from '../../domain/canonical-text.ts';
import { composeBody, fence, notesOf } from '../../domain/links-block.ts';

/**
 * Bodies of the memory fake: text with `&lt;` for `<`, tags as in HTML, line feeds between lines. Enough to tell what a write keeps
 * from what it loses; no HTML.
 */
const meeting = /\n*<meeting>[\s\S]*?<\/meeting>/g;
const wrapper = /^<html><body>|<\/body><\/html>$/g;

const block = new RegExp(`\n*${fence.opening}[\\s\\S]*?${fence.closing}`);

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const meetingOf = (raw: string) => raw.match(meeting)?.join('') ?? '';
const unwrapped = (raw: string) => raw.replaceAll('\r\n', '\n').replaceAll('\u00A0', ' ').replace(wrapper, '');

/** A body of text alone, or one in bold letters. */
export function rawBodyOf(text: string, rich = false): string {
  const raw = escaped(canonicalText(text));
  return rich ? `<b>${raw}</b>` : raw;
}

/** The text of a body, without the block of an online meeting, which belongs to nobody's notes. */
export function bodyTextOf(raw: string): string {
  const text = unwrapped(raw)
    .replace(meeting, '')
    .replace(/<[^>]*>/g, '');
  return canonicalText(text.replaceAll('&lt;', '<').replaceAll('&amp;', '&'));
}

/** Whether it holds more than its text. */
export const isRichBody = (raw: string): boolean => unwrapped(raw).includes('<');

/** With the block that an online meeting puts under a body. */
export const withOnlineMeeting = (raw: string, joinUrl: string): string =>
  `${raw}\n<meeting>Microsoft Teams meeting\nJoin: ${escaped(joinUrl)}</meeting>`;

/** Another text by a person's hand: what an online meeting put there stays. */
export const retyped = (was: string, text: string, rich: boolean): string =>
  `${rawBodyOf(text, rich)}${meetingOf(was)}`;

/** What a write of ours makes of a body, see BodyPatch. */
export function patchedBody({ notes, links, was }: BodyPatch): string {
  if (was === undefined) return rawBodyOf(composeBody(notes ?? '', links ?? {}));
  const before = unwrapped(was);
  const kept = before.match(block)?.[0] ?? '';
  const written = links === undefined ? kept : escaped(composeBody('', links));
  const separate = (text: string) => (text === '' ? '' : `\n\n${text.replace(/^\n+/, '')}`);
  if (notes !== undefined) return `${escaped(notesOf(notes))}${separate(written)}${meetingOf(before)}`;
  if (kept !== '') return before.replace(block, () => separate(written));
  return `${before.replace(meeting, '')}${separate(written)}${meetingOf(before)}`;
}

/** The same body as another program would write it: what Exchange does to HTML. */
export const rewrittenBody = (raw: string): string =>
  `<html><body>${unwrapped(raw).replaceAll('\n', '\r\n').replaceAll('  ', ' \u00A0')}</body></html>`;
