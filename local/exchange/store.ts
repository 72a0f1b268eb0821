import { randomBytes, randomUUID } from 'node:crypto';
import { type Journal, readJournal, startJournal } from '../journal.ts';
import type { ExtendedValue } from './extended-properties.ts';
import type { ItemKind } from './properties.ts';
import type { XmlElement } from './xml.ts';

export interface ItemContent {
  kind: ItemKind;
  /** What was written, by element name; what the server computes is not kept. */
  properties: Record<string, XmlElement>;
  /** By the key of extendedKey. */
  extended: Record<string, ExtendedValue>;
  /** Of a recurring master. */
  series?: SeriesState;
}

/** What makes a series differ from its pattern. */
export interface SeriesState {
  /** By original start, as the store writes instants. */
  exceptions: Record<string, OccurrenceContent>;
  /** Original starts. */
  deleted: string[];
}

/** Where one occurrence differs from its master; null: the master has it, the occurrence has not. */
export interface OccurrenceContent {
  properties: Record<string, XmlElement | null>;
  extended: Record<string, ExtendedValue | null>;
}

/** The content of an item without what is its own in the store. */
export const contentOf = ({ kind, properties, extended, series }: ItemContent): ItemContent => ({
  kind,
  properties,
  extended,
  ...(series === undefined ? {} : { series }),
});

export interface StoredItem extends ItemContent {
  id: string;
  folder: string;
  /** The mailbox's counter when it came into this folder, and when it last changed. */
  createdIn: number;
  version: number;
  createdAt: string;
  modifiedAt: string;
  modifiedBy: string;
}

export interface Tombstone {
  id: string;
  folder: string;
  createdIn: number;
  removedIn: number;
  removedAt?: string;
}

/** A mail that a real server would have sent. */
export interface SentMail {
  at: string;
  mailbox: string;
  kind: 'request' | 'update' | 'cancellation' | 'response' | 'message';
  recipients: string[];
  subject: string;
}

export interface MailboxStore {
  readonly guid: string;
  /** Counts the changes of this mailbox; ChangeKeys and SyncStates are made of it. */
  version(): number;
  item(id: string): StoredItem | undefined;
  items(folder: string): StoredItem[];
  allItems(): StoredItem[];
  tombstones(folder: string): Tombstone[];
  insert(folder: string, content: ItemContent, by: string): StoredItem;
  /** Replaces the content of an item in its folder. */
  replace(id: string, content: ItemContent, by: string): StoredItem;
  remove(id: string): void;
  /** A move makes a new item: in Exchange the id changes with the folder. */
  move(id: string, folder: string, by: string): StoredItem;
}

export interface Store {
  mailbox(address: string): MailboxStore;
  addressOfGuid(guid: string): string | undefined;
  recordMail(mail: Omit<SentMail, 'at'>): void;
  mails(): readonly SentMail[];
  clearMails(): void;
  /** SyncStates of an earlier epoch are refused. */
  syncEpoch(): number;
  forgetSyncStates(): void;
  close(): void;
}

type Entry =
  | { type: 'mailbox'; address: string; guid: string; version: number }
  | { type: 'item'; address: string; item: StoredItem }
  | { type: 'removed'; address: string; tombstone: Tombstone }
  | { type: 'mail'; mail: SentMail }
  | { type: 'mails-cleared' }
  | { type: 'epoch'; epoch: number };

interface MailboxState {
  guid: string;
  version: number;
  items: Map<string, StoredItem>;
  tombstones: Tombstone[];
}

