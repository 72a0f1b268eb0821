import type { SecretName } from '../domain/organization.ts';

/** A secret that cannot be printed: toString, JSON and inspect all give [redacted]. */
export interface Secret {
  reveal(): string;
  /** Tells one stored value of the secret from the next, without telling the value. */
  readonly version: string;
}

export interface SecretStore {
  /** Reads through a cache. Concurrent reads of one name are one request. Throws SyncError when the secret is missing or the vault does not answer. */
  read(name: SecretName): Promise<Secret>;
  /** Reads past the cache, for after a 401; concurrent refreshes of one name are one request. */
  refresh(name: SecretName): Promise<Secret>;
}
