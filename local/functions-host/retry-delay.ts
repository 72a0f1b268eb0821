import type { RpcRetryOptions } from './core-types.ts';

/** Milliseconds to wait before retry number `retry` (1 = the first), or undefined where no more is allowed; -1 = for ever. */
export const retryDelay = (options: RpcRetryOptions | undefined, retry: number): number | undefined => {
  if (options === undefined) return undefined;
  const allowed = options.maxRetryCount ?? 0;
  if (allowed !== -1 && retry > allowed) return undefined;
  const fixed = (options.delayInterval?.seconds ?? 0) * 1000;
  if (options.retryStrategy === 'fixedDelay') return fixed;
  const minimum = (options.minimumInterval?.seconds ?? 0) * 1000;
  const maximum = (options.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(maximum, minimum * 2 ** (retry - 1));
};
