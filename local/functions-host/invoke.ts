import { randomUUID } from 'node:crypto';
import type { CoreInvocationContext, InvocationResponse, RetryContext, RpcTypedData } from './core-types.ts';
import { type FunctionRegistry, type RegisteredFunction, runHooks } from './function-registry.ts';
import type { LogEntry, LogSink } from './host-log.ts';

export interface InvocationOptions {
  /** A GUID; one is made where none is given. Every attempt has its own. */
  invocationId?: string;
  /** Keys in PascalCase as the extensions of the host write them; the library turns them into camelCase. */
  triggerMetadata?: Record<string, RpcTypedData>;
  retryContext?: RetryContext;
}

export interface InvocationOutcome extends InvocationResponse {
  /** Whether the handler returned anything: under HTTP streaming its response does not show here. */
  hasResult: boolean;
}

export interface Invoker {
  /** Runs a function once. Rejects with what the handler threw, after it was logged. */
  invoke(fn: RegisteredFunction, data: RpcTypedData, options?: InvocationOptions): Promise<InvocationOutcome>;
  /** Resolves when nothing runs any more or the time is over; says how many were left. */
  whenIdle(withinMilliseconds: number): Promise<number>;
}

export class FunctionTimeoutError extends Error {
  override name = 'FunctionTimeoutError';
}

/** The error with the app's own frames: what lies below the library's call of the handler is the same every time. */
const describeError = (error: unknown): string => {
  if (error instanceof FunctionTimeoutError || !(error instanceof Error)) return String(error);
  const lines = (error.stack ?? String(error)).split('\n');
  const below = lines.findIndex((line) => /InvocationModel|functions-host[\\/]invoke\.ts/.test(line));
  return (below > 0 ? lines.slice(0, below) : lines).join('\n');
};

/** Timers of Node hold 31 bits; longer ones would fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Drives one call in the order of the worker's InvocationHandler: arguments, preInvocation hooks, handler, postInvocation
 * hooks (also after an error), response.
 *
 * JavaScript can't be stopped from outside: after functionTimeout the invocation counts as failed while its handler may
 * still run. Azure ends the whole worker process then, with all its neighbours.
 */
export const createInvoker = (registry: FunctionRegistry, log: LogSink, timeoutMilliseconds: number): Invoker => {
  let running = 0;
  const idleWaiters = new Set<() => void>();

  const emit = (entry: LogEntry, invocationContext: unknown): void => {
    if (registry.hooks.log.length === 0) {
      log(entry);
      return;
    }
    const { level, category, message } = entry;
    const context = { level, category, message, invocationContext, hookData: {}, appHookData: registry.appHookData };
    for (const hook of registry.hooks.log) {
      try {
        hook(context);
      } catch {
        // A hook that fails must not take the log line with it.
      }
    }
    log({ ...entry, level: context.level, message: context.message });
  };

  const run = async (fn: RegisteredFunction, core: CoreInvocationContext, setContext: (context: unknown) => void) => {
    const model = await registry.model?.getInvocationModel(core);
    if (model === undefined) throw new Error('The app has set no programming model: it must use @azure/functions v4.');
    const { context, inputs } = await model.getArguments();
    setContext(context);
    const { preInvocation, postInvocation } = registry.hooks;
    const shared = { hookData: {}, appHookData: registry.appHookData, invocationContext: context };
    const before = { ...shared, functionCallback: fn.callback, inputs };
    if (preInvocation.length > 0) {
      core.state = 'preInvocationHooks';
      await runHooks(preInvocation, before);
    }
    core.state = 'invocation';
    const after: { inputs: unknown[]; result: unknown; error: unknown } & typeof shared = {
      ...shared,
      inputs: before.inputs,
      result: null,
      error: null,
    };
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error('The handler threw nothing.');
    }
    core.state = 'postInvocationHooks';
    if (postInvocation.length > 0) await runHooks(postInvocation, after);
    core.state = undefined;
    if (after.error) throw after.error;
    const hasResult = after.result !== undefined && after.result !== null;
    return { ...(await model.getResponse(context, after.result)), hasResult };
  };

  const invoke: Invoker['invoke'] = async (fn, data, options = {}) => {
    const invocationId = options.invocationId ?? randomUUID();
    const started = performance.now();
    const hex = invocationId.replaceAll('-', '');
    let invocationContext: unknown;
    const write = (entry: Pick<LogEntry, 'level' | 'category' | 'message'>): void =>
      emit({ ...entry, functionName: fn.name, invocationId }, invocationContext);
    const core: CoreInvocationContext = {
      invocationId,
      request: {
        invocationId,
        functionId: fn.id,
        inputData: [{ name: fn.trigger.name, data }],
        triggerMetadata: options.triggerMetadata ?? {},
        ...(options.retryContext ? { retryContext: options.retryContext } : {}),
        traceContext: { traceParent: `00-${hex}-${hex.slice(0, 16)}-01`, traceState: '', attributes: {} },
      },
      metadata: fn.metadata,
      state: undefined,
      log: (level, category, message) => write({ level, category, message }),
    };
    let timer: NodeJS.Timeout | undefined;
    running++;
    try {
      const timeout = new Promise<never>((_, reject) => {
        if (timeoutMilliseconds > longestTimer) return;
        timer = setTimeout(() => {
          const limit = `${timeoutMilliseconds / 1000} s`;
          reject(new FunctionTimeoutError(`ran longer than functionTimeout of host.json allows (${limit})`));
        }, timeoutMilliseconds);
      });
      const work = run(fn, core, (context) => {
        invocationContext = context;
      });
      const response = await Promise.race([work, timeout]);
      const took = Math.round(performance.now() - started);
      write({ level: 'debug', category: 'system', message: `succeeded in ${took} ms (${invocationId})` });
      return response;
    } catch (error) {
      const took = Math.round(performance.now() - started);
      const reason = describeError(error);
      write({ level: 'error', category: 'system', message: `failed after ${took} ms (${invocationId}): ${reason}` });
      throw error;
    } finally {
      clearTimeout(timer);
      running--;
      if (running === 0) for (const resume of idleWaiters) resume();
    }
  };

  return {
    invoke,
    whenIdle: async (withinMilliseconds) => {
      if (running > 0) {
        await new Promise<void>((resolve) => {
          const resume = (): void => {
            clearTimeout(timer);
            idleWaiters.delete(resume);
            resolve();
          };
          const timer = setTimeout(resume, withinMilliseconds);
          idleWaiters.add(resume);
        });
      }
      return running;
    },
  };
};
