import type http from 'node:http';
import type { SyncError } from '../../domain/sync-error.ts';
import { type EwsFailure, type Intent, retryAfterMs, toEwsSyncError } from './ews-errors.ts';
import { type HttpAnswer, HttpFailure, httpPost } from './http-post.ts';
import { readSoapAnswer, type SoapAnswer } from './soap-answer.ts';
import { XmlRefused } from './xml-scan.ts';

export interface EwsTransportOptions {
  readonly agent: http.Agent;
  readonly authorization: string;
  readonly userAgent: string;
  readonly intent: Intent;
  readonly signal: AbortSignal;
  readonly largestAnswer: number;
  readonly now: () => Date;
}

/** What the library hands to its transport; IXHROptions in its words. */
interface LibraryRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  data: string;
}

/** The way from the library to Exchange and back, for one service object. */
export interface EwsTransport {
  /** To be set as XHRApi of the service. */
  readonly api: {
    readonly apiName: string;
    xhr(request: LibraryRequest): Promise<unknown>;
    xhrStream(): Promise<never>;
    disconnect(): void;
  };
  /** Rejects with SyncError when a request fails; never fulfils. To be raced against the library, which hears nothing of it. */
  readonly failed: Promise<never>;
  /** The last whole answer. */
  answer(): SoapAnswer | undefined;
}

const lineBreaks = /[\r\n\0]/;

/** Anything but a complete answer to the operation is a failure; Exchange tells of most errors within a complete answer. */
export function readHttpAnswer(http: HttpAnswer, now: Date): SoapAnswer | EwsFailure {
  const looksLikeSoap = /<(?:[\w-]+:)?Envelope[\s>]/.test(http.body.slice(0, 2000));
  const waitMs = retryAfterMs(http.headers['retry-after'], now);
  const byStatus: EwsFailure = { kind: 'http', status: http.status, retryAfterMs: waitMs };
  if (!looksLikeSoap) return http.status === 200 ? { kind: 'answer', code: 'NotSoap' } : byStatus;
  try {
    const answer = readSoapAnswer(http.body);
    const { fault } = answer;
    const ofExchange = fault?.code.startsWith('Error') || http.status === 200 || http.status === 500;
    if (fault !== undefined && fault.code !== '' && ofExchange) {
      return { kind: 'response', code: fault.code, backOffMs: fault.backOffMs ?? waitMs };
    }
    if (http.status !== 200) return byStatus;
    return fault === undefined ? answer : { kind: 'answer', code: 'FaultWithoutCode' };
  } catch (error) {
    if (http.status !== 200) return byStatus;
    return { kind: 'answer', code: error instanceof XmlRefused ? error.code : 'AnswerNotWellFormed' };
  }
}

function failureOf(error: unknown): EwsFailure {
  const { code, sent } = error instanceof HttpFailure ? error : { code: 'UNKNOWN', sent: true };
  return code.startsWith('Answer') ? { kind: 'answer', code } : { kind: 'network', code, sent };
}

/**
 * Lets nothing but complete, harmless SOAP through to the library, which would otherwise crash the process or wait for ever.
 * When a request fails the library's promise stays open on purpose and is forgotten: the caller holds `failed`.
 */
export function ewsTransport(options: EwsTransportOptions): EwsTransport {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  let last: SoapAnswer | undefined;
  const deadline = () => toEwsSyncError({ kind: 'network', code: 'DeadlineExceeded', sent: true }, options.intent);
  // While a request is under way its own failure knows more; this is for a library that says nothing after the answer.
  options.signal.addEventListener('abort', () => last !== undefined && reject(deadline()), { once: true });

  async function send(request: LibraryRequest): Promise<SoapAnswer> {
    const fail = (failure: EwsFailure, cause?: unknown): SyncError => toEwsSyncError(failure, options.intent, cause);
    const headers = {
      ...request.headers,
      Authorization: options.authorization,
      'User-Agent': options.userAgent,
    };
    if (Object.values(headers).some((value) => lineBreaks.test(value))) {
      throw fail({ kind: 'response', code: 'ErrorInvalidHeaderValue' });
    }
    const { agent, signal, largestAnswer } = options;
    const post = { url: request.url, headers, body: request.data, agent, signal, largestAnswer };
    // A kept connection may have been closed by the server just now: what changes nothing is asked once more.
    const again = (error: unknown) =>
      options.intent === 'read' && error instanceof HttpFailure && error.code === 'ECONNRESET';
    const http = await httpPost(post)
      .catch((error: unknown) => (again(error) ? httpPost(post) : Promise.reject(error)))
      .catch((error: unknown) => Promise.reject(fail(failureOf(error), error)));
    const answer = readHttpAnswer(http, options.now());
    if ('kind' in answer) throw fail(answer);
    return answer;
  }

  return {
    api: {
      apiName: 'crm-exchange-sync',
      xhr: (request) =>
        new Promise((resolve) => {
          last = undefined;
          send(request).then((answer) => {
            last = answer;
            // The library parses its own request again after every answer, only to log it.
            request.data = '<sent/>';
            resolve({
              status: 200,
              statusText: 'OK',
              responseText: answer.xml,
              response: answer.xml,
              headers: {},
              getAllResponseHeaders: () => '',
              getResponseHeader: () => '',
            });
          }, reject);
        }),
      xhrStream: () => Promise.reject(new Error('Streaming notifications are not used.')),
      disconnect: () => {},
    },
    failed,
    answer: () => last,
  };
}
