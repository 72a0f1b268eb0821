import mailboxes from '../../local/exchange/mailboxes.json' with { type: 'json' };
import { startExchange } from '../../local/exchange/start-exchange.ts';

export interface ExchangeSimulator {
  readonly url: string;
  /** The side door: what users, networks and operators do to a mail server. */
  control(method: string, path: string, body?: object): Promise<unknown>;
  close(): Promise<void>;
}

/** The Exchange simulator with its seed mailboxes, forgetful, on a free port. */
export async function startSimulator(): Promise<ExchangeSimulator> {
  const exchange = await startExchange({ port: 0, mailboxes });
  return {
    url: exchange.url,
    close: () => exchange.close(),
    async control(method, path, body) {
      const response = await fetch(new URL(`/control/${path}`, exchange.url), {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}
