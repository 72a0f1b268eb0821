import { keyedHash } from './hash.ts';
import type { FieldPrints, SyncedField } from './item-mapping.ts';

/** A keyed hash for each value that is known; what is undefined has none. */
export function printsOf(values: Partial<Record<keyof FieldPrints, string | undefined>>, key: string): FieldPrints {
  return Object.fromEntries(
    Object.entries(values).flatMap(([field, value]) =>
      value === undefined ? [] : [[field, keyedHash(key, `${field}:${value}`)]],
    ),
  );
}

/** Those of the values whose field is named. */
export function onlyFields<T extends object>(
  values: { readonly [F in SyncedField]?: T },
  fields: ReadonlySet<string>,
): Partial<T> {
  return Object.assign({}, ...Object.entries(values).map(([field, value]) => (fields.has(field) ? value : {})));
}

const blanks = new Set(['', '\n', '[]', 'none', 'null']);

/** Whether the text of a field says nothing: an empty text, name or list, no date, no reminder. */
export const isBlankText = (text: string | undefined): boolean => text === undefined || blanks.has(text);
