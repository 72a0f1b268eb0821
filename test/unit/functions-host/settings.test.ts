import { describe, expect, test } from '@jest/globals';
import { isDisabled, parseJsonWithComments, resolveSettings } from '../../../local/functions-host/app-settings.ts';
import { parseHostJson } from '../../../local/functions-host/host-json.ts';
import { formatLogLine, minimumLevel } from '../../../local/functions-host/host-log.ts';
import { formatCookie } from '../../../local/functions-host/http-cookie.ts';
import { connectionString, retryOptionsOf } from '../../../local/functions-host/service-bus-clients.ts';

describe('host.json', () => {
  test('has the defaults of the host where it says nothing', () => {
    expect(parseHostJson(undefined, {})).toMatchObject({
      functionTimeout: 300_000,
      extensions: {
        http: { routePrefix: 'api' },
        serviceBus: { prefetchCount: 0, autoCompleteMessages: true, maxAutoLockRenewalDuration: 300_000 },
      },
    });
  });

  test('is overridden by AzureFunctionsJobHost__ settings', () => {
    const environment = { AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: '3' };
    const settings = parseHostJson({ version: '2.0', functionTimeout: '-1' }, environment);
    expect(settings.extensions.serviceBus.maxConcurrentCalls).toBe(3);
    expect(settings.functionTimeout).toBe(Number.POSITIVE_INFINITY);
  });

  test('is refused with the place of the mistake', () => {
    expect(() => parseHostJson({ version: '2.0', functionTimeout: 'soon' }, {})).toThrow('functionTimeout');
    expect(() => parseHostJson({ version: '1.0' }, {})).toThrow('"version": "2.0"');
  });

  test('may hold comments, but keeps what looks like one inside a string', () => {
    const text = '\uFEFF{ "url": "http://x", /* two\nlines */ "a": 1 // end\n}';
    expect(parseJsonWithComments(text)).toEqual({ url: 'http://x', a: 1 });
  });

  test('gives clientRetryOptions in the words of the JavaScript client', () => {
    const { serviceBus } = parseHostJson(
      {
        version: '2.0',
        extensions: { serviceBus: { clientRetryOptions: { mode: 'fixed', tryTimeout: '00:00:20', maxRetries: 9 } } },
      },
      {},
    ).extensions;
    expect(retryOptionsOf(serviceBus)).toEqual({
      mode: 1,
      timeoutInMs: 20_000,
      maxRetries: 9,
      retryDelayInMs: 800,
      maxRetryDelayInMs: 5_000,
    });
  });
});

describe('app settings', () => {
  test('replace %NAME%, and a missing one is named', () => {
    expect(resolveSettings('%A%/x', { A: 'q' })).toBe('q/x');
    expect(() => resolveSettings('%B%', {})).toThrow('"B"');
  });

  test.each([
    [{ 'AzureWebJobs.f.Disabled': 'true' }, true],
    [{ 'AzureWebJobs.f.Disabled': '1' }, true],
    [{ AzureWebJobs_f_Disabled: 'True' }, true],
    [{ 'AzureWebJobs.f.Disabled': 'false' }, false],
    [{}, false],
  ])('%j disables the function f: %s', (environment, disabled) => {
    expect(isDisabled('f', environment)).toBe(disabled);
  });

  test('name the connection with or without the prefix AzureWebJobs', () => {
    expect(connectionString('C', { AzureWebJobsC: 'Endpoint=x' })).toBe('Endpoint=x');
    expect(() => connectionString('C', {})).toThrow('"C"');
    expect(() => connectionString('C', { C__fullyQualifiedNamespace: 'x' })).toThrow('in Azure only');
  });
});

describe('the log', () => {
  test('is one line for each entry', () => {
    const line = formatLogLine({ level: 'information', category: 'user', functionName: 'f', message: 'a\n   b\n' });
    expect(line).toBe('[info] f: a | b');
  });

  test.each([
    [{}, 'f', 'information'],
    [{ default: 'Warning' }, 'f', 'warning'],
    [{ default: 'Warning', Function: 'Debug' }, 'f', 'debug'],
    [{ Function: 'Debug', 'Function.f': 'Error' }, 'f', 'error'],
    [{ default: 'nonsense' }, undefined, 'information'],
  ])('with levels %j shows %s from %s on', (levels, name, level) => {
    expect(minimumLevel(levels, name)).toBe(level);
  });
});

test('a cookie carries all its attributes', () => {
  expect(
    formatCookie({
      name: 'a',
      value: 'b c',
      expires: { value: { seconds: 0 } },
      maxAge: { value: 60 },
      domain: { value: 'x.example' },
      path: { value: '/' },
      secure: { value: true },
      httpOnly: { value: true },
      sameSite: 'explicitNone',
    }),
  ).toBe(
    'a=b%20c; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60; Domain=x.example; Path=/; Secure; HttpOnly; SameSite=None',
  );
});
