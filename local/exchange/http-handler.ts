import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Authentication } from './authenticate.ts';
import { EwsFault } from './ews-error.ts';
import { handleEwsRequest } from './handle-ews-request.ts';
import type { MailboxDirectory } from './mailbox-directory.ts';
import { readEnvelope, writeFault } from './soap-envelope.ts';
import type { Store } from './store.ts';

export interface ServerParts {
  directory: MailboxDirectory;
  store: Store;
  authentication: Authentication;
  clock: () => Date;
  delayMs: number;
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendXml(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/xml; charset=utf-8' }).end(content);
}

function demandSignIn(response: ServerResponse): void {
  response.setHeader('WWW-Authenticate', [
    'Basic realm="exchange"',
    'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", token_types="app_asserted_user_v1 service_asserted_app_v1"',
  ]);
  response.writeHead(401).end();
}

async function answerEws(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const source = await readBody(request);
  const account = parts.authentication.signIn(request.headers.authorization);
  if (!account) return demandSignIn(response);
  if (request.method !== 'POST') {
    response
      .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      .end('<html><body>Exchange Web Services</body></html>');
    return;
  }
  await pause(parts.delayMs);
  try {
    sendXml(response, 200, handleEwsRequest(parts, account, readEnvelope(source)));
  } catch (error) {
    if (!(error instanceof EwsFault)) throw error;
    sendXml(response, 500, writeFault(error));
  }
}

export function exchangeHttpHandler(parts: ServerParts): RequestListener {
  return (request, response) => {
    response.setHeader('request-id', randomUUID());
    const path = new URL(request.url ?? '/', 'http://localhost').pathname.toLowerCase();
    const answer = path === '/ews/exchange.asmx' ? answerEws(parts, request, response) : undefined;
    if (!answer) {
      response.writeHead(404).end();
      return;
    }
    answer.catch((error: Error) => {
      process.stderr.write(`exchange: ${error.stack ?? error.message}\n`);
      if (!response.headersSent)
        sendXml(
          response,
          500,
          writeFault(
            new EwsFault('ErrorInternalServerError', 'An internal server error occurred. The operation failed.'),
          ),
        );
    });
  };
}
