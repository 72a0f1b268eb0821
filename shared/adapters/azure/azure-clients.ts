import { TableClient, TableServiceClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import { DefaultAzureCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import type { ContainerClient } from '@azure/storage-blob';
import { BlobServiceClient } from '@azure/storage-blob';
import { imageContainer, syncStateContainer, tableNames } from './table-names.ts';

/** Where the product's own storage and queues are. Without a connection string: by the app's managed identity. */
export interface AzureClientOptions {
  readonly storage: { readonly connectionString: string } | { readonly accountName: string };
  readonly serviceBus: { readonly connectionString: string } | { readonly fullyQualifiedNamespace: string };
  /** Of a user-assigned identity; absent: the system-assigned one, or whoever is signed in on this machine. */
  readonly managedIdentityClientId?: string;
  readonly credential?: TokenCredential;
  /** Other than the public cloud's. */
  readonly storageSuffix?: string;
}

export type Tables = Readonly<Record<keyof typeof tableNames, TableClient>>;

export interface AzureClients {
  readonly tables: Tables;
  readonly tableService: TableServiceClient;
  readonly syncStates: ContainerClient;
  readonly images: ContainerClient;
  readonly serviceBus: ServiceBusClient;
  readonly credential: TokenCredential;
}

export function azureClients(options: AzureClientOptions): AzureClients {
  const { storage, serviceBus, storageSuffix = 'core.windows.net' } = options;
  const credential = options.credential ?? defaultCredential(options.managedIdentityClientId);

  if ('connectionString' in storage) {
    const { connectionString } = storage;
    const insecure = { allowInsecureConnection: isLocal(connectionString) };
    return {
      credential,
      tables: tablesBy((name) => TableClient.fromConnectionString(connectionString, name, insecure)),
      tableService: TableServiceClient.fromConnectionString(connectionString, insecure),
      ...containersOf(BlobServiceClient.fromConnectionString(connectionString)),
      serviceBus: serviceBusClient(serviceBus, credential),
    };
  }
  const tableUrl = `https://${storage.accountName}.table.${storageSuffix}`;
  const blobUrl = `https://${storage.accountName}.blob.${storageSuffix}`;
  return {
    credential,
    tables: tablesBy((name) => new TableClient(tableUrl, name, credential)),
    tableService: new TableServiceClient(tableUrl, credential),
    ...containersOf(new BlobServiceClient(blobUrl, credential)),
    serviceBus: serviceBusClient(serviceBus, credential),
  };
}

/** Makes the tables and the containers that are not there yet. */
export async function createTables(
  clients: Pick<AzureClients, 'tableService' | 'syncStates' | 'images'>,
): Promise<void> {
  const { tableService, syncStates, images } = clients;
  await Promise.all([
    ...Object.values(tableNames).map((name) => tableService.createTable(name)),
    syncStates.createIfNotExists(),
    images.createIfNotExists(),
  ]);
}

function containersOf(service: BlobServiceClient): Pick<AzureClients, 'syncStates' | 'images'> {
  return {
    syncStates: service.getContainerClient(syncStateContainer),
    images: service.getContainerClient(imageContainer),
  };
}

function tablesBy(create: (name: string) => TableClient): Tables {
  const entries = Object.entries(tableNames).map(([key, name]) => [key, create(name)] as const);
  return Object.fromEntries(entries) as unknown as Tables;
}

function serviceBusClient(options: AzureClientOptions['serviceBus'], credential: TokenCredential): ServiceBusClient {
  return 'connectionString' in options
    ? new ServiceBusClient(options.connectionString)
    : new ServiceBusClient(options.fullyQualifiedNamespace, credential);
}

function defaultCredential(managedIdentityClientId: string | undefined): TokenCredential {
  return new DefaultAzureCredential(managedIdentityClientId === undefined ? {} : { managedIdentityClientId });
}

/** Plain http is for emulators: no account in Azure is reached by it. */
const isLocal = (connectionString: string) =>
  /UseDevelopmentStorage=true/i.test(connectionString) ||
  /(^|[=;])http:|DefaultEndpointsProtocol=http(;|$)/i.test(connectionString);
