import { type RouteConstraint, routeConstraint } from './route-constraints.ts';

/** One segment of a route; `rank` orders routes as ASP.NET Core does: the more specific has the lower digit. */
type Segment =
  | { kind: 'literal'; text: string; rank: 1 }
  | { kind: 'mixed'; pattern: RegExp; names: string[]; rank: 2 }
  | {
      kind: 'parameter';
      name: string;
      constraints: RouteConstraint[];
      optional: boolean;
      fallback?: string;
      rank: 2 | 3;
    }
  | { kind: 'rest'; name: string; constraints: RouteConstraint[]; rank: 4 | 5 };

export interface RouteTemplate {
  segments: Segment[];
  /** Ranks of the segments as a string: the smaller sorts first and is tried first. */
  precedence: string;
}

/** Splits at slashes outside of braces: a regex constraint may hold slashes. */
const splitSegments = (template: string): string[] => {
  const segments = [''];
  let depth = 0;
  for (const character of template) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === '/' && depth === 0) segments.push('');
    else segments[segments.length - 1] += character;
  }
  return segments.filter((segment) => segment !== '');
};

/** Splits "id:int:range(1,5)" at colons outside of parentheses. */
const splitConstraints = (text: string): string[] => text.match(/(?:\([^)]*(?:\)(?=[^:]))?[^)]*\)|[^:])+/g) ?? [];

const parameterPattern = /^\{(\*{0,2})([A-Za-z_]\w*)((?::.+?)?)(?:=([^?]*))?(\?)?\}$/;

const parseSegment = (text: string): Segment => {
  if (!text.includes('{')) return { kind: 'literal', text: text.toLowerCase(), rank: 1 };
  const whole = parameterPattern.exec(text);
  if (whole !== null && (!/\}.*\{/.test(text) || whole[3])) {
    const [, stars, name = '', constraintText = '', fallback, question] = whole;
    const constraints = splitConstraints(constraintText.slice(1)).map(routeConstraint);
    if (stars) return { kind: 'rest', name, constraints, rank: constraints.length > 0 ? 4 : 5 };
    const optional = question !== undefined || fallback !== undefined;
    const rank = constraints.length > 0 ? 2 : 3;
    return { kind: 'parameter', name, constraints, optional, ...(fallback === undefined ? {} : { fallback }), rank };
  }
  const names: string[] = [];
  const source = text.split(/(\{[A-Za-z_]\w*\??\})/).map((part) => {
    const name = /^\{(\w+)\??\}$/.exec(part)?.[1];
    if (name === undefined) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    names.push(name);
    return '(.+)';
  });
  if (names.length === 0) throw new Error(`The route segment "${text}" can't be read.`);
  return { kind: 'mixed', pattern: new RegExp(`^${source.join('')}$`, 'i'), names, rank: 2 };
};

/** Reads an ASP.NET Core route template: {x}, {x:int}, {x?}, {x=default}, {*rest}, file.{extension}. */
export const parseRouteTemplate = (template: string): RouteTemplate => {
  const segments = splitSegments(template).map(parseSegment);
  return { segments, precedence: segments.map((segment) => segment.rank).join('') };
};

/**
 * The parameters of a path (its segments, already decoded), or undefined where the template does not fit it.
 * An optional parameter that is not there has no key.
 */
export const matchRoute = (template: RouteTemplate, path: string[]): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {};
  let position = 0;
  for (const segment of template.segments) {
    const part = path[position];
    if (segment.kind === 'rest') {
      const rest = path.slice(position).join('/');
      if (!segment.constraints.every((fits) => fits(rest))) return undefined;
      if (rest !== '') parameters[segment.name] = rest;
      return parameters;
    }
    if (part === undefined) {
      if (segment.kind !== 'parameter' || !segment.optional) return undefined;
      if (segment.fallback !== undefined) parameters[segment.name] = segment.fallback;
      continue;
    }
    if (segment.kind === 'literal') {
      if (part.toLowerCase() !== segment.text) return undefined;
    } else if (segment.kind === 'mixed') {
      const match = segment.pattern.exec(part);
      if (match === null) return undefined;
      segment.names.forEach((name, index) => {
        parameters[name] = match[index + 1] ?? '';
      });
    } else {
      if (!segment.constraints.every((fits) => fits(part))) return undefined;
      parameters[segment.name] = part;
    }
    position++;
  }
  return position === path.length ? parameters : undefined;
};
