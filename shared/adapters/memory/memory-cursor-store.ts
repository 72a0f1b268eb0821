import { keys } from '../../domain/keys.ts';
import type { CursorStore } from '../../ports/cursor-store.ts';
import type { Erasable } from '../../ports/erasable.ts';
import { erasingMailboxPartitions } from './memory-erasure.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

/** Cursors in this process's memory. */
export function memoryCursorStore(): CursorStore & Erasable {
  const rows = memoryRows<string>();
  const own = erasingMailboxPartitions(rows);
  return {
    findSyncState: async ({ organizationId, mailboxId }, folder) =>
      rows.find(keys.mailbox(organizationId, mailboxId), keys.folderRow(folder)),
    async saveSyncState({ organizationId, mailboxId }, folder, state, etag) {
      const partition = keys.mailbox(organizationId, mailboxId);
      return saveRow(rows, 'the sync state', partition, keys.folderRow(folder), state, etag);
    },
    async forgetSyncState({ organizationId, mailboxId }, folder) {
      rows.remove(keys.mailbox(organizationId, mailboxId), keys.folderRow(folder));
    },
    removeOrphans: async () => 0,
    eraseMailbox: own.eraseMailbox,
    eraseOrganization: async (organization) =>
      (await own.eraseOrganization(organization)) + rows.removeMatching((partition) => partition === organization),
    findWatermark: async (organization) => rows.find(organization, keys.watermarkRow),
    saveWatermark: async (organization, watermark, etag) =>
      saveRow(rows, 'the watermark', organization, keys.watermarkRow, watermark, etag),
  };
}
