import type { TableClient } from '@azure/data-tables';
import { MailboxId } from '../../domain/ids.ts';
import { keys } from '../../domain/keys.ts';
import { ProcessStatus } from '../../domain/mailbox-status.ts';
import { Process } from '../../domain/process.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { StatusStore } from '../../ports/status-store.ts';
import { inOrganization, inRows, removeMatching } from './remove-rows.ts';
import { findRow, listRows, saveRow, valuesOf } from './table-rows.ts';

/** Statuses of one organization share a partition: an admin looks at them together. */
export function tableStatusStore(table: TableClient): StatusStore & Erasable {
  return {
    async find({ organizationId, mailboxId }, process) {
      const row = await findRow(table, organizationId, keys.statusRow(mailboxId, process));
      return row === undefined ? undefined : { value: ProcessStatus.parse(row), etag: row.etag };
    },
    list: (organization) =>
      valuesOf(listRows(table, organization), (row) => ({
        mailboxId: MailboxId.parse(row['mailboxId']),
        process: Process.parse(row['process']),
        status: ProcessStatus.parse(row),
      })),
    save({ organizationId, mailboxId }, process, status, etag) {
      const place = { partitionKey: organizationId, rowKey: keys.statusRow(mailboxId, process) };
      return saveRow(table, 'the status', { ...place, mailboxId, process, ...status }, etag);
    },
    eraseMailbox: ({ organizationId, mailboxId }) =>
      removeMatching(table, `${inOrganization(organizationId)} and ${inRows(keys.rowsOfMailbox(mailboxId))}`),
    eraseOrganization: (organization) => removeMatching(table, inOrganization(organization)),
  };
}
