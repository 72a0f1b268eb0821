import { EwsError } from './ews-error.ts';
import { childOf, textElement, type XmlElement, xml } from './xml.ts';

/** The value of one extended property, as texts; arrays keep that they are arrays even with one value. */
export interface ExtendedValue {
  attributes: Record<string, string>;
  values: string[];
}

/** Microsoft: PropertySetId values of DistinguishedPropertySetType. */
const distinguishedSets: Record<string, string> = {
  Meeting: '6ed8da90-450b-101b-98da-00aa003f1305',
  Appointment: '00062002-0000-0000-c000-000000000046',
  Common: '00062008-0000-0000-c000-000000000046',
  PublicStrings: '00020329-0000-0000-c000-000000000046',
  Address: '00062004-0000-0000-c000-000000000046',
  InternetHeaders: '00020386-0000-0000-c000-000000000046',
  CalendarAssistant: '11000e07-b51b-40d6-af21-caa85edab1d0',
  UnifiedMessaging: '4442858e-a9e3-4e80-b900-317a210cc15b',
  Task: '00062003-0000-0000-c000-000000000046',
  Sharing: '00062040-0000-0000-c000-000000000046',
};

const invalid = () =>
  new EwsError(
    'ErrorInvalidExtendedProperty',
    'The combination of attributes of the extended property URI is not valid.',
  );

/**
 * One key for all ways of naming the same property, so that PropertySetId and DistinguishedPropertySetId, decimal and
 * hexadecimal, meet. @throws EwsError ErrorInvalidExtendedProperty for a combination that Microsoft's page forbids.
 */
export function extendedKey(path: Record<string, string>): string {
  const { PropertyTag: tag, PropertyName: name, PropertyId: id, PropertyType: type } = path;
  const set = path['PropertySetId']?.toLowerCase() ?? distinguishedSets[path['DistinguishedPropertySetId'] ?? ''];
  if (tag !== undefined) {
    if (set !== undefined || name !== undefined || id !== undefined) throw invalid();
    return `tag|${Number(tag)}|${type}`;
  }
  if (set === undefined || (name === undefined) === (id === undefined)) throw invalid();
  if (path['PropertySetId'] !== undefined && path['DistinguishedPropertySetId'] !== undefined) throw invalid();
  return `${set}|${name === undefined ? Number(id) : `"${name.toLowerCase()}"`}|${type}`;
}

const wellFormed: Record<string, (text: string) => boolean> = {
  Integer: (text) => /^[+-]?\d+$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31,
  Short: (text) => /^[+-]?\d+$/.test(text) && Math.abs(Number(text)) <= 32_768,
  Long: (text) => /^[+-]?\d+$/.test(text),
  Boolean: (text) => /^(true|false|0|1)$/.test(text),
  Binary: (text) => /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text),
  Double: (text) => text.trim() !== '' && !Number.isNaN(Number(text)),
  SystemTime: (text) => !Number.isNaN(Date.parse(text)),
  CLSID: (text) => /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i.test(text),
};

/** @throws EwsError when value and type do not fit. */
export function readExtendedProperty(element: XmlElement): { key: string; value: ExtendedValue } {
  const attributes = childOf(element, 't:ExtendedFieldURI')?.attributes ?? {};
  const key = extendedKey(attributes);
  const type = attributes['PropertyType'] ?? '';
  const several = childOf(element, 't:Values');
  if ((several !== undefined) !== type.endsWith('Array')) {
    throw new EwsError('ErrorInvalidExtendedPropertyValue', 'The extended property value does not match its type.');
  }
  const values = several ? several.children.map((child) => child.text) : [childOf(element, 't:Value')?.text ?? ''];
  const fits = wellFormed[type.replace('Array', '')];
  if (fits && !values.every(fits)) {
    throw new EwsError('ErrorInvalidExtendedPropertyValue', 'The extended property value does not match its type.');
  }
  return { key, value: { attributes, values } };
}

/** `attributes` are those the client asked with: Exchange answers in the client's own way of naming. */
export function writeExtendedProperty(attributes: Record<string, string>, values: readonly string[]): XmlElement {
  const content = (attributes['PropertyType'] ?? '').endsWith('Array')
    ? xml('t:Values', {}, ...values.map((value) => textElement('t:Value', value)))
    : textElement('t:Value', values[0] ?? '');
  return xml('t:ExtendedProperty', {}, xml('t:ExtendedFieldURI', attributes), content);
}
