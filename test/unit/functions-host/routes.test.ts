import { describe, expect, test } from '@jest/globals';
import type { RegisteredFunction } from '../../../local/functions-host/function-registry.ts';
import { matchRoute, parseRouteTemplate } from '../../../local/functions-host/route-template.ts';
import { findRoute, httpRoute, pathSegments, sortRoutes } from '../../../local/functions-host/routes.ts';

const match = (template: string, path: string) => matchRoute(parseRouteTemplate(template), pathSegments(path));

const httpFunction = (name: string, trigger: Record<string, unknown> = {}): RegisteredFunction => ({
  id: name,
  name,
  metadata: { name, bindings: {} },
  callback: () => undefined,
  trigger: { name: 'httpTrigger', type: 'httpTrigger', authLevel: 'anonymous', methods: ['GET'], ...trigger },
});

describe('a route template', () => {
  test.each<[string, string, Record<string, string> | undefined]>([
    ['api/hello', '/api/hello', {}],
    ['api/hello', '/API/Hello/', {}],
    ['api/hello', '/api/hello/you', undefined],
    ['api/{x}', '/api/5', { x: '5' }],
    ['api/{x}', '/api', undefined],
    ['api/{x}', '/api/a%20b', { x: 'a b' }],
    ['api/{x}', '/api/a%2Fb', { x: 'a%2Fb' }],
    ['api/{x?}', '/api', {}],
    ['api/{x=7}', '/api', { x: '7' }],
    ['api/{x:int}', '/api/-12', { x: '-12' }],
    ['api/{x:int}', '/api/2147483648', undefined],
    ['api/{x:long}', '/api/2147483648', { x: '2147483648' }],
    ['api/{x:int?}', '/api', {}],
    ['api/{x:int?}', '/api/abc', undefined],
    ['api/{x:alpha}', '/api/abc', { x: 'abc' }],
    ['api/{x:alpha}', '/api/abc1', undefined],
    ['api/{x:bool}', '/api/True', { x: 'True' }],
    ['api/{x:guid}', '/api/0f8fad5b-d9cb-469f-a165-70867728950e', { x: '0f8fad5b-d9cb-469f-a165-70867728950e' }],
    ['api/{x:guid}', '/api/0f8fad5b', undefined],
    ['api/{x:decimal}', '/api/1.5', { x: '1.5' }],
    ['api/{x:length(2,3)}', '/api/abcd', undefined],
    ['api/{x:minlength(2):maxlength(3)}', '/api/abc', { x: 'abc' }],
    ['api/{x:range(1,5)}', '/api/6', undefined],
    ['api/{x:min(3)}', '/api/3', { x: '3' }],
    ['api/{x:regex(^\\d{{4}}$)}', '/api/2026', { x: '2026' }],
    ['api/{x:regex(^\\d{{4}}$)}', '/api/26', undefined],
    ['api/{x:regex(^(a|b)/?$)}', '/api/b', { x: 'b' }],
    ['api/{*rest}', '/api/a/b%20c', { rest: 'a/b c' }],
    ['api/{*rest}', '/api', {}],
    ['api/{name}.{extension}', '/api/report.pdf', { name: 'report', extension: 'pdf' }],
    ['api/v{version}/x', '/api/v2/x', { version: '2' }],
    ['{*page}', '/', {}],
  ])('%s on %s gives %j', (template, path, parameters) => {
    expect(match(template, path)).toEqual(parameters);
  });

  test('names a constraint that does not exist', () => {
    expect(() => parseRouteTemplate('{x:colour}')).toThrow('"colour"');
  });
});

describe('the table of routes', () => {
  test('tries the most specific route first, whatever the order of registration', () => {
    const names = ['{*rest}', '{id}', '{id:int}', 'today'];
    const routes = sortRoutes(names.map((route) => httpRoute(httpFunction(route, { route: `items/${route}` }), 'api')));
    const found = (path: string) => findRoute(routes, 'GET', pathSegments(path))?.route.fn.name;
    expect(['/api/items/today', '/api/items/5', '/api/items/x', '/api/items/x/y'].map(found)).toEqual([
      'today',
      '{id:int}',
      '{id}',
      '{*rest}',
    ]);
  });

  test('finds the function whose methods include the one asked for, and nothing for others', () => {
    const routes = ['GET', 'put'].map((method) =>
      httpRoute(httpFunction(method, { route: 'x', methods: [method] }), 'api'),
    );
    const found = (method: string) => findRoute(routes, method, ['api', 'x'])?.route.fn.name;
    expect([found('GET'), found('PUT'), found('DELETE')]).toEqual(['GET', 'put', undefined]);
  });

  test.each([
    ['name', {}, 'api', 'api/name'],
    ['name', { route: '/a/b/' }, '', 'a/b'],
    ['name', { route: 'x' }, 'v1/api', 'v1/api/x'],
  ])('puts %s %j with prefix "%s" at %s', (name, trigger, prefix, path) => {
    expect(httpRoute(httpFunction(name, trigger), prefix).path).toBe(path);
  });

  test.each(['admin', 'admin/users', 'Administration', 'runtime/x'])(
    'refuses the route %s, which Azure keeps to itself under any prefix',
    (route) => {
      expect(() => httpRoute(httpFunction('f', { route }), 'api')).toThrow('built in routes');
    },
  );
});
