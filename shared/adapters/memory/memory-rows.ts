import type { Stored } from '../../ports/stored.ts';
import { StoreConflict } from '../../ports/stored.ts';

/** Rows with etags, as Table Storage keeps them. Values are copied in and out as JSON would, so that no reference leaks. */
export interface MemoryRows<T> {
  find(partition: string, row: string): Stored<T> | undefined;
  /** In the order of keys. */
  list(partition: string): Stored<T>[];
  /** Of all partitions whose key starts so. */
  listAll(partitionPrefix: string): Stored<T>[];
  /** The new etag, or undefined when the row is there already. */
  insert(partition: string, row: string, value: T): string | undefined;
  /** The new etag, or undefined when the row is gone or has another etag. */
  replace(partition: string, row: string, etag: string, value: T): string | undefined;
  put(partition: string, row: string, value: T): string;
  /** With an etag only the row that still has it; whether a row was removed. */
  remove(partition: string, row: string, etag?: string): boolean;
  /** Removes what the test finds; how many rows. */
  removeMatching(matches: (partition: string, row: string, value: T) => boolean): number;
}

/** By hand, because property tests copy rows millions of times. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) if (part !== undefined) copy[name] = copyOf(part);
  return copy as T;
}

export function memoryRows<T>(): MemoryRows<T> {
  const partitions = new Map<string, Map<string, Stored<T>>>();
  let writes = 0;

  const rowsOf = (partition: string) => partitions.get(partition) ?? new Map<string, Stored<T>>();
  const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

  const put = (partition: string, row: string, value: T) => {
    writes += 1;
    const rows = rowsOf(partition);
    rows.set(row, { value: copyOf(value), etag: `"${writes}"` });
    partitions.set(partition, rows);
    return `"${writes}"`;
  };
  const list = (partition: string) => [...rowsOf(partition)].sort(byKey).map(([, stored]) => copyOf(stored));
  const find = (partition: string, row: string) => {
    const stored = rowsOf(partition).get(row);
    return stored === undefined ? undefined : copyOf(stored);
  };

  return {
    find,
    list,
    listAll: (prefix) =>
      [...partitions.keys()]
        .filter((partition) => partition.startsWith(prefix))
        .sort()
        .flatMap(list),
    insert: (partition, row, value) => (rowsOf(partition).has(row) ? undefined : put(partition, row, value)),
    replace: (partition, row, etag, value) =>
      rowsOf(partition).get(row)?.etag === etag ? put(partition, row, value) : undefined,
    put,
    remove(partition, row, etag) {
      const rows = rowsOf(partition);
      if (etag !== undefined && rows.get(row)?.etag !== etag) return false;
      return rows.delete(row);
    },
    removeMatching(matches) {
      let removed = 0;
      for (const [partition, rows] of partitions) {
        for (const [row, { value }] of rows) {
          if (matches(partition, row, value) && rows.delete(row)) removed += 1;
        }
      }
      return removed;
    },
  };
}

/** With an etag replaces what was read, without one inserts; StoreConflict when somebody else wrote. */
export function saveRow<T>(
  rows: MemoryRows<T>,
  what: string,
  partition: string,
  row: string,
  value: T,
  etag: string | undefined,
): string {
  const saved = etag === undefined ? rows.insert(partition, row, value) : rows.replace(partition, row, etag, value);
  if (saved === undefined) throw new StoreConflict(what);
  return saved;
}
