import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, type LookupFunction } from 'node:net';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly agent: http.Agent;
  readonly signal: AbortSignal;
  /** Bytes after unpacking; more is refused while it arrives. */
  readonly largestAnswer: number;
}

/** A request without an answer. `code` is Node's or ours: DeadlineExceeded, AnswerTooLarge, AnswerCut. */
export class HttpFailure extends Error {
  readonly code: string;
  /** True once the whole request was handed to the network: the server may have acted on it. */
  readonly sent: boolean;

  constructor(code: string, sent: boolean, cause?: unknown) {
    super(`The request failed: ${code}.`, { cause });
    this.name = 'HttpFailure';
    this.code = code;
    this.sent = sent;
  }
}

const ownMachine = new BlockList();
ownMachine.addSubnet('127.0.0.0', 8, 'ipv4');
ownMachine.addSubnet('169.254.0.0', 16, 'ipv4');
ownMachine.addSubnet('0.0.0.0', 8, 'ipv4');
ownMachine.addAddress('::1', 'ipv6');
ownMachine.addAddress('::', 'ipv6');
ownMachine.addSubnet('fe80::', 10, 'ipv6');
ownMachine.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');
ownMachine.addSubnet('::ffff:169.254.0.0', 112, 'ipv6');

/** Whether the address is this machine's own or link-local, where the cloud's metadata service answers. */
export function isOwnMachine(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  if (bare.toLowerCase() === 'localhost') return true;
  return ownMachine.check(bare, bare.includes(':') ? 'ipv6' : 'ipv4');
}

/** Name resolution that refuses names which lead to this machine, whatever DNS says now. */
export const lookupElsewhere: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const refused = error ?? (addresses.some(({ address }) => isOwnMachine(address)) ? refusedAddress() : undefined);
    const first = addresses?.[0];
    if (refused !== undefined || first === undefined) callback(refused ?? refusedAddress(), '', 4);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function refusedAddress(): NodeJS.ErrnoException {
  return Object.assign(new Error('The name leads to this machine.'), { code: 'OwnMachineRefused' });
}

async function textOf(message: http.IncomingMessage, largest: number): Promise<string> {
  const zipped = message.headers['content-encoding'] === 'gzip';
  const source = zipped ? pipeline(message, zlib.createGunzip(), () => {}) : message;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw Object.assign(new Error('The answer is too large.'), { code: 'AnswerTooLarge' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** One POST. Always settles: with an answer, or with HttpFailure at the latest when the signal says so. Follows no redirect. */
export function httpPost(post: HttpPost): Promise<HttpAnswer> {
  const url = new URL(post.url);
  const data = Buffer.from(post.body, 'utf8');
  const headers = { ...post.headers, 'Accept-Encoding': 'gzip', 'Content-Length': String(data.length) };
  return new Promise((resolvePost, reject) => {
    let sent = false;
    const fail = (error: unknown, code = codeOf(error)) => {
      reject(new HttpFailure(post.signal.aborted ? 'DeadlineExceeded' : code, sent, error));
    };
    if (post.signal.aborted) return fail(undefined);
    const { agent, signal } = post;
    const send = url.protocol === 'https:' ? https.request : http.request;
    const request = send(url, { method: 'POST', agent, signal, headers }, (message) => {
      sent = true;
      textOf(message, post.largestAnswer).then(
        (body) => resolvePost({ status: message.statusCode ?? 0, headers: message.headers, body }),
        (error: unknown) => {
          request.destroy();
          fail(error, codeOf(error) === 'AnswerTooLarge' ? 'AnswerTooLarge' : 'AnswerCut');
        },
      );
    });
    request.on('finish', () => {
      sent = request.socket?.connecting === false;
    });
    request.on('error', (error) => fail(error));
    request.end(data);
    return undefined;
  });
}
