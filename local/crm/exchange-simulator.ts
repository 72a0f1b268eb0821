import type { Clock } from '../../shared/ports/clock.ts';
import { type MailboxItems, mailboxItems } from './mailbox-items.ts';

/** What the demo CRM shows of a mailbox, or why it cannot. */
export type MailboxView =
  | ({ readonly state: 'ok'; readonly broken: boolean } & MailboxItems)
  | { readonly state: 'absent' }
  | { readonly state: 'error'; readonly status: number };

export interface ExchangeSimulator {
  /** `occurrences`: each occurrence of a series by itself. */
  view(address: string, occurrences: boolean): Promise<MailboxView>;
  /** Passes a write on to the simulator's control API; status 502 when it is not there. */
  write(method: string, path: string, body: unknown): Promise<{ status: number; body: string }>;
}

/** The control API of the Exchange simulator, for the second side of the page. With a real Exchange it is absent. */
export function exchangeSimulator(url: string, clock: Clock): ExchangeSimulator {
  const send = (method: string, path: string, body?: unknown) =>
    fetch(new URL(path, url), {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(3_000),
    });
  return {
    async view(address, occurrences) {
      const base = `/control/mailboxes/${encodeURIComponent(address)}/items`;
      try {
        const [items, faults] = await Promise.all([send('GET', `${base}?kind=all`), send('GET', '/control/faults')]);
        const injected = faults.ok ? await faults.json() : [];
        if (!items.ok) return { state: 'error', status: items.status };
        const read = async (path: string) => (await send('GET', `${base}/${path}`)).json();
        const shown = await mailboxItems(await items.json(), { now: clock.now().getTime(), occurrences, read });
        return { state: 'ok', ...shown, broken: Array.isArray(injected) && injected.length > 0 };
      } catch {
        return { state: 'absent' };
      }
    },
    async write(method, path, body) {
      try {
        const response = await send(method, path, body);
        return { status: response.status, body: await response.text() };
      } catch {
        return { status: 502, body: JSON.stringify({ title: 'The Exchange simulator does not answer.' }) };
      }
    },
  };
}
