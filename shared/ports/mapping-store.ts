import type { ItemId, OrganizationId, RecordId } from '../domain/ids.ts';
import type {
  IntentMapping,
  ItemClaim,
  ItemMapping,
  LiveMapping,
  MailboxKey,
  RecordHome,
  SeriesOccurrences,
  TombstoneMapping,
} from '../domain/item-mapping.ts';
import type { Stored } from './stored.ts';

/** What is known of an item by its id: a record is being made of it, or it is that record's. */
export type ItemEntry =
  | { readonly state: 'claimed'; readonly claim: Stored<ItemClaim> }
  | { readonly state: 'mapped'; readonly recordId: RecordId }
  /** A series whose occurrences have records of their own. */
  | { readonly state: 'series'; readonly series: Stored<SeriesOccurrences> };

/** Which record is which item. Every write is conditional; a lost race rejects with StoreConflict and changes nothing. */
export interface MappingStore {
  /** The mappings of these records; a record without one is not in the map. */
  findByRecords(mailbox: MailboxKey, records: readonly RecordId[]): Promise<Map<RecordId, Stored<ItemMapping>>>;
  /** What is known of these items; an item never seen is not in the map. */
  findByItems(mailbox: MailboxKey, items: readonly ItemId[]): Promise<Map<ItemId, ItemEntry>>;
  /** Inserts each intent if its record has no mapping; undefined for one whose record has. The claim: only who inserted may create. */
  insertIntents(mailbox: MailboxKey, intents: readonly IntentMapping[]): Promise<(Stored<IntentMapping> | undefined)[]>;
  /** Replaces an intent or a tombstone by an intent, if it is still what was read; rejects with StoreConflict otherwise. */
  replaceByIntent(mailbox: MailboxKey, etag: string, intent: IntentMapping): Promise<Stored<IntentMapping>>;
  /** Removes an intent whose create surely did not happen. Removing what is gone or changed does nothing. */
  releaseIntent(mailbox: MailboxKey, intent: Stored<IntentMapping>): Promise<void>;
  /**
   * Saves live mappings, each with the row that leads from its item to its record, both or neither.
   * `etag` is that of the mapping read before; absent for an insert. `previousItemId`: the row of an item id that no longer holds is removed.
   * One outcome each, in order: the new etag, or undefined when the mapping had changed.
   */
  saveLive(mailbox: MailboxKey, changes: readonly LiveMappingChange[]): Promise<(string | undefined)[]>;
  /** Turns mappings into tombstones and removes their items' rows. One outcome each, as saveLive. */
  saveTombstones(mailbox: MailboxKey, changes: readonly TombstoneChange[]): Promise<(string | undefined)[]>;
  /** Inserts a claim to make a record of the item; undefined when the item is claimed or mapped already. */
  claimItem(mailbox: MailboxKey, item: ItemId, claim: ItemClaim): Promise<Stored<ItemClaim> | undefined>;
  /** Takes over or extends a claim; rejects with StoreConflict when somebody else did. */
  renewItemClaim(mailbox: MailboxKey, item: ItemId, etag: string, claim: ItemClaim): Promise<Stored<ItemClaim>>;
  /** Removes a claim whose create surely did not happen; removing what is gone or changed does nothing. */
  releaseItemClaim(mailbox: MailboxKey, item: ItemId, claim: Stored<ItemClaim>): Promise<void>;
  /** Remembers which occurrences of a series may have records. With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
  saveSeries(mailbox: MailboxKey, series: ItemId, occurrences: SeriesOccurrences, etag?: string): Promise<string>;
  /** Forgets a series that is gone; one that changed since stays. */
  removeSeries(mailbox: MailboxKey, series: ItemId, etag: string): Promise<void>;
  /** All live mappings of a mailbox, a page at a time. */
  listLive(mailbox: MailboxKey): AsyncIterable<Stored<LiveMapping>>;

  findHome(organization: OrganizationId, record: RecordId): Promise<Stored<RecordHome> | undefined>;
  /** Inserts the home if the record has none; the home that holds then, ours or another's. */
  claimHome(organization: OrganizationId, record: RecordId, home: RecordHome): Promise<Stored<RecordHome>>;
  /** Moves a home; rejects with StoreConflict when somebody else did. */
  moveHome(organization: OrganizationId, record: RecordId, etag: string, home: RecordHome): Promise<Stored<RecordHome>>;
}

export interface LiveMappingChange {
  readonly mapping: LiveMapping;
  readonly etag?: string;
  readonly previousItemId?: ItemId;
}

export interface TombstoneChange {
  readonly mapping: TombstoneMapping;
  readonly etag: string;
  readonly itemId?: ItemId;
}
