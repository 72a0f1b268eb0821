import type { IntentMapping, MailboxKey } from '../domain/item-mapping.ts';
import type { LiveMappingChange, MappingStore } from '../ports/mapping-store.ts';
import type { Stored } from '../ports/stored.ts';
import { coalesce } from './coalesce.ts';

/** Rows of one transaction: a live mapping is two or three, and Table Storage takes a hundred. */
const largestTransaction = 30;
const largestKept = 10_000;

/** The same store, whose writes to one mailbox travel together while an earlier one is under way. */
export function coalescedMappingStore(store: MappingStore): MappingStore {
  const intents = perMailbox<IntentMapping, Stored<IntentMapping> | undefined>((mailbox, values) =>
    store.insertIntents(mailbox, values),
  );
  const lives = perMailbox<LiveMappingChange, string | undefined>((mailbox, values) => store.saveLive(mailbox, values));
  return {
    ...store,
    insertIntents: (mailbox, values) => Promise.all(values.map(intents(mailbox))),
    saveLive: (mailbox, values) => Promise.all(values.map(lives(mailbox))),
  };
}

function perMailbox<Input, Output>(
  run: (mailbox: MailboxKey, inputs: readonly Input[]) => Promise<readonly Output[]>,
): (mailbox: MailboxKey) => (input: Input) => Promise<Output> {
  const lanes = new Map<string, (input: Input) => Promise<Output>>();
  return (mailbox) => {
    const key = `${mailbox.organizationId}|${mailbox.mailboxId}`;
    const known = lanes.get(key);
    if (known !== undefined) return known;
    // A lane dropped here ends its own run; the next arrival starts another beside it, which is only slower.
    if (lanes.size >= largestKept) lanes.clear();
    const lane = coalesce<Input, Output>(largestTransaction, (inputs) => run(mailbox, inputs));
    lanes.set(key, lane);
    return lane;
  };
}
