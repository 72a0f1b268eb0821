import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type AuthorizationLevel = 'anonymous' | 'function' | 'admin';

export interface HostKeys {
  /** Opens everything, the admin API too. */
  master: string;
  /** Opens routes of level "function". */
  function: string;
}

/** The key a caller shows: the header x-functions-key, else the query parameter `code`. */
export const presentedKey = (headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined => {
  const header = headers['x-functions-key'];
  return (Array.isArray(header) ? header[0] : header) ?? query.get('code') ?? undefined;
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Tells whether a key opens a level. Compares digests, so that neither content nor length shows in the time it takes. */
export const createAuthorizer = (keys: HostKeys): ((level: AuthorizationLevel, key: string | undefined) => boolean) => {
  const master = digest(keys.master);
  const forFunctions = digest(keys.function);
  return (level, key) => {
    if (level === 'anonymous') return true;
    if (!key) return false;
    const given = digest(key);
    const isMaster = timingSafeEqual(given, master);
    const isFunction = timingSafeEqual(given, forFunctions);
    return isMaster || (level === 'function' && isFunction);
  };
};
