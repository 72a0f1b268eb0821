import type { Appointment } from '../../domain/appointment.ts';
import type { ItemId, MailboxId } from '../../domain/ids.ts';
import { type ItemKind, type ItemRef, isLive, type Notify } from '../../domain/item.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { ItemDraft, ItemPatch, SyncItem } from '../../domain/sync-item.ts';
import { isInWindow } from '../../domain/sync-window.ts';
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
import { type AnyMemoryFields, type MemoryItem, memoryExchangeItems } from './memory-exchange-items.ts';
import { isEmptyPatch, memoryItemWrites } from './memory-item-writes.ts';
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
const isPrivate = (item: MemoryItem): boolean =>
  item.kind === 'appointment' ? ['private', 'confidential'].includes(item.sensitivity) : item.private;

const busy = (item: Appointment): Appointment => ({
  ...item,
  ...{ subject: 'Busy', bodyText: '', rawBody: '', richBody: false, location: '', attendees: [], categories: [] },
});

function reading({ place: _place, ...item }: MemoryItem, { profile }: MailboxAccess): Outcome<SyncItem> {
  if (!isPrivate({ place: 'folder', ...item } as MemoryItem)) return succeeded(item as SyncItem);
  if (item.kind !== 'appointment' || profile.privacyPolicy === 'skip') return failed(itemRefusals.isPrivate());
  return succeeded(busy(item));
}

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
  const writes = memoryItemWrites((patch) => (rewritesBodies ? rewrittenBody(patchedBody(patch)) : patchedBody(patch)));

  const enter = ({ mailbox }: MailboxAccess, kind: ItemKind | undefined): MailboxId => {
    failures.throwIfAny(mailbox.id, kind);
    return mailbox.id;
  };
  const present = (mailboxId: MailboxId, kind: ItemKind) =>
    items.allOf(mailboxId, kind).filter(({ place }) => place === 'folder');
  const tell = (mailboxId: MailboxId, notify: Notify, kind: MemoryMail['kind'], to: readonly string[]) => {
    if (notify === 'all' && to.length > 0) mails.push({ mailboxId, kind, to });
  };
  const invited = (item: AnyMemoryFields): string[] =>
    'attendees' in item && item.attendees !== undefined ? item.attendees.map(({ email }) => email.toLowerCase()) : [];

  const tellOfUpdate = (mailboxId: MailboxId, notify: Notify, before: string[], after: string[]) => {
    tell(
      mailboxId,
      notify,
      'invitation',
      after.filter((one) => !before.includes(one)),
    );
    tell(
      mailboxId,
      notify,
      'update',
      after.filter((one) => before.includes(one)),
    );
    tell(
      mailboxId,
      notify,
      'cancellation',
      before.filter((one) => !after.includes(one)),
    );
  };

  function create({ mailbox }: MailboxAccess, draft: ItemDraft, notify: Notify): Outcome<ItemRef> {
    if (draft.kind === 'appointment' && Date.parse(draft.end) < Date.parse(draft.start))
      return failed(itemRefusals.backwards());
    const fields = writes.fieldsOfDraft(draft, { email: mailbox.address, name: '' });
    tell(mailbox.id, notify, 'invitation', invited(fields));
    return succeeded(refOf(items.insert(mailbox.id, draft.kind, fields)));
  }

  function update(mailboxId: MailboxId, ref: ItemRef, patch: ItemPatch, notify: Notify): Outcome<ItemRef> {
    if (isEmptyPatch(patch)) return succeeded(ref);
    const item = items.find(mailboxId, ref.itemId);
    const fields = item && writes.fieldsOfPatch(patch, item);
    if (item === undefined || fields === undefined) return failed(itemRefusals.gone());
    if (item.changeKey !== ref.changeKey) return failed(itemRefusals.changed());
    if ('start' in fields && fields.start && fields.end && fields.end < fields.start)
      return failed(itemRefusals.backwards());
    const changed = items.change(mailboxId, item, fields);
    if (item.kind === 'appointment' && item.ownMeeting)
      tellOfUpdate(mailboxId, notify, invited(item), invited(changed));
    return succeeded(refOf(changed));
  }

  function remove(mailboxId: MailboxId, kind: ItemKind, ref: ItemRef, notify: Notify): Outcome<void> {
    const item = items.find(mailboxId, ref.itemId);
    if (item?.kind !== kind) return failed(itemRefusals.gone());
    if (item.kind === 'appointment' && item.ownMeeting) tell(mailboxId, notify, 'cancellation', invited(item));
    items.move(mailboxId, item, 'deletedItems');
    return succeeded(undefined);
  }

  const read = (access: MailboxAccess, kind: ItemKind, id: ItemId): Outcome<SyncItem> => {
    const item = items.find(access.mailbox.id, id);
    return item?.kind === kind ? reading(item, access) : failed(itemRefusals.gone());
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
      enter(access, drafts[0]?.kind);
      return drafts.map((draft) => create(access, draft, notify));
    },
    async updateItems(access, changes, notify) {
      const mailboxId = enter(access, changes[0]?.patch.kind);
      return changes.map(({ item, patch }) => update(mailboxId, item, patch, notify));
    },
    async deleteItems(access, kind, refs, notify) {
      const mailboxId = enter(access, kind);
      return refs.map((ref) => remove(mailboxId, kind, ref, notify));
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
      const all = present(enter(access, kind), kind)
        .filter((item) => item.kind !== 'appointment' || isInWindow(item, window))
        .map((item) => reading(item, access))
        .flatMap((outcome) => (outcome.ok ? [outcome.value] : []))
        .map(({ rawBody: _rawBody, ...item }) => ({ ...item, bodyText: '', richBody: false }) as SyncItem);
      const end = begin + pageSize;
      return { items: all.slice(begin, end), next: end < all.length ? `${end}` : undefined };
    },
    async readOccurrences(access, series) {
      const item = read(access, 'appointment', series);
      enter(access, 'appointment');
      if (!item.ok) throw item.error;
      return [];
    },
    async probe(access, kind) {
      enter(access, kind);
    },
  };

  return { gateway, control: memoryExchangeControl(items, feed, failures, mails) };
}
