import type { z } from 'zod';
import type { ReadRow, TableRow } from './table-rows.ts';

/** A row of the directory holds its value as JSON; the name beside it tells an admin which row it is. */
export function toRow(partitionKey: string, rowKey: string, value: object, name: string): TableRow {
  return { partitionKey, rowKey, name, json: JSON.stringify(value) };
}

export function toValue<T>(schema: z.ZodType<T>, row: ReadRow): T {
  return schema.parse(JSON.parse(String(row['json'])));
}
