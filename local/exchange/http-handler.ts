import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answerAutodiscover } from './autodiscover.ts';
import { answerControl } from './control-api.ts';
import { answerEws, demandSignIn, sendFault } from './ews-endpoint.ts';
import { EwsFault } from './ews-error.ts';
import type { ServerParts } from './server-parts.ts';
import { answerToken } from './token-endpoint.ts';

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(source: string): unknown {
  try {
    return source === '' ? undefined : JSON.parse(source);
  } catch {
    return undefined;
  }
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const source = await readBody(request);
  const path = url.pathname.toLowerCase();
  if (path === '/ews/exchange.asmx') return answerEws(parts, request, source, response);
  if (path === '/autodiscover/autodiscover.xml') {
    if (!parts.authentication.signIn(request.headers.authorization)) return demandSignIn(response);
    const content = answerAutodiscover(parts.directory, source, `http://${request.headers.host}/EWS/Exchange.asmx`);
    response.writeHead(200, { 'Content-Type': 'text/xml; charset=utf-8' }).end(content);
    return;
  }
  const json = (status: number, body: unknown) => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  if (/^(\/[^/]+)?\/oauth2\/v2\.0\/token$/.test(path)) {
    const { method, headers } = request;
    const answer = answerToken(parts.authentication, { method, authorization: headers.authorization, form: source });
    json(answer.status, answer.body);
    return;
  }
  if (path.startsWith('/control/')) {
    const segments = url.pathname.slice('/control/'.length).split('/').map(decodeURIComponent);
    const answer = answerControl(parts, {
      method: request.method ?? 'GET',
      segments,
      query: url.searchParams,
      body: parseJson(source),
    });
    json(answer.status, answer.body);
    return;
  }
  response.writeHead(404).end();
}

export function exchangeHttpHandler(parts: ServerParts): RequestListener {
  return (request, response) => {
    response.setHeader('request-id', randomUUID());
    serve(parts, request, response).catch((error: Error) => {
      if (request.destroyed && !request.complete) return;
      process.stderr.write(`exchange: ${error.stack ?? error.message}\n`);
      if (!response.headersSent)
        sendFault(
          response,
          new EwsFault('ErrorInternalServerError', 'An internal server error occurred. The operation failed.'),
        );
    });
  };
}
