import path from 'node:path';
import { z } from 'zod';
import { type Environment, readJsonFile } from './app-settings.ts';
import { parseTimeSpan } from './time-span.ts';

/** A duration in milliseconds, written as a TimeSpan. */
const timeSpan = z.string().transform((text, context) => {
  const milliseconds = parseTimeSpan(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom', message: `"${text}" is not a time span such as "00:05:00"` });
  return z.NEVER;
});

const retryOptions = z
  .object({
    mode: z.enum(['fixed', 'exponential', 'Fixed', 'Exponential']).optional(),
    tryTimeout: timeSpan.optional(),
    delay: timeSpan.optional(),
    maxDelay: timeSpan.optional(),
    maxRetries: z.int().nonnegative().optional(),
  })
  .prefault({});

const serviceBus = z
  .object({
    prefetchCount: z.int().nonnegative().default(0),
    autoCompleteMessages: z.boolean().default(true),
    maxAutoLockRenewalDuration: timeSpan.default(300_000),
    maxConcurrentCalls: z.int().positive().optional(),
    maxMessageBatchSize: z.int().positive().default(1000),
    clientRetryOptions: retryOptions,
  })
  .prefault({});

const hostJson = z.object({
  version: z.literal('2.0', { error: 'host.json must say "version": "2.0"' }),
  /** -1 is "no limit"; the Consumption plan's five minutes where nothing is said. */
  functionTimeout: z.union([z.literal('-1').transform(() => Number.POSITIVE_INFINITY), timeSpan]).default(300_000),
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().default('api') }).prefault({}),
      serviceBus,
    })
    .prefault({}),
  logging: z.object({ logLevel: z.record(z.string(), z.string()).default({}) }).prefault({}),
});

/** The part of host.json that this host honours; durations in milliseconds. */
export type HostSettings = z.infer<typeof hostJson>;
export type ServiceBusSettings = HostSettings['extensions']['serviceBus'];

/** What host.json says, each value replaceable by a setting such as AzureFunctionsJobHost__functionTimeout. */
export const parseHostJson = (content: unknown, environment: Environment): HostSettings => {
  const result = hostJson.safeParse(withOverrides(content ?? { version: '2.0' }, environment));
  if (!result.success) throw new Error(`host.json is not usable: ${z.prettifyError(result.error)}`);
  return result.data;
};

export const readHostJson = async (appDirectory: string, environment: Environment): Promise<HostSettings> =>
  parseHostJson(await readJsonFile(path.join(appDirectory, 'host.json')), environment);

const overridePrefix = 'AzureFunctionsJobHost__';

const withOverrides = (content: unknown, environment: Environment): unknown => {
  const copy = structuredClone(content);
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(overridePrefix) || value === undefined) continue;
    const keys = name.slice(overridePrefix.length).split('__');
    const last = keys.pop();
    let place = copy as Record<string, unknown>;
    for (const key of keys) {
      place[key] ??= {};
      place = place[key] as Record<string, unknown>;
    }
    if (last) place[last] = /^(true|false|\d+)$/.test(value) ? JSON.parse(value) : value;
  }
  return copy;
};
