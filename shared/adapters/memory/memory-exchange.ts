import {
  type Appointment,
  type AppointmentDraft,
  type AppointmentPatch,
  type ItemPlace,
  type ItemRef,
  isLive,
  type Notify,
} from '../../domain/appointment.ts';
import type { ItemId, MailboxId } from '../../domain/ids.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { type ErrorKind, SyncError } from '../../domain/sync-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExchangeGateway, MailboxAccess } from '../../ports/exchange-gateway.ts';
import { type MemoryFields, type MemoryItem, memoryExchangeItems } from './memory-exchange-items.ts';
import { memorySyncFeed } from './memory-sync-feed.ts';

export interface MemoryExchangeOptions {
  readonly clock: Clock;
  /** Changes in one page of the feed; default 512, as in Exchange. */
  readonly pageSize?: number;
  readonly batchSize?: number;
}

/** A mail that attendees got because of a write of ours. */
export interface MemoryMail {
  readonly mailboxId: MailboxId;
  readonly kind: 'invitation' | 'update' | 'cancellation';
  readonly to: readonly string[];
}

/** The hands of the mailbox's user, and the eyes of the test. */
export interface MemoryExchangeControl {
  userCreates(mailboxId: MailboxId, fields?: Partial<MemoryFields>): MemoryItem;
  userEdits(mailboxId: MailboxId, itemId: ItemId, fields: Partial<MemoryFields>): MemoryItem;
  /** To Deleted Items, under a new id. */
  userDeletes(mailboxId: MailboxId, itemId: ItemId): MemoryItem;
  /** To another folder, under a new id. */
  userMoves(mailboxId: MailboxId, itemId: ItemId, place: ItemPlace): MemoryItem;
  /** For good: the item is nowhere any more. */
  userPurges(mailboxId: MailboxId, itemId: ItemId): void;
  /** Everything in the mailbox, in the order of making. */
  items(mailboxId: MailboxId): readonly MemoryItem[];
  forgetSyncStates(): void;
  /** From now on every call for the mailbox rejects with the error; undefined ends it. */
  failsWith(mailboxId: MailboxId, error: SyncError | undefined): void;
  readonly mails: readonly MemoryMail[];
}

const blank: MemoryFields = {
  subject: '',
  bodyText: '',
  location: '',
  start: '2026-06-01T09:00:00.000Z',
  end: '2026-06-01T10:00:00.000Z',
  timeZone: 'Etc/UTC',
  allDay: false,
  cancelled: false,
  ownMeeting: true,
  recurring: false,
  iCalUid: undefined,
  stamp: undefined,
  private: false,
  attendees: [],
  reminder: true,
};

function refusal(code: string, kind: ErrorKind, message: string): SyncError {
  return new SyncError(message, { code, kind, remedy: { kind: kind === 'conflict' ? 'retry' : 'park' } });
}

const gone = () => refusal('ErrorItemNotFound', 'notFound', 'The item is gone or lies under another id.');
const changed = () => refusal('ErrorIrresolvableConflict', 'conflict', 'The item was changed since it was read.');
const isPrivate = () => refusal('PrivateItem', 'notFound', 'The item is private and stays in the mailbox.');
const backwards = () =>
  refusal('ErrorCalendarEndDateIsEarlierThanStartDate', 'other', 'The end of an appointment must be after its start.');

const refOf = ({ itemId, changeKey }: ItemRef): ItemRef => ({ itemId, changeKey });
const instant = (text: string) => new Date(text).toISOString();

function fieldsOf(patch: AppointmentPatch): Partial<MemoryFields> {
  const { time, ...rest } = patch;
  const others = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  if (time === undefined) return others;
  return { ...others, start: instant(time.start), end: instant(time.end), timeZone: time.timeZone };
}

function reading(item: MemoryItem, access: MailboxAccess): Outcome<Appointment> {
  const { private: hidden, attendees: _attendees, reminder: _reminder, place: _place, ...appointment } = item;
  if (!hidden) return succeeded(appointment);
  if (access.profile.privacyPolicy === 'skip') return failed(isPrivate());
  return succeeded({ ...appointment, subject: 'Busy', bodyText: '', location: '' });
}

