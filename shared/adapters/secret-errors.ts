import type { SecretName } from '../domain/organization.ts';
import type { PauseScope } from '../domain/sync-error.ts';
import { SyncError } from '../domain/sync-error.ts';
import type { SecretStore } from '../ports/secret-store.ts';

/** No such secret: what needs it stands still until an admin stores it. */
export function secretMissing(name: SecretName, cause?: unknown): SyncError {
  return new SyncError(`The vault has no usable secret "${name}". Store it there under this name.`, {
    code: 'SecretMissing',
    kind: 'unauthorized',
    status: 'unauthorized',
    remedy: { kind: 'pause', scope: 'profile' },
    cause,
  });
}

/** The vault cannot be asked: nobody's fault but the vault's, so no try is used up. */
export function secretUnavailable(name: SecretName, cause: unknown): SyncError {
  return new SyncError(
    `The secret "${name}" cannot be read now. Check the vault, its network rules and our right to read it.`,
    {
      code: 'SecretUnavailable',
      remedy: { kind: 'pause', scope: 'profile' },
      cause,
    },
  );
}

/** The same secrets for another use: what cannot be read pauses this scope instead of a profile. */
export function pausingInstead(secrets: SecretStore, scope: PauseScope): SecretStore {
  const translate = (error: unknown): never => {
    if (!(error instanceof SyncError) || error.remedy.kind !== 'pause') throw error;
    const { message, code, kind, cause } = error;
    throw new SyncError(message, { code, kind, cause, remedy: { ...error.remedy, scope } });
  };
  return {
    read: (name) => secrets.read(name).catch(translate),
    refresh: (name) => secrets.refresh(name).catch(translate),
  };
}
