export type RouteConstraint = (value: string) => boolean;

const isInteger = (value: string, limit: bigint): boolean => {
  if (!/^[+-]?\d+$/.test(value)) return false;
  const number = BigInt(value.replace(/^\+/, ''));
  return number >= -limit && number < limit;
};

const isNumber = (value: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);

/** Constraints without arguments, as ASP.NET Core's inline constraints define them. */
const plain: Record<string, RouteConstraint> = {
  int: (value) => isInteger(value, 2n ** 31n),
  long: (value) => isInteger(value, 2n ** 63n),
  bool: (value) => /^(true|false)$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  guid: (value) => /^(?:[\da-f]{32}|\{?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\}?)$/i.test(value),
  decimal: isNumber,
  double: isNumber,
  float: isNumber,
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  required: (value) => value !== '',
};

const withArguments: Record<string, (...numbers: number[]) => RouteConstraint> = {
  length:
    (from = 0, to = from) =>
    (value) =>
      value.length >= from && value.length <= to,
  minlength:
    (from = 0) =>
    (value) =>
      value.length >= from,
  maxlength:
    (to = 0) =>
    (value) =>
      value.length <= to,
  min:
    (from = 0) =>
    (value) =>
      isInteger(value, 2n ** 63n) && Number(value) >= from,
  max:
    (to = 0) =>
    (value) =>
      isInteger(value, 2n ** 63n) && Number(value) <= to,
  range:
    (from = 0, to = 0) =>
    (value) =>
      isInteger(value, 2n ** 63n) && Number(value) >= from && Number(value) <= to,
};

/** Reads one inline constraint such as "int", "length(2,5)" or "regex(^\d{{4}}$)"; doubled braces stand for one. */
export const routeConstraint = (text: string): RouteConstraint => {
  const [, name = '', argument] = /^(\w+)(?:\(([\s\S]*)\))?$/.exec(text) ?? [];
  if (name === 'regex' && argument !== undefined) {
    const pattern = new RegExp(argument.replaceAll('{{', '{').replaceAll('}}', '}'), 'i');
    return (value) => pattern.test(value);
  }
  const constraint = plain[name] ?? withArguments[name]?.(...(argument ?? '').split(',').map(Number));
  if (constraint === undefined) throw new Error(`The route constraint "${text}" is not known.`);
  return constraint;
};
