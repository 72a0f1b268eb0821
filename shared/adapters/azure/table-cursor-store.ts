import type { TableClient } from '@azure/data-tables';
import type { ContainerClient } from '@azure/storage-blob';
import type { OrganizationId } from '../../domain/ids.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import type { CursorStore, SyncState } from '../../ports/cursor-store.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { Random } from '../../ports/random.ts';
import type { Stored } from '../../ports/stored.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { blobsIn } from './blobs.ts';
import { inMailbox, inMailboxesOf, inOrganization, removeMatching } from './remove-rows.ts';
import { fitsInRow, stateFromColumns, toBytes, toColumns } from './sync-state-columns.ts';
import type { TableRow } from './table-rows.ts';
import { findRow, queryRows, removeRow, saveRow } from './table-rows.ts';

export interface TableCursorStoreOptions {
  readonly table: TableClient;
  /** For states too large for a row. */
  readonly blobs: ContainerClient;
  readonly random: Pick<Random, 'id'>;
}

/** Times that a state may be replaced while it is being read. */
const mostReads = 5;

/** Cursors in rows; what is too large for a row lies in a blob that the row names, a new one for each save. */
export function tableCursorStore({ table, blobs, random }: TableCursorStoreOptions): CursorStore & Erasable {
  const states = blobsIn(blobs);

  const place = ({ organizationId, mailboxId }: MailboxKey, folder: string) => ({
    partitionKey: keys.mailbox(organizationId, mailboxId),
    rowKey: keys.folderRow(folder),
  });

  async function findSyncState(mailbox: MailboxKey, folder: string): Promise<Stored<SyncState> | undefined> {
    const { partitionKey, rowKey } = place(mailbox, folder);
    for (let read = 1; read <= mostReads; read += 1) {
      const row = await findRow(table, partitionKey, rowKey);
      if (row === undefined) return undefined;
      const blob = row['blob'];
      if (typeof blob !== 'string') return { value: stateFromColumns(row), etag: row.etag };
      const bytes = await states.read(blob);
      if (bytes !== undefined) return { value: stateFromColumns(row, bytes), etag: joinEtag(row.etag, blob) };
    }
    throw new Error('The sync state was replaced each time it was read; read it again later.');
  }

  async function saveSyncState(mailbox: MailboxKey, folder: string, state: SyncState, etag?: string) {
    const bytes = toBytes(state);
    const { partitionKey, rowKey } = place(mailbox, folder);
    const before = splitEtag(etag);
    const blob = fitsInRow(bytes)
      ? undefined
      : keys.stateBlob(mailbox.organizationId, mailbox.mailboxId, folder, random.id());
    const contents = blob === undefined ? toColumns(state, bytes) : { ...toColumns(state), blob };
    if (blob !== undefined) await states.write(blob, bytes);
    try {
      const row: TableRow = { partitionKey, rowKey, folder, ...contents };
      const saved = await saveRow(table, 'the sync state', row, before?.etag);
      if (before?.blob !== undefined) await states.remove(before.blob);
      return joinEtag(saved, blob);
    } catch (error) {
      // after any other error the row may have been written, and then it needs the blob
      if (blob !== undefined && error instanceof StoreConflict) await states.remove(blob);
      throw error;
    }
  }

  return {
    findSyncState,
    saveSyncState,
    async forgetSyncState(mailbox, folder) {
      const { partitionKey, rowKey } = place(mailbox, folder);
      const row = await findRow(table, partitionKey, rowKey, ['blob']);
      await removeRow(table, partitionKey, rowKey);
      if (typeof row?.['blob'] === 'string') await states.remove(row['blob']);
    },
    async removeOrphans(organization, at) {
      // the blobs first: one that is old and that no row names by now will never be named
      const orphans = new Set<string>();
      for await (const name of states.list(keys.organizationBlobs(organization), new Date(at))) orphans.add(name);
      if (orphans.size === 0) return 0;
      for await (const row of queryRows(table, inMailboxesOf(organization), ['blob'])) {
        orphans.delete(String(row['blob']));
      }
      for (const name of orphans) await states.remove(name);
      return orphans.size;
    },
    async eraseMailbox(mailbox) {
      const removed = await removeMatching(table, inMailbox(mailbox));
      return removed + (await states.removeAll(keys.mailboxBlobs(mailbox.organizationId, mailbox.mailboxId)));
    },
    async eraseOrganization(organization) {
      const watermark = await removeMatching(table, inOrganization(organization));
      const removed = await removeMatching(table, inMailboxesOf(organization));
      return watermark + removed + (await states.removeAll(keys.organizationBlobs(organization)));
    },
    async findWatermark(organization) {
      const row = await findRow(table, organization, keys.watermarkRow);
      return row === undefined ? undefined : { value: String(row['watermark']), etag: row.etag };
    },
    saveWatermark(organization: OrganizationId, watermark, etag) {
      const row = { partitionKey: organization, rowKey: keys.watermarkRow, watermark };
      return saveRow(table, 'the watermark', row, etag);
    },
  };
}

/** The blob's name travels in the etag, so that a save needs no read to know which blob it replaces. */
const joinEtag = (etag: string, blob: string | undefined) => (blob === undefined ? etag : `${etag} ${blob}`);

function splitEtag(joined: string | undefined): { etag: string; blob: string | undefined } | undefined {
  if (joined === undefined) return undefined;
  const [etag = joined, blob] = joined.split(' ');
  return { etag, blob };
}
