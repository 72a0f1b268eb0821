import { type ExchangeClient, recordOf } from './local-exchange-client.ts';

export interface ItemWatch {
  /** Records that at some look had more than one live item, in whichever mailboxes. */
  readonly doubled: ReadonlySet<string>;
  readonly looks: number;
  stop(): Promise<void>;
}

/** Looks at the calendars again and again, as fast as the simulator answers, for records that have two items. */
export function watchItems(exchange: ExchangeClient, addresses: readonly string[]): ItemWatch {
  const doubled = new Set<string>();
  let looks = 0;
  let stopping = false;
  const watching = (async () => {
    while (!stopping) {
      const seen = new Set<string>();
      try {
        for (const record of await stampsIn(exchange, addresses)) {
          if (seen.has(record)) doubled.add(record);
          seen.add(record);
        }
        looks += 1;
      } catch {
        // The simulator itself was ended: there is nothing to see until it is back.
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    doubled,
    get looks() {
      return looks;
    },
    async stop() {
      stopping = true;
      await watching;
    },
  };
}

/** The record of each stamped item in the calendars; one that has two items is named twice. */
export async function stampsIn(exchange: ExchangeClient, addresses: readonly string[]): Promise<string[]> {
  const calendars = await Promise.all(addresses.map((address) => exchange.calendar(address)));
  return calendars.flat().flatMap((item) => recordOf(item) ?? []);
}
