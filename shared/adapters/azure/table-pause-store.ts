import type { TableClient } from '@azure/data-tables';
import { z } from 'zod';
import { Change, changeKeyOf, PausedScope } from '../../domain/change-message.ts';
import { MailboxId } from '../../domain/ids.ts';
import { keys } from '../../domain/keys.ts';
import { Process } from '../../domain/process.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { Pause, PauseStore, PendingChange } from '../../ports/pause-store.ts';
import type { Stored } from '../../ports/stored.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { inMailbox, inMailboxesOf, inOrganization, removeMatching } from './remove-rows.ts';
import type { ReadRow, TableRow } from './table-rows.ts';
import { findRow, listRows, putRow, queryRows, removeRow, saveRow, valuesOf } from './table-rows.ts';

const PauseColumns = z.object({
  id: z.string(),
  until: z.string(),
  since: z.string(),
  code: z.string(),
  times: z.number(),
  refusedSecretVersion: z.string().exactOptional(),
});

/** Pauses of one organization share a partition; what waits lies in the partition of the mailbox it waits for. */
export function tablePauseStore(pauses: TableClient, pending: TableClient): PauseStore & Erasable {
  return {
    async find(scope) {
      const row = await findRow(pauses, scope.organizationId, keys.scopeRow(scope));
      return row === undefined ? undefined : { value: toPause(row), etag: row.etag };
    },
    list: (organization) => valuesOf(listRows(pauses, organization), toPause),
    save: (pause, etag) => saveRow(pauses, 'the pause', pauseRow(pause), etag),
    async remove({ value: { scope }, etag }) {
      const refusal = await removeRow(pauses, scope.organizationId, keys.scopeRow(scope), etag);
      if (refusal === 'changed') throw new StoreConflict('the pause');
    },
    async hold(organization, { mailboxId, process, change }) {
      const place = { partitionKey: keys.mailbox(organization, mailboxId), rowKey: changeKeyOf(change) };
      await putRow(pending, {
        ...place,
        mailboxId,
        ...(process === undefined ? {} : { process }),
        kind: change.kind,
        change: JSON.stringify(change),
      });
    },
    async *held(organization, mailbox) {
      const place =
        mailbox === undefined
          ? inMailboxesOf(organization)
          : inMailbox({ organizationId: organization, mailboxId: mailbox });
      for await (const row of queryRows(pending, place)) yield { value: toPending(row), etag: row.etag };
    },
    async release(organization, rows) {
      const remove = ({ value, etag }: Stored<PendingChange>) =>
        removeRow(pending, keys.mailbox(organization, value.mailboxId), changeKeyOf(value.change), etag);
      await inTurns(rows, 20, remove);
    },
    async eraseMailbox(mailbox) {
      const row = keys.scopeRow({ kind: 'mailbox', ...mailbox });
      const missing = await removeRow(pauses, mailbox.organizationId, row);
      return (missing === undefined ? 1 : 0) + (await removeMatching(pending, inMailbox(mailbox)));
    },
    async eraseOrganization(organization) {
      const removed = await removeMatching(pauses, inOrganization(organization));
      return removed + (await removeMatching(pending, inMailboxesOf(organization)));
    },
  };
}

function pauseRow({ scope, ...pause }: Pause): TableRow {
  const place = { partitionKey: scope.organizationId, rowKey: keys.scopeRow(scope) };
  return { ...place, ...pause, scope: JSON.stringify(scope) };
}

function toPause(row: ReadRow): Pause {
  return { ...PauseColumns.parse(row), scope: PausedScope.parse(JSON.parse(String(row['scope']))) };
}

function toPending(row: ReadRow): PendingChange {
  const process = Process.optional().parse(row['process'] ?? undefined);
  return {
    mailboxId: MailboxId.parse(row['mailboxId']),
    ...(process === undefined ? {} : { process }),
    change: Change.parse(JSON.parse(String(row['change']))),
  };
}

/** Runs the work with at most so many under way. */
async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < items.length; start += atOnce) {
    await Promise.all(items.slice(start, start + atOnce).map(work));
  }
}