/** Everything in memory; with a directory also in a journal there, so that it survives a restart and a kill. */
export function exchangeStore(directory: string | undefined, clock: () => Date): Store {
  const mailboxes = new Map<string, MailboxState>();
  let mails: SentMail[] = [];
  let epoch = 1;

  const stateOf = (address: string): MailboxState => {
    const key = address.toLowerCase();
    const known = mailboxes.get(key);
    if (known) return known;
    const state: MailboxState = { guid: randomUUID(), version: 0, items: new Map(), tombstones: [] };
    mailboxes.set(key, state);
    journal?.append([{ type: 'mailbox', address: key, guid: state.guid, version: 0 }]);
    return state;
  };

  const apply = (entry: Entry): void => {
    if (entry.type === 'mail') mails.push(entry.mail);
    else if (entry.type === 'mails-cleared') mails = [];
    else if (entry.type === 'epoch') epoch = entry.epoch;
    else if (entry.type === 'mailbox') {
      mailboxes.set(entry.address, { guid: entry.guid, version: entry.version, items: new Map(), tombstones: [] });
    } else {
      const state = stateOf(entry.address);
      if (entry.type === 'item') {
        state.items.set(entry.item.id, entry.item);
        state.version = Math.max(state.version, entry.item.version);
      } else {
        state.items.delete(entry.tombstone.id);
        state.tombstones.push(entry.tombstone);
        state.version = Math.max(state.version, entry.tombstone.removedIn);
      }
    }
  };

  const snapshot = (): Entry[] => [
    { type: 'epoch', epoch },
    ...mails.map((mail): Entry => ({ type: 'mail', mail })),
    ...[...mailboxes].flatMap(([address, state]): Entry[] => [
      { type: 'mailbox', address, guid: state.guid, version: state.version },
      ...[...state.items.values()].map((item): Entry => ({ type: 'item', address, item })),
      ...state.tombstones.map((tombstone): Entry => ({ type: 'removed', address, tombstone })),
    ]),
  ];

  let journal: Journal<Entry> | undefined;
  if (directory !== undefined) {
    for (const entry of readJournal<Entry>(directory)) apply(entry);
    journal = startJournal(directory, snapshot());
  }
  const commit = (...entries: Entry[]) => {
    journal?.append(entries);
    for (const entry of entries) apply(entry);
  };

  const mailbox = (address: string): MailboxStore => {
    const key = address.toLowerCase();
    const state = stateOf(key);
    const existing = (id: string): StoredItem => {
      const item = state.items.get(id);
      if (!item) throw new Error(`the store has no item ${id}`);
      return item;
    };
    const now = () => clock().toISOString();
    const newItem = (folder: string, content: ItemContent, by: string, version: number): StoredItem => ({
      ...content,
      id: randomBytes(16).toString('hex'),
      folder,
      createdIn: version,
      version,
      createdAt: now(),
      modifiedAt: now(),
      modifiedBy: by,
    });
    const removed = (item: StoredItem, removedIn: number): Entry => ({
      type: 'removed',
      address: key,
      tombstone: { id: item.id, folder: item.folder, createdIn: item.createdIn, removedIn, removedAt: now() },
    });
    return {
      guid: state.guid,
      version: () => state.version,
      item: (id) => state.items.get(id),
      items: (folder) => [...state.items.values()].filter((item) => item.folder === folder),
      allItems: () => [...state.items.values()],
      tombstones: (folder) => state.tombstones.filter((tombstone) => tombstone.folder === folder),
      insert(folder, content, by) {
        const item = newItem(folder, content, by, state.version + 1);
        commit({ type: 'item', address: key, item });
        return item;
      },
      replace(id, content, by) {
        const { series: _replaced, ...old } = existing(id);
        const item = { ...old, ...contentOf(content), version: state.version + 1, modifiedAt: now(), modifiedBy: by };
        commit({ type: 'item', address: key, item });
        return item;
      },
      remove: (id) => commit(removed(existing(id), state.version + 1)),
      move(id, folder, by) {
        const old = existing(id);
        const item = { ...newItem(folder, contentOf(old), by, state.version + 2), createdAt: old.createdAt };
        commit(removed(old, state.version + 1), { type: 'item', address: key, item });
        return item;
      },
    };
  };

  return {
    mailbox,
    addressOfGuid: (guid) => [...mailboxes].find(([, state]) => state.guid === guid)?.[0],
    recordMail: (mail) => commit({ type: 'mail', mail: { at: clock().toISOString(), ...mail } }),
    mails: () => mails,
    clearMails: () => commit({ type: 'mails-cleared' }),
    syncEpoch: () => epoch,
    forgetSyncStates: () => commit({ type: 'epoch', epoch: epoch + 1 }),
    close: () => journal?.close(),
  };
}
