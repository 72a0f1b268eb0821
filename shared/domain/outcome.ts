import type { SyncError } from './sync-error.ts';

/** The result of one item of a batch: a batch never fails as a whole because of one of its items. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SyncError };

export const succeeded = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const failed = (error: SyncError): Outcome<never> => ({ ok: false, error });
