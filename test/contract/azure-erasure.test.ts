import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AzureClients } from '../../shared/adapters/azure/azure-clients.ts';
import { azureClients, createTables } from '../../shared/adapters/azure/azure-clients.ts';
import { blobImageVault } from '../../shared/adapters/azure/blob-image-vault.ts';
import { removeMatching, removeTogether } from '../../shared/adapters/azure/remove-rows.ts';
import { tableBrakeStore } from '../../shared/adapters/azure/table-brake-store.ts';
import { tableCursorStore } from '../../shared/adapters/azure/table-cursor-store.ts';
import { tableDirectoryStore } from '../../shared/adapters/azure/table-directory-store.ts';
import { tableFailureStore } from '../../shared/adapters/azure/table-failure-store.ts';
import { tableJobStore } from '../../shared/adapters/azure/table-job-store.ts';
import { tableJournalStore } from '../../shared/adapters/azure/table-journal-store.ts';
import { tableMappingStore } from '../../shared/adapters/azure/table-mapping-store.ts';
import { tablePauseStore } from '../../shared/adapters/azure/table-pause-store.ts';
import { tablePollScheduleStore } from '../../shared/adapters/azure/table-poll-schedule-store.ts';
import { tableReviewStore } from '../../shared/adapters/azure/table-review-store.ts';
import { tableStatusStore } from '../../shared/adapters/azure/table-status-store.ts';
import { tableWebhookReceiptStore } from '../../shared/adapters/azure/table-webhook-receipt-store.ts';
import type { MailboxId, OrganizationId } from '../../shared/domain/ids.ts';
import { keys } from '../../shared/domain/keys.ts';
import type { Azurite } from '../support/azurite.ts';
import { startAzurite } from '../support/azurite.ts';
import { uniqueMailbox } from '../support/unique-mailbox.ts';
import { describeErasure } from './erasable.contract.ts';

let azurite: Azurite;
let clients: AzureClients;

beforeAll(async () => {
  azurite = await startAzurite();
  clients = azureClients({
    storage: { connectionString: azurite.connectionString },
    serviceBus: { connectionString: 'Endpoint=sb://127.0.0.1;SharedAccessKeyName=none;SharedAccessKey=none' },
  });
  await createTables(clients);
});
afterAll(() => azurite.close());

const cursorStore = () =>
  tableCursorStore({ table: clients.tables.cursors, blobs: clients.syncStates, random: { id: randomUUID } });

/** Every row of every table and every blob that still names the organization, or this mailbox of it. */
async function traces(organization: OrganizationId, mailbox?: MailboxId): Promise<string[]> {
  const whole = (id: string) => new RegExp(`(?<![A-Za-z0-9._-])${id.replaceAll('.', '\\.')}(?![A-Za-z0-9._-])`);
  const found: string[] = [];
  for (const table of Object.values(clients.tables)) {
    for await (const row of table.listEntities()) {
      const text = JSON.stringify(row);
      const encoded = [...text.matchAll(/~([A-Za-z0-9_-]+)/g)].map(([, part = '']) =>
        Buffer.from(part, 'base64url').toString('utf8'),
      );
      const all = [text, ...encoded].join(' ');
      if (!whole(organization).test(text)) continue;
      if (mailbox === undefined || whole(mailbox).test(all)) found.push(`${table.tableName} ${text}`);
    }
  }
  const prefix =
    mailbox === undefined ? keys.organizationBlobs(organization) : keys.mailboxBlobs(organization, mailbox);
  for (const container of [clients.syncStates, clients.images]) {
    for await (const { name } of container.listBlobsFlat({ prefix })) found.push(name);
  }
  return found;
}

describeErasure(
  'Azure Storage',
  async () => ({
    mappings: tableMappingStore(clients.tables.mappings),
    statuses: tableStatusStore(clients.tables.statuses),
    cursors: cursorStore(),
    schedules: tablePollScheduleStore(clients.tables.schedules),
    pauses: tablePauseStore(clients.tables.pauses, clients.tables.pending),
    failures: tableFailureStore(clients.tables.failures),
    journal: tableJournalStore(clients.tables.journal),
    images: blobImageVault(clients.images),
    brakes: tableBrakeStore(clients.tables.brakes),
    reviews: tableReviewStore(clients.tables.reviews),
    jobs: tableJobStore(clients.tables.jobs, clients.tables.jobParts),
    directory: tableDirectoryStore(clients.tables.directory),
    receipts: tableWebhookReceiptStore(clients.tables.webhookReceipts),
  }),
  traces,
);

test('more rows than a transaction or a page holds are all removed, whatever partition they lie in', async () => {
  const table = clients.tables.pending;
  const partitions = ['many|1', 'many|2', 'many|3'];
  for (const partitionKey of partitions) {
    for (let start = 0; start < 450; start += 90) {
      const rows = Array.from({ length: 90 }, (_, index) => ({ partitionKey, rowKey: `${start + index}` }));
      await table.submitTransaction(rows.map((row) => ['create', row]));
    }
  }
  const filter = "PartitionKey ge 'many|' and PartitionKey lt 'many}'";
  expect(await removeMatching(table, filter)).toBe(1350);
  expect(await removeMatching(table, filter)).toBe(0);
});

test('rows of which some are gone already are removed, and only those that were there are counted', async () => {
  const table = clients.tables.pending;
  const places = ['1', '2', '3'].map((rowKey) => ({ partitionKey: 'some', rowKey }));
  for (const place of places.slice(1)) await table.createEntity(place);
  expect(await removeTogether(table, places)).toBe(2);
  expect(await removeTogether(table, places)).toBe(0);
});

test('a blob that no row names is removed once it is old, one that a row names stays', async () => {
  const [store, mailbox] = [cursorStore(), uniqueMailbox()];
  const { organizationId, mailboxId } = mailbox;
  const state = Buffer.alloc(1_000_000, 1).toString('base64');
  await store.saveSyncState(mailbox, 'calendar', state);
  const orphan = keys.stateBlob(organizationId, mailboxId, 'calendar', 'left-behind');
  await clients.syncStates.getBlockBlobClient(orphan).uploadData(Buffer.from('orphan'));
  const [longAgo, farAhead] = ['2000-01-01T00:00:00Z', '2200-01-01T00:00:00Z'];
  expect(await store.removeOrphans(organizationId, longAgo)).toBe(0);
  expect(await store.removeOrphans(uniqueMailbox().organizationId, farAhead)).toBe(0);
  expect(await store.removeOrphans(organizationId, farAhead)).toBe(1);
  expect(await store.removeOrphans(organizationId, farAhead)).toBe(0);
  expect((await store.findSyncState(mailbox, 'calendar'))?.value).toBe(state);
});

test('a mailbox is erased with the blobs that no row names', async () => {
  const [store, { organizationId, mailboxId }] = [cursorStore(), uniqueMailbox()];
  const orphan = keys.stateBlob(organizationId, mailboxId, 'calendar', 'left-behind');
  await clients.syncStates.getBlockBlobClient(orphan).uploadData(Buffer.from('orphan'));
  expect(await store.eraseMailbox({ organizationId, mailboxId })).toBe(1);
});
