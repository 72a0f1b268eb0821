import type { ItemId, MailboxId } from '../../domain/ids.ts';
import type { ItemKind, ItemPlace } from '../../domain/item.ts';
import type { SyncError } from '../../domain/sync-error.ts';
import { withOnlineMeeting } from './memory-body.ts';
import type {
  AnyMemoryFields,
  MemoryAppointment,
  MemoryContact,
  MemoryFields,
  MemoryItem,
  MemoryItems,
  MemoryKinds,
  MemoryTask,
} from './memory-exchange-items.ts';
import { memoryOccurrence, noSeries, withOccurrenceChanged, withOccurrenceDeleted } from './memory-series.ts';
import type { MemoryFolder, MemorySyncFeed } from './memory-sync-feed.ts';

/** A mail that people got because of a write of ours. */
export interface MemoryMail {
  readonly mailboxId: MailboxId;
  readonly kind: 'invitation' | 'update' | 'cancellation';
  readonly to: readonly string[];
}

/** The hands of the mailbox's user, and the eyes of the test. */
export interface MemoryExchangeControl {
  userCreates(mailboxId: MailboxId, fields?: MemoryFields<'appointment'>): MemoryAppointment;
  userCreatesTask(mailboxId: MailboxId, fields?: MemoryFields<'task'>): MemoryTask;
  userCreatesContact(mailboxId: MailboxId, fields?: MemoryFields<'contact'>): MemoryContact;
  userEdits(mailboxId: MailboxId, itemId: ItemId, fields: AnyMemoryFields): MemoryItem;
  /** Another time, subject, text … for one occurrence; the series as it is then. */
  userEditsOccurrence(
    mailboxId: MailboxId,
    seriesId: ItemId,
    originalStart: string,
    fields: MemoryFields<'appointment'>,
  ): MemoryAppointment;
  userDeletesOccurrence(mailboxId: MailboxId, seriesId: ItemId, originalStart: string): MemoryAppointment;
  /** Takes the recurrence off: a single appointment stays, at the time of the first occurrence. */
  userEndsSeries(mailboxId: MailboxId, seriesId: ItemId): MemoryItem;
  /** Makes it an online meeting: a block with the address comes under its body. */
  userAddsOnlineMeeting(mailboxId: MailboxId, itemId: ItemId, joinUrl: string): MemoryItem;
  /** Within its folder, stamp and all; a copied appointment is a meeting of its own. */
  userCopies(mailboxId: MailboxId, itemId: ItemId): MemoryItem;
  /** To Deleted Items, under a new id. */
  userDeletes(mailboxId: MailboxId, itemId: ItemId): MemoryItem;
  /** To another folder, under a new id. */
  userMoves(mailboxId: MailboxId, itemId: ItemId, place: ItemPlace): MemoryItem;
  /** For good: the item is nowhere any more. */
  userPurges(mailboxId: MailboxId, itemId: ItemId): void;
  /** Another change key, as Exchange gives out of itself; nothing else changes. */
  touch(mailboxId: MailboxId, itemId: ItemId): MemoryItem;
  /** To another server: all items have new ids, and no state of the feeds is known there. */
  moveMailbox(mailboxId: MailboxId): void;
  /** Everything of a kind in the mailbox, in the order of making; appointments when no kind is named. */
  items<K extends ItemKind = 'appointment'>(mailboxId: MailboxId, kind?: K): readonly MemoryKinds[K][];
  forgetSyncStates(folders?: Partial<MemoryFolder>): void;
  /** From now on every call for the mailbox, or for its folder of a kind, rejects with the error; undefined ends it. */
  failsWith(mailboxId: MailboxId, error: SyncError | undefined, kind?: ItemKind): void;
  /** From now on a write of a series with exceptions or deletions gets no further than the pattern, and its outcome is an error. */
  breaksSeriesWrites(mailboxId: MailboxId, breaks: boolean): void;
  readonly mails: readonly MemoryMail[];
}

/** Which calls fail. */
export interface MemoryFailures {
  set(mailboxId: MailboxId, error: SyncError | undefined, kind?: ItemKind): void;
  throwIfAny(mailboxId: MailboxId, kind: ItemKind | undefined): void;
  /** Mailboxes in which a series is only written half. */
  readonly halfway: Set<MailboxId>;
}

