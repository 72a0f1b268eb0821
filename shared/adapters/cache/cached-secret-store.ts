import { LRUCache } from 'lru-cache';
import type { SecretName } from '../../domain/organization.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secret, SecretStore } from '../../ports/secret-store.ts';

export interface CachedSecretStoreOptions {
  /** Reads the secret where it lies; rejects with SyncError, of kind `unauthorized` when there is none. */
  readonly fetch: (name: SecretName) => Promise<Secret>;
  readonly clock: Pick<Clock, 'now'>;
  readonly cacheMs: number;
}

/** A failure is asked about again after this time, so that a secret stored at last is soon seen. */
const failureMs = 5_000;
/** Whoever is refused in the same moment shares one look past the cache. */
const sharedRefreshMs = 2_000;
/** While the vault does not answer, a secret that was good goes on being used for so long. */
const staleMs = 12 * 3_600_000;

interface Read {
  readonly startedAt: number;
  readonly refresh: boolean;
  readonly result: Promise<Secret>;
  failed: boolean;
}

/** A cache before a vault. Concurrent reads of one secret are one request. */
export function cachedSecretStore({ fetch, clock, cacheMs }: CachedSecretStoreOptions): SecretStore {
  const reads = new LRUCache<SecretName, Read>({ max: 10_000 });
  const good = new LRUCache<SecretName, { secret: Secret; at: number }>({ max: 10_000 });
  const now = () => clock.now().getTime();

  function start(name: SecretName, refresh: boolean): Promise<Secret> {
    const read: Read = { startedAt: now(), refresh, failed: false, result: fetch(name) };
    reads.set(name, read);
    read.result.then(
      (secret) => void good.set(name, { secret, at: read.startedAt }),
      (error) => {
        read.failed = true;
        if (isMissing(error)) good.delete(name);
      },
    );
    return read.result;
  }

  /** A secret that was good is better than none, unless it was taken away. */
  async function orStale(name: SecretName, result: Promise<Secret>): Promise<Secret> {
    try {
      return await result;
    } catch (error) {
      const last = good.get(name);
      if (last === undefined || isMissing(error) || now() - last.at > staleMs) throw error;
      return last.secret;
    }
  }

  return {
    read(name) {
      const last = reads.get(name);
      const fresh = last !== undefined && now() - last.startedAt < (last.failed ? failureMs : cacheMs);
      return orStale(name, fresh ? last.result : start(name, false));
    },
    refresh(name) {
      const last = reads.get(name);
      const shared = last?.refresh === true && now() - last.startedAt < sharedRefreshMs;
      return shared ? last.result : start(name, true);
    },
  };
}

const isMissing = (error: unknown) => error instanceof SyncError && error.kind === 'unauthorized';
