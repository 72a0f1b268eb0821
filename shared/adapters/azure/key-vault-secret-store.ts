import type { TokenCredential } from '@azure/identity';
import type { SecretClientOptions } from '@azure/keyvault-secrets';
import { SecretClient } from '@azure/keyvault-secrets';
import type { SecretName } from '../../domain/organization.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secret, SecretStore } from '../../ports/secret-store.ts';
import { cachedSecretStore } from '../cache/cached-secret-store.ts';
import { makeSecret } from '../make-secret.ts';
import { secretMissing, secretUnavailable } from '../secret-errors.ts';

export interface KeyVaultSecretStoreOptions {
  readonly vaultUrl: string;
  readonly credential: TokenCredential;
  readonly clock: Pick<Clock, 'now'>;
  readonly cacheMs?: number;
  /** How the SDK talks: whom it trusts, how often it retries; no host check for a vault that is not Microsoft's. */
  readonly client?: Pick<SecretClientOptions, 'tlsOptions' | 'retryOptions' | 'disableChallengeResourceVerification'>;
}

/** A call to the vault ends within this time, retries included: a handler waits for it. */
const deadlineMs = 15_000;

/** Secrets of a Key Vault, read through a cache. Only the newest version of a secret counts. */
export function keyVaultSecretStore(options: KeyVaultSecretStoreOptions): SecretStore {
  const { vaultUrl, credential, clock, cacheMs = 10 * 60_000 } = options;
  const client = new SecretClient(vaultUrl, credential, {
    retryOptions: { maxRetries: 2, retryDelayInMs: 300, maxRetryDelayInMs: 2000 },
    ...options.client,
  });

  async function fetch(name: SecretName): Promise<Secret> {
    const found = await client.getSecret(name, { abortSignal: AbortSignal.timeout(deadlineMs) }).catch((error) => {
      throw isMissing(error) ? secretMissing(name, error) : secretUnavailable(name, error);
    });
    if (found.value === undefined || found.value === '') throw secretMissing(name);
    return makeSecret(found.value, found.properties.version ?? found.properties.updatedOn?.toISOString() ?? 'unknown');
  }

  return cachedSecretStore({ fetch, clock, cacheMs });
}

/** Not there, or there but switched off, which the vault tells as a refusal with an inner code. */
function isMissing(error: { statusCode?: number; code?: string; message?: string }): boolean {
  return error.statusCode === 404 || (error.statusCode === 403 && error.code === 'Forbidden' && isDisabled(error));
}

/** The vault's `innererror`, https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret, is called innerError by the SDK. */
function isDisabled(error: object): boolean {
  const { details } = error as { details?: { error?: { innerError?: { code?: string } } } };
  return details?.error?.innerError?.code === 'SecretDisabled';
}