export function memoryFailures(): MemoryFailures {
  const failing = new Map<string, SyncError>();
  const keyOf = (mailboxId: MailboxId, kind?: ItemKind) => `${mailboxId}|${kind ?? ''}`;
  return {
    set(mailboxId, error, kind) {
      if (error === undefined) failing.delete(keyOf(mailboxId, kind));
      else failing.set(keyOf(mailboxId, kind), error);
    },
    throwIfAny(mailboxId, kind) {
      const error = failing.get(keyOf(mailboxId)) ?? failing.get(keyOf(mailboxId, kind));
      if (error !== undefined) throw error;
    },
    halfway: new Set(),
  };
}

export function memoryExchangeControl(
  items: MemoryItems,
  feed: MemorySyncFeed,
  failures: MemoryFailures,
  mails: readonly MemoryMail[],
): MemoryExchangeControl {
  const existing = (mailboxId: MailboxId, itemId: ItemId): MemoryItem => {
    const item = items.find(mailboxId, itemId);
    if (item === undefined) throw new Error(`No item ${itemId} in ${mailboxId}: the test named a wrong one.`);
    return item;
  };
  const occurrenceIn = (mailboxId: MailboxId, seriesId: ItemId, originalStart: string) => {
    const master = existing(mailboxId, seriesId);
    const occurrence = master.kind === 'appointment' ? memoryOccurrence(master, originalStart) : undefined;
    if (master.kind !== 'appointment' || master.series === undefined || occurrence === undefined)
      throw new Error(`No occurrence ${originalStart} of ${seriesId}: the test named a wrong one.`);
    return { master: { ...master, series: master.series }, occurrence };
  };
  return {
    userCreates: (mailboxId, fields = {}) =>
      items.insert(mailboxId, 'appointment', { recurring: fields.series !== undefined, ...fields }),
    userCreatesTask: (mailboxId, fields = {}) => items.insert(mailboxId, 'task', fields),
    userCreatesContact: (mailboxId, fields = {}) => items.insert(mailboxId, 'contact', fields),
    userEdits: (mailboxId, itemId, fields) => items.change(mailboxId, existing(mailboxId, itemId), fields),
    userEditsOccurrence(mailboxId, seriesId, originalStart, fields) {
      const { master, occurrence } = occurrenceIn(mailboxId, seriesId, originalStart);
      return items.change(mailboxId, master, withOccurrenceChanged(master, occurrence, fields));
    },
    userDeletesOccurrence(mailboxId, seriesId, originalStart) {
      const { master, occurrence } = occurrenceIn(mailboxId, seriesId, originalStart);
      return items.change(
        mailboxId,
        master,
        withOccurrenceDeleted(master, occurrence.occurrence?.originalStart ?? originalStart),
      );
    },
    userEndsSeries: (mailboxId, seriesId) => items.change(mailboxId, existing(mailboxId, seriesId), noSeries),
    userAddsOnlineMeeting(mailboxId, itemId, joinUrl) {
      const item = existing(mailboxId, itemId);
      return items.change(mailboxId, item, { rawBody: withOnlineMeeting(item.rawBody, joinUrl) });
    },
    userCopies(mailboxId, itemId) {
      const item = existing(mailboxId, itemId);
      if (item.kind !== 'appointment') return items.insert(mailboxId, item.kind, item);
      return items.insert(mailboxId, item.kind, { ...item, iCalUid: undefined });
    },
    userDeletes: (mailboxId, itemId) => items.move(mailboxId, existing(mailboxId, itemId), 'deletedItems'),
    userMoves: (mailboxId, itemId, place) => items.move(mailboxId, existing(mailboxId, itemId), place),
    userPurges: (mailboxId, itemId) => items.remove(mailboxId, existing(mailboxId, itemId)),
    touch: (mailboxId, itemId) => items.change(mailboxId, existing(mailboxId, itemId), {}),
    moveMailbox(mailboxId) {
      for (const item of items.all(mailboxId)) items.move(mailboxId, item, item.place);
      feed.forget({ mailboxId });
    },
    items: <K extends ItemKind = 'appointment'>(mailboxId: MailboxId, kind?: K) =>
      items.allOf(mailboxId, kind ?? ('appointment' as K)),
    forgetSyncStates: (folders = {}) => feed.forget(folders),
    failsWith: (mailboxId, error, kind) => failures.set(mailboxId, error, kind),
    breaksSeriesWrites(mailboxId, breaks) {
      if (breaks) failures.halfway.add(mailboxId);
      else failures.halfway.delete(mailboxId);
    },
    mails,
  };
}
