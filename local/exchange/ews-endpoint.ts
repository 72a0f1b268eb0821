import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { EwsError, EwsFault } from './ews-error.ts';
import type { FaultAnswer } from './fault-injection.ts';
import { handleEwsRequest } from './handle-ews-request.ts';
import { respondToEach } from './response-messages.ts';
import type { ServerParts } from './server-parts.ts';
import { readEnvelope, type SoapRequest, writeAnswer, writeFault } from './soap-envelope.ts';
import { childOf } from './xml.ts';

function sendXml(response: ServerResponse, status: number, content: string): void {
  response.writeHead(status, { 'Content-Type': 'text/xml; charset=utf-8' }).end(content);
}

export function sendFault(response: ServerResponse, fault: EwsFault): void {
  sendXml(response, 500, writeFault(fault));
}

export function demandSignIn(response: ServerResponse): void {
  response.setHeader('WWW-Authenticate', [
    'Basic realm="exchange"',
    'Bearer client_id="00000002-0000-0ff1-ce00-000000000000", token_types="app_asserted_user_v1 service_asserted_app_v1"',
  ]);
  response.writeHead(401).end();
}

function tryReadEnvelope(source: string): SoapRequest | EwsFault {
  try {
    return readEnvelope(source);
  } catch (error) {
    if (error instanceof EwsFault) return error;
    throw error;
  }
}

/** Whom the request is about, before anybody is let in: the impersonated address, else the name of the Basic sign-in. */
function addressOf(request: IncomingMessage, soap: SoapRequest): string | undefined {
  const sid = childOf(childOf(soap.header, 't:ExchangeImpersonation'), 't:ConnectingSID')?.children[0]?.text.trim();
  const basic = /^Basic\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return sid ?? Buffer.from(basic, 'base64').toString('utf8').split(':')[0];
}

const busy = 'The server cannot service this request right now. Try again later.';

/** Plays the part of a fault that stands in for the answer; false when the request is to be answered after all. */
function playFault(fault: FaultAnswer, operation: string | undefined, response: ServerResponse): boolean {
  const values: Record<string, string> =
    fault.backOffMilliseconds === undefined ? {} : { BackOffMilliseconds: String(fault.backOffMilliseconds) };
  const message = (code: string) => (code === 'ErrorServerBusy' ? busy : `Injected by a test: ${code}.`);
  if (fault.cut === 'before') {
    response.destroy();
    return true;
  }
  if (fault.responseCode !== undefined) {
    sendFault(response, new EwsFault(fault.responseCode, message(fault.responseCode), values));
    return true;
  }
  const code = fault.responseMessageCode;
  if (code !== undefined) {
    const answer = respondToEach(operation ?? 'GetItem', [code], () => {
      throw new EwsError(code, message(code), values);
    });
    sendXml(response, 200, writeAnswer(answer));
    return true;
  }
  if (fault.status === undefined && fault.body === undefined) return false;
  response.writeHead(fault.status ?? 200, { 'Content-Type': 'text/html', ...fault.headers }).end(fault.body ?? '');
  return true;
}

/** One request to /EWS/Exchange.asmx. */
export async function answerEws(
  parts: ServerParts,
  request: IncomingMessage,
  source: string,
  response: ServerResponse,
): Promise<void> {
  const { controls, authentication } = parts;
  const clientId = request.headers['client-request-id'];
  if (typeof clientId === 'string') response.setHeader('client-request-id', clientId);
  const soap = request.method === 'POST' ? tryReadEnvelope(source) : undefined;
  const readable = soap && !(soap instanceof EwsFault) ? soap : undefined;
  const operation = readable?.body.name.replace(/^m:/, '');
  if (operation !== undefined) controls.requests.set(operation, (controls.requests.get(operation) ?? 0) + 1);
  const fault = readable && controls.faults.meet(operation, addressOf(request, readable));
  const delay = controls.delayMs + (fault?.delayMs ?? 0);
  if (delay > 0) await pause(delay);
  if (fault && playFault(fault, operation, response)) return;

  const account = authentication.signIn(request.headers.authorization);
  if (!account) return demandSignIn(response);
  if (!soap) {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><body>Exchange Web Services</body></html>');
    return;
  }
  try {
    if (soap instanceof EwsFault) throw soap;
    const answer = handleEwsRequest(parts, account, soap);
    if (fault?.cut === 'after') response.destroy();
    else sendXml(response, 200, answer);
  } catch (error) {
    if (!(error instanceof EwsFault)) throw error;
    sendFault(response, error);
  }
}
