import type { Appointment, AppointmentDraft, AppointmentPatch } from '../../shared/domain/appointment.ts';
import type { ContactItem, ContactItemDraft, ContactItemPatch } from '../../shared/domain/contact-item.ts';
import type { ItemId, RecordId } from '../../shared/domain/ids.ts';
import type { ItemKind, ItemRef, Notify, Stamp, StampedItem } from '../../shared/domain/item.ts';
import type { Outcome } from '../../shared/domain/outcome.ts';
import { PlainDate } from '../../shared/domain/plain-date.ts';
import type { Series } from '../../shared/domain/recurrence.ts';
import type { SyncError } from '../../shared/domain/sync-error.ts';
import type { ItemDraft, ItemPatch, SyncItem } from '../../shared/domain/sync-item.ts';
import type { Task, TaskDraft, TaskPatch } from '../../shared/domain/task.ts';
import type { ExchangeGateway, ItemChange, MailboxAccess } from '../../shared/ports/exchange-gateway.ts';

/** What a person makes in a mailbox. */
export interface UserItem {
  /** A contact's surname. */
  readonly subject: string;
  readonly kind?: ItemKind;
  readonly private?: boolean;
  readonly start?: string;
  readonly end?: string;
  readonly series?: Series;
  /** Address of who invited them; else it is their own. */
  readonly organizer?: string;
}

/** The user of the mailbox, working beside us with another client. */
export interface MailboxUser {
  creates(item: UserItem): Promise<ItemRef>;
  /** Gives it another subject; a contact another surname. */
  edits(item: ItemRef, subject: string, kind?: ItemKind): Promise<ItemRef>;
  /** Writes the text as the whole body, some of it in bold letters. */
  formats(appointment: ItemRef, text: string): Promise<ItemRef>;
  /** Makes it an online meeting: a block with the address, as Teams has it, comes under the body. */
  addsOnlineMeeting(appointment: ItemRef, joinUrl: string): Promise<ItemRef>;
  editsOccurrence(
    series: ItemRef,
    originalStart: string,
    edit: { subject?: string; start?: string; end?: string },
  ): Promise<void>;
  deletesOccurrence(series: ItemRef, originalStart: string): Promise<void>;
  /** Within its folder, with all extended properties. */
  copies(item: ItemRef): Promise<ItemRef>;
  /** Nobody changes anything, and yet the change key is another. */
  touches(item: ItemRef): Promise<ItemRef>;
  deletes(item: ItemRef): Promise<void>;
  /** Out of its folder, to another place where the mailbox keeps items. */
  moves(item: ItemRef): Promise<StampedItem>;
  /** Appointments only: into the archive mailbox, as a retention policy does by itself. */
  archives(appointment: ItemRef): Promise<StampedItem>;
  returns(archived: ItemRef): Promise<ItemRef>;
}

/** A mail that Exchange sent for the mailbox to attendees. */
export interface MeetingMail {
  readonly kind: 'invitation' | 'update' | 'cancellation';
  readonly to: readonly string[];
}

export interface ExchangeUnderTest {
  readonly gateway: ExchangeGateway;
  /** An empty mailbox with an archive, reached with the right to everything in it. */
  readonly access: MailboxAccess;
  /** A second one in the same Exchange, without an archive. */
  readonly otherAccess: MailboxAccess;
  readonly user: MailboxUser;
  /** All mails of meetings that the mailbox sent so far. */
  mails(): Promise<readonly MeetingMail[]>;
  close(): Promise<void>;
}

export const start = '2026-06-09T07:00:00.000Z';
export const end = '2026-06-09T08:30:00.000Z';

export function valueIn<T>(outcome: Outcome<T> | undefined): T {
  if (outcome === undefined) throw new Error('no outcome');
  if (!outcome.ok) throw outcome.error;
  return outcome.value;
}

export function errorIn(outcome: Outcome<unknown> | undefined): SyncError {
  if (outcome === undefined || outcome.ok) throw new Error('expected a failure');
  return outcome.error;
}

