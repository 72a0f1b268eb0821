import { setTimeout as sleep } from 'node:timers/promises';
import { askExchange } from './ask-exchange.ts';
import type { Clients, ShownItem } from './clients.ts';
import type { Environment } from './environment.ts';
import { summary } from './statistics.ts';

/** Items of these people by the record they carry in their stamp. */
export async function itemsByRecord({ exchange }: Clients, users: readonly string[]): Promise<Map<string, ShownItem>> {
  const found = new Map<string, ShownItem>();
  for (const user of users) {
    for (const item of await exchange.items(`${user}@contoso.example`)) {
      for (const { values } of item.extendedProperties) found.set(values[0]?.split('|').at(-1) ?? '', item);
    }
  }
  return found;
}

/**
 * From the commit in the CRM (its own time stamp) to the item in the mailbox (the simulator's): new activities one at a
 * time, and then a new time for each. Control: a plain GetFolder, the same 20 ms included, at the same pace.
 */
export async function applySingleChanges(
  environment: Environment,
  clients: Clients,
  users: readonly string[],
  pace: { readonly count: number; readonly perSecond: number },
) {
  const { crm } = clients;
  const pauseMs = 1_000 / pace.perSecond;
  const control: number[] = [];
  environment.forget();
  const ids: string[] = [];
  for (let index = 0; index < pace.count; index++) {
    const next = sleep(pauseMs);
    ids.push(...(await crm.make(1, [users[index % users.length] ?? ''])).ids);
    if (index % 4 === 0) void askExchange(environment.ports.exchange).then((took) => control.push(took));
    await next;
  }
  const done = () => environment.recordsApplied() >= pace.count;
  await environment.until('single creates', done, 60_000);
  const activities = [];
  for (let first = 0; first < ids.length; first += 100)
    activities.push(...(await crm.read(ids.slice(first, first + 100))));
  const made = await itemsByRecord(clients, users);
  const creates = activities.map(
    ({ id, modifiedAt }) => Date.parse(made.get(id)?.createdAt ?? '') - Date.parse(modifiedAt ?? ''),
  );

  environment.forget();
  const updated = [];
  for (const [index, { id, version, start, end }] of activities.entries()) {
    const next = sleep(pauseMs);
    const later = (at: string) => new Date(Date.parse(at) + 3_600_000 * (1 + (index % 3))).toISOString();
    updated.push(await crm.update(id, version, { start: later(start), end: later(end) }));
    await next;
  }
  await environment.until('single updates', done, 60_000);
  const changed = await itemsByRecord(clients, users);
  const updates = updated.map(
    ({ id, modifiedAt }) => Date.parse(changed.get(id)?.modifiedAt ?? '') - Date.parse(modifiedAt ?? ''),
  );
  return { creates: summary(creates), updates: summary(updates), exchangeAlone: summary(control) };
}
