import type { MailboxKey } from '../../domain/item-mapping.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MappingStore } from '../../ports/mapping-store.ts';
import { recently } from '../recently.ts';

/** How many records of a mailbox have an item. */
export type CountMapped = (mailbox: MailboxKey) => Promise<number>;

const believedMs = 60_000;

/** Counts by listing them all, at most once a minute for a mailbox: asked only of one that loses much. */
export function mappedCounter(mappings: Pick<MappingStore, 'listLive'>, clock: Clock): CountMapped {
  const counts = recently<number>(clock, believedMs);
  return (mailbox) =>
    counts.get(`${mailbox.organizationId}|${mailbox.mailboxId}`, async () => {
      let mapped = 0;
      for await (const _one of mappings.listLive(mailbox)) mapped += 1;
      return mapped;
    });
}
