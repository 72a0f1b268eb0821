import { afterAll, beforeAll } from '@jest/globals';
import type { AzureClients } from '../../shared/adapters/azure/azure-clients.ts';
import { azureClients, createTables } from '../../shared/adapters/azure/azure-clients.ts';
import { tableMappingStore } from '../../shared/adapters/azure/table-mapping-store.ts';
import type { Azurite } from '../support/azurite.ts';
import { startAzurite } from '../support/azurite.ts';
import { describeMappingStore } from './mapping-store.contract.ts';

let azurite: Azurite;
let clients: AzureClients;

beforeAll(async () => {
  azurite = await startAzurite();
  clients = azureClients({
    storage: { connectionString: azurite.connectionString },
    serviceBus: { connectionString: 'Endpoint=sb://127.0.0.1;SharedAccessKeyName=none;SharedAccessKey=none' },
  });
  await createTables(clients);
  await createTables(clients);
});
afterAll(() => azurite.close());

describeMappingStore('Table Storage', async () => tableMappingStore(clients.tables.mappings));
