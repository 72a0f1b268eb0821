import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { MailboxStatusRow, StatusStore } from '../../ports/status-store.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

/** Statuses of mailboxes in this process's memory. */
export function memoryStatusStore(): StatusStore & Erasable {
  const rows = memoryRows<MailboxStatusRow>();
  return {
    async find({ organizationId, mailboxId }, process) {
      const row = rows.find(organizationId, keys.statusRow(mailboxId, process));
      return row === undefined ? undefined : { value: row.value.status, etag: row.etag };
    },
    list: async (organization) => rows.list(organization).map((row) => row.value),
    async save({ organizationId, mailboxId }, process, status, etag) {
      const row = keys.statusRow(mailboxId, process);
      return saveRow(rows, 'the status', organizationId, row, { mailboxId, process, status }, etag);
    },
    eraseMailbox: async ({ organizationId, mailboxId }) =>
      rows.removeMatching((partition, _row, value) => partition === organizationId && value.mailboxId === mailboxId),
    eraseOrganization: async (organization) => rows.removeMatching((partition) => partition === organization),
  };
}
