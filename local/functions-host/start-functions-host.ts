import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createAdminApi } from './admin-api.ts';
import { applyLocalSettings, type Environment } from './app-settings.ts';
import { createAuthorizer, type HostKeys } from './authorize.ts';
import { createCoreModule, injectCoreModule } from './core-module.ts';
import { driveFunctions } from './drive-functions.ts';
import { createFunctionRegistry, type FunctionRegistry, runHooks } from './function-registry.ts';
import { readHostJson } from './host-json.ts';
import { filteredSink, type LogSink, writeLogLine } from './host-log.ts';
import { startHttpFront } from './http-front.ts';
import { createInvoker } from './invoke.ts';
import { listenOnLoopback } from './listen-on-loopback.ts';
import { loadApp } from './load-app.ts';
import { sortRoutes } from './routes.ts';
import { createServiceBusClients } from './service-bus-clients.ts';

export interface FunctionsHostOptions {
  appDirectory: string;
  /** 0 for a free one. */
  port: number;
  host?: string;
  log?: LogSink;
  /** Random ones where none are given. */
  keys?: Partial<HostKeys>;
  /** App settings that win over local.settings.json and over what the process already has. */
  environment?: Environment;
}

export interface FunctionsHost {
  port: number;
  keys: HostKeys;
  functionNames: string[];
  /** Runs a timer-triggered function now; rejects with what it threw. */
  runTimer(name: string): Promise<void>;
  /** Stops receiving, lets what runs finish for up to five seconds, then closes everything. */
  stop(): Promise<void>;
}

const drainMilliseconds = 5_000;

/**
 * Runs an app of the Azure Functions v4 programming model in this process, as Azure's host and its Node worker do together.
 * Once to a process: the app shares its globals and environment, and @azure/functions keeps the first host it met.
 */
export const startFunctionsHost = async (options: FunctionsHostOptions): Promise<FunctionsHost> => {
  const appDirectory = path.resolve(options.appDirectory);
  const environment: Environment = process.env;
  Object.assign(environment, options.environment);
  await applyLocalSettings(appDirectory, environment);
  const settings = await readHostJson(appDirectory, environment);
  const log = filteredSink(options.log ?? writeLogLine, settings.logging.logLevel);
  const keys: HostKeys = {
    master: options.keys?.master ?? randomBytes(24).toString('base64url'),
    function: options.keys?.function ?? randomBytes(24).toString('base64url'),
  };

  const registry = createFunctionRegistry();
  injectCoreModule(createCoreModule(registry, log));
  await loadApp(appDirectory);
  const streamUri = await finishStartup(registry, appDirectory);

  const invoker = createInvoker(registry, log, settings.functionTimeout);
  const clients = createServiceBusClients(environment, settings.extensions.serviceBus);
  const driven = driveFunctions({ registry, settings, environment, invoker, clients, log });
  const isAuthorized = createAuthorizer(keys);
  const admin = createAdminApi({
    registry,
    isAuthorized,
    runByHand: (fn, input) => {
      const run = driven.timers.get(fn.id)?.run() ?? invoker.invoke(fn, { string: input });
      run.catch(() => undefined);
    },
  });
  const front = await startHttpFront({
    host: options.host ?? '127.0.0.1',
    port: options.port,
    routes: sortRoutes(driven.routes),
    isAuthorized,
    invoker,
    admin,
    streamUri,
    log,
  });

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    front.stopAccepting();
    for (const timer of driven.timers.values()) timer.stop();
    const receiversStopped = Promise.allSettled(driven.queues.map((trigger) => trigger.stopReceiving()));
    const left = await invoker.whenIdle(drainMilliseconds);
    if (left > 0) log({ level: 'warning', category: 'system', message: `${left} invocations did not end in time` });
    await within(2_000, receiversStopped);
    await within(
      2_000,
      Promise.allSettled(driven.queues.map((trigger) => trigger.close())).then(() => clients.close()),
    );
    await runHooks(registry.hooks.appTerminate, startHookContext(registry, appDirectory));
    await front.close();
  };
  return {
    port: front.port,
    keys,
    functionNames: [...registry.functions.values()].map((fn) => fn.name),
    runTimer: async (name) => {
      const timer = [...driven.timers].find(([id]) => registry.functions.get(id)?.name === name)?.[1];
      if (timer === undefined) throw new Error(`There is no timer-triggered function "${name}".`);
      await timer.run();
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
};

const within = (milliseconds: number, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });

const startHookContext = (registry: FunctionRegistry, functionAppDirectory: string) => ({
  functionAppDirectory,
  hookData: registry.startHookData,
  appHookData: registry.appHookData,
});

/** appStart hooks, then the library's capabilities (which lock app.setup), then no more registrations. */
const finishStartup = async (registry: FunctionRegistry, appDirectory: string): Promise<string | undefined> => {
  const { model } = registry;
  if (model === undefined || registry.functions.size === 0) {
    throw new Error(
      `The app in ${appDirectory} registered no function: does "main" of its package.json name the right files?`,
    );
  }
  await runHooks(registry.hooks.appStart, startHookContext(registry, appDirectory));
  const capabilities = await listenOnLoopback(async () => model.getCapabilities({ RpcHttpBodyOnly: 'true' }));
  registry.locked = true;
  return capabilities['HttpUri'];
};
