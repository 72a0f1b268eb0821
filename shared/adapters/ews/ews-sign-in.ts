import type http from 'node:http';
import type { Authentication } from '../../domain/email-server-profile.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secret, SecretStore } from '../../ports/secret-store.ts';
import { type EwsFailure, retryAfterMs, toEwsSyncError } from './ews-errors.ts';
import { type HttpAnswer, HttpFailure, httpPost } from './http-post.ts';

export interface EwsSignInOptions {
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly tokenAgent: (url: string) => http.Agent;
}

/** What goes into the Authorization header. */
export interface EwsSignIn {
  header(authentication: Authentication): Promise<string>;
  /** After a 401 for the header `refused` (undefined: there was none): reads the secret anew and, for OAuth, gets a new token. */
  renew(authentication: Authentication, refused: string | undefined): Promise<string>;
}

type OAuthClient = Extract<Authentication, { kind: 'oauthClient' }>;

interface Token {
  readonly header: string;
  readonly expiresAt: number;
}

const scope = 'https://outlook.office365.com/.default';
/** A token is not used in its last five minutes: a request under way must not outlive it. */
const spareMs = 5 * 60_000;
const tokenDeadlineMs = 20_000;
const largestTokenAnswer = 256 * 1024;

function notAvailable(kind: string): SyncError {
  return new SyncError(`Signing in to Exchange by ${kind} is not available in this version; choose another way.`, {
    code: 'AuthenticationNotAvailable',
    remedy: { kind: 'disable', scope: 'profile' },
    status: 'unauthorized',
  });
}

/** Gives each key's work to all who ask while it lasts. */
function singleFlight<T>(): (key: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, work) => {
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const started = work().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}

function tokenUrlOf(authentication: OAuthClient): string {
  const tenant = encodeURIComponent(authentication.tenantId);
  return authentication.tokenUrl ?? `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
}

function failureOf(answer: HttpAnswer, now: Date): EwsFailure {
  // Entra says 400 for a wrong client or secret (RFC 6749, section 5.2).
  if (answer.status === 400 || answer.status === 401) return { kind: 'http', status: 401 };
  const waitMs = retryAfterMs(answer.headers['retry-after'], now);
  return { kind: 'http', status: answer.status === 200 ? 502 : answer.status, retryAfterMs: waitMs };
}

function tokenIn(answer: HttpAnswer, now: Date): Token | undefined {
  try {
    const parsed: unknown = JSON.parse(answer.body);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { access_token: token, expires_in: lifetime } = parsed as Record<string, unknown>;
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return undefined;
    const seconds = Number(lifetime);
    return { header: `Bearer ${token}`, expiresAt: now.getTime() + (seconds > 0 ? seconds * 1000 : 0) };
  } catch {
    return undefined;
  }
}

/** Signs in as profiles and mailboxes say. Tokens are kept until shortly before they expire; one request for all who wait. */
export function ewsSignIn({ secrets, clock, tokenAgent }: EwsSignInOptions): EwsSignIn {
  const tokens = new Map<string, Token>();
  const once = singleFlight<string>();
  const keyOf = (client: OAuthClient) => `${tokenUrlOf(client)} ${client.clientId} ${client.secretName}`;

  async function fetchToken(client: OAuthClient, secret: Secret): Promise<string> {
    const url = tokenUrlOf(client);
    const controller = new AbortController();
    const callOff = clock.after(tokenDeadlineMs, () => controller.abort());
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: secret.reveal(),
      scope,
    }).toString();
    try {
      const answer = await httpPost({
        url,
        body,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
        agent: tokenAgent(url),
        signal: controller.signal,
        largestAnswer: largestTokenAnswer,
      });
      const token = answer.status === 200 ? tokenIn(answer, clock.now()) : undefined;
      if (token === undefined) throw toEwsSyncError(failureOf(answer, clock.now()), 'read');
      tokens.set(keyOf(client), token);
      return token.header;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      throw toEwsSyncError({ kind: 'http', status: 504 }, 'read', error);
    } finally {
      callOff();
    }
  }

  function headerOf(authentication: Exclude<Authentication, OAuthClient>, secret: Secret): string {
    switch (authentication.kind) {
      case 'basic':
        return `Basic ${Buffer.from(`${authentication.userName}:${secret.reveal()}`, 'utf8').toString('base64')}`;
      case 'bearer':
        return `Bearer ${secret.reveal()}`;
      case 'ntlm':
      case 'oauthDelegated':
        throw notAvailable(authentication.kind);
      default:
        return authentication satisfies never;
    }
  }

  return {
    async header(authentication) {
      if (authentication.kind === 'ntlm' || authentication.kind === 'oauthDelegated') {
        throw notAvailable(authentication.kind);
      }
      if (authentication.kind !== 'oauthClient') {
        return headerOf(authentication, await secrets.read(authentication.secretName));
      }
      const known = tokens.get(keyOf(authentication));
      if (known !== undefined && known.expiresAt - spareMs > clock.now().getTime()) return known.header;
      return once(keyOf(authentication), async () =>
        fetchToken(authentication, await secrets.read(authentication.secretName)),
      );
    },
    async renew(authentication, refused) {
      if (authentication.kind !== 'oauthClient') {
        return headerOf(authentication, await secrets.refresh(authentication.secretName));
      }
      const known = tokens.get(keyOf(authentication));
      if (refused !== undefined && known !== undefined && known.header !== refused) return known.header;
      return once(`renew ${keyOf(authentication)}`, async () =>
        fetchToken(authentication, await secrets.refresh(authentication.secretName)),
      );
    },
  };
}
