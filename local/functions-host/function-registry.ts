import type { Binding, FunctionCallback, FunctionMetadata, ProgrammingModel } from './core-types.ts';

export const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof hookNames)[number];
/** What a hook receives is mutable on purpose: hooks replace inputs, the callback, the result, the log line. */
export type HookCallback = (context: Record<string, unknown>) => unknown;

export interface RegisteredFunction {
  id: string;
  name: string;
  metadata: FunctionMetadata;
  callback: FunctionCallback;
  /** The one binding that starts the function, its name included. */
  trigger: Binding & { name: string };
}

/** Everything an app has told the host while it was being loaded. */
export interface FunctionRegistry {
  functions: Map<string, RegisteredFunction>;
  hooks: Record<HookName, HookCallback[]>;
  /** Shared by all hooks of the app; `appHookData` of every hook context. */
  appHookData: Record<string, unknown>;
  /** Shared by appStart and appTerminate; their `hookData`. */
  startHookData: Record<string, unknown>;
  model: ProgrammingModel | undefined;
  /** After start-up nothing can be registered any more. */
  locked: boolean;
}

export const createFunctionRegistry = (): FunctionRegistry => ({
  functions: new Map(),
  hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
  appHookData: {},
  startHookData: {},
  model: undefined,
  locked: false,
});

/** Runs the hooks of one name in the order they were registered, each with the same context. */
export const runHooks = async (hooks: HookCallback[], context: Record<string, unknown>): Promise<void> => {
  for (const hook of hooks) await hook(context);
};

/** Function names are matched without regard to case, as in routes of the admin API. */
export const findFunction = (registry: FunctionRegistry, name: string): RegisteredFunction | undefined =>
  [...registry.functions.values()].find((fn) => fn.name.toLowerCase() === name.toLowerCase());
