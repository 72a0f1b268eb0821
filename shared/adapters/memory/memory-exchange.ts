import type { Appointment } from '../../domain/appointment.ts';
import type { BodyPatch } from '../../domain/body-patch.ts';
import type { ItemId, MailboxId } from '../../domain/ids.ts';
import { type ItemKind, type ItemRef, isLive } from '../../domain/item.ts';
import { failed, type Outcome } from '../../domain/outcome.ts';
import type { SyncItem } from '../../domain/sync-item.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExchangeGateway, MailboxAccess } from '../../ports/exchange-gateway.ts';
import { patchedBody, rewrittenBody } from './memory-body.ts';
import {
  type MemoryExchangeControl,
  type MemoryMail,
  memoryExchangeControl,
  memoryFailures,
} from './memory-exchange-control.ts';
import { itemRefusals } from './memory-exchange-errors.ts';
import { memoryExchangeItems } from './memory-exchange-items.ts';
import { listingOf, readingOf } from './memory-exchange-reading.ts';
import { memoryExchangeWriting } from './memory-exchange-writing.ts';
import { memoryOccurrences } from './memory-series.ts';
import { memorySyncFeed } from './memory-sync-feed.ts';

export interface MemoryExchangeOptions {
  readonly clock: Clock;
  /** Changes in one page of the feed, items in one page of a listing; default 512, as in Exchange. */
  readonly pageSize?: number;
  readonly batchSize?: number;
  /** Bodies are kept in other words than they were written in, as Exchange does with HTML; their text is the same. */
  readonly rewritesBodies?: boolean;
}

const refOf = ({ itemId, changeKey }: ItemRef): ItemRef => ({ itemId, changeKey });

/** Exchange in memory, for the engine's property and crash tests: same ids, same answers for the same history. */
export function memoryExchange(options: MemoryExchangeOptions): {
  gateway: ExchangeGateway;
  control: MemoryExchangeControl;
} {
  const { pageSize = 512, rewritesBodies = false } = options;
  const items = memoryExchangeItems(() => options.clock.now());
  const feed = memorySyncFeed(pageSize);
  const mails: MemoryMail[] = [];
  const failures = memoryFailures();
  const bodyOf = (patch: BodyPatch) => (rewritesBodies ? rewrittenBody(patchedBody(patch)) : patchedBody(patch));
  const writing = memoryExchangeWriting(items, mails, bodyOf, failures.halfway);

  const enter = ({ mailbox }: MailboxAccess, kind: ItemKind | undefined): MailboxId => {
    failures.throwIfAny(mailbox.id, kind);
    return mailbox.id;
  };
  const present = (mailboxId: MailboxId, kind: ItemKind) =>
    items.allOf(mailboxId, kind).filter(({ place }) => place === 'folder');
  const read = (access: MailboxAccess, kind: ItemKind, id: ItemId): Outcome<SyncItem> => {
    const item = writing.find(access.mailbox.id, id);
    return item?.kind === kind ? readingOf(item, access.profile) : failed(itemRefusals.gone());
  };

  const gateway: ExchangeGateway = {
    capabilities: { batchSize: options.batchSize ?? 10, canNotifyNobody: true, push: false },
    async listChanges(access, kind, since) {
      const mailboxId = enter(access, kind);
      return feed.page({ mailboxId, kind }, present(mailboxId, kind), since);
    },
    async readItems(access, kind, ids) {
      enter(access, kind);
      return ids.map((id) => read(access, kind, id));
    },
    async createItems(access, drafts, notify) {
      const mailboxId = enter(access, drafts[0]?.kind);
      const owner = { email: access.mailbox.address, name: '' };
      return drafts.map((draft) => writing.create(mailboxId, draft, notify, owner));
    },
    async updateItems(access, changes, notify) {
      const mailboxId = enter(access, changes[0]?.patch.kind);
      return changes.map(({ item, patch }) => writing.update(mailboxId, item, patch, notify));
    },
    async deleteItems(access, kind, refs, notify) {
      const mailboxId = enter(access, kind);
      return refs.map((ref) => writing.remove(mailboxId, kind, ref, notify));
    },
    async findStamped(access, kind, stamp) {
      const found = items
        .allOf(enter(access, kind), kind)
        .filter((item) => item.stamp?.mailboxId === stamp.mailboxId && item.stamp.recordId === stamp.recordId)
        .map((item) => ({ ...refOf(item), place: item.place }));
      return found.some(isLive) ? found.filter(({ place }) => place !== 'archive') : found;
    },
    async listItems(access, kind, window, cursor) {
      const begin = Number.parseInt(cursor ?? '0', 10);
      const all = listingOf(present(enter(access, kind), kind), access.profile, window);
      const end = begin + pageSize;
      return { items: all.slice(begin, end), next: end < all.length ? `${end}` : undefined };
    },
    async readOccurrences(access, series, window) {
      const master = items.find(enter(access, 'appointment'), series);
      if (master?.kind !== 'appointment') throw itemRefusals.gone();
      const outcomes = memoryOccurrences(master, window).map((one) => readingOf(one, access.profile));
      return outcomes.map((outcome) => {
        if (!outcome.ok) throw outcome.error;
        return outcome.value as Appointment;
      });
    },
    async probe(access, kind) {
      enter(access, kind);
    },
  };

  return { gateway, control: memoryExchangeControl(items, feed, failures, mails) };
}
