import { EwsFault } from './ews-error.ts';
import { positionOf, type XmlElement } from './xml.ts';

/** What the schema allows in one element. Without `children` and `text` anything goes inside. */
export interface Rule {
  /** Allowed attributes; a name that ends in ! is required. */
  attributes?: Readonly<Record<string, Check>>;
  /** xs:sequence: in this order. */
  sequence?: readonly Step[];
  /** xs:choice, any number of times, at least one. */
  choice?: Readonly<Record<string, Rule>>;
  /** As choice, but exactly one. */
  oneOf?: Readonly<Record<string, Rule>>;
  text?: Check;
}

export interface Step {
  /** Names that may stand here. */
  names: Readonly<Record<string, Rule>>;
  optional?: boolean;
  many?: boolean;
}

/** undefined accepts any text; a list is an enumeration. */
export type Check = ((text: string) => boolean) | readonly string[] | undefined;

export const isBoolean = (text: string): boolean => /^\s*(true|false|0|1)\s*$/.test(text);
export const isInteger = (text: string): boolean => /^\s*[+-]?\d+\s*$/.test(text);
export const isDouble = (text: string): boolean => text.trim() !== '' && !Number.isNaN(Number(text));
export const isDateTime = (text: string): boolean =>
  /^\s*-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?\s*$/.test(text) &&
  !Number.isNaN(Date.parse(text.trim()));
/** xs:date, perhaps with an offset. */
export const isDate = (text: string): boolean =>
  /^\s*\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?\s*$/.test(text) && !Number.isNaN(Date.parse(text.trim().slice(0, 10)));
export const isNotEmpty = (text: string): boolean => text.length > 0;
export const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text);

/** The fault Exchange answers when a request does not follow the schema. */
export function schemaViolation(element: XmlElement, violation: string): EwsFault {
  const { line, column } = positionOf(element);
  return new EwsFault(
    'ErrorSchemaValidation',
    `The request failed schema validation: ${violation}`,
    {},
    {
      LineNumber: String(line),
      LinePosition: String(column),
      Violation: violation,
    },
  );
}

const accepts = (check: Check, text: string) =>
  check === undefined || (typeof check === 'function' ? check(text) : check.includes(text));
const local = (name: string) => name.slice(name.lastIndexOf(':') + 1);

function checkAttributes(element: XmlElement, attributes: Readonly<Record<string, Check>>): void {
  for (const [name, value] of Object.entries(element.attributes)) {
    if (name.includes(':')) continue;
    const key = name in attributes ? name : `${name}!`;
    if (!(key in attributes)) throw schemaViolation(element, `The '${name}' attribute is not declared.`);
    if (!accepts(attributes[key], value)) {
      throw schemaViolation(
        element,
        `The '${name}' attribute is invalid - The value '${value}' is invalid according to its datatype.`,
      );
    }
  }
  for (const key of Object.keys(attributes)) {
    if (key.endsWith('!') && !(key.slice(0, -1) in element.attributes)) {
      throw schemaViolation(element, `The required attribute '${key.slice(0, -1)}' is missing.`);
    }
  }
}

const invalidChild = (element: XmlElement, child: XmlElement) =>
  schemaViolation(child, `The element '${local(element.name)}' has invalid child element '${local(child.name)}'.`);
const incomplete = (element: XmlElement, expected: string) =>
  schemaViolation(
    element,
    `The element '${local(element.name)}' has incomplete content. List of possible elements expected: ${expected}.`,
  );

function checkSequence(element: XmlElement, sequence: readonly Step[]): void {
  let index = 0;
  for (const step of sequence) {
    let found = 0;
    for (;;) {
      const child = element.children[index];
      const rule = child && step.names[child.name];
      if (!child || !rule || (found > 0 && !step.many)) break;
      checkElement(child, rule);
      found += 1;
      index += 1;
    }
    if (found === 0 && !step.optional) {
      const child = element.children[index];
      if (child) throw invalidChild(element, child);
      throw incomplete(
        element,
        Object.keys(step.names)
          .map((name) => `'${local(name)}'`)
          .join(', '),
      );
    }
  }
  const rest = element.children[index];
  if (rest) throw invalidChild(element, rest);
}

function checkChoice(element: XmlElement, choice: Readonly<Record<string, Rule>>, once: boolean): void {
  if (element.children.length === 0)
    throw incomplete(
      element,
      Object.keys(choice)
        .map((name) => `'${local(name)}'`)
        .join(', '),
    );
  element.children.forEach((child, index) => {
    const rule = choice[child.name];
    if (!rule || (once && index > 0)) throw invalidChild(element, child);
    checkElement(child, rule);
  });
}

/** @throws EwsFault ErrorSchemaValidation at the first thing that the rule does not allow. */
export function checkElement(element: XmlElement, rule: Rule): void {
  if (rule.attributes) checkAttributes(element, rule.attributes);
  if (rule.sequence) checkSequence(element, rule.sequence);
  if (rule.choice) checkChoice(element, rule.choice, false);
  if (rule.oneOf) checkChoice(element, rule.oneOf, true);
  if (rule.text !== undefined) {
    if (element.children[0]) throw invalidChild(element, element.children[0]);
    if (!accepts(rule.text, Array.isArray(rule.text) ? element.text.trim() : element.text)) {
      throw schemaViolation(
        element,
        `The '${local(element.name)}' element is invalid - The value '${element.text}' is invalid according to its datatype.`,
      );
    }
  }
}
