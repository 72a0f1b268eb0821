import { setTimeout as sleep } from 'node:timers/promises';
import { itemsByRecord } from './apply-single-changes.ts';
import type { Clients } from './clients.ts';
import { median, rounded, summary } from './statistics.ts';

interface Edited {
  readonly recordId: string;
  readonly subject: string;
  readonly at: number;
}

/** Renames one item of each of these people, as they do in Outlook. */
async function editOneEach(clients: Clients, users: readonly string[], spreadMs: number): Promise<Edited[]> {
  const edited: Edited[] = [];
  for (const user of users) {
    const [entry] = await itemsByRecord(clients, [user]);
    if (entry === undefined) throw new Error(`${user} has no item to edit`);
    const [recordId, { id }] = entry;
    const subject = `Renamed at ${Date.now()}`;
    const { modifiedAt } = await clients.exchange.edit(`${user}@contoso.example`, id, { subject });
    edited.push({ recordId, subject, at: Date.parse(modifiedAt) });
    await sleep(spreadMs / users.length);
  }
  return edited;
}

/** When the CRM had each of them, milliseconds since 1970. */
async function arrivals({ crm }: Clients, edited: readonly Edited[], deadlineMs = 120_000): Promise<number[]> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const activities = await crm.read(edited.map(({ recordId }) => recordId));
    if (activities.every(({ subject }, index) => subject === edited[index]?.subject))
      return activities.map(({ modifiedAt }) => Date.parse(modifiedAt ?? ''));
    if (Date.now() > end) throw new Error(`edits in Exchange are not in the CRM after ${deadlineMs} ms`);
    await sleep(50);
  }
}

/**
 * From an edit in the mailbox to the activity: once left to the schedule, and once from the moment at which a poll of the
 * mailbox is asked for.
 */
export async function followExchangeEdits(
  clients: Clients,
  users: readonly string[],
  pollOf: (users: readonly string[]) => Promise<void>,
) {
  const soon: number[] = [];
  for (const user of users.slice(0, 8)) {
    const edited = await editOneEach(clients, [user], 0);
    await pollOf([user]);
    const asked = Date.now();
    await clients.run('schedule-polls');
    const [arrived = Number.NaN] = await arrivals(clients, edited);
    soon.push(arrived - asked);
  }
  const left = users.slice(8, 28);
  const edited = await editOneEach(clients, left, 8_000);
  const arrived = await arrivals(clients, edited);
  const waits = edited.map(({ at }, index) => (arrived[index] ?? Number.NaN) - at);
  return {
    bySchedule: { medianSeconds: rounded(median(waits) / 1_000), longestSeconds: rounded(Math.max(...waits) / 1_000) },
    onceAPollIsAskedFor: summary(soon),
  };
}
