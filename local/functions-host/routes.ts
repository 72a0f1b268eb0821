import type { AuthorizationLevel } from './authorize.ts';
import type { RegisteredFunction } from './function-registry.ts';
import { matchRoute, parseRouteTemplate, type RouteTemplate } from './route-template.ts';

export interface HttpRoute {
  fn: RegisteredFunction;
  /** With the route prefix, without a leading slash, for the log. */
  path: string;
  template: RouteTemplate;
  /** Upper case; empty means all methods. */
  methods: string[];
  level: AuthorizationLevel;
}

/**
 * Makes the route of an HTTP-triggered function. Throws where Azure's host would not map it: it keeps every route that
 * starts with "admin" or "runtime" to itself, whatever the prefix (ScriptHost.ValidateHttpFunction,
 * Azure/azure-functions-host#1781).
 */
export const httpRoute = (fn: RegisteredFunction, routePrefix: string): HttpRoute => {
  const { route, methods, authLevel } = fn.trigger;
  const own = trimSlashes(typeof route === 'string' && route.trim() !== '' ? route : fn.name);
  if (/^(admin|runtime)/i.test(own)) {
    throw new Error(
      `The route "${own}" conflicts with one or more built in routes: in Azure no route may start with "admin" or ` +
        '"runtime". Choose another one.',
    );
  }
  const path = [trimSlashes(routePrefix), own].filter((part) => part !== '').join('/');
  return {
    fn,
    path,
    template: parseRouteTemplate(path),
    methods: Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : [],
    level: parseLevel(authLevel),
  };
};

const trimSlashes = (text: string): string => text.replace(/^\/+|\/+$/g, '');

/** The host's own default is "function"; the library has already written "anonymous" where the app said nothing. */
const parseLevel = (level: unknown): AuthorizationLevel => {
  const name = String(level ?? 'function').toLowerCase();
  if (name === 'anonymous' || name === 'function' || name === 'admin') return name;
  throw new Error(`authLevel "${name}" is not supported: use anonymous, function or admin.`);
};

/** The most specific route first; routes that are equally specific keep the order of registration. */
export const sortRoutes = (routes: HttpRoute[]): HttpRoute[] =>
  routes.toSorted((a, b) => {
    if (a.template.precedence === b.template.precedence) return 0;
    return a.template.precedence < b.template.precedence ? -1 : 1;
  });

/** The first route that fits path and method. A path that fits with another method only is not found: 404, never 405. */
export const findRoute = (
  routes: HttpRoute[],
  method: string,
  path: string[],
): { route: HttpRoute; parameters: Record<string, string> } | undefined => {
  for (const route of routes) {
    if (route.methods.length > 0 && !route.methods.includes(method)) continue;
    const parameters = matchRoute(route.template, path);
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
};

/**
 * The decoded segments of a URL's path; an encoded slash stays encoded, as in ASP.NET Core.
 * Throws URIError on an escape that is not UTF-8.
 */
export const pathSegments = (pathname: string): string[] =>
  pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.includes('%') ? decodeURIComponent(segment.replace(/%2f/gi, '%252F')) : segment));
