import type { MailboxKey } from '../../domain/item-mapping.ts';
import type { BrakeStore } from '../../ports/brake-store.ts';
import type { Clock } from '../../ports/clock.ts';

const hourMs = 3_600_000;

/** What is counted for a mailbox by the hour. */
export type Counter = 'deletions' | 'mails' | 'changes' | 'failures' | `series-${string}`;

type Deps = { readonly brakes: BrakeStore; readonly clock: Pick<Clock, 'now'> };

/** The window that a moment lies in and the one before, and how much of that still lies within the last hour. */
function windowsAt(now: number): { current: string; previous: string; share: number } {
  const start = Math.floor(now / hourMs) * hourMs;
  return {
    current: new Date(start).toISOString(),
    previous: new Date(start - hourMs).toISOString(),
    share: 1 - (now - start) / hourMs,
  };
}

/**
 * Adds to a counter; how much there was within the last hour, this included. Reckoned of two windows of an hour: the present
 * one whole, and of the one before the part that the last hour still covers, as if it had come evenly.
 */
export async function addToHour(
  { brakes, clock }: Deps,
  mailbox: MailboxKey,
  counter: Counter,
  by: number,
): Promise<number> {
  const { current, previous, share } = windowsAt(clock.now().getTime());
  const [now, before] = await Promise.all([
    brakes.add(mailbox, counter, current, by),
    brakes.total(mailbox, counter, previous),
  ]);
  return Math.round(now + Math.max(before, 0) * share);
}

/** The counter starts anew, with so much ahead of it that is free. What others add meanwhile counts. */
export async function startAnew(
  { brakes, clock }: Deps,
  mailbox: MailboxKey,
  counter: Counter,
  free: number,
): Promise<void> {
  const { current, previous } = windowsAt(clock.now().getTime());
  for (const hour of [current, previous]) {
    const total = await brakes.total(mailbox, counter, hour);
    const change = -total - (hour === current ? free : 0);
    if (change !== 0) await brakes.add(mailbox, counter, hour, change);
  }
}
