import { z } from 'zod';

const truth = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** Every app setting that our code reads. Secrets are not among them: they are in the vault. */
const Settings = z
  .object({
    /** Name of the storage account that holds the tables; the app's identity signs in. */
    STORAGE_ACCOUNT_NAME: z.string().min(3).optional(),
    /** In place of the name: an emulator. */
    STORAGE_CONNECTION_STRING: z.string().min(1).optional(),
    /** The triggers' own connection setting, shared with the host: a namespace in Azure, a connection string for an emulator. */
    ServiceBusConnection__fullyQualifiedNamespace: z.string().min(1).optional(),
    ServiceBusConnection: z.string().min(1).optional(),
    KEY_VAULT_URL: z.url().optional(),
    /** In place of the vault, on one's own machine: a JSON file of names and values. */
    SECRETS_FILE: z.string().min(1).optional(),
    AZURE_CLIENT_ID: z.string().min(1).optional(),
    EXCHANGE_DEADLINE_SECONDS: z.coerce.number().min(1).max(100).default(60),
    CRM_DEADLINE_SECONDS: z.coerce.number().min(1).max(60).default(15),
    /** Added to Exchange's deadline: how long a create that was begun may still commit. */
    INTENT_MARGIN_SECONDS: z.coerce.number().min(1).max(600).default(90),
    /** How long an off-boarding waits for what was under way: longer than a handler may take, and than a process believes what it has read of the directory. */
    OFF_BOARDING_QUIET_SECONDS: z.coerce.number().min(1).max(3_600).default(180),
    /** Set by the local environment only: allows plain http and loopback addresses, and the admin API by function key. */
    LOCAL_ENVIRONMENT: truth,
  })
  .refine((env) => env.STORAGE_ACCOUNT_NAME ?? env.STORAGE_CONNECTION_STRING, 'set STORAGE_ACCOUNT_NAME')
  .refine(
    (env) => env.ServiceBusConnection__fullyQualifiedNamespace ?? env.ServiceBusConnection,
    'set ServiceBusConnection__fullyQualifiedNamespace',
  )
  .refine((env) => env.KEY_VAULT_URL ?? env.SECRETS_FILE, 'set KEY_VAULT_URL');

export type Config = ReturnType<typeof readConfig>;

/** Reads the app settings once, at the start; what is missing or wrong stops the app with its name. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const parsed = Settings.safeParse(env);
  if (!parsed.success) throw new Error(`The app settings are not complete. ${z.prettifyError(parsed.error)}`);
  const settings = parsed.data;
  return {
    storage:
      settings.STORAGE_CONNECTION_STRING === undefined
        ? { accountName: settings.STORAGE_ACCOUNT_NAME ?? '' }
        : { connectionString: settings.STORAGE_CONNECTION_STRING },
    serviceBus:
      settings.ServiceBusConnection === undefined
        ? { fullyQualifiedNamespace: settings.ServiceBusConnection__fullyQualifiedNamespace ?? '' }
        : { connectionString: settings.ServiceBusConnection },
    secrets:
      settings.SECRETS_FILE === undefined
        ? ({ kind: 'keyVault', url: settings.KEY_VAULT_URL ?? '' } as const)
        : ({ kind: 'file', path: settings.SECRETS_FILE } as const),
    identityClientId: settings.AZURE_CLIENT_ID,
    exchangeDeadlineMs: settings.EXCHANGE_DEADLINE_SECONDS * 1_000,
    crmDeadlineMs: settings.CRM_DEADLINE_SECONDS * 1_000,
    leaseMs: (settings.EXCHANGE_DEADLINE_SECONDS + settings.INTENT_MARGIN_SECONDS) * 1_000,
    offBoardingQuietMs: settings.OFF_BOARDING_QUIET_SECONDS * 1_000,
    local: settings.LOCAL_ENVIRONMENT,
  };
}
