import type { FieldPrints } from '../../domain/item-mapping.ts';
import type { HashedFields } from '../../domain/journal-entry.ts';

/** Whether all that a write left is still there. */
export const isAsWritten = (after: HashedFields, now: FieldPrints): boolean =>
  Object.entries(after).every(([field, print]) => {
    const present = now[field as keyof FieldPrints];
    return present === undefined || present === print;
  });

/**
 * What counts as agreed after a side was set back by us: where it was as agreed it is so again, in its new form. A field that
 * somebody changed and that was not synced yet stays news.
 */
export function agreedAgain(agreed: FieldPrints, before: FieldPrints, after: FieldPrints): FieldPrints {
  const fields = Object.keys({ ...agreed, ...after }) as (keyof FieldPrints)[];
  return Object.fromEntries(
    fields.flatMap((field) => {
      const print = before[field] === agreed[field] ? after[field] : agreed[field];
      return print === undefined ? [] : [[field, print]];
    }),
  );
}
