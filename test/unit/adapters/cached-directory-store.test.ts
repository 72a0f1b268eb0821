import { expect, test } from '@jest/globals';
import { cachedDirectoryStore } from '../../../shared/adapters/cache/cached-directory-store.ts';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memoryDirectoryStore } from '../../../shared/adapters/memory/memory-directory-store.ts';
import type { OrganizationId } from '../../../shared/domain/ids.ts';
import { Organization } from '../../../shared/domain/organization.ts';
import type { DirectoryStore } from '../../../shared/ports/directory-store.ts';

const id = 'contoso' as OrganizationId;
const named = (name: string) => Organization.parse({ id, name, fingerprintSecretName: 'prints' });

/** A cache, what lies behind it, and how often that was asked; `hold` keeps its answers back until the promise is done. */
function cacheBefore(memory: DirectoryStore) {
  const clock = memoryClock();
  const asked = { finds: 0, hold: Promise.resolve(), fails: false };
  const directory: DirectoryStore = {
    ...memory,
    async findOrganization(organization) {
      asked.finds += 1;
      const found = await memory.findOrganization(organization);
      await asked.hold;
      if (asked.fails) throw new Error('storage does not answer');
      return found;
    },
  };
  const cache = cachedDirectoryStore({ directory, clock, ttlMs: 10_000 });
  return { cache, clock, asked, nameNow: async () => (await cache.findOrganization(id))?.value.name };
}

test('finds at the same time and within the time to live are one; absence is remembered too', async () => {
  const { cache, clock, asked } = cacheBefore(memoryDirectoryStore());
  await Promise.all(Array.from({ length: 100 }, () => cache.findOrganization(id)));
  await clock.advance(9_999);
  await cache.findOrganization(id);
  expect(asked.finds).toBe(1);
  await clock.advance(1);
  await cache.findOrganization(id);
  expect(asked.finds).toBe(2);
});

test('a save through the cache is seen at once, one behind it when the time is over', async () => {
  const memory = memoryDirectoryStore();
  const { cache, clock, nameNow } = cacheBefore(memory);
  await cache.saveOrganization(named('first'));
  expect(await nameNow()).toBe('first');
  await cache.saveOrganization(named('second'));
  expect(await nameNow()).toBe('second');
  await memory.saveOrganization(named('third'));
  expect(await nameNow()).toBe('second');
  await clock.advance(10_000);
  expect(await nameNow()).toBe('third');
});

test('an answer that was under way while a save happened is not remembered', async () => {
  const { cache, asked, nameNow } = cacheBefore(memoryDirectoryStore());
  await cache.saveOrganization(named('old'));
  let answer = () => {};
  asked.hold = new Promise((resolve) => {
    answer = resolve;
  });
  const early = nameNow();
  await cache.saveOrganization(named('new'));
  answer();
  expect(await early).toBe('old');
  expect(await nameNow()).toBe('new');
});

test('a failure is not remembered', async () => {
  const { cache, asked } = cacheBefore(memoryDirectoryStore());
  asked.fails = true;
  await expect(cache.findOrganization(id)).rejects.toThrow('storage does not answer');
  asked.fails = false;
  await expect(cache.findOrganization(id)).resolves.toBeUndefined();
});
