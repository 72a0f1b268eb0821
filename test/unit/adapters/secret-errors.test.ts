import { expect, test } from '@jest/globals';
import { memorySecretStore } from '../../../shared/adapters/memory/memory-secret-store.ts';
import { pausingInstead } from '../../../shared/adapters/secret-errors.ts';
import type { SecretName } from '../../../shared/domain/organization.ts';

test('a secret that is missing pauses the scope that needs it', async () => {
  const secrets = memorySecretStore({ there: 'value' });
  const forCrm = pausingInstead(secrets, 'crmConnection');
  const missing = { code: 'SecretMissing', kind: 'unauthorized', remedy: { kind: 'pause' } };
  await expect(secrets.read('gone' as SecretName)).rejects.toMatchObject({ ...missing, remedy: { scope: 'profile' } });
  for (const read of [forCrm.read, forCrm.refresh]) {
    await expect(read('gone' as SecretName)).rejects.toMatchObject({ ...missing, remedy: { scope: 'crmConnection' } });
    expect((await read('there' as SecretName)).reveal()).toBe('value');
  }
});
