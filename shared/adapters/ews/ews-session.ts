import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import type { ExchangeService } from 'ews-javascript-api';
import type { Authentication } from '../../domain/email-server-profile.ts';
import { hashOf } from '../../domain/hash.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import { type Intent, toEwsSyncError } from './ews-errors.ts';
import { type EwsLibrary, loadEwsLibrary } from './ews-library.ts';
import { ewsSignIn } from './ews-sign-in.ts';
import { ewsTransport } from './ews-transport.ts';
import { isOwnMachine, lookupElsewhere } from './http-post.ts';
import type { SoapAnswer } from './soap-answer.ts';

export interface EwsSessionOptions {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly largestAnswer: number;
  readonly allowInsecure: boolean;
  readonly ca: string | undefined;
  readonly userAgent: string;
}

/** One call of the gateway: every request it makes shares one deadline. */
export interface EwsCall {
  readonly access: MailboxAccess;
  readonly signal: AbortSignal;
}

export interface EwsReply<T> {
  /** What the library made of the answer; undefined when it could not read it. */
  readonly value: T | undefined;
  /** Why it could not. */
  readonly trouble: unknown;
  readonly answer: SoapAnswer;
}

export type EwsAction<T> = (library: EwsLibrary, service: ExchangeService) => Promise<T>;

export interface EwsSession {
  call<T>(access: MailboxAccess, work: (call: EwsCall) => Promise<T>): Promise<T>;
  /** One request. Rejects with SyncError unless a complete answer came; what Exchange says in it is the caller's to read. */
  request<T>(call: EwsCall, intent: Intent, action: EwsAction<T>): Promise<EwsReply<T>>;
  /** One request for one thing: rejects with SyncError also when Exchange answered with an error. */
  requestOne<T>(call: EwsCall, action: EwsAction<T>): Promise<T>;
}

function misconfigured(code: string, message: string): SyncError {
  return new SyncError(message, {
    code,
    remedy: { kind: 'disable', scope: 'profile' },
    status: 'invalidServerUrl',
  });
}

/** The endpoint, if it is one that secrets may be sent to. */
export function checkedUrl(url: string | undefined, allowInsecure: boolean): URL {
  if (url === undefined) throw misconfigured('ServerUrlMissing', 'The profile names no incoming server URL.');
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') {
    throw misconfigured(
      'ServerUrlWithPassword',
      'The server URL of the profile must not hold a user name or password.',
    );
  }
  if (allowInsecure && /^https?:$/.test(parsed.protocol)) return parsed;
  if (parsed.protocol !== 'https:') throw misconfigured('ServerUrlNotSecure', 'The server URL must start with https.');
  if (isOwnMachine(parsed.hostname)) {
    throw misconfigured('ServerUrlOwnMachine', 'The server URL leads to this machine itself.');
  }
  return parsed;
}

/** An idle connection is given up before the load balancers on the way forget it. */
const idleMs = 100_000;
/** Shorter than the shortest pause, so that its probe is a real one. */
const refusalMs = 20_000;
const mostRefusals = 1_000;

