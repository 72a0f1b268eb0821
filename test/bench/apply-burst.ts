import { setTimeout as sleep } from 'node:timers/promises';
import { itemsByRecord } from './apply-single-changes.ts';
import type { Clients } from './clients.ts';
import type { Environment } from './environment.ts';
import { rounded } from './statistics.ts';

export const orders = {
  /** Ten changes of one mailbox, then ten of the next. */
  mailboxByMailbox: (users: readonly string[], count: number) =>
    users.flatMap((user) => Array.from({ length: count / users.length }, () => user)),
  roundRobin: (users: readonly string[]) => [...users],
};
export type Order = keyof typeof orders;

/**
 * A thousand new activities at once: how many a second are in their mailbox with their mapping saved, and how many requests
 * to Exchange they cost, polls and read-backs in between included. The CRM tells of them as of a bulk edit, a hundred in each
 * webhook, or each in a webhook of its own (16 in flight).
 */
export async function applyBurst(
  environment: Environment,
  clients: Clients,
  users: readonly string[],
  { order, count, batch }: { readonly order: Order; readonly count: number; readonly batch: boolean },
) {
  const { crm, exchange } = clients;
  const before = (await itemsByRecord(clients, users)).size;
  await exchange.resetCounters();
  environment.forget();
  const begun = Date.now();
  await crm.make(count, orders[order](users, count), batch);
  await environment.until(`burst ${order}`, () => environment.recordsApplied() >= count, 90_000);
  const tookMs = Date.now() - begun;
  const requests = await exchange.requests();
  const others = environment.applied.length - count;
  const there = (await itemsByRecord(clients, users)).size - before;
  if (there !== count) throw new Error(`${count} activities made ${there} items`);
  return {
    perSecond: rounded((count * 1_000) / tookMs),
    requestsPerChange: rounded(requests.total / count, 2),
    createRequestsPerChange: rounded((requests.operations['CreateItem'] ?? 0) / count, 2),
    otherChangesInBetween: others,
  };
}

/** Lets the polls that follow a burst happen now, and waits until nothing is left to do. */
export async function settle(
  environment: Environment,
  clients: Clients,
  pollAll: () => Promise<void>,
): Promise<number> {
  const begun = Date.now();
  await environment.calm(500, 30_000);
  await pollAll();
  await clients.run('schedule-polls');
  await sleep(1_000);
  await environment.calm(1_500, 45_000);
  return Date.now() - begun;
}
