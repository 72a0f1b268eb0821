import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localAuthentication } from './authenticate.ts';
import { newControls } from './controls.ts';
import { exchangeHttpHandler } from './http-handler.ts';
import { MailboxDirectory } from './mailbox-directory.ts';
import { exchangeStore, type Store } from './store.ts';

export interface ExchangeOptions {
  /** 0 takes a free one. */
  port: number;
  host?: string;
  /** Where the state is kept; without it, it is gone when the server closes. */
  dataDirectory?: string;
  /** The parsed content of a mailboxes file; see mailboxes.json. */
  mailboxes: unknown;
  clock?: () => Date;
  /** Time that every EWS answer takes at least. */
  delayMs?: number;
}

export interface Exchange {
  port: number;
  /** Of the EWS endpoint. */
  url: string;
  close(): Promise<void>;
}

/** Starts a small Exchange on this machine. @throws Error when the port is taken or the mailboxes are not valid. */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  const { host = '127.0.0.1', clock = () => new Date() } = options;
  const parsed = MailboxDirectory.safeParse(options.mailboxes);
  if (!parsed.success)
    throw new Error(`the mailboxes of the Exchange simulator are not valid: ${parsed.error.message}`);
  const directory = parsed.data;
  const server = createServer();
  server.listen(options.port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw new Error(
      taken
        ? `port ${options.port} on ${host} is taken: stop what listens there, or give the Exchange simulator another port`
        : `the Exchange simulator cannot listen on ${host}:${options.port}`,
      { cause },
    );
  }
  const store = openStore(options.dataDirectory, clock, server);
  for (const { address } of directory.mailboxes) store.mailbox(address);
  const authentication = localAuthentication(directory, clock);
  server.on(
    'request',
    exchangeHttpHandler({ directory, store, authentication, clock, controls: newControls(options.delayMs ?? 0) }),
  );
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host}:${port}/EWS/Exchange.asmx`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}

function openStore(dataDirectory: string | undefined, clock: () => Date, server: Server): Store {
  try {
    return exchangeStore(dataDirectory, clock);
  } catch (cause) {
    server.close();
    throw new Error(`the Exchange simulator cannot read its state in ${dataDirectory}: mend or delete that folder`, {
      cause,
    });
  }
}
