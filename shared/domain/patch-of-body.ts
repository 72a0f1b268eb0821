import type { BodyDraft, BodyPatch } from './body-patch.ts';
import type { CommonItem } from './item.ts';
import type { ItemField } from './item-mapping.ts';

/**
 * The part of an item's patch that is its body, where notes or links are among the fields. What was read of the body stays but
 * for what changes; a body that was not read is known to be all text, and is written whole.
 */
export function patchOfBody(
  fields: ReadonlySet<ItemField>,
  item: Pick<CommonItem, 'rawBody'> | undefined,
  { notes, links }: BodyDraft,
): { readonly body?: BodyPatch } {
  if (!fields.has('notes') && !fields.has('links')) return {};
  const whole = item === undefined;
  return {
    body: {
      ...(whole || fields.has('notes') ? { notes } : {}),
      ...(whole || fields.has('links') ? { links } : {}),
      ...(item?.rawBody === undefined ? {} : { was: item.rawBody }),
    },
  };
}
