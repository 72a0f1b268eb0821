import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CannedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface CannedServer {
  readonly url: string;
  readonly requests: readonly CannedRequest[];
  close(): Promise<void>;
}

/** A web server of a test: notes what it is sent and answers as it is told. */
export async function startCannedServer(
  answer: (request: CannedRequest, response: ServerResponse) => void | Promise<void>,
): Promise<CannedServer> {
  const requests: CannedRequest[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { url: path = '', headers } = message;
      const request = { path, headers, body: Buffer.concat(chunks).toString('utf8') };
      requests.push(request);
      void answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/EWS/Exchange.asmx`,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const namespaces =
  'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"';

/** A SOAP envelope around the content of its body. */
export const envelope = (body: string) => `<s:Envelope ${namespaces}><s:Body>${body}</s:Body></s:Envelope>`;

/** The answer of an operation with these response messages. */
export const responses = (operation: string, messages: readonly string[]) =>
  envelope(
    `<m:${operation}Response><m:ResponseMessages>${messages
      .map((message) => message.replaceAll('*', `m:${operation}ResponseMessage`))
      .join('')}</m:ResponseMessages></m:${operation}Response>`,
  );

export const errorMessage = (code: string, more = '') =>
  `<* ResponseClass="Error"><m:MessageText>No.</m:MessageText><m:ResponseCode>${code}</m:ResponseCode>${more}</*>`;

export const fault = (code: string, backOff?: number) =>
  envelope(
    `<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:${code}</faultcode><faultstring>No.</faultstring><detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">${code}</e:ResponseCode>${
      backOff === undefined
        ? ''
        : `<t:MessageXml><t:Value Name="BackOffMilliseconds">${backOff}</t:Value></t:MessageXml>`
    }</detail></s:Fault>`,
  );
