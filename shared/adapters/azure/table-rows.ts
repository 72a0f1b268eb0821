import type { TableClient, TableEntityResult } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import { StoreConflict } from '../../ports/stored.ts';
import { refusalOf, unlessRefused } from './azure-storage-errors.ts';

/** A row as it is written; columns that are undefined are left out. */
export interface TableRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [column: string]: string | number | boolean | Date | Uint8Array | undefined;
}

/** A row as it is read: columns are checked by the schema of what they make up. */
export type ReadRow = TableEntityResult<Record<string, unknown>>;

/** Table Storage answers with at most so many rows at once. */
const largestPage = 1000;

export async function findRow(
  table: TableClient,
  partition: string,
  row: string,
  columns?: readonly string[],
): Promise<ReadRow | undefined> {
  const options = columns === undefined ? {} : { queryOptions: { select: [...columns] } };
  return table
    .getEntity<Record<string, unknown>>(partition, row, options)
    .catch((error) => unlessRefused(error, 'missing'));
}

/** Rows of one partition in the order of keys; `range`: from the first key to before the second. */
export function listRows(
  table: TableClient,
  partition: string,
  range?: readonly [string, string],
  columns?: readonly string[],
): AsyncIterableIterator<ReadRow> {
  const filter =
    range === undefined
      ? odata`PartitionKey eq ${partition}`
      : odata`PartitionKey eq ${partition} and RowKey ge ${range[0]} and RowKey lt ${range[1]}`;
  return queryRows(table, filter, columns);
}

export function queryRows(
  table: TableClient,
  filter: string,
  columns?: readonly string[],
): AsyncIterableIterator<ReadRow> {
  const select = columns === undefined ? {} : { select: [...columns] };
  return table.listEntities<Record<string, unknown>>({ queryOptions: { filter, ...select } });
}

/** The first rows in the order of keys, at most so many; no more are fetched. */
export async function firstRows(table: TableClient, filter: string, limit: number): Promise<ReadRow[]> {
  const rows: ReadRow[] = [];
  if (limit <= 0) return rows;
  const pages = table.listEntities<Record<string, unknown>>({ queryOptions: { filter } });
  for await (const page of pages.byPage({ maxPageSize: Math.min(limit, largestPage) })) {
    rows.push(...page);
    if (rows.length >= limit) break;
  }
  return rows.slice(0, limit);
}

/** The new etag, or undefined when the row is there already. */
export async function insertRow(table: TableClient, row: TableRow): Promise<string | undefined> {
  const saved = await table.createEntity(row).catch((error) => unlessRefused(error, 'exists'));
  return saved === undefined ? undefined : etagOf(saved);
}

/** Inserts or replaces, whatever is there. */
export async function putRow(table: TableClient, row: TableRow): Promise<string> {
  return etagOf(await table.upsertEntity(row, 'Replace'));
}

/** Replaces the row that still has the etag; StoreConflict otherwise. */
export async function replaceRow(table: TableClient, what: string, row: TableRow, etag: string): Promise<string> {
  try {
    return etagOf(await table.updateEntity(row, 'Replace', { etag }));
  } catch (cause) {
    if (refusalOf(cause) === undefined) throw cause;
    throw new StoreConflict(what, { cause });
  }
}

/** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
export async function saveRow(
  table: TableClient,
  what: string,
  row: TableRow,
  etag: string | undefined,
): Promise<string> {
  const saved = etag === undefined ? await insertRow(table, row) : await replaceRow(table, what, row, etag);
  if (saved === undefined) throw new StoreConflict(what);
  return saved;
}

/** Why the row was not removed: it is missing already, or has changed since it had the etag. */
export async function removeRow(
  table: TableClient,
  partition: string,
  row: string,
  etag?: string,
): Promise<'missing' | 'changed' | undefined> {
  try {
    await table.deleteEntity(partition, row, etag === undefined ? {} : { etag });
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === 'missing' || refusal === 'changed') return refusal;
    throw error;
  }
}

/** Values of the rows, all read. */
export async function valuesOf<T>(rows: AsyncIterable<ReadRow>, toValue: (row: ReadRow) => T): Promise<T[]> {
  const values: T[] = [];
  for await (const row of rows) values.push(toValue(row));
  return values;
}

function etagOf(answer: { etag?: string | undefined }): string {
  if (answer.etag === undefined) throw new Error('Table Storage answered a write without an etag.');
  return answer.etag;
}
