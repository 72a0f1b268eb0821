import type { TableClient, TransactionAction } from '@azure/data-tables';
import { refusalOf } from './azure-storage-errors.ts';

/** Writes that happen all or none. The first one decides: its etag is the outcome. Removals come last, and may find nothing. */
export type WriteGroup = readonly [TransactionAction, ...TransactionAction[]];

/** Table Storage takes 100 operations in one transaction, each on another row. */
const largestTransaction = 100;

/**
 * Writes groups into one partition: in one transaction if nothing is in the way, else each group in its own, so that
 * one lost race does not undo its neighbours. One outcome for each group: its etag, or undefined when it was refused.
 */
export async function writeGroups(table: TableClient, groups: readonly WriteGroup[]): Promise<(string | undefined)[]> {
  const outcomes: (string | undefined)[] = [];
  for (const chunk of chunksOf(groups)) outcomes.push(...(await writeChunk(table, chunk)));
  return outcomes;
}

async function writeChunk(table: TableClient, groups: readonly WriteGroup[]): Promise<(string | undefined)[]> {
  const [only] = groups;
  if (only !== undefined && groups.length === 1) return [await writeOne(table, only)];
  const etags = await submit(table, groups.flat());
  if (etags === 'refused') return Promise.all(groups.map((group) => writeOne(table, group)));
  let first = 0;
  return groups.map((group) => {
    const etag = etags[first];
    first += group.length;
    return etag;
  });
}

async function writeOne(table: TableClient, group: WriteGroup): Promise<string | undefined> {
  const etags = await submit(table, group);
  if (etags !== 'refused') return etags[0];
  const kept = group.filter(([operation]) => operation !== 'delete');
  if (kept.length === group.length) return undefined;
  // perhaps only what was to be removed is gone already; if it is the condition that failed, it fails again
  const again = await submit(table, kept);
  return again === 'refused' ? undefined : again[0];
}

async function submit(
  table: TableClient,
  actions: readonly TransactionAction[],
): Promise<(string | undefined)[] | 'refused'> {
  try {
    const [only] = actions;
    if (only?.[0] === 'create' && actions.length === 1) return [(await table.createEntity(only[1])).etag];
    const { subResponses } = await table.submitTransaction([...actions]);
    return subResponses.map((answer) => answer.etag);
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
    return 'refused';
  }
}

/** As few transactions as may be, in order, none of which names a row twice. */
function chunksOf(groups: readonly WriteGroup[]): WriteGroup[][] {
  const chunks: WriteGroup[][] = [];
  let rows = new Set<string>();
  for (const group of groups) {
    const ownRows = group.map(([, entity]) => entity.rowKey);
    const last = chunks.at(-1);
    const fits = rows.size + ownRows.length <= largestTransaction && !ownRows.some((row) => rows.has(row));
    if (last !== undefined && fits) {
      last.push(group);
      for (const row of ownRows) rows.add(row);
    } else {
      chunks.push([group]);
      rows = new Set(ownRows);
    }
  }
  return chunks;
}
