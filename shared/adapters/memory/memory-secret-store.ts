import type { SecretName } from '../../domain/organization.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import { makeSecret } from '../make-secret.ts';
import { secretMissing } from '../secret-errors.ts';

export interface MemorySecretStore extends SecretStore {
  /** Stores a new value under a new version; undefined removes the secret. */
  set(name: string, value: string | undefined): void;
  /** How often a secret was read past the cache. */
  refreshes(name: string): number;
}

/** Secrets in this process's memory. As with a vault behind a cache, `read` may be older than `refresh`. */
export function memorySecretStore(values: Readonly<Record<string, string>> = {}): MemorySecretStore {
  const stored = new Map<string, { value: string; version: number }>();
  const cached = new Map<string, { value: string; version: number }>();
  const refreshes = new Map<string, number>();
  let versions = 0;

  const set = (name: string, value: string | undefined) => {
    versions += 1;
    if (value === undefined) stored.delete(name);
    else stored.set(name, { value, version: versions });
  };
  const fetch = (name: SecretName) => {
    const found = stored.get(name);
    if (found === undefined) cached.delete(name);
    else cached.set(name, found);
    return secretOf(name, found);
  };
  const secretOf = (name: SecretName, found: { value: string; version: number } | undefined) => {
    if (found === undefined) throw secretMissing(name);
    return makeSecret(found.value, `${found.version}`);
  };

  for (const [name, value] of Object.entries(values)) set(name, value);
  return {
    set,
    refreshes: (name) => refreshes.get(name) ?? 0,
    async read(name) {
      const found = cached.get(name);
      return found === undefined ? fetch(name) : secretOf(name, found);
    },
    async refresh(name) {
      refreshes.set(name, (refreshes.get(name) ?? 0) + 1);
      return fetch(name);
    },
  };
}
