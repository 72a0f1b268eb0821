import type { ItemId } from '../domain/ids.ts';
import { ItemKind, type ItemRef, type Notify, type Stamp, type StampedItem } from '../domain/item.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { SyncError, toSyncError } from '../domain/sync-error.ts';
import type { ItemDraft, ItemPatch, SyncItem } from '../domain/sync-item.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway, MailboxAccess } from '../ports/exchange-gateway.ts';
import { slots } from './slots.ts';

/** A waiting operation that was never sent, because the lane is too slow: hold the change back, nothing happened. */
export const laneOverflow = 'LaneOverflow';

/** One mailbox in Exchange, one item at a time: what waits while a call is under way travels together in the next. */
export interface MailboxLane {
  read(kind: ItemKind, item: ItemId): Promise<SyncItem>;
  create(draft: ItemDraft, notify: Notify): Promise<ItemRef>;
  update(item: ItemRef, patch: ItemPatch, notify: Notify): Promise<ItemRef>;
  remove(kind: ItemKind, item: ItemRef, notify: Notify): Promise<void>;
  findStamped(
    kind: ItemKind,
    stamp: Stamp,
    around?: { readonly start: string; readonly end: string },
  ): Promise<StampedItem[]>;
}

interface Waiting {
  /** Operations of one batch share it: the kind of call and who is told. */
  readonly batch: string;
  readonly input: unknown;
  readonly since: number;
  readonly settle: (outcome: Outcome<unknown>) => void;
}

type Call = (access: MailboxAccess, inputs: readonly unknown[]) => Promise<Outcome<unknown>[]>;

const longestWaitMs = 30_000;
const mostWaiting = 40;
const mostConnections = 10_000;

/**
 * Gives each mailbox its lane in this process. One call to a mailbox is under way at a time; arrivals wait and then go as
 * one request, so an idle lane adds no delay and a busy one fills its batches. Lanes make it fast, never right: another
 * process may work on the same mailbox.
 */
export function mailboxLanes(deps: {
  exchange: ExchangeGateway;
  clock: Clock;
}): (access: MailboxAccess) => MailboxLane {
  const { exchange, clock } = deps;
  const lanes = new Map<string, Waiting[]>();
  const connections = new Map<string, ReturnType<typeof slots>>();

  /** Calls wait for a connection here and not on their way: what arrives meanwhile goes along, and no deadline runs. */
  function connectionOf({ mailbox, profile }: MailboxAccess): ReturnType<typeof slots> {
    const whose = mailbox.ownAuthentication === undefined ? profile.id : `${profile.id}|${mailbox.id}`;
    const key = `${mailbox.organizationId}|${whose}|${profile.maxConcurrentConnections}`;
    const known = connections.get(key);
    if (known !== undefined) return known;
    // Slots dropped here end their own work; the new ones beside them only let a few more calls wait on their way.
    if (connections.size >= mostConnections) connections.clear();
    const fresh = slots(profile.maxConcurrentConnections);
    connections.set(key, fresh);
    return fresh;
  }

  const calls: Record<string, Call> = {};
  for (const kind of ItemKind.options) {
    calls[`read/${kind}`] = (access, inputs) => exchange.readItems(access, kind, inputs as ItemId[]);
    calls[`find/${kind}`] = async (access, inputs) => {
      const outcomes: Outcome<StampedItem[]>[] = [];
      for (const { stamp, around } of inputs as { stamp: Stamp; around?: { start: string; end: string } }[]) {
        outcomes.push(await outcomeOf(exchange.findStamped(access, kind, stamp, around)));
      }
      return outcomes;
    };
    for (const notify of ['none', 'all'] as const) {
      calls[`create/${kind}/${notify}`] = (access, inputs) =>
        exchange.createItems(access, inputs as ItemDraft[], notify);
      calls[`update/${kind}/${notify}`] = (access, inputs) =>
        exchange.updateItems(access, inputs as { item: ItemRef; patch: ItemPatch }[], notify);
      calls[`remove/${kind}/${notify}`] = (access, inputs) =>
        exchange.deleteItems(access, kind, inputs as ItemRef[], notify);
    }
  }

  async function drain(lane: string, access: MailboxAccess, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) await connectionOf(access)(() => callOnce(access, waiting));
    lanes.delete(lane);
  }

  async function callOnce(access: MailboxAccess, waiting: Waiting[]): Promise<void> {
    dropTheTired(waiting);
    const first = waiting[0];
    if (first === undefined) return;
    const together = waiting.filter((one) => one.batch === first.batch).slice(0, exchange.capabilities.batchSize);
    for (const one of together) waiting.splice(waiting.indexOf(one), 1);
    const outcomes = await run(access, first.batch, together);
    together.forEach((one, index) => {
      one.settle(outcomes[index] ?? failed(missingAnswer()));
    });
  }

  async function run(access: MailboxAccess, batch: string, together: Waiting[]): Promise<Outcome<unknown>[]> {
    try {
      return (
        (await calls[batch]?.(
          access,
          together.map((one) => one.input),
        )) ?? []
      );
    } catch (error) {
      const failure = failed(toSyncError(error));
      return together.map(() => failure);
    }
  }

  function dropTheTired(waiting: Waiting[]): void {
    const limit = clock.now().getTime() - longestWaitMs;
    for (const one of waiting.filter(({ since }) => since <= limit)) {
      waiting.splice(waiting.indexOf(one), 1);
      one.settle(failed(overflow()));
    }
  }

  return (access) => {
    const key = `${access.mailbox.organizationId}|${access.mailbox.id}`;
    const submit = async <T>(batch: string, input: unknown): Promise<T> => {
      const outcome = await new Promise<Outcome<unknown>>((settle) => {
        const since = clock.now().getTime();
        const waiting = lanes.get(key);
        if (waiting !== undefined && waiting.length >= mostWaiting) {
          settle(failed(overflow()));
          return;
        }
        if (waiting !== undefined) {
          const calledOff = clock.after(longestWaitMs, () => dropTheTired(waiting));
          waiting.push({
            batch,
            input,
            since,
            settle: (outcome) => {
              calledOff();
              settle(outcome);
            },
          });
          return;
        }
        const one = { batch, input, since, settle };
        const fresh = [one];
        lanes.set(key, fresh);
        void drain(key, access, fresh);
      });
      if (!outcome.ok) throw outcome.error;
      return outcome.value as T;
    };
    return {
      read: (kind, item) => submit(`read/${kind}`, item),
      create: (draft, notify) => submit(`create/${draft.kind}/${notify}`, draft),
      update: (item, patch, notify) => submit(`update/${patch.kind}/${notify}`, { item, patch }),
      remove: (kind, item, notify) => submit(`remove/${kind}/${notify}`, item),
      findStamped: (kind, stamp, around) =>
        submit(`find/${kind}`, around === undefined ? { stamp } : { stamp, around }),
    };
  };
}

async function outcomeOf<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return succeeded(await promise);
  } catch (error) {
    return failed(toSyncError(error));
  }
}

const overflow = () =>
  new SyncError('The mailbox is busy: the change waits and is sent on shortly.', {
    code: laneOverflow,
    remedy: { kind: 'pause', scope: 'mailbox', forMs: 5_000 },
  });

const missingAnswer = () =>
  new SyncError('Exchange answered for fewer items than it was asked about.', {
    code: 'MissingAnswer',
    remedy: { kind: 'retry' },
    status: 'notSyncing',
    ambiguous: true,
  });
