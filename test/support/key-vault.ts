import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from './self-signed-certificate.ts';

export interface KeyVault {
  readonly vaultUrl: string;
  /** What a client must trust. */
  readonly ca: string;
  put(name: string, value: string | undefined): void;
  disable(name: string): void;
  /** Answers every request with this status; undefined: as it should. */
  fail(status: number | undefined): void;
  /** Requests that were let in, by name of the secret. */
  requests(name: string): number;
  /** Requests that were sent away to fetch a token. */
  challenges(): number;
  close(): Promise<void>;
}

/** So much of a Key Vault as reading secrets takes, by https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret */
export async function startKeyVault(token: string): Promise<KeyVault> {
  const { key, cert } = selfSignedCertificate();
  const secrets = new Map<string, { value: string; version: string; enabled: boolean }>();
  const requests = new Map<string, number>();
  let failure: number | undefined;
  let challenges = 0;
  let versions = 0;

  const server = createServer({ key, cert }, (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      challenges += 1;
      const challenge = 'Bearer authorization="https://login.example/tenant", resource="https://vault.azure.net"';
      response.setHeader('WWW-Authenticate', challenge);
      return refuse(response, 401, 'Unauthorized');
    }
    const [, , name = ''] = (request.url ?? '').split(/[/?]/);
    requests.set(name, (requests.get(name) ?? 0) + 1);
    if (failure !== undefined) return refuse(response, failure, 'ServiceUnavailable');
    const secret = secrets.get(name);
    if (secret === undefined) return refuse(response, 404, 'SecretNotFound');
    if (!secret.enabled) return refuse(response, 403, 'Forbidden', 'SecretDisabled');
    const id = `https://127.0.0.1/secrets/${name}/${secret.version}`;
    answer(response, 200, { value: secret.value, id, attributes: { enabled: true, created: 1, updated: 1 } });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    vaultUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: cert,
    put(name, value) {
      versions += 1;
      const version = `${versions}`.padStart(32, '0');
      if (value === undefined) secrets.delete(name);
      else secrets.set(name, { value, version, enabled: true });
    },
    disable(name) {
      const secret = secrets.get(name);
      if (secret !== undefined) secrets.set(name, { ...secret, enabled: false });
    },
    fail(status) {
      failure = status;
    },
    requests: (name) => requests.get(name) ?? 0,
    challenges: () => challenges,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function refuse(response: ServerResponse, status: number, code: string, inner?: string): void {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  answer(response, status, { error: { code, message: `${code} (test)`, ...innererror } });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}
