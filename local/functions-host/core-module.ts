import { Module } from 'node:module';
import type { FunctionCallback, FunctionMetadata, LogCategory, LogLevel, ProgrammingModel } from './core-types.ts';
import { type FunctionRegistry, type HookCallback, type HookName, hookNames } from './function-registry.ts';
import type { LogSink } from './host-log.ts';

/** The library shows this mark to tell the host's refusals from errors of the app. */
const systemError = (error: Error): Error => Object.assign(error, { isAzureFunctionsSystemError: true });

class Disposable {
  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  #onDispose: (() => unknown) | undefined;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  dispose(): void {
    this.#onDispose?.();
    this.#onDispose = undefined;
  }
}

/**
 * The module `@azure/functions-core` that Azure's Node worker puts into the app's process. Only what `@azure/functions` v4
 * asks for; the versions are those of a worker and host that support HTTP streaming and log hooks.
 */
export const createCoreModule = (registry: FunctionRegistry, log: LogSink): Record<string, unknown> => ({
  version: '3.11.1',
  hostVersion: '4.1037.0',
  Disposable,
  registerHook(name: string, callback: HookCallback): Disposable {
    if (!hookNames.includes(name as HookName)) throw systemError(new RangeError(`Unrecognized hook "${name}"`));
    const hooks = registry.hooks[name as HookName];
    hooks.push(callback);
    return new Disposable(() => hooks.splice(hooks.indexOf(callback), 1));
  },
  setProgrammingModel(model: ProgrammingModel): void {
    if (registry.locked) throw systemError(new Error('The programming model can only be set during app startup.'));
    registry.model = model;
  },
  getProgrammingModel: () => registry.model,
  log(level: LogLevel, category: LogCategory, message: string): void {
    log({ level: category === 'system' && level === 'information' ? 'debug' : level, category, message });
  },
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    if (registry.locked) throw systemError(new Error('A function can only be registered during app startup.'));
    const id = metadata.functionId ?? metadata.name;
    if (registry.functions.has(id)) {
      throw systemError(new Error(`A function with id "${id}" has already been registered.`));
    }
    const trigger = Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type));
    if (trigger === undefined) throw systemError(new Error(`Function "${metadata.name}" has no trigger.`));
    registry.functions.set(id, {
      id,
      name: metadata.name,
      metadata: { ...metadata, functionId: id },
      callback,
      trigger: { ...trigger[1], name: trigger[0] },
    });
    return new Disposable(() => registry.functions.delete(id));
  },
});

/**
 * Answers `require('@azure/functions-core')` with our module. It must be in place before the app registers anything: the
 * library asks once and remembers the answer, so there is one host to a process.
 */
export const injectCoreModule = (core: Record<string, unknown>): void => {
  const prototype = Module.prototype as unknown as { require: (this: unknown, id: string) => unknown };
  const original = prototype.require;
  prototype.require = function requireWithCore(id) {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  };
};