/** Opens services of the library, one for each request, over connections that all requests of a profile share. */
export function ewsSession(options: EwsSessionOptions): EwsSession {
  const { clock, allowInsecure } = options;
  const agents = new Map<string, http.Agent>();
  const refusals = new Map<string, { readonly at: number; readonly error: SyncError }>();

  function agentFor(key: string, url: URL, maxSockets: number): http.Agent {
    const full = `${key} ${url.origin} ${maxSockets}`;
    const shared = { keepAlive: true, maxSockets, timeout: idleMs, scheduling: 'lifo' as const };
    const guarded = allowInsecure ? shared : { ...shared, lookup: lookupElsewhere };
    const trusted = options.ca === undefined ? guarded : { ...guarded, ca: [...rootCertificates, options.ca] };
    const agent = agents.get(full) ?? (url.protocol === 'https:' ? new https.Agent(trusted) : new http.Agent(guarded));
    agents.set(full, agent);
    return agent;
  }

  const signIn = ewsSignIn({
    secrets: options.secrets,
    clock,
    tokenAgent: (url) => agentFor('token', checkedUrl(url, allowInsecure), 4),
  });

  function beforeDeadline<T>(call: EwsCall, work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = () => reject(toEwsSyncError({ kind: 'network', code: 'DeadlineExceeded', sent: false }, 'read'));
    if (call.signal.aborted) stop();
    call.signal.addEventListener('abort', stop, { once: true });
    return Promise.race([work, promise]).finally(() => call.signal.removeEventListener('abort', stop));
  }

  function open(library: EwsLibrary, access: MailboxAccess, url: URL): ExchangeService {
    const { mailbox, profile } = access;
    const service = new library.ExchangeService(
      library.ExchangeVersion[profile.exchangeVersion],
      library.TimeZoneInfo.Utc,
    );
    service.Url = new library.Uri(url.href);
    // The library insists on credentials; the real ones are known to the transport alone.
    service.Credentials = new library.OAuthCredentials('held-by-the-transport', true);
    if (profile.access === 'impersonation') {
      service.ImpersonatedUserId = new library.ImpersonatedUserId(
        library.ConnectingIdType.SmtpAddress,
        mailbox.address,
      );
    }
    service.HttpHeaders.Add('X-AnchorMailbox', mailbox.address);
    return service;
  }

  async function attempt<T>(
    call: EwsCall,
    intent: Intent,
    authorization: string,
    action: EwsAction<T>,
  ): Promise<EwsReply<T>> {
    const { profile } = call.access;
    const url = checkedUrl(profile.incomingServerUrl, allowInsecure);
    const library = await loadEwsLibrary();
    const transport = ewsTransport({
      agent: agentFor(`${profile.organizationId} ${profile.id}`, url, profile.maxConcurrentConnections),
      authorization,
      userAgent: options.userAgent,
      intent,
      signal: call.signal,
      largestAnswer: options.largestAnswer,
      now: () => clock.now(),
    });
    const service = open(library, call.access, url);
    service.XHRApi = transport.api as unknown as typeof service.XHRApi;
    let value: T | undefined;
    let trouble: unknown;
    try {
      value = await Promise.race([action(library, service), transport.failed]);
    } catch (error) {
      trouble = error;
    }
    const answer = transport.answer();
    if (answer !== undefined) return { value, trouble, answer };
    if (trouble instanceof SyncError) throw trouble;
    throw new SyncError('The request to Exchange could not be written.', {
      code: 'RequestNotWritten',
      remedy: { kind: 'park' },
      cause: trouble,
    });
  }

  const isUnauthorized = (error: unknown): error is SyncError =>
    error instanceof SyncError && error.kind === 'unauthorized';

  /** Own credentials that fail are the trouble of one mailbox. */
  function ofScope(error: unknown, access: MailboxAccess): unknown {
    if (!isUnauthorized(error) || access.mailbox.ownAuthentication === undefined) return error;
    const { code, kind, cause } = error;
    const remedy = { kind: 'pause', scope: 'mailbox' } as const;
    return new SyncError(error.message, { code, kind, remedy, status: 'unauthorized', cause });
  }

  async function request<T>(call: EwsCall, intent: Intent, action: EwsAction<T>): Promise<EwsReply<T>> {
    const authentication: Authentication = call.access.mailbox.ownAuthentication ?? call.access.profile.authentication;
    let authorization: string | undefined;
    try {
      try {
        authorization = await beforeDeadline(call, signIn.header(authentication));
        return await attemptOnce(call, intent, authorization, action);
      } catch (error) {
        if (!isUnauthorized(error)) throw error;
        const renewed = await beforeDeadline(call, signIn.renew(authentication, authorization));
        // The same secret once more would only count as one more wrong password.
        if (renewed === authorization) throw error;
        return await attemptOnce(call, intent, renewed, action);
      }
    } catch (error) {
      throw ofScope(error, call.access);
    }
  }

  /** An attempt, unless just this sign-in was refused a moment ago: a burst of changes must not lock the account. */
  async function attemptOnce<T>(
    call: EwsCall,
    intent: Intent,
    authorization: string,
    action: EwsAction<T>,
  ): Promise<EwsReply<T>> {
    const key = hashOf(call.access.profile.incomingServerUrl ?? '', authorization);
    const known = refusals.get(key);
    if (known !== undefined && clock.now().getTime() - known.at < refusalMs) throw known.error;
    try {
      const reply = await attempt(call, intent, authorization, action);
      refusals.delete(key);
      return reply;
    } catch (error) {
      if (isUnauthorized(error)) {
        if (refusals.size >= mostRefusals) refusals.clear();
        refusals.set(key, { at: clock.now().getTime(), error });
      }
      throw error;
    }
  }

  return {
    async call(access, work) {
      const controller = new AbortController();
      const callOff = clock.after(options.deadlineMs, () => controller.abort());
      try {
        return await work({ access, signal: controller.signal });
      } finally {
        callOff();
      }
    },
    request,
    async requestOne(call, action) {
      const { value, trouble, answer } = await request(call, 'read', action);
      const refused = answer.messages.find((message) => message.failed);
      if (refused !== undefined) throw toEwsSyncError({ kind: 'response', ...refused }, 'read');
      if (value === undefined) throw toEwsSyncError({ kind: 'answer', code: 'AnswerNotUnderstood' }, 'read', trouble);
      return value;
    },
  };
}
