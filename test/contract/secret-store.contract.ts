import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SecretName } from '../../shared/domain/organization.ts';
import { SyncError } from '../../shared/domain/sync-error.ts';
import type { SecretStore } from '../../shared/ports/secret-store.ts';

export interface SecretStoreUnderTest {
  readonly store: SecretStore;
  /** Stores a new value, or takes the secret away. */
  put(name: string, value: string | undefined): Promise<void>;
  /** Lets more time go by than a read may be shared for. */
  pass(): Promise<void>;
  close(): Promise<void>;
}

const name = 'exchange-password' as SecretName;
const value = 'pässwörd "😀"';

/** What every vault must do, whatever it keeps its secrets in. */
export function describeSecretStore(title: string, create: () => Promise<SecretStoreUnderTest>): void {
  describe(`the secret store of ${title}`, () => {
    let under: SecretStoreUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    test('a secret is read with its value and a version that does not tell it', async () => {
      await under.put(name, value);
      const secret = await under.store.read(name);
      expect(secret.reveal()).toBe(value);
      expect(secret.version).toMatch(/^[\w-]+$/);
      expect(secret.version).not.toContain(value);
    });

    test('a secret cannot be printed by mistake', async () => {
      await under.put(name, value);
      const secret = await under.store.read(name);
      const printed = [`${secret}`, JSON.stringify({ secret }), inspect(secret), inspect({ deep: { secret } })];
      for (const text of [...printed, JSON.stringify(Object.entries(secret))]) expect(text).not.toContain('pässwörd');
      expect(printed).toEqual([
        '[redacted]',
        '{"secret":"[redacted]"}',
        '[redacted]',
        '{ deep: { secret: [redacted] } }',
      ]);
    });

    test('the version stays while the value does', async () => {
      await under.put(name, value);
      const first = await under.store.read(name);
      await under.pass();
      expect((await under.store.refresh(name)).version).toBe(first.version);
    });

    test('a refresh sees the new value under a new version, and so do reads from then on', async () => {
      await under.put(name, value);
      const old = await under.store.read(name);
      await under.put(name, 'new');
      const fresh = await under.store.refresh(name);
      expect(fresh.reveal()).toBe('new');
      expect(fresh.version).not.toBe(old.version);
      expect((await under.store.read(name)).version).toBe(fresh.version);
    });

    test.each(['missing', 'constructor'])(
      'a secret that is not there, %s, is an error that says what to do',
      async (absent) => {
        const error = await under.store.read(absent as SecretName).catch((reason) => reason);
        expect(error).toBeInstanceOf(SyncError);
        expect(error).toMatchObject({ code: 'SecretMissing', kind: 'unauthorized', remedy: { kind: 'pause' } });
        expect(error.message).toContain(absent);
      },
    );

    test('a secret stored at last is found by a refresh', async () => {
      await expect(under.store.read(name)).rejects.toThrow(SyncError);
      await under.put(name, value);
      expect((await under.store.refresh(name)).reveal()).toBe(value);
    });

    test('a secret that was taken away is missing after a refresh', async () => {
      await under.put(name, value);
      await under.store.read(name);
      await under.put(name, undefined);
      await expect(under.store.refresh(name)).rejects.toMatchObject({ code: 'SecretMissing' });
      await expect(under.store.read(name)).rejects.toMatchObject({ code: 'SecretMissing' });
    });

    test('secrets have names of their own', async () => {
      await under.put('one', '1');
      await under.put('two', '2');
      const read = (one: string) => under.store.read(one as SecretName);
      expect((await Promise.all([read('one'), read('two')])).map((secret) => secret.reveal())).toEqual(['1', '2']);
    });
  });
}
