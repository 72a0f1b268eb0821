import type { BodyDraft, BodyPatch } from '../../domain/body-patch.ts';
import { canonicalText } from '../../domain/canonical-text.ts';
import type { CommonItem } from '../../domain/item.ts';
import { composeBody, notesOf } from '../../domain/links-block.ts';
import { htmlOfText, textOfHtml } from './ews-bodies.ts';

type BodyAsRead = Pick<CommonItem, 'bodyText' | 'richBody' | 'rawBody'>;

export function plainBody(text: string): BodyAsRead {
  return { bodyText: canonicalText(text), richBody: false, rawBody: htmlOfText(text) };
}

export function readBody(html: string): BodyAsRead {
  return { bodyText: textOfHtml(html), richBody: false, rawBody: html };
}

export const newBody = ({ notes, links }: BodyDraft): string => htmlOfText(composeBody(notes, links));

export function patchedBody({ notes, links, was }: BodyPatch): string {
  return htmlOfText(composeBody(notes ?? notesOf(textOfHtml(was ?? '')), links ?? {}));
}
