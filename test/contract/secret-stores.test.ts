import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { keyVaultSecretStore } from '../../shared/adapters/azure/key-vault-secret-store.ts';
import { fileSecretStore } from '../../shared/adapters/file/file-secret-store.ts';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import { memorySecretStore } from '../../shared/adapters/memory/memory-secret-store.ts';
import type { SecretName } from '../../shared/domain/organization.ts';
import type { KeyVault } from '../support/key-vault.ts';
import { startKeyVault } from '../support/key-vault.ts';
import { describeSecretStore } from './secret-store.contract.ts';

const name = 'exchange-password' as SecretName;
const pass = async () => {};
const started: KeyVault[] = [];

afterEach(async () => {
  for (const vault of started.splice(0)) await vault.close();
});

describeSecretStore('this process', async () => {
  const store = memorySecretStore();
  return { store, pass, put: async (name, value) => store.set(name, value), close: async () => {} };
});

describeSecretStore('a file', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'secrets-'));
  const file = path.join(directory, 'secrets.json');
  const values: Record<string, string> = {};
  await writeFile(file, '{}');
  return {
    store: fileSecretStore({ path: file }),
    pass,
    async put(name, value) {
      if (value === undefined) delete values[name];
      else values[name] = value;
      await writeFile(file, JSON.stringify(values));
    },
    close: () => rm(directory, { recursive: true }),
  };
});

async function vaultAndStore() {
  const vault = await startKeyVault('token-1');
  started.push(vault);
  const clock = memoryClock();
  const scopes: (string | string[])[] = [];
  const store = keyVaultSecretStore({
    vaultUrl: vault.vaultUrl,
    clock,
    credential: {
      async getToken(scope) {
        scopes.push(scope);
        return { token: 'token-1', expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    },
    client: {
      tlsOptions: { ca: vault.ca },
      disableChallengeResourceVerification: true,
      retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
    },
  });
  return { vault, clock, store, scopes };
}

describeSecretStore('a Key Vault', async () => {
  const { vault, clock, store } = await vaultAndStore();
  return {
    store,
    pass: () => clock.advance(3_000),
    put: async (name, value) => vault.put(name, value),
    close: async () => {},
  };
});

describe('a Key Vault behind its cache', () => {
  test('answers the challenge with a token for the vault, once', async () => {
    const { vault, store, scopes } = await vaultAndStore();
    vault.put(name, 'value');
    vault.put('other', 'value');
    await store.read(name);
    await store.read('other' as SecretName);
    expect(scopes).toEqual([['https://vault.azure.net/.default']]);
    expect(vault.challenges()).toBe(1);
  });

  test('is asked once by a hundred who read at once, and not again for ten minutes', async () => {
    const { vault, clock, store } = await vaultAndStore();
    vault.put(name, 'value');
    await Promise.all(Array.from({ length: 100 }, () => store.read(name)));
    await clock.advance(599_000);
    await store.read(name);
    expect(vault.requests(name)).toBe(1);
    vault.put(name, 'new');
    await clock.advance(1_000);
    expect((await store.read(name)).reveal()).toBe('new');
  });

  test('is asked once by a hundred who were refused in the same two seconds', async () => {
    const { vault, clock, store } = await vaultAndStore();
    vault.put(name, 'value');
    await store.read(name);
    await Promise.all(Array.from({ length: 50 }, () => store.refresh(name)));
    await clock.advance(1_999);
    await Promise.all(Array.from({ length: 50 }, () => store.refresh(name)));
    expect(vault.requests(name)).toBe(2);
    await clock.advance(1);
    await store.refresh(name);
    expect(vault.requests(name)).toBe(3);
  });

  test('is asked past a read that is under way when a refresh comes', async () => {
    const { vault, store } = await vaultAndStore();
    vault.put(name, 'value');
    await Promise.all([store.read(name), store.refresh(name), store.read(name)]);
    expect(vault.requests(name)).toBe(2);
  });

  test('is asked again for a missing secret after five seconds, not sooner', async () => {
    const { vault, clock, store } = await vaultAndStore();
    await expect(store.read(name)).rejects.toMatchObject({ code: 'SecretMissing' });
    vault.put(name, 'value');
    await clock.advance(4_999);
    await expect(store.read(name)).rejects.toMatchObject({ code: 'SecretMissing' });
    expect(vault.requests(name)).toBe(1);
    await clock.advance(1);
    expect((await store.read(name)).reveal()).toBe('value');
  });

  test('holds a secret that is switched off for missing', async () => {
    const { vault, store } = await vaultAndStore();
    vault.put(name, 'value');
    vault.disable(name);
    await expect(store.read(name)).rejects.toMatchObject({ code: 'SecretMissing' });
  });

  test.each([403, 503])('is unavailable when it answers %i, which uses up no try', async (status) => {
    const { vault, store } = await vaultAndStore();
    vault.put(name, 'value');
    vault.fail(status);
    const error = await store.read(name).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'SecretUnavailable', remedy: { kind: 'pause', scope: 'profile' } });
    expect(error.cause).toMatchObject({ statusCode: status });
  });

  test('goes on with the last good value while it does not answer, but never for a refresh', async () => {
    const { vault, clock, store } = await vaultAndStore();
    vault.put(name, 'value');
    await store.read(name);
    vault.fail(503);
    await clock.advance(3_600_000);
    expect((await store.read(name)).reveal()).toBe('value');
    await expect(store.refresh(name)).rejects.toMatchObject({ code: 'SecretUnavailable' });
    await clock.advance(12 * 3_600_000);
    await expect(store.read(name)).rejects.toMatchObject({ code: 'SecretUnavailable' });
  });

  test('does not bring back a secret that was taken away, not even while it does not answer', async () => {
    const { vault, clock, store } = await vaultAndStore();
    vault.put(name, 'value');
    await store.read(name);
    vault.put(name, undefined);
    await expect(store.refresh(name)).rejects.toMatchObject({ code: 'SecretMissing' });
    vault.fail(503);
    await clock.advance(5_000);
    await expect(store.read(name)).rejects.toMatchObject({ code: 'SecretUnavailable' });
  });
});
