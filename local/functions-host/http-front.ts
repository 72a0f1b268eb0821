import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminApi } from './admin-api.ts';
import { type AuthorizationLevel, presentedKey } from './authorize.ts';
import type { LogSink } from './host-log.ts';
import { answerBuffered, type HttpCall } from './http-buffered.ts';
import { createStreamedAnswerer } from './http-streamed.ts';
import type { Invoker } from './invoke.ts';
import { BodyTooLargeError, largestBody } from './request-body.ts';
import { findRoute, type HttpRoute, pathSegments } from './routes.ts';

export interface HttpFrontOptions {
  host: string;
  port: number;
  routes: HttpRoute[];
  isAuthorized: (level: AuthorizationLevel, key: string | undefined) => boolean;
  invoker: Invoker;
  admin: AdminApi;
  /** Address of the library's own server; present with HTTP streaming. */
  streamUri: string | undefined;
  log: LogSink;
}

export interface HttpFront {
  port: number;
  /** No new connections and no new requests; what runs goes on. */
  stopAccepting(): void;
  close(): Promise<void>;
}

/** The host's HTTP server: finds the route, checks the key and answers through the function. */
export const startHttpFront = async (options: HttpFrontOptions): Promise<HttpFront> => {
  const { routes, isAuthorized, invoker, admin, streamUri, log } = options;
  const streamed = streamUri ? createStreamedAnswerer(streamUri) : undefined;
  const answer = streamed?.answer ?? answerBuffered;
  let accepting = true;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!accepting) return end(response, 503);
    let url: URL;
    let path: string[];
    try {
      url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
      path = pathSegments(url.pathname);
    } catch {
      return end(response, 400);
    }
    const key = presentedKey(request.headers, url.searchParams);
    if (path[0]?.toLowerCase() === 'admin') return admin(path.slice(1), key, request, response);
    const found = findRoute(routes, request.method ?? 'GET', path);
    if (found === undefined) return end(response, 404);
    if (!isAuthorized(found.route.level, key)) return end(response, 401);
    const call: HttpCall = { fn: found.route.fn, parameters: found.parameters, url, request, response };
    return answer(invoker, call, largestBody);
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (error instanceof BodyTooLargeError) return end(response, 413);
      log({ level: 'error', category: 'system', message: `an HTTP request failed: ${String(error)}` });
      return response.headersSent ? response.destroy() : end(response, 500);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stopAccepting: () => {
      accepting = false;
      server.close();
      server.closeIdleConnections();
    },
    close: async () => {
      streamed?.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};

const end = (response: ServerResponse, status: number): void => {
  response.writeHead(status).end();
};
