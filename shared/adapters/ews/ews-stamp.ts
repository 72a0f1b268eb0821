import type { ExtendedPropertyDefinition, Item } from 'ews-javascript-api';
import { MailboxId, RecordId } from '../../domain/ids.ts';
import type { Stamp } from '../../domain/item.ts';
import type { EwsLibrary } from './ews-library.ts';

/** Our own set of named properties: made once for this product, the same over every protocol, never to be changed. */
const propertySet = '58fc33a4-02c0-41bc-b838-9589bdc7b10b';
const propertyName = 'CrmRecord';

let definition: ExtendedPropertyDefinition | undefined;

/** The named property that carries our mark on an item. */
export function stampProperty(library: EwsLibrary): ExtendedPropertyDefinition {
  const { ExtendedPropertyDefinition: Definition, Guid, MapiPropertyType } = library;
  definition ??= new Definition(new Guid(propertySet), propertyName, MapiPropertyType.String);
  return definition;
}

/** The mark as text. A mailbox id has no bar, so the first one parts the two. */
export function stampText(stamp: Stamp): string {
  return `${stamp.mailboxId}|${stamp.recordId}`;
}

/** What is no mark of ours, whoever wrote it, is none. */
export function parseStamp(text: unknown): Stamp | undefined {
  if (typeof text !== 'string') return undefined;
  const bar = text.indexOf('|');
  const mailboxId = MailboxId.safeParse(text.slice(0, Math.max(bar, 0)));
  const recordId = RecordId.safeParse(text.slice(bar + 1));
  if (bar < 0 || !mailboxId.success || !recordId.success) return undefined;
  return { mailboxId: mailboxId.data, recordId: recordId.data };
}

/** Puts the mark on an item that is made or changed, or takes it off. */
export function setStamp(library: EwsLibrary, item: Item, stamp: Stamp | null | undefined): void {
  if (stamp === undefined) return;
  const property = stampProperty(library);
  item.SetExtendedProperty(property, stamp === null ? 'none' : stampText(stamp));
  if (stamp !== null) return;
  // The library takes away only what it believes to be there.
  item.ExtendedProperties.ClearChangeLog();
  item.RemoveExtendedProperty(property);
}

export function stampOf(library: EwsLibrary, item: Item): Stamp | undefined {
  const found: { outValue: unknown } = { outValue: undefined };
  return item.TryGetProperty(stampProperty(library), found) ? parseStamp(found.outValue) : undefined;
}
