import type { ItemId, RecordId } from '../../domain/ids.ts';
import type {
  IntentMapping,
  ItemClaim,
  ItemMapping,
  LiveMapping,
  MailboxKey,
  RecordHome,
  SeriesOccurrences,
} from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { ItemEntry, LiveMappingChange, MappingStore, TombstoneChange } from '../../ports/mapping-store.ts';
import type { Stored } from '../../ports/stored.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { erasingMailboxPartitions, isOfMailboxesOf } from './memory-erasure.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

type ItemRow =
  | { state: 'claimed'; claim: ItemClaim }
  | { state: 'mapped'; recordId: RecordId }
  | { state: 'series'; occurrences: SeriesOccurrences };

const partitionOf = (mailbox: MailboxKey) => keys.mailbox(mailbox.organizationId, mailbox.mailboxId);

/** Mappings in this process's memory. */
export function memoryMappingStore(): MappingStore & Erasable {
  const mappings = memoryRows<ItemMapping>();
  const items = memoryRows<ItemRow>();
  const homes = memoryRows<RecordHome>();

  const insertIntent = (partition: string, intent: IntentMapping): Stored<IntentMapping> | undefined => {
    const row = keys.record(intent.recordId);
    const etag = mappings.insert(partition, row, intent);
    if (etag !== undefined) return { value: intent, etag };
    const there = mappings.find(partition, row);
    const ours = there?.value.state === 'intent' && there.value.attemptId === intent.attemptId;
    return ours ? (there as Stored<IntentMapping>) : undefined;
  };

  const saveOneLive = (partition: string, { mapping, etag, previousItemId }: LiveMappingChange) => {
    const row = keys.record(mapping.recordId);
    const saved =
      etag === undefined ? mappings.insert(partition, row, mapping) : mappings.replace(partition, row, etag, mapping);
    if (saved === undefined) return undefined;
    if (previousItemId !== undefined) items.remove(partition, keys.item(previousItemId));
    items.put(partition, keys.item(mapping.itemId), { state: 'mapped', recordId: mapping.recordId });
    return saved;
  };

  const saveOneTombstone = (partition: string, { mapping, etag, itemId }: TombstoneChange) => {
    const saved = mappings.replace(partition, keys.record(mapping.recordId), etag, mapping);
    if (saved !== undefined && itemId !== undefined) items.remove(partition, keys.item(itemId));
    return saved;
  };

  const entryOf = ({ value, etag }: Stored<ItemRow>): ItemEntry => {
    switch (value.state) {
      case 'mapped':
        return value;
      case 'claimed':
        return { state: 'claimed', claim: { value: value.claim, etag } };
      case 'series':
        return { state: 'series', series: { value: value.occurrences, etag } };
      default:
        return value satisfies never;
    }
  };

  const own = erasingMailboxPartitions(mappings, items);

  return {
    async findByRecords(mailbox, records) {
      const found = new Map<RecordId, Stored<ItemMapping>>();
      for (const record of records) {
        const stored = mappings.find(partitionOf(mailbox), keys.record(record));
        if (stored !== undefined) found.set(record, stored);
      }
      return found;
    },
    async findByItems(mailbox, itemIds) {
      const found = new Map<ItemId, ItemEntry>();
      for (const item of itemIds) {
        const row = items.find(partitionOf(mailbox), keys.item(item));
        if (row !== undefined) found.set(item, entryOf(row));
      }
      return found;
    },
    insertIntents: async (mailbox, intents) => intents.map((intent) => insertIntent(partitionOf(mailbox), intent)),
    async replaceByIntent(mailbox, etag, intent) {
      const saved = mappings.replace(partitionOf(mailbox), keys.record(intent.recordId), etag, intent);
      if (saved === undefined) throw new StoreConflict('the mapping');
      return { value: intent, etag: saved };
    },
    async releaseIntent(mailbox, intent) {
      mappings.remove(partitionOf(mailbox), keys.record(intent.value.recordId), intent.etag);
    },
    saveLive: async (mailbox, changes) => changes.map((change) => saveOneLive(partitionOf(mailbox), change)),
    saveTombstones: async (mailbox, changes) => changes.map((change) => saveOneTombstone(partitionOf(mailbox), change)),
    async claimItem(mailbox, item, claim) {
      const etag = items.insert(partitionOf(mailbox), keys.item(item), { state: 'claimed', claim });
      return etag === undefined ? undefined : { value: claim, etag };
    },
    async renewItemClaim(mailbox, item, etag, claim) {
      const row: ItemRow = { state: 'claimed', claim };
      const saved = items.replace(partitionOf(mailbox), keys.item(item), etag, row);
      if (saved === undefined) throw new StoreConflict('the claim of the item');
      return { value: claim, etag: saved };
    },
    async releaseItemClaim(mailbox, item, claim) {
      items.remove(partitionOf(mailbox), keys.item(item), claim.etag);
    },
    async saveSeries(mailbox, series, occurrences, etag) {
      const row: ItemRow = { state: 'series', occurrences };
      return saveRow(items, 'the series', partitionOf(mailbox), keys.item(series), row, etag);
    },
    async removeSeries(mailbox, series, etag) {
      items.remove(partitionOf(mailbox), keys.item(series), etag);
    },
    async *listLive(mailbox) {
      for (const { value, etag } of mappings.list(partitionOf(mailbox))) {
        if (value.state === 'live') yield { value: value satisfies LiveMapping, etag };
      }
    },
    findHome: async (organization, record) => homes.find(keys.home(organization, record), keys.record(record)),
    async claimHome(organization, record, home) {
      const [partition, row] = [keys.home(organization, record), keys.record(record)];
      const etag = homes.insert(partition, row, home);
      const held = etag === undefined ? homes.find(partition, row) : { value: home, etag };
      if (held === undefined) throw new StoreConflict("the record's home");
      return held;
    },
    async moveHome(organization, record, etag, home) {
      const partition = keys.home(organization, record);
      return { value: home, etag: saveRow(homes, "the record's home", partition, keys.record(record), home, etag) };
    },
    eraseMailbox: async (mailbox) =>
      (await own.eraseMailbox(mailbox)) +
      homes.removeMatching(
        (partition, _row, home) =>
          isOfMailboxesOf(mailbox.organizationId, partition) && home.mailboxId === mailbox.mailboxId,
      ),
    eraseOrganization: async (organization) =>
      (await own.eraseOrganization(organization)) +
      homes.removeMatching((partition) => isOfMailboxesOf(organization, partition)),
  };
}
