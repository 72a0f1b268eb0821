import type { TableClient, TransactionAction } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import type { OrganizationId } from '../../domain/ids.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import { refusalOf } from './azure-storage-errors.ts';
import type { ReadRow } from './table-rows.ts';
import { queryRows, removeRow } from './table-rows.ts';

/** Table Storage takes 100 operations in one transaction. */
const largestTransaction = 100;
const transactionsAtOnce = 8;

interface Place {
  readonly partitionKey: string;
  readonly rowKey: string;
}

export interface RemoveOptions {
  /** What must be read of a row to tell what goes with it. */
  readonly columns?: readonly string[];
  /** Rows of the same partition that go together with this one, in one transaction if they are few. */
  readonly alongWith?: (row: ReadRow) => readonly string[];
}

/** Removes the rows that the filter finds, whatever their etags; how many were there. */
export async function removeMatching(table: TableClient, filter: string, options: RemoveOptions = {}): Promise<number> {
  const { columns = [], alongWith = () => [] } = options;
  let [removed, waiting]: [number, Place[]] = [0, []];
  const flush = async () => {
    const counts = await Promise.all(transactionsOf(waiting).map((places) => removeTogether(table, places)));
    removed += counts.reduce((sum, count) => sum + count, 0);
    waiting = [];
  };
  for await (const row of queryRows(table, filter, ['partitionKey', 'rowKey', ...columns])) {
    const partitionKey = row.partitionKey ?? '';
    for (const rowKey of [row.rowKey ?? '', ...alongWith(row)]) waiting.push({ partitionKey, rowKey });
    if (waiting.length >= largestTransaction * transactionsAtOnce) await flush();
  }
  await flush();
  return removed;
}

/** Finds all rows of all partitions that belong to mailboxes of this organization. */
export function inMailboxesOf(organization: OrganizationId): string {
  return inPartitions(keys.mailboxesOf(organization));
}

/** Finds all rows in the partition of this organization. */
export function inOrganization(organization: OrganizationId): string {
  return odata`PartitionKey eq ${organization}`;
}

/** Finds all rows in the partition of this mailbox. */
export function inMailbox({ organizationId, mailboxId }: MailboxKey): string {
  return odata`PartitionKey eq ${keys.mailbox(organizationId, mailboxId)}`;
}

/** Finds the rows of all partitions from the first to before the second. */
export function inPartitions([from, before]: readonly [string, string]): string {
  return odata`PartitionKey ge ${from} and PartitionKey lt ${before}`;
}

/** Finds rows by their keys, from the first to before the second; to be joined with a partition. */
export function inRows([from, before]: readonly [string, string]): string {
  return odata`RowKey ge ${from} and RowKey lt ${before}`;
}

/** Removes rows of one partition; those that are gone already are not counted. */
export async function removeTogether(table: TableClient, places: readonly Place[]): Promise<number> {
  const [only] = places;
  if (only === undefined) return 0;
  if (places.length > 1) {
    try {
      await table.submitTransaction(places.map((place): TransactionAction => ['delete', { ...place }]));
      return places.length;
    } catch (error) {
      if (refusalOf(error) !== 'missing') throw error;
    }
  }
  const refusals = await Promise.all(places.map((place) => removeRow(table, place.partitionKey, place.rowKey)));
  return refusals.filter((refusal) => refusal === undefined).length;
}

/** Rows of one partition each, none twice. */
function transactionsOf(places: readonly Place[]): Place[][] {
  const partitions = new Map<string, Map<string, Place>>();
  for (const place of places) {
    const rows = partitions.get(place.partitionKey) ?? new Map<string, Place>();
    partitions.set(place.partitionKey, rows.set(place.rowKey, place));
  }
  const transactions: Place[][] = [];
  for (const rows of partitions.values()) {
    const all = [...rows.values()];
    for (let start = 0; start < all.length; start += largestTransaction) {
      transactions.push(all.slice(start, start + largestTransaction));
    }
  }
  return transactions;
}
