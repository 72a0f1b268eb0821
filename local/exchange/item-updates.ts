import { appendedBody } from './body.ts';
import { EwsError } from './ews-error.ts';
import { extendedKey, readExtendedProperty } from './extended-properties.ts';
import { completeContent, readProperty, refuseReadOnly } from './item-content.ts';
import { dictionaryOf } from './item-shape.ts';
import { type Property, propertiesOf, propertyByUri } from './properties.ts';
import type { RequestContext } from './request-context.ts';
import type { ItemContent } from './store.ts';
import { type XmlElement, xml } from './xml.ts';

const appendable = new Set([
  'Body',
  'RequiredAttendees',
  'OptionalAttendees',
  'Resources',
  'ToRecipients',
  'CcRecipients',
  'BccRecipients',
  'ReplyTo',
]);
/** May be given at creation only. */
const setOnce = new Set(['UID', 'ItemClass', 'MimeContent']);

/** The value inside SetItemField's item element, which must be the one that the path names. */
function valueIn(update: XmlElement, expected: string): XmlElement {
  const values = update.children[1]?.children ?? [];
  const [value] = values;
  if (!value || values.length !== 1)
    throw new EwsError(
      'ErrorIncorrectUpdatePropertyCount',
      'An object within a change description must contain one and only one property to modify.',
    );
  if (value.name !== expected)
    throw new EwsError(
      'ErrorUpdatePropertyMismatch',
      'The property in the change description does not match the path.',
    );
  return value;
}

function updateExtended(content: ItemContent, update: XmlElement, path: XmlElement): ItemContent {
  const key = extendedKey(path.attributes);
  const { [key]: _removed, ...extended } = content.extended;
  if (update.name === 't:DeleteItemField') return { ...content, extended };
  if (update.name === 't:AppendToItemField')
    throw new EwsError('ErrorInvalidPropertyAppend', 'Append action is invalid for property.');
  const read = readExtendedProperty(valueIn(update, 't:ExtendedProperty'));
  if (read.key !== key)
    throw new EwsError(
      'ErrorUpdatePropertyMismatch',
      'The property in the change description does not match the path.',
    );
  return { ...content, extended: { ...extended, [key]: read.value } };
}

/** One entry of EmailAddresses, PhoneNumbers or PhysicalAddresses; an address is updated part by part. */
function updateEntry(content: ItemContent, update: XmlElement, path: XmlElement, property: Property): ItemContent {
  const key = path.attributes['FieldIndex'] ?? '';
  const part = /^contacts:PhysicalAddress:(\w+)$/.exec(path.attributes['FieldURI'] ?? '')?.[1];
  const list = content.properties[property.element] ?? xml(`t:${property.element}`, {});
  const old = list.children.find((entry) => entry.attributes['Key'] === key);
  const others = list.children.filter((entry) => entry !== old);
  const given = update.name === 't:DeleteItemField' ? undefined : valueIn(update, `t:${property.element}`).children[0];
  let next = given;
  if (part !== undefined) {
    const parts = ['Street', 'City', 'State', 'CountryOrRegion', 'PostalCode'].map((name) => `t:${name}`);
    const value = given?.children.find((child) => child.name === `t:${part}`);
    const kept = (old?.children ?? []).filter((child) => child.name !== `t:${part}`);
    const all = parts.map((name) => (name === value?.name ? value : kept.find((child) => child.name === name)));
    next = all.some((child) => child !== undefined) ? xml('t:Entry', { Key: key }, ...all) : undefined;
  }
  const entries = next ? [...others, next] : others;
  const { [property.element]: _replaced, ...rest } = content.properties;
  return {
    ...content,
    properties: entries.length > 0 ? { ...rest, [property.element]: xml(list.name, {}, ...entries) } : rest,
  };
}

function updateProperty(
  context: RequestContext,
  content: ItemContent,
  update: XmlElement,
  property: Property,
): ItemContent {
  const { element } = property;
  if (update.name === 't:DeleteItemField') {
    if (property.readOnly || ['Start', 'End'].includes(element))
      throw new EwsError('ErrorInvalidPropertyDelete', 'Delete action is invalid for property.');
    const { [element]: _removed, ...properties } = content.properties;
    return { ...content, properties };
  }
  refuseReadOnly({ ...property, readOnly: property.readOnly || setOnce.has(element) });
  let value = readProperty(context, property, valueIn(update, `t:${element}`));
  const old = content.properties[element];
  if (update.name === 't:AppendToItemField') {
    if (!appendable.has(element))
      throw new EwsError('ErrorInvalidPropertyAppend', 'Append action is invalid for property.');
    value =
      element === 'Body' ? appendedBody(old, value) : xml(value.name, {}, ...(old?.children ?? []), ...value.children);
  }
  return { ...content, properties: { ...content.properties, [element]: value } };
}

/** The content after the changes of a t:Updates, in their order. @throws EwsError; then nothing has changed. */
export function applyUpdates(
  context: RequestContext,
  content: ItemContent,
  updates: readonly XmlElement[],
): ItemContent {
  let next = content;
  for (const update of updates) {
    const path = update.children[0] ?? xml('', {});
    if (path.name === 't:ExtendedFieldURI') {
      next = updateExtended(next, update, path);
      continue;
    }
    const property = propertyByUri(dictionaryOf(path.attributes['FieldURI'] ?? ''));
    if (!property || !propertiesOf[content.kind].includes(property)) {
      throw new EwsError('ErrorInvalidPropertySet', 'The property is not valid for this object type.', {
        FieldURI: path.attributes['FieldURI'] ?? '',
      });
    }
    next =
      path.name === 't:IndexedFieldURI'
        ? updateEntry(next, update, path, property)
        : updateProperty(context, next, update, property);
  }
  return completeContent(context, next, content);
}
