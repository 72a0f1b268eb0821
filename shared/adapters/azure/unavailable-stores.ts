import type { RestError } from '@azure/data-tables';
import { StoreUnavailable } from '../../ports/stored.ts';

/** Statuses by which storage says that it cannot now; no status at all: it did not answer. */
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** The same store, whose passing trouble with the network or the service is told apart from faults of ours. */
export function tellingUnavailable<T extends object>(what: string, store: T): T {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...input: unknown[]) => {
        const output: unknown = method.apply(target, input);
        if (output instanceof Promise) return output.catch((error: unknown) => rethrow(what, error));
        return isIterable(output) ? iterate(what, output) : output;
      };
    },
  });
}

const isIterable = (output: unknown): output is AsyncIterable<unknown> =>
  typeof output === 'object' && output !== null && Symbol.asyncIterator in output;

async function* iterate(what: string, values: AsyncIterable<unknown>): AsyncIterable<unknown> {
  try {
    yield* values;
  } catch (error) {
    rethrow(what, error);
  }
}

function rethrow(what: string, error: unknown): never {
  if (error instanceof Error && error.name === 'RestError') {
    const { statusCode } = error as RestError;
    if (statusCode === undefined || passing.has(statusCode)) throw new StoreUnavailable(what, { cause: error });
  }
  throw error;
}
