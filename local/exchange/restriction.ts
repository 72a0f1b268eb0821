import { EwsError } from './ews-error.ts';
import { extendedKey } from './extended-properties.ts';
import { isInteger } from './request-rules.ts';
import type { XmlElement } from './xml.ts';

/** Texts of the thing at hand: none when it has no such property, several for a list. */
export type ReadField = (fieldUri: string) => readonly string[] | undefined;
export type ReadExtended = (key: string) => readonly string[] | undefined;

/** How a restriction looks at one item or folder. */
export interface Searchable {
  field: ReadField;
  extended: ReadExtended;
}

type Predicate = (thing: Searchable) => boolean;

const unsupported = (name: string) =>
  new EwsError('ErrorUnsupportedPathForQuery', `The property cannot be used with a restriction: ${name}.`);
const invalid = (message: string) =>
  new EwsError('ErrorInvalidRestriction', `The restriction or sort order is invalid: ${message}.`);

/** A path that a restriction or sort order may use, as a function that reads it. @throws EwsError */
export function compilePath(
  path: XmlElement | undefined,
  isKnown: (fieldUri: string) => boolean,
): (thing: Searchable) => readonly string[] | undefined {
  if (path?.name === 't:ExtendedFieldURI') {
    const key = extendedKey(path.attributes);
    return (thing) => thing.extended(key);
  }
  const uri = path?.attributes['FieldURI'] ?? '';
  if ((path?.name !== 't:FieldURI' && path?.name !== 't:IndexedFieldURI') || !isKnown(uri)) throw unsupported(uri);
  // Exchange cannot search what it computes from a list of people.
  if (/Attendees$|:Resources$|:Organizer$/.test(uri)) throw unsupported(uri);
  return (thing) => thing.field(uri);
}

/** Dates by instant, numbers by value, the rest as text without case, as the store of Exchange compares. */
export function compareValues(one: string, other: string): number {
  if (isInteger(one) && isInteger(other)) return Number(one) - Number(other);
  const [oneTime, otherTime] = [one, other].map((text) =>
    /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? Date.parse(text) : Number.NaN,
  );
  if (oneTime !== undefined && otherTime !== undefined && !Number.isNaN(oneTime) && !Number.isNaN(otherTime))
    return oneTime - otherTime;
  const [left, right] = [one.toLowerCase(), other.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  't:IsEqualTo': (order) => order === 0,
  't:IsNotEqualTo': (order) => order !== 0,
  't:IsGreaterThan': (order) => order > 0,
  't:IsGreaterThanOrEqualTo': (order) => order >= 0,
  't:IsLessThan': (order) => order < 0,
  't:IsLessThanOrEqualTo': (order) => order <= 0,
};

function contains(value: string, constant: string, mode: string): boolean {
  switch (mode) {
    case 'FullString':
    case 'ExactPhrase':
      return value === constant;
    case 'Prefixed':
      return value.startsWith(constant);
    case 'PrefixOnWords':
      return value.split(/\W+/).some((word) => word.startsWith(constant));
    default:
      return value.includes(constant);
  }
}

function compileContains(
  expression: XmlElement,
  read: (thing: Searchable) => readonly string[] | undefined,
): Predicate {
  const constant = expression.children[1]?.attributes['Value'] ?? '';
  const { ContainmentMode: mode = 'FullString', ContainmentComparison: comparison = 'Exact' } = expression.attributes;
  const fold = (text: string) => {
    const cased = comparison.includes('Case') || comparison.startsWith('Loose') ? text.toLowerCase() : text;
    return comparison.includes('NonSpac') || comparison.startsWith('Loose')
      ? cased.normalize('NFD').replace(/\p{Mn}/gu, '')
      : cased;
  };
  return (thing) => (read(thing) ?? []).some((value) => contains(fold(value), fold(constant), mode));
}

function compileComparison(
  expression: XmlElement,
  read: (thing: Searchable) => readonly string[] | undefined,
  isKnown: (fieldUri: string) => boolean,
): Predicate {
  const test = comparisons[expression.name];
  const operand = expression.children[1]?.children[0];
  if (!test || !operand) throw invalid(`${expression.name} needs a FieldURIOrConstant`);
  const constant = operand.attributes['Value'];
  const other =
    operand.name === 't:Constant'
      ? () => (constant === undefined ? undefined : [constant])
      : compilePath(operand, isKnown);
  return (thing) => {
    const right = other(thing)?.[0];
    const left = read(thing);
    if (!left || left.length === 0 || right === undefined) return expression.name === 't:IsNotEqualTo';
    return left.some((value) => test(compareValues(value, right)));
  };
}

/** @throws EwsError for what Exchange would not search by */
export function compileRestriction(expression: XmlElement, isKnown: (fieldUri: string) => boolean): Predicate {
  const parts = () => expression.children.map((child) => compileRestriction(child, isKnown));
  switch (expression.name) {
    case 't:And': {
      const all = parts();
      return (thing) => all.every((part) => part(thing));
    }
    case 't:Or': {
      const any = parts();
      return (thing) => any.some((part) => part(thing));
    }
    case 't:Not': {
      const [part] = parts();
      if (!part) throw invalid('Not needs an expression');
      return (thing) => !part(thing);
    }
    case 't:Exists': {
      const read = compilePath(expression.children[0], isKnown);
      return (thing) => (read(thing) ?? []).length > 0;
    }
    case 't:Excludes': {
      const read = compilePath(expression.children[0], isKnown);
      const mask = Number(expression.children[1]?.attributes['Value']);
      return (thing) => (Number(read(thing)?.[0] ?? 0) & mask) === 0;
    }
    case 't:Contains':
      return compileContains(expression, compilePath(expression.children[0], isKnown));
    default:
      return compileComparison(expression, compilePath(expression.children[0], isKnown), isKnown);
  }
}
