import { type Environment, isDisabled, resolveSettings } from './app-settings.ts';
import type { FunctionRegistry, RegisteredFunction } from './function-registry.ts';
import type { HostSettings } from './host-json.ts';
import type { LogSink } from './host-log.ts';
import type { Invoker } from './invoke.ts';
import { type HttpRoute, httpRoute } from './routes.ts';
import { parseSchedule } from './schedule.ts';
import type { ServiceBusClients } from './service-bus-clients.ts';
import { type ServiceBusTrigger, startServiceBusTrigger } from './service-bus-trigger.ts';
import { startTimer, type Timer } from './timer.ts';

export interface DriveOptions {
  registry: FunctionRegistry;
  settings: HostSettings;
  environment: Environment;
  invoker: Invoker;
  clients: ServiceBusClients;
  log: LogSink;
}

export interface DrivenFunctions {
  routes: HttpRoute[];
  /** By function id. */
  timers: Map<string, Timer>;
  queues: ServiceBusTrigger[];
}

/** Starts what calls each function. A function that can't be driven is "in error": logged and left out, the others run. */
export const driveFunctions = (options: DriveOptions): DrivenFunctions => {
  const { registry, settings, environment, invoker, clients, log } = options;
  const routes: HttpRoute[] = [];
  const timers = new Map<string, Timer>();
  const queues: ServiceBusTrigger[] = [];

  const drive = (fn: RegisteredFunction): void => {
    const type = fn.trigger.type.toLowerCase();
    if (type === 'httptrigger') {
      routes.push(httpRoute(fn, settings.extensions.http.routePrefix));
    } else if (type === 'timertrigger') {
      const text = resolveSettings(String(fn.trigger['schedule']), environment);
      timers.set(
        fn.id,
        startTimer({
          fn,
          schedule: parseSchedule(text, environment['WEBSITE_TIME_ZONE'] ?? 'UTC'),
          invoke: (data, retryContext) => invoker.invoke(fn, data, retryContext ? { retryContext } : {}),
          log,
        }),
      );
    } else if (type === 'servicebustrigger') {
      if (fn.trigger['isSessionsEnabled'] === true || typeof fn.trigger['queueName'] !== 'string') {
        throw new Error('Only queues without sessions are served locally.');
      }
      queues.push(
        startServiceBusTrigger({
          fn,
          client: clients.get(String(fn.trigger['connection'] ?? 'AzureWebJobsServiceBus')),
          queueName: resolveSettings(fn.trigger['queueName'], environment),
          settings: settings.extensions.serviceBus,
          invoke: (data, triggerMetadata) => invoker.invoke(fn, data, { triggerMetadata }),
          log,
        }),
      );
    } else {
      throw new Error(`Its trigger, ${fn.trigger.type}, is not served locally.`);
    }
  };

  for (const fn of registry.functions.values()) {
    const entry = { category: 'system', functionName: fn.name } as const;
    if (isDisabled(fn.name, environment)) {
      log({ ...entry, level: 'information', message: 'is disabled' });
      continue;
    }
    try {
      drive(fn);
    } catch (error) {
      log({ ...entry, level: 'error', message: `is in error and will not run: ${(error as Error).message}` });
    }
  }
  return { routes, timers, queues };
};
