import type { Item, PropertyDefinition, PropertyDefinitionBase } from 'ews-javascript-api';
import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import type { CommonItem } from '../../domain/item.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { Log } from '../../ports/log.ts';
import { plainBody, readBody } from './ews-body-parts.ts';
import type { EwsLibrary } from './ews-library.ts';
import { stampOf, stampProperty } from './ews-stamp.ts';

/** What items are made of and read with. */
export interface ItemContext {
  readonly library: EwsLibrary;
  readonly log: Log;
}

/** What is wrong with one item and does not mend itself. */
export function refusal(code: string, message: string, kind: 'notFound' | 'other' = 'other'): SyncError {
  return new SyncError(message, { code, kind, remedy: { kind: 'park' } });
}

/** For an item that must stay in its mailbox: to everybody outside it is not there. */
export const privateItem = () => refusal('PrivateItem', 'The item is private and stays in the mailbox.', 'notFound');

/** Properties of one item by their definitions; what did not come is undefined, empty or false. */
export interface ItemValues {
  value(definition: PropertyDefinition): unknown;
  text(definition: PropertyDefinition): string;
  flag(definition: PropertyDefinition): boolean;
  /** As ISO 8601 in UTC. */
  instant(definition: PropertyDefinition): string | undefined;
  texts(definition: PropertyDefinition): string[];
}

export function itemValues(library: EwsLibrary, item: Item): ItemValues {
  const value = (definition: PropertyDefinition): unknown => {
    const found: { outValue: unknown } = { outValue: undefined };
    const read = item.TryGetProperty(definition, found) ? found.outValue : undefined;
    return Array.isArray(read) ? read[0] : (read ?? undefined);
  };
  return {
    value,
    text(definition) {
      const read = value(definition);
      return typeof read === 'string' ? read : '';
    },
    flag: (definition) => value(definition) === true,
    instant(definition) {
      const read = value(definition);
      return read instanceof library.DateTime ? new Date(read.TotalMilliSeconds).toISOString() : undefined;
    },
    texts(definition) {
      const read = value(definition);
      if (!(read instanceof library.StringList)) return [];
      return read.GetEnumerator().filter((text) => typeof text === 'string' && text !== '');
    },
  };
}

/** What is asked for of items of every kind; a body only where it is wanted. */
export function commonProperties(library: EwsLibrary, body: boolean): PropertyDefinitionBase[] {
  const { Subject, Body, Sensitivity, Categories, LastModifiedTime } = library.ItemSchema;
  const all = [Subject, Sensitivity, Categories, LastModifiedTime, stampProperty(library)];
  return body ? [...all, Body] : all;
}

/** Private and confidential items stay in the mailbox. */
export function isPrivate({ Sensitivity, ItemSchema }: EwsLibrary, values: ItemValues): boolean {
  const sensitivity = values.value(ItemSchema.Sensitivity);
  return sensitivity === Sensitivity.Private || sensitivity === Sensitivity.Confidential;
}

/** What Exchange puts in place of what it could not read in time. Taken for the text, it would be written over it. */
const truncated = '=== Truncated Data ===';

function refuseTruncated(content: string): void {
  if (!content.includes(truncated)) return;
  throw new SyncError('Exchange cut the body of the item off; it is read again later.', {
    code: 'TruncatedData',
    remedy: { kind: 'retry' },
  });
}

/** The part of an item that all kinds share. */
export function commonOf({ library }: ItemContext, item: Item, values: ItemValues): CommonItem {
  const { MessageBody, BodyType } = library;
  const body = values.value(library.ItemSchema.Body);
  const content = body instanceof MessageBody && typeof body.Text === 'string' ? body.Text : '';
  const isHtml = body instanceof MessageBody && body.BodyType === BodyType.HTML;
  refuseTruncated(content);
  // A body that was not asked for is not known, which is something else than an empty one.
  const read = body === undefined ? { bodyText: '', richBody: false } : isHtml ? readBody(content) : plainBody(content);
  return {
    itemId: item.Id.UniqueId as ItemId,
    changeKey: item.Id.ChangeKey as ChangeKey,
    ...read,
    stamp: stampOf(library, item),
    modifiedAt: values.instant(library.ItemSchema.LastModifiedTime),
  };
}
