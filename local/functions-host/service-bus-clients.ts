import { type RetryOptions, ServiceBusClient } from '@azure/service-bus';
import type { Environment } from './app-settings.ts';
import type { ServiceBusSettings } from './host-json.ts';

export interface ServiceBusClients {
  /** The client of a connection setting, shared by all triggers that name it. */
  get(connectionName: string): ServiceBusClient;
  close(): Promise<void>;
}

/**
 * clientRetryOptions of host.json in the words of the JavaScript client. Where nothing is said, pauses are those of the
 * extension (0.8 s) but short at the top, so that a broker that was restarted is found again within seconds.
 */
export const retryOptionsOf = ({ clientRetryOptions: from }: ServiceBusSettings): RetryOptions => ({
  timeoutInMs: from.tryTimeout ?? 10_000,
  maxRetries: from.maxRetries ?? 3,
  retryDelayInMs: from.delay ?? 800,
  maxRetryDelayInMs: from.maxDelay ?? 5_000,
  // RetryMode is an enum that the package exports as numbers: 0 exponential, 1 fixed.
  mode: from.mode?.toLowerCase() === 'fixed' ? 1 : 0,
});

/** The connection string behind a trigger's `connection`, with or without the prefix AzureWebJobs. */
export const connectionString = (name: string, environment: Environment): string => {
  const value = environment[name] ?? environment[`AzureWebJobs${name}`];
  if (value) return value;
  const hint = environment[`${name}__fullyQualifiedNamespace`]
    ? 'Connections by identity work in Azure only: locally give a connection string.'
    : 'Give a connection string in local.settings.json or the environment.';
  throw new Error(`The app setting "${name}" is missing: a Service Bus trigger connects with it. ${hint}`);
};

export const createServiceBusClients = (environment: Environment, settings: ServiceBusSettings): ServiceBusClients => {
  const clients = new Map<string, ServiceBusClient>();
  return {
    get: (connectionName) => {
      const connection = connectionString(connectionName, environment);
      let client = clients.get(connection);
      if (client === undefined) {
        client = new ServiceBusClient(connection, { retryOptions: retryOptionsOf(settings) });
        clients.set(connection, client);
      }
      return client;
    },
    close: async () => {
      await Promise.allSettled([...clients.values()].map((client) => client.close()));
    },
  };
};