/** Exchange in memory, for the engine's property and crash tests: same ids, same answers for the same history. */
export function memoryExchange(options: MemoryExchangeOptions): {
  gateway: ExchangeGateway;
  control: MemoryExchangeControl;
} {
  const items = memoryExchangeItems(() => options.clock.now());
  const feed = memorySyncFeed(options.pageSize ?? 512);
  const mails: MemoryMail[] = [];
  const failing = new Map<MailboxId, SyncError>();

  const enter = ({ mailbox }: MailboxAccess): MailboxId => {
    const error = failing.get(mailbox.id);
    if (error !== undefined) throw error;
    return mailbox.id;
  };
  const tell = (mailboxId: MailboxId, notify: Notify, kind: MemoryMail['kind'], to: readonly string[]) => {
    if (notify === 'all' && to.length > 0) mails.push({ mailboxId, kind, to });
  };
  const existing = (mailboxId: MailboxId, itemId: ItemId): MemoryItem => {
    const item = items.find(mailboxId, itemId);
    if (item === undefined) throw new Error(`No item ${itemId} in ${mailboxId}: the test named a wrong one.`);
    return item;
  };

  function create(mailboxId: MailboxId, draft: AppointmentDraft): Outcome<ItemRef> {
    if (instant(draft.end) < instant(draft.start)) return failed(backwards());
    return succeeded(
      refOf(items.insert(mailboxId, { ...blank, ...draft, start: instant(draft.start), end: instant(draft.end) })),
    );
  }

  function update(mailboxId: MailboxId, ref: ItemRef, patch: AppointmentPatch, notify: Notify): Outcome<ItemRef> {
    if (Object.values(patch).every((field) => field === undefined)) return succeeded(ref);
    const item = items.find(mailboxId, ref.itemId);
    if (item === undefined) return failed(gone());
    if (item.changeKey !== ref.changeKey) return failed(changed());
    const fields = fieldsOf(patch);
    if ((fields.end ?? item.end) < (fields.start ?? item.start)) return failed(backwards());
    tell(mailboxId, notify, 'update', item.attendees);
    return succeeded(refOf(items.change(mailboxId, item, fields)));
  }

  function remove(mailboxId: MailboxId, ref: ItemRef, notify: Notify): Outcome<void> {
    const item = items.find(mailboxId, ref.itemId);
    if (item === undefined) return failed(gone());
    tell(mailboxId, notify, 'cancellation', item.attendees);
    items.move(mailboxId, item, 'deletedItems');
    return succeeded(undefined);
  }

  const gateway: ExchangeGateway = {
    capabilities: { batchSize: options.batchSize ?? 10, canNotifyNobody: true, push: false },
    async listCalendarChanges(access, since) {
      const mailboxId = enter(access);
      const calendar = items.all(mailboxId).filter((item) => item.place === 'calendar');
      return feed.page(mailboxId, calendar, since);
    },
    async readAppointments(access, ids) {
      const mailboxId = enter(access);
      return ids.map((id) => {
        const item = items.find(mailboxId, id);
        return item === undefined ? failed(gone()) : reading(item, access);
      });
    },
    async createAppointments(access, drafts, _notify) {
      const mailboxId = enter(access);
      return drafts.map((draft) => create(mailboxId, draft));
    },
    async updateAppointments(access, changes, notify) {
      const mailboxId = enter(access);
      return changes.map(({ item, patch }) => update(mailboxId, item, patch, notify));
    },
    async deleteAppointments(access, refs, notify) {
      const mailboxId = enter(access);
      return refs.map((ref) => remove(mailboxId, ref, notify));
    },
    async findStamped(access, stamp) {
      const mailboxId = enter(access);
      const found = items
        .all(mailboxId)
        .filter((item) => item.stamp?.mailboxId === stamp.mailboxId && item.stamp.recordId === stamp.recordId)
        .map((item) => ({ ...refOf(item), place: item.place }));
      return found.some(isLive) ? found.filter(({ place }) => place !== 'archive') : found;
    },
    async probe(access) {
      enter(access);
    },
  };

  const control: MemoryExchangeControl = {
    userCreates: (mailboxId, fields = {}) => items.insert(mailboxId, { ...blank, ...fields }),
    userEdits: (mailboxId, itemId, fields) => items.change(mailboxId, existing(mailboxId, itemId), fields),
    userDeletes: (mailboxId, itemId) => items.move(mailboxId, existing(mailboxId, itemId), 'deletedItems'),
    userMoves: (mailboxId, itemId, place) => items.move(mailboxId, existing(mailboxId, itemId), place),
    userPurges: (mailboxId, itemId) => items.remove(mailboxId, existing(mailboxId, itemId)),
    items: (mailboxId) => items.all(mailboxId),
    forgetSyncStates: () => feed.forget(),
    failsWith: (mailboxId, error) => {
      if (error === undefined) failing.delete(mailboxId);
      else failing.set(mailboxId, error);
    },
    mails,
  };
  return { gateway, control };
}
