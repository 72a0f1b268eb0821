import { LRUCache } from 'lru-cache';
import type { Clock } from '../../ports/clock.ts';
import type { DirectoryStore } from '../../ports/directory-store.ts';

export interface CachedDirectoryStoreOptions {
  readonly directory: DirectoryStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly ttlMs?: number;
}

/**
 * A directory whose single finds are remembered for a moment, for the engine, which asks for the same profile with each
 * change. Another instance's save is seen when the moment is over; one through this store at once. Lists are not cached.
 */
export function cachedDirectoryStore({
  directory,
  clock,
  ttlMs = 10_000,
}: CachedDirectoryStoreOptions): DirectoryStore {
  const finds = new LRUCache<string, { readonly startedAt: number; readonly result: Promise<unknown> }>({
    max: 50_000,
  });
  const now = () => clock.now().getTime();

  function cached<T>(key: readonly string[], load: () => Promise<T>): Promise<T> {
    const id = JSON.stringify(key);
    const known = finds.get(id);
    if (known !== undefined && now() - known.startedAt < ttlMs) return known.result as Promise<T>;
    const result = load();
    const find = { startedAt: now(), result };
    finds.set(id, find);
    result.catch(() => {
      if (finds.peek(id) === find) finds.delete(id);
    });
    return result;
  }

  /** A save may change what several finds answer, and one that failed may have happened all the same. */
  async function saved(save: Promise<string>): Promise<string> {
    try {
      return await save;
    } finally {
      finds.clear();
    }
  }

  return {
    ...directory,
    findOrganization: (id) => cached(['organization', id], () => directory.findOrganization(id)),
    findCrmConnection: (organization) =>
      cached(['crmConnection', organization], () => directory.findCrmConnection(organization)),
    findProfile: (organization, id) =>
      cached(['profile', organization, id], () => directory.findProfile(organization, id)),
    findMailbox: (organization, id) =>
      cached(['mailbox', organization, id], () => directory.findMailbox(organization, id)),
    findMailboxOfUser: (organization, user) =>
      cached(['mailboxOfUser', organization, user], () => directory.findMailboxOfUser(organization, user)),
    findMailboxByAddress: (organization, address) =>
      cached(['mailboxByAddress', organization, address], () => directory.findMailboxByAddress(organization, address)),
    saveOrganization: (organization, etag) => saved(directory.saveOrganization(organization, etag)),
    saveCommunity: (community, etag) => saved(directory.saveCommunity(community, etag)),
    saveCrmConnection: (connection, etag) => saved(directory.saveCrmConnection(connection, etag)),
    saveProfile: (profile, etag) => saved(directory.saveProfile(profile, etag)),
    saveMailbox: (mailbox, etag) => saved(directory.saveMailbox(mailbox, etag)),
  };
}
