import type { SecretName } from '../../shared/domain/organization.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Secret, SecretStore } from '../../shared/ports/secret-store.ts';

/** The time of this machine, for tests against real servers. */
export const systemClock: Clock = {
  now: () => new Date(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

export const quietLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

export interface TextSecrets extends SecretStore {
  /** Names that were refreshed, in order. */
  readonly refreshed: readonly SecretName[];
  /** What a refresh finds from now on. */
  replace(name: string, value: string): void;
}

/** Secrets from memory. A read goes through a cache that only a refresh renews, as with the vault. */
export function textSecrets(values: Record<string, string>): TextSecrets {
  const stored = new Map(Object.entries(values));
  const cached = new Map(stored);
  const refreshed: SecretName[] = [];
  const secret = (value: string | undefined): Secret => {
    if (value === undefined) throw new Error('the test has no such secret');
    return { reveal: () => value, version: value };
  };
  return {
    refreshed,
    replace: (name, value) => void stored.set(name, value),
    read: async (name) => secret(cached.get(name)),
    refresh: async (name) => {
      refreshed.push(name);
      cached.set(name, stored.get(name) ?? '');
      return secret(cached.get(name));
    },
  };
}
