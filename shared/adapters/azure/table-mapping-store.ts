import type { TableClient, TransactionAction } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import type { ItemId, RecordId } from '../../domain/ids.ts';
import type { IntentMapping, ItemMapping, MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { ItemEntry, LiveMappingChange, MappingStore, TombstoneChange } from '../../ports/mapping-store.ts';
import type { Stored } from '../../ports/stored.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { inMailbox, inMailboxesOf, inPartitions, removeMatching } from './remove-rows.ts';
import * as rows from './table-mapping-rows.ts';
import { findRow, insertRow, queryRows, removeRow, replaceRow } from './table-rows.ts';
import type { WriteGroup } from './table-transactions.ts';
import { writeGroups } from './table-transactions.ts';

/** Mappings and the rows of their items share the partition of their mailbox, so that they change together. */
export function tableMappingStore(table: TableClient): MappingStore & Erasable {
  const find = async (mailbox: MailboxKey, record: RecordId): Promise<Stored<ItemMapping> | undefined> => {
    const row = await findRow(table, rows.partitionOf(mailbox), keys.record(record));
    return row === undefined ? undefined : rows.toMapping(row);
  };
  const findHome: MappingStore['findHome'] = async (organization, record) => {
    const row = await findRow(table, keys.home(organization, record), keys.record(record));
    return row === undefined ? undefined : rows.toHome(row);
  };

  /** An insert whose answer was lost on the way is repeated by the SDK and then refused: the row is ours all the same. */
  const ownIntent = async (mailbox: MailboxKey, intent: IntentMapping): Promise<Stored<IntentMapping> | undefined> => {
    const there = await find(mailbox, intent.recordId);
    if (there?.value.state !== 'intent' || there.value.attemptId !== intent.attemptId) return undefined;
    return { value: there.value, etag: there.etag };
  };

  return {
    async findByRecords(mailbox, records) {
      const found = new Map<RecordId, Stored<ItemMapping>>();
      const read = async (record: RecordId) => {
        const stored = await find(mailbox, record);
        if (stored !== undefined) found.set(record, stored);
      };
      await Promise.all([...new Set(records)].map(read));
      return found;
    },
    async findByItems(mailbox, items) {
      const found = new Map<ItemId, ItemEntry>();
      const read = async (item: ItemId) => {
        const row = await findRow(table, rows.partitionOf(mailbox), keys.item(item), rows.itemEntryColumns);
        if (row !== undefined) found.set(item, rows.toItemEntry(row));
      };
      await Promise.all([...new Set(items)].map(read));
      return found;
    },
    async insertIntents(mailbox, intents) {
      const inserts = intents.map((intent): WriteGroup => [['create', rows.mappingRow(mailbox, intent)]]);
      const etags = await writeGroups(table, inserts);
      return Promise.all(
        intents.map(async (value, index) => {
          const etag = etags[index];
          return etag === undefined ? ownIntent(mailbox, value) : { value, etag };
        }),
      );
    },
    async replaceByIntent(mailbox, etag, value) {
      return { value, etag: await replaceRow(table, 'the mapping', rows.mappingRow(mailbox, value), etag) };
    },
    async releaseIntent(mailbox, { value, etag }) {
      await removeRow(table, rows.partitionOf(mailbox), keys.record(value.recordId), etag);
    },
    saveLive: (mailbox, changes) =>
      writeGroups(
        table,
        changes.map((change) => liveGroup(mailbox, change)),
      ),
    saveTombstones: (mailbox, changes) =>
      writeGroups(
        table,
        changes.map((change) => tombstoneGroup(mailbox, change)),
      ),
    async claimItem(mailbox, item, value) {
      const etag = await insertRow(table, rows.claimedItemRow(mailbox, item, value));
      return etag === undefined ? undefined : { value, etag };
    },
    async renewItemClaim(mailbox, item, etag, value) {
      const row = rows.claimedItemRow(mailbox, item, value);
      return { value, etag: await replaceRow(table, 'the claim of the item', row, etag) };
    },
    async releaseItemClaim(mailbox, item, { etag }) {
      await removeRow(table, rows.partitionOf(mailbox), keys.item(item), etag);
    },
    async saveSeries(mailbox, series, occurrences, etag) {
      const row = rows.seriesRow(mailbox, series, occurrences);
      if (etag !== undefined) return replaceRow(table, 'the series', row, etag);
      const inserted = await insertRow(table, row);
      if (inserted === undefined) throw new StoreConflict('the series');
      return inserted;
    },
    async removeSeries(mailbox, series, etag) {
      await removeRow(table, rows.partitionOf(mailbox), keys.item(series), etag);
    },
    async *listLive(mailbox) {
      const [from, before] = keys.records;
      const place = odata`PartitionKey eq ${rows.partitionOf(mailbox)} and RowKey ge ${from} and RowKey lt ${before}`;
      for await (const row of queryRows(table, `${place} and state eq 'live'`)) {
        const { value, etag } = rows.toMapping(row);
        if (value.state === 'live') yield { value, etag };
      }
    },
    findHome,
    async claimHome(organization, record, value) {
      const etag = await insertRow(table, rows.homeRow(organization, record, value));
      const held = etag === undefined ? await findHome(organization, record) : { value, etag };
      if (held === undefined) throw new StoreConflict("the record's home");
      return held;
    },
    async moveHome(organization, record, etag, value) {
      const row = rows.homeRow(organization, record, value);
      return { value, etag: await replaceRow(table, "the record's home", row, etag) };
    },
    async eraseMailbox(mailbox) {
      const home = odata`mailboxId eq ${mailbox.mailboxId}`;
      const homes = `${inPartitions(keys.homes(mailbox.organizationId))} and ${home}`;
      return (await removeMatching(table, homes)) + (await removeMatching(table, inMailbox(mailbox)));
    },
    eraseOrganization: (organization) => removeMatching(table, inMailboxesOf(organization)),
  };
}

function liveGroup(mailbox: MailboxKey, { mapping, etag, previousItemId }: LiveMappingChange): WriteGroup {
  const row = rows.mappingRow(mailbox, mapping);
  const save: TransactionAction = etag === undefined ? ['create', row] : ['update', row, 'Replace', { etag }];
  const lead: TransactionAction = ['upsert', rows.mappedItemRow(mailbox, mapping), 'Replace'];
  return previousItemId === undefined || previousItemId === mapping.itemId
    ? [save, lead]
    : [save, lead, ['delete', rows.itemPlace(mailbox, previousItemId)]];
}

function tombstoneGroup(mailbox: MailboxKey, { mapping, etag, itemId }: TombstoneChange): WriteGroup {
  const save: TransactionAction = ['update', rows.mappingRow(mailbox, mapping), 'Replace', { etag }];
  return itemId === undefined ? [save] : [save, ['delete', rows.itemPlace(mailbox, itemId)]];
}
