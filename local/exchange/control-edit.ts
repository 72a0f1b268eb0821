import { z } from 'zod';
import { extendedKey } from './extended-properties.ts';
import { readProperty } from './item-content.ts';
import { type ItemKind, propertyByElement } from './properties.ts';
import { importance, sensitivity } from './property-values.ts';
import type { RequestContext } from './request-context.ts';
import type { ItemContent } from './store.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

const Extended = z.looseObject({ PropertyType: z.string(), values: z.array(z.string()) });

/** What a user may write in an item of any kind. */
export const commonFields = {
  subject: z.string().optional(),
  body: z.string().optional(),
  bodyType: z.enum(['HTML', 'Text']).optional(),
  sensitivity: z.enum(sensitivity).optional(),
  importance: z.enum(importance).optional(),
  categories: z.array(z.string()).optional(),
  /** Attributes of ExtendedFieldURI and the values; the property's other way of naming does not matter. */
  extendedProperties: z.array(Extended).optional(),
  /** At creation where it is made; later it moves the item, which gives it a new id. */
  folder: z.string().optional(),
};
const CommonFields = z.object(commonFields);
type CommonFields = z.infer<typeof CommonFields>;

export type Elements = Record<string, XmlElement | undefined>;

export const flag = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

export function textElements(texts: Record<string, string | undefined>): Elements {
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [
      name,
      value === undefined ? undefined : textElement(`t:${name}`, value),
    ]),
  );
}

/** `''` and `[]` remove a property; undefined leaves it. */
export function commonElements(input: CommonFields, old: ItemContent | undefined): Elements {
  const BodyType = input.bodyType ?? old?.properties['Body']?.attributes['BodyType'] ?? 'HTML';
  return {
    ...textElements({ Subject: input.subject, Sensitivity: input.sensitivity, Importance: input.importance }),
    Body: input.body === undefined ? undefined : textElement('t:Body', input.body, { BodyType }),
    Categories:
      input.categories &&
      xml('t:Categories', {}, ...input.categories.map((category) => textElement('t:String', category))),
  };
}

/** Properties of the item after the edit. @throws EwsError */
export function editProperties(
  context: RequestContext,
  kind: ItemKind,
  elements: Elements,
  old: ItemContent | undefined,
): ItemContent['properties'] {
  const properties = { ...old?.properties };
  for (const [name, element] of Object.entries(elements)) {
    if (!element) continue;
    const property = propertyByElement(kind, name);
    const isEmpty =
      element.text === '' && element.children.length === 0 && Object.keys(element.attributes).length === 0;
    if (isEmpty) delete properties[name];
    else if (property) properties[name] = readProperty(context, property, element);
  }
  return properties;
}

export function editExtended(
  input: CommonFields['extendedProperties'],
  old: ItemContent | undefined,
): ItemContent['extended'] {
  const extended = { ...old?.extended };
  for (const { values, ...attributes } of input ?? []) {
    const path = attributes as Record<string, string>;
    if (values.length === 0) delete extended[extendedKey(path)];
    else extended[extendedKey(path)] = { attributes: path, values };
  }
  return extended;
}
