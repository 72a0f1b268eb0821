import type { Ports } from './options.ts';

const azuriteAccount = 'devstoreaccount1';
/** The key every Azurite has: published by Microsoft, no secret. */
const azuriteKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Connection strings of the local storage and the local broker. */
export function connectionsOf(ports: Pick<Ports, 'blobs' | 'tables' | 'serviceBus'>): {
  storage: string;
  serviceBus: string;
} {
  const at = (port: number) => `http://127.0.0.1:${port}/${azuriteAccount}`;
  return {
    storage: `DefaultEndpointsProtocol=http;AccountName=${azuriteAccount};AccountKey=${azuriteKey};BlobEndpoint=${at(ports.blobs)};TableEndpoint=${at(ports.tables)}`,
    serviceBus: `Endpoint=sb://127.0.0.1:${ports.serviceBus};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true`,
  };
}
