import { type BodyFormat, bodyAs } from './body.ts';
import { extendedValuesOf, propertyValue } from './computed-properties.ts';
import { extendedKey, writeExtendedProperty } from './extended-properties.ts';
import type { MailboxDirectory } from './mailbox-directory.ts';
import { type Property, propertiesOf, propertyByUri } from './properties.ts';
import type { OpenItem } from './request-context.ts';
import { childOf, childText, type XmlElement, xml } from './xml.ts';

/** What a client asked to see of each item. */
export interface ItemShape {
  base: 'IdOnly' | 'Default' | 'AllProperties';
  body: BodyFormat | 'Best';
  asked: ReadonlySet<string>;
  /** Attributes of the ExtendedFieldURIs, as the client wrote them. */
  extended: readonly { key: string; attributes: Record<string, string> }[];
}

/** t:IndexedFieldURI names one entry of a dictionary; the whole dictionary is answered. */
const dictionaries: Readonly<Record<string, string>> = {
  'contacts:ImAddress': 'contacts:ImAddresses',
  'contacts:PhoneNumber': 'contacts:PhoneNumbers',
  'contacts:EmailAddress': 'contacts:EmailAddresses',
};

export const idOnly: ItemShape = { base: 'IdOnly', body: 'Best', asked: new Set(), extended: [] };

/** The property that an IndexedFieldURI belongs to. */
export function dictionaryOf(fieldUri: string): string {
  return fieldUri.startsWith('contacts:PhysicalAddress')
    ? 'contacts:PhysicalAddresses'
    : (dictionaries[fieldUri] ?? fieldUri);
}

/** @throws EwsError for an invalid extended property */
export function readItemShape(element: XmlElement | undefined): ItemShape {
  const paths = childOf(element, 't:AdditionalProperties')?.children ?? [];
  const asked = paths
    .filter((path) => path.name !== 't:ExtendedFieldURI')
    .map((path) => dictionaryOf(path.attributes['FieldURI'] ?? ''));
  const extended = paths
    .filter((path) => path.name === 't:ExtendedFieldURI')
    .map(({ attributes }) => ({ key: extendedKey(attributes), attributes }));
  return {
    base: (childText(element, 't:BaseShape')?.trim() ?? 'IdOnly') as ItemShape['base'],
    body: (childText(element, 't:BodyType')?.trim() ?? 'Best') as ItemShape['body'],
    asked: new Set(asked),
    extended,
  };
}

function isShown(shape: ItemShape, property: Property, inList: boolean): boolean {
  if (property.element === 'ItemId') return true;
  if (inList && property.notInLists) return false;
  if (shape.asked.has(property.fieldUri)) return true;
  if (shape.base === 'IdOnly') return false;
  return property.shape === 'default' || (property.shape === 'all' && shape.base === 'AllProperties');
}

/** The item with what the shape asks for, in schema order. `inList`: FindItem and SyncFolderItems leave out more. */
export function writeItem(open: OpenItem, shape: ItemShape, directory: MailboxDirectory, inList = false): XmlElement {
  const children = propertiesOf[open.item.kind].flatMap((property): (XmlElement | undefined)[] => {
    const { element } = property;
    if (element === 'ExtendedProperty') {
      return shape.extended.map(({ key, attributes }) => {
        const values = extendedValuesOf(open, key);
        return values && writeExtendedProperty(attributes, values);
      });
    }
    if (!isShown(shape, property, inList)) return [];
    if (property.kind === 'body') {
      return [bodyAs(element, open.item.properties['Body'], element === 'TextBody' ? 'Text' : shape.body)];
    }
    return [propertyValue(open, element, directory)];
  });
  return xml(`t:${open.item.kind}`, {}, ...children);
}

/** Whether the property may be asked for at all: used by restrictions and sort orders. */
export function isKnownField(fieldUri: string): boolean {
  return propertyByUri(fieldUri) !== undefined;
}
