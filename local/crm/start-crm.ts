import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Clock } from '../../shared/ports/clock.ts';
import type { CrmUser } from '../../shared/ports/crm-gateway.ts';
import { connectorApi, type Fault } from './connector-api.ts';
import { controlApi } from './control-api.ts';
import { exchangeSimulator } from './exchange-simulator.ts';
import { type Route, serve } from './http.ts';
import { openRecordStore } from './record-store.ts';
import { records as recordsOf } from './records.ts';
import type { Switches } from './switches.ts';
import { uiApi } from './ui-api.ts';
import { type WebhookTarget, webhookOutbox } from './webhook-outbox.ts';

export interface CrmOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** Where the journal lies; without it nothing outlives the process. */
  readonly dataDirectory?: string;
  readonly webhook?: WebhookTarget;
  /** The bearer token that the connector API asks for. */
  readonly token: string;
  readonly users: readonly CrmUser[];
  readonly clock?: Clock;
  /** Until it is switched: whether it keeps series, or makes single activities of them. */
  readonly knowsSeries?: boolean;
  /** Root of the Exchange simulator, whose mailboxes the page shows beside the CRM's calendar. */
  readonly exchangeUrl?: string;
}

const systemClock: Clock = {
  now: () => new Date(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

function pageRoutes(): Route[] {
  const file = (name: string, type: string, at: RegExp): Route => ({
    method: 'GET',
    path: at,
    handle: () => ({
      status: 200,
      headers: { ...pageHeaders, 'content-type': `${type}; charset=utf-8` },
      body: readFileSync(path.join(import.meta.dirname, 'page', name)),
    }),
  });
  return [
    file('index.html', 'text/html', /^\/((activities|individuals)\/[^/]+)?$/),
    file('page.css', 'text/css', /^\/page\.css$/),
    ...[
      'page',
      'calendar',
      'contacts',
      'cards',
      'forms',
      'activity-form',
      'contact-form',
      'outlook-forms',
      'words',
    ].map((name) => file(`${name}.js`, 'text/javascript', new RegExp(`^/${name}\\.js$`))),
  ];
}

/** The demo CRM: its connector API, its webhooks, and a page to work with. Resolves when it listens. */
export async function startCrm(options: CrmOptions): Promise<{ port: number; close(): Promise<void> }> {
  const { host = '127.0.0.1', clock = systemClock, users, token } = options;
  let port = options.port;
  let fault: Fault | undefined;
  let switches: Switches = { knowsSeries: options.knowsSeries ?? false, lags: false };
  const baseUrl = () => `http://${host}:${port}`;

  const store = openRecordStore(options.dataDirectory, clock, baseUrl);
  const outbox = options.webhook && webhookOutbox(options.webhook, baseUrl, clock, store.acknowledge);
  const records = recordsOf(store, outbox);
  const simulator = exchangeSimulator(options.exchangeUrl ?? 'http://127.0.0.1:7073', clock);
  const routes = [
    ...connectorApi({ token, users, store, records, fault: () => fault, switches: () => switches }),
    ...controlApi({
      users,
      store,
      records,
      outbox,
      setFault: (next) => {
        fault = next;
      },
      switches: () => switches,
      setSwitches(next) {
        if (next.lags !== switches.lags) store.setLag(next.lags);
        switches = next;
      },
    }),
    ...uiApi({ users, store, records, outbox, simulator, switches: () => switches }),
    ...pageRoutes(),
  ];

  const server = createServer((request, response) => void serve(routes, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    store.close();
    outbox?.close();
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is taken: end what listens there, or give another one with --port.`, {
      cause: error,
    });
  });
  port = (server.address() as AddressInfo).port;
  for (const [id, commits] of store.undelivered()) outbox?.deliver(id, commits, commits.length > 1);

  return {
    port,
    async close() {
      outbox?.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}
