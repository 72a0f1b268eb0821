import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request as sendRequest } from 'node:http';
import type { RpcTypedData } from './core-types.ts';
import { flattenHeaders, flattenQuery, type HttpCall } from './http-buffered.ts';
import type { Invoker } from './invoke.ts';
import { limitBody } from './request-body.ts';

const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer'];
const invocationHeader = 'x-ms-invocation-id';

const requestHeaders = (incoming: IncomingMessage, invocationId: string): OutgoingHttpHeaders => {
  const headers = flattenHeaders(incoming.headers);
  for (const name of hopByHop) delete headers[name];
  return {
    ...headers,
    ...('transfer-encoding' in incoming.headers ? { 'transfer-encoding': 'chunked' } : {}),
    'x-forwarded-host': incoming.headers.host ?? 'localhost',
    'x-forwarded-proto': 'http',
    [invocationHeader]: invocationId,
  };
};

/** The library takes the request's headers and parameters from here, method, URL and body from the forwarded request. */
const triggerMetadata = ({ parameters, request, url }: HttpCall): Record<string, RpcTypedData> => ({
  ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { string: value }])),
  Headers: { json: JSON.stringify(flattenHeaders(request.headers)) },
  Query: { json: JSON.stringify(flattenQuery(url.searchParams)) },
});

/**
 * With `app.setup({ enableHttpStream: true })` the library runs an HTTP server of its own. It gets the raw request with the
 * invocation's id, the invocation carries parameters and headers only, and the response comes back from that server while
 * the handler writes it (azure-functions-nodejs-library, src/http/httpProxy.ts). A handler that fails writes no response:
 * the host answers 500 itself.
 */
export const createStreamedAnswerer = (libraryUri: string) => {
  const agent = new Agent({ keepAlive: true });
  const port = Number(new URL(libraryUri).port);

  const answer = async (invoker: Invoker, call: HttpCall, bodyLimit: number): Promise<void> => {
    const { fn, url, request, response } = call;
    const invocationId = randomUUID();
    let forwarding = true;
    const upstream = sendRequest({
      agent,
      host: '127.0.0.1',
      port,
      method: request.method,
      path: url.pathname + url.search,
      headers: requestHeaders(request, invocationId),
    });
    const answerInstead = (status: number): void => {
      if (!forwarding) return;
      forwarding = false;
      upstream.destroy();
      if (response.headersSent) response.destroy();
      else response.writeHead(status).end();
    };
    upstream.on('error', () => answerInstead(502));
    upstream.on('response', (incoming) => {
      const headers = { ...incoming.headers };
      for (const name of [...hopByHop, invocationHeader]) delete headers[name];
      response.writeHead(incoming.statusCode ?? 500, headers);
      response.flushHeaders();
      incoming.pipe(response);
    });
    response.on('close', () => {
      if (!response.writableFinished) upstream.destroy();
    });
    request.pipe(limitBody(bodyLimit, () => answerInstead(413))).pipe(upstream);
    try {
      const outcome = await invoker.invoke(fn, { http: {} }, { invocationId, triggerMetadata: triggerMetadata(call) });
      if (!outcome.hasResult) answerInstead(204);
    } catch {
      answerInstead(500);
    }
  };

  return { answer, close: () => agent.destroy() };
};
