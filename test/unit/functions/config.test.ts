import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../functions/config.ts';

const azure = {
  STORAGE_ACCOUNT_NAME: 'syncstorage',
  ServiceBusConnection__fullyQualifiedNamespace: 'sync.servicebus.windows.net',
  KEY_VAULT_URL: 'https://sync.vault.azure.net',
};

describe('the app settings', () => {
  test('of an app in Azure name its storage, namespace and vault, and switch nothing local on', () => {
    expect(readConfig(azure)).toMatchObject({
      storage: { accountName: 'syncstorage' },
      serviceBus: { fullyQualifiedNamespace: 'sync.servicebus.windows.net' },
      secrets: { kind: 'keyVault', url: 'https://sync.vault.azure.net' },
      local: false,
      leaseMs: 150_000,
    });
  });

  test('of the local environment name emulators and a file', () => {
    const local = {
      STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
      ServiceBusConnection: 'Endpoint=sb://127.0.0.1;UseDevelopmentEmulator=true',
      SECRETS_FILE: '.local/secrets.json',
      LOCAL_ENVIRONMENT: 'true',
    };
    expect(readConfig(local)).toMatchObject({ secrets: { kind: 'file', path: '.local/secrets.json' }, local: true });
  });

  test.each([
    ['STORAGE_ACCOUNT_NAME', { ...azure, STORAGE_ACCOUNT_NAME: undefined }],
    [
      'ServiceBusConnection__fullyQualifiedNamespace',
      { ...azure, ServiceBusConnection__fullyQualifiedNamespace: undefined },
    ],
    ['KEY_VAULT_URL', { ...azure, KEY_VAULT_URL: undefined }],
    ['KEY_VAULT_URL', { ...azure, KEY_VAULT_URL: 'the vault' }],
    ['EXCHANGE_DEADLINE_SECONDS', { ...azure, EXCHANGE_DEADLINE_SECONDS: 'soon' }],
  ])('stop the app with the name of the one that is wrong: %s', (name, env) => {
    expect(() => readConfig(env as NodeJS.ProcessEnv)).toThrow(name);
  });
});
