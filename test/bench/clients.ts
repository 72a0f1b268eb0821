import type { Ports } from '../../local/options.ts';
import { demo } from '../../local/seed.ts';
import type { Activity } from '../../shared/domain/activity.ts';

/** An item as the simulator's control API shows it. */
export interface ShownItem {
  readonly id: string;
  readonly folder: string;
  readonly subject: string;
  readonly createdAt: string;
  readonly modifiedAt: string;
  readonly extendedProperties: readonly { readonly values: readonly string[] }[];
}

/** The side doors of the demo CRM and of the Exchange simulator. */
export function clients(ports: Ports) {
  async function ask<T>(port: number, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${demo.crmToken}`,
        'x-functions-key': demo.functionKey,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  const items = (address: string) => `/control/mailboxes/${address}/items`;
  return {
    crm: {
      make: (count: number, ownerIds: readonly string[], batch = false) =>
        ask<{ ids: string[] }>(ports.crm, 'POST', '/control/activities', { count, ownerIds, batch }),
      webhooks: (enabled: boolean) => ask<unknown>(ports.crm, 'POST', '/control/webhooks', { enabled }),
      read: async (ids: readonly string[]) => {
        const path = '/connector/v1/activities/read';
        return (await ask<{ items: { activity: Activity }[] }>(ports.crm, 'POST', path, { ids })).items.map(
          ({ activity }) => activity,
        );
      },
      update: (id: string, version: string, patch: Partial<Activity>) =>
        fetch(`http://127.0.0.1:${ports.crm}/connector/v1/activities/${id}`, {
          method: 'PATCH',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${demo.crmToken}`,
            'if-match': `"${version}"`,
          },
          body: JSON.stringify(patch),
        }).then((response) => response.json() as Promise<Activity>),
    },
    exchange: {
      items: (address: string) => ask<ShownItem[]>(ports.exchange, 'GET', `${items(address)}?folder=calendar`),
      edit: (address: string, id: string, input: object) =>
        ask<ShownItem>(ports.exchange, 'PATCH', `${items(address)}/${encodeURIComponent(id)}`, input),
      requests: () =>
        ask<{ total: number; operations: Record<string, number> }>(ports.exchange, 'GET', '/control/requests'),
      resetCounters: () => ask<unknown>(ports.exchange, 'POST', '/control/reset-counters'),
    },
    /** Runs a function of the app by hand. */
    run: (name: string) => ask<unknown>(ports.functions, 'POST', `/admin/functions/${name}`),
  };
}
export type Clients = ReturnType<typeof clients>;
