import type { ItemId, OrganizationId, RecordId } from '../../domain/ids.ts';
import { RecordId as RecordIdSchema } from '../../domain/ids.ts';
import type { LiveMapping, MailboxKey } from '../../domain/item-mapping.ts';
import { ItemClaim, ItemMapping, RecordHome, SeriesOccurrences } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import type { ItemEntry } from '../../ports/mapping-store.ts';
import type { Stored } from '../../ports/stored.ts';
import type { ReadRow, TableRow } from './table-rows.ts';

export const partitionOf = (mailbox: MailboxKey) => keys.mailbox(mailbox.organizationId, mailbox.mailboxId);

const nested = new Set(['agreed', 'made', 'writing', 'guests', 'writes']);

/** One column for each property, so that an admin can read the table; what is nested is JSON. */
export function mappingRow(mailbox: MailboxKey, mapping: ItemMapping): TableRow {
  const place = { partitionKey: partitionOf(mailbox), rowKey: keys.record(mapping.recordId) };
  if (mapping.state === 'tombstone') return { ...place, ...mapping };
  // Rows are replaced whole, so a column left out is a column removed.
  const columns = Object.entries(mapping).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, nested.has(name) ? JSON.stringify(value) : value]];
  });
  return { ...place, ...Object.fromEntries(columns) };
}

export function toMapping(row: ReadRow): Stored<ItemMapping> {
  const columns: Record<string, unknown> = { ...row };
  for (const name of nested) {
    const json = row[name];
    if (typeof json === 'string') columns[name] = JSON.parse(json);
  }
  return { value: ItemMapping.parse(columns), etag: row.etag };
}

/** The row that leads from an item to its record. */
export function mappedItemRow(mailbox: MailboxKey, { itemId, recordId }: LiveMapping): TableRow {
  return { ...itemPlace(mailbox, itemId), state: 'mapped', itemId, recordId };
}

/** The row that says that somebody makes a record of this item. */
export function claimedItemRow(mailbox: MailboxKey, itemId: ItemId, { made, ...claim }: ItemClaim): TableRow {
  const base = made === undefined ? {} : { made: JSON.stringify(made) };
  return { ...itemPlace(mailbox, itemId), state: 'claimed', itemId, ...claim, ...base };
}

/** The row that says which occurrences of a series may have records. */
export function seriesRow(
  mailbox: MailboxKey,
  itemId: ItemId,
  { originalStarts, ...series }: SeriesOccurrences,
): TableRow {
  return {
    ...itemPlace(mailbox, itemId),
    state: 'series',
    itemId,
    ...series,
    originalStarts: originalStarts.join(' '),
  };
}

export const itemEntryColumns = ['state', 'recordId', 'uid', 'originalStarts', ...Object.keys(ItemClaim.shape)];

export function toItemEntry(row: ReadRow): ItemEntry {
  if (row['state'] === 'mapped') return { state: 'mapped', recordId: RecordIdSchema.parse(row['recordId']) };
  if (row['state'] === 'claimed') {
    const { made, ...claim } = row as Record<string, unknown>;
    const base = typeof made === 'string' ? { made: JSON.parse(made) as unknown } : {};
    return { state: 'claimed', claim: { value: ItemClaim.parse({ ...claim, ...base }), etag: row.etag } };
  }
  const originalStarts = String(row['originalStarts'] ?? '')
    .split(' ')
    .filter((start) => start !== '');
  const value = SeriesOccurrences.parse({ ...row, originalStarts });
  return { state: 'series', series: { value, etag: row.etag } };
}

export function homeRow(organization: OrganizationId, recordId: RecordId, home: RecordHome): TableRow {
  return { partitionKey: keys.home(organization, recordId), rowKey: keys.record(recordId), recordId, ...home };
}

export function toHome(row: ReadRow): Stored<RecordHome> {
  return { value: RecordHome.parse(row), etag: row.etag };
}

export function itemPlace(mailbox: MailboxKey, itemId: ItemId) {
  return { partitionKey: partitionOf(mailbox), rowKey: keys.item(itemId) };
}
