import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { RpcHttpData, RpcTypedData } from './core-types.ts';
import type { RegisteredFunction } from './function-registry.ts';
import { formatCookie } from './http-cookie.ts';
import type { Invoker } from './invoke.ts';
import { readBody } from './request-body.ts';

export interface HttpCall {
  fn: RegisteredFunction;
  parameters: Record<string, string>;
  url: URL;
  request: IncomingMessage;
  response: ServerResponse;
}

/** A header that came several times is one value with commas. */
export const flattenHeaders = (headers: IncomingHttpHeaders): Record<string, string> => {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
};

/** A parameter that came several times is one value with commas, as Azure's host hands it on. */
export const flattenQuery = (query: URLSearchParams): Record<string, string> => {
  const flat: Record<string, string> = {};
  for (const [name, value] of query) flat[name] = name in flat ? `${flat[name]},${value}` : value;
  return flat;
};

/** Without HTTP streaming: the whole body goes with the invocation and the whole response comes back from it. */
export const answerBuffered = async (invoker: Invoker, call: HttpCall, bodyLimit: number): Promise<void> => {
  const { fn, parameters, url, request, response } = call;
  const bytes = await readBody(request, bodyLimit);
  const http: RpcHttpData = {
    method: request.method ?? 'GET',
    url: url.href,
    headers: flattenHeaders(request.headers),
    query: flattenQuery(url.searchParams),
    params: parameters,
    ...(bytes ? { body: { bytes } } : {}),
  };
  let result: RpcTypedData | null | undefined;
  try {
    result = (await invoker.invoke(fn, { http })).returnValue;
  } catch {
    response.writeHead(500).end();
    return;
  }
  writeResult(response, result?.http);
};

/** A handler that returned no response object answers 204, as `OkResult` without content does. */
const writeResult = (response: ServerResponse, http: RpcHttpData | undefined): void => {
  if (http === undefined) {
    response.writeHead(204).end();
    return;
  }
  response.statusCode = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {})) response.setHeader(name, value);
  if (http.cookies && http.cookies.length > 0) response.setHeader('set-cookie', http.cookies.map(formatCookie));
  const body = http.body?.bytes ?? http.body?.string;
  if (body === undefined || body.length === 0) response.end();
  else response.end(body);
};
