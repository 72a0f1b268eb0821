import { expect, test } from '@jest/globals';
import { azureClients } from '../../../shared/adapters/azure/azure-clients.ts';

const serviceBus = { fullyQualifiedNamespace: 'contoso.servicebus.windows.net' };
const credential = { getToken: async () => ({ token: 'none', expiresOnTimestamp: 0 }) };

test('an account name leads to the account’s own hosts, by https, in the cloud that is named', () => {
  const { tables, syncStates } = azureClients({ storage: { accountName: 'contoso' }, serviceBus, credential });
  expect(tables.mappings.url).toBe('https://contoso.table.core.windows.net');
  expect(tables.mappings.tableName).toBe('Mappings');
  expect(syncStates.url).toBe('https://contoso.blob.core.windows.net/sync-states');
  const storageSuffix = 'core.usgovcloudapi.net';
  const elsewhere = azureClients({ storage: { accountName: 'contoso' }, serviceBus, credential, storageSuffix });
  expect(elsewhere.tables.directory.url).toBe('https://contoso.table.core.usgovcloudapi.net');
});

test('a connection string of the account is used as it is; the emulator may be plain http', () => {
  const key = Buffer.from('key').toString('base64');
  const account = `DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=${key};EndpointSuffix=core.windows.net`;
  const inAzure = azureClients({ storage: { connectionString: account }, serviceBus, credential });
  expect(inAzure.tables.mappings.url).toMatch(/^https:\/\/contoso\.table\.core\.windows\.net/);
  const local = azureClients({ storage: { connectionString: 'UseDevelopmentStorage=true' }, serviceBus, credential });
  expect(local.tables.mappings.url).toMatch(/^http:\/\/127\.0\.0\.1:10002\/devstoreaccount1/);
});