interface Kinds {
  readonly appointment: { item: Appointment; draft: AppointmentDraft; patch: AppointmentPatch };
  readonly task: { item: Task; draft: TaskDraft; patch: TaskPatch };
  readonly contact: { item: ContactItem; draft: ContactItemDraft; patch: ContactItemPatch };
}

const body = { notes: 'First line\nsecond line\n\nhttps://crm.example/records/1?a=b&c=d', links: {} };

/** A draft of each kind, called by a name. */
export const sampleDrafts = {
  appointment: (stamp: Stamp, name: string): AppointmentDraft => ({
    ...{ kind: 'appointment', stamp, subject: name, body, location: 'Room 4' },
    ...{ start, end, timeZone: 'Europe/Berlin', allDay: false },
  }),
  task: (stamp: Stamp, name: string): TaskDraft => ({
    ...{ kind: 'task', stamp, subject: name, body },
    ...{ dueDate: PlainDate.parse('2026-06-09'), complete: false },
  }),
  contact: (stamp: Stamp, name: string): ContactItemDraft => ({
    ...{ kind: 'contact', stamp, givenName: 'Ada', surname: name, body },
    ...{ emails: [], phones: {}, addresses: {}, company: '', jobTitle: '' },
  }),
} as const satisfies { [K in ItemKind]: (stamp: Stamp, name: string) => Kinds[K]['draft'] };

export const nameOf = (item: SyncItem): string => (item.kind === 'contact' ? item.surname : item.subject);
export const renamed = (kind: ItemKind, name: string): ItemPatch =>
  kind === 'contact' ? { kind, surname: name } : { kind, subject: name };

/** Short words for what the tests of one kind do over and over. */
export function hands<K extends ItemKind>(kind: K, under: () => ExchangeUnderTest) {
  type Kind = Kinds[K];
  const stampOf = (recordId: string): Stamp => ({
    mailboxId: under().access.mailbox.id,
    recordId: recordId as RecordId,
  });
  const draftOf = (recordId: string, fields: Partial<Kind['draft']> = {}): Kind['draft'] => ({
    ...sampleDrafts[kind](stampOf(recordId), `Visit ${recordId}`),
    ...fields,
  });
  const createAll = (drafts: readonly ItemDraft[], notify: Notify = 'none') =>
    under().gateway.createItems(under().access, drafts, notify);
  const readAll = (ids: readonly ItemId[]) =>
    under().gateway.readItems(under().access, kind, ids) as Promise<Outcome<Kind['item']>[]>;
  return {
    stampOf,
    draftOf,
    createAll,
    readAll,
    createOne: async (recordId: string, fields: Partial<Kind['draft']> = {}, notify: Notify = 'none') =>
      valueIn((await createAll([draftOf(recordId, fields)], notify))[0]),
    readOne: async (itemId: ItemId) => (await readAll([itemId]))[0],
    updateOne: async (item: ItemRef, patch: Omit<Kind['patch'], 'kind'> | ItemPatch, notify: Notify = 'none') => {
      const change = { item, patch: { ...patch, kind } as ItemPatch };
      return (await under().gateway.updateItems(under().access, [change], notify))[0];
    },
    deleteOne: async (item: ItemRef, notify: Notify = 'none') =>
      (await under().gateway.deleteItems(under().access, kind, [item], notify))[0],
    find: (recordId: string, around?: { start: string; end: string }) =>
      under().gateway.findStamped(under().access, kind, stampOf(recordId), around),
    async allChanges(since?: string): Promise<{ changes: ItemChange[]; syncState: string }> {
      const changes: ItemChange[] = [];
      for (let syncState = since; ; ) {
        const page = await under().gateway.listChanges(under().access, kind, syncState);
        changes.push(...page.changes);
        syncState = page.syncState;
        if (!page.more) return { changes, syncState };
      }
    },
    async listAll(window: { from: string; to: string }): Promise<Kind['item'][]> {
      const items: SyncItem[] = [];
      let next: string | undefined;
      do {
        const page = await under().gateway.listItems(under().access, kind, window, next);
        items.push(...page.items);
        next = page.next;
      } while (next !== undefined);
      return items as Kind['item'][];
    },
  };
}
