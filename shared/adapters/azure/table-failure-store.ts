import type { TableClient, TransactionAction } from '@azure/data-tables';
import { odata } from '@azure/data-tables';
import { Failure } from '../../domain/failure.ts';
import type { OrganizationId } from '../../domain/ids.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { FailureStore } from '../../ports/failure-store.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { refusalOf } from './azure-storage-errors.ts';
import { inOrganization, removeMatching } from './remove-rows.ts';
import type { ReadRow } from './table-rows.ts';
import { findRow, listRows, removeRow } from './table-rows.ts';

const partitionOf = (organization: OrganizationId | undefined) => organization ?? keys.nobody;

/** Attempts to write over others who report or remove the same failure at the same moment. */
const mostAttempts = 5;

/** Each failure is two rows with the same columns, changed together: one found by its id, one listed by its time. */
export function tableFailureStore(table: TableClient): FailureStore & Erasable {
  async function change(
    partition: string,
    id: string,
    toWrites: (before: ReadRow | undefined) => TransactionAction[],
  ): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const writes = toWrites(await findRow(table, partition, keys.failureRow(id)));
      if (writes.length === 0) return undefined;
      try {
        const { subResponses } = await table.submitTransaction(writes);
        return subResponses[0]?.etag;
      } catch (cause) {
        if (refusalOf(cause) === undefined) throw cause;
        if (attempt === mostAttempts) throw new StoreConflict('the failure', { cause });
      }
    }
  }

  return {
    async report(failure) {
      const partitionKey = partitionOf(failure.organizationId);
      const byId = { ...failure, partitionKey, rowKey: keys.failureRow(failure.id) };
      const byTime = { ...failure, partitionKey, rowKey: keys.failureByTime(failure.failedAt, failure.id) };
      await change(partitionKey, failure.id, (before) => {
        const timeBefore = before === undefined || isRemoved(before) ? undefined : timeRowOf(before);
        return [
          before === undefined ? ['create', byId] : ['update', byId, 'Replace', { etag: before.etag }],
          ['upsert', byTime, 'Replace'],
          ...(timeBefore === undefined || timeBefore === byTime.rowKey ? [] : [removal(partitionKey, timeBefore)]),
        ];
      });
    },
    async find(organization, id) {
      const row = await findRow(table, partitionOf(organization), keys.failureRow(id));
      return row === undefined || isRemoved(row) ? undefined : Failure.parse(row);
    },
    async list(organization, limit) {
      const failures: Failure[] = [];
      if (limit <= 0) return failures;
      for await (const row of listRows(table, partitionOf(organization), keys.failuresByTime)) {
        failures.push(Failure.parse(row));
        if (failures.length === limit) break;
      }
      return failures;
    },
    async remove(organization, id) {
      const [partitionKey, rowKey] = [partitionOf(organization), keys.failureRow(id)];
      // a removal inside a transaction cannot carry an etag (the SDK drops it): so first emptied, then removed
      const emptied = await change(partitionKey, id, (before) =>
        before === undefined || isRemoved(before)
          ? []
          : [
              ['update', { partitionKey, rowKey }, 'Replace', { etag: before.etag }],
              removal(partitionKey, timeRowOf(before)),
            ],
      );
      if (emptied !== undefined) await removeRow(table, partitionKey, rowKey, emptied);
    },
    eraseMailbox: ({ organizationId, mailboxId }) =>
      removeMatching(table, `${inOrganization(organizationId)} and ${odata`mailboxId eq ${mailboxId}`}`),
    eraseOrganization: (organization) => removeMatching(table, inOrganization(organization)),
  };
}

const removal = (partitionKey: string, rowKey: string): TransactionAction => ['delete', { partitionKey, rowKey }];

const isRemoved = (row: ReadRow) => row['id'] === undefined;

function timeRowOf(row: ReadRow): string {
  const { failedAt, id } = Failure.parse(row);
  return keys.failureByTime(failedAt, id);
}
