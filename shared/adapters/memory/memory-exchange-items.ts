import type { Appointment } from '../../domain/appointment.ts';
import { canonicalLine } from '../../domain/canonical-text.ts';
import type { ContactItem } from '../../domain/contact-item.ts';
import type { ChangeKey, ItemId, MailboxId } from '../../domain/ids.ts';
import type { ItemKind, ItemPlace } from '../../domain/item.ts';
import type { Task } from '../../domain/task.ts';
import { bodyTextOf, isRichBody, rawBodyOf, retyped } from './memory-body.ts';

interface Kept {
  readonly place: ItemPlace;
  readonly rawBody: string;
}

/** Items as they lie in a mailbox of the memory fake. */
export type MemoryAppointment = Appointment &
  Kept & {
    /** What exceptions of the series have of their own, by their original start; times, subject and location are in the series. */
    readonly ofOccurrences?: Readonly<Record<string, MemoryFields<'appointment'>>>;
  };
export type MemoryTask = Task & Kept;
export type MemoryContact = ContactItem & Kept;
export interface MemoryKinds {
  readonly appointment: MemoryAppointment;
  readonly task: MemoryTask;
  readonly contact: MemoryContact;
}
export type MemoryItem = MemoryKinds[ItemKind];

/**
 * What anybody may set on an item. A new `bodyText` leaves the block of an online meeting where it is; with `richBody` it is
 * formatted; `rawBody` is the whole body as it lies there.
 */
export type MemoryFields<K extends ItemKind> = Partial<
  Omit<MemoryKinds[K], 'kind' | 'itemId' | 'changeKey' | 'modifiedAt' | 'place'>
>;
export type AnyMemoryFields = MemoryFields<'appointment'> | MemoryFields<'task'> | MemoryFields<'contact'>;

const common = { bodyText: '', richBody: false, rawBody: '', stamp: undefined, categories: [] } as const;

/** Items as they are when nothing is said of them. */
const blank = {
  appointment: {
    ...common,
    kind: 'appointment',
    subject: '',
    location: '',
    start: '2026-06-01T09:00:00.000Z',
    end: '2026-06-01T10:00:00.000Z',
    timeZone: 'Etc/UTC',
    allDay: false,
    cancelled: false,
    ownMeeting: true,
    recurring: false,
    iCalUid: undefined,
    attendees: [],
    reminderMinutes: 15,
    showAs: 'busy',
    sensitivity: 'normal',
  },
  task: {
    ...common,
    kind: 'task',
    subject: '',
    dueDate: undefined,
    startDate: undefined,
    complete: false,
    recurring: false,
    private: false,
  },
  contact: {
    ...common,
    kind: 'contact',
    givenName: '',
    surname: '',
    emails: [],
    phones: {},
    addresses: {},
    company: '',
    jobTitle: '',
    private: false,
  },
} as const satisfies { [K in ItemKind]: Omit<MemoryKinds[K], 'itemId' | 'changeKey' | 'modifiedAt' | 'place'> };

export interface MemoryItems {
  all(mailboxId: MailboxId): MemoryItem[];
  allOf<K extends ItemKind>(mailboxId: MailboxId, kind: K): MemoryKinds[K][];
  find(mailboxId: MailboxId, itemId: ItemId): MemoryItem | undefined;
  insert<K extends ItemKind>(mailboxId: MailboxId, kind: K, fields: MemoryFields<K>): MemoryKinds[K];
  /** Changes fields, if any: the change key is another in any case. */
  change<I extends MemoryItem>(mailboxId: MailboxId, item: I, fields: AnyMemoryFields): I;
  /** To another folder, or to another server: the item gets a new id, as in Exchange. */
  move<I extends MemoryItem>(mailboxId: MailboxId, item: I, place: ItemPlace): I;
  remove(mailboxId: MailboxId, item: MemoryItem): void;
}

const lines = ['subject', 'location', 'givenName', 'surname', 'company', 'jobTitle'];

/** Texts as Exchange would give them back. */
export function tidyItem<I extends MemoryItem>(item: I): I {
  const entries = Object.entries(item).map(([name, value]) =>
    lines.includes(name) && typeof value === 'string' ? [name, canonicalLine(value)] : [name, value],
  );
  const { rawBody } = item;
  return { ...(Object.fromEntries(entries) as I), bodyText: bodyTextOf(rawBody), richBody: isRichBody(rawBody) };
}

/** The body that the fields make. */
export function bodyIn(fields: AnyMemoryFields, before: MemoryItem | undefined): string {
  const { rawBody, bodyText, richBody } = fields;
  if (rawBody !== undefined) return rawBody;
  if (before === undefined) return rawBodyOf(bodyText ?? '', richBody);
  if (bodyText === undefined && richBody === undefined) return before.rawBody;
  return retyped(before.rawBody, bodyText ?? before.bodyText, richBody ?? before.richBody);
}

/** Mailboxes with deterministic ids and change keys: a counter, so that one history always gives one trace. */
export function memoryExchangeItems(now: () => Date): MemoryItems {
  const mailboxes = new Map<MailboxId, Map<ItemId, MemoryItem>>();
  let counter = 0;
  const next = (prefix: string) => {
    counter += 1;
    return `${prefix}${counter}`;
  };
  const box = (mailboxId: MailboxId) => {
    const found = mailboxes.get(mailboxId) ?? new Map<ItemId, MemoryItem>();
    mailboxes.set(mailboxId, found);
    return found;
  };
  const put = <I extends MemoryItem>(mailboxId: MailboxId, item: I): I => {
    const changeKey = next('change-key-') as ChangeKey;
    const written = tidyItem({ ...item, changeKey, modifiedAt: now().toISOString() });
    box(mailboxId).set(written.itemId, written);
    return written;
  };
  const all = (mailboxId: MailboxId) => [...box(mailboxId).values()];

  return {
    all,
    allOf: <K extends ItemKind>(mailboxId: MailboxId, kind: K) =>
      all(mailboxId).filter((item) => item.kind === kind) as MemoryKinds[K][],
    find: (mailboxId, itemId) => box(mailboxId).get(itemId),
    insert<K extends ItemKind>(mailboxId: MailboxId, kind: K, fields: MemoryFields<K>) {
      const itemId = next('item-') as ItemId;
      const uid = kind === 'appointment' ? { iCalUid: ('iCalUid' in fields && fields.iCalUid) || next('uid-') } : {};
      const rawBody = bodyIn(fields, undefined);
      const item = { ...blank[kind], ...fields, ...uid, rawBody, itemId, place: 'folder' } as unknown as MemoryKinds[K];
      return put(mailboxId, item);
    },
    change: (mailboxId, item, fields) => put(mailboxId, { ...item, ...fields, rawBody: bodyIn(fields, item) }),
    move(mailboxId, item, place) {
      box(mailboxId).delete(item.itemId);
      return put(mailboxId, { ...item, place, itemId: next('item-') as ItemId });
    },
    remove(mailboxId, item) {
      box(mailboxId).delete(item.itemId);
    },
  };
}
