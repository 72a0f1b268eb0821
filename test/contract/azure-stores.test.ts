import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AzureClients } from '../../shared/adapters/azure/azure-clients.ts';
import { azureClients, createTables } from '../../shared/adapters/azure/azure-clients.ts';
import { blobImageVault } from '../../shared/adapters/azure/blob-image-vault.ts';
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
import { keys } from '../../shared/domain/keys.ts';
import { coalescedBrakeStore } from '../../shared/sync/coalesced-brake-store.ts';
import type { Azurite } from '../support/azurite.ts';
import { startAzurite } from '../support/azurite.ts';
import { uniqueMailbox } from '../support/unique-mailbox.ts';
import { describeBrakeStore } from './brake-store.contract.ts';
import { describeCursorStore } from './cursor-store.contract.ts';
import { describeDirectoryStore } from './directory-store.contract.ts';
import { describeFailureStore } from './failure-store.contract.ts';
import { describeImageVault } from './image-vault.contract.ts';
import { describeJobStore } from './job-store.contract.ts';
import { describeJournalStore } from './journal-store.contract.ts';
import { describeMappingStore } from './mapping-store.contract.ts';
import { describePauseStore } from './pause-store.contract.ts';
import { describePollScheduleStore } from './poll-schedule-store.contract.ts';
import { describeReviewStore } from './review-store.contract.ts';
import { describeStatusStore } from './status-store.contract.ts';
import { describeWebhookReceiptStore } from './webhook-receipt-store.contract.ts';

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

test('tables that are there already are no obstacle', async () => {
  await expect(createTables(clients)).resolves.toBeUndefined();
});

test('a table that is missing is an error, not a row that is missing', async () => {
  const elsewhere = await startAzurite();
  try {
    const { tables } = azureClients({
      storage: { connectionString: elsewhere.connectionString },
      serviceBus: { fullyQualifiedNamespace: 'none.servicebus.windows.net' },
    });
    await expect(tableStatusStore(tables.statuses).find(uniqueMailbox(), 'tasks')).rejects.toMatchObject({
      statusCode: 404,
    });
  } finally {
    await elsewhere.close();
  }
});

test('of a large sync state only the newest blob is kept, and none after it is forgotten', async () => {
  const [store, mailbox] = [cursorStore(), uniqueMailbox()];
  const large = (byte: number) => Buffer.alloc(2_000_000, byte).toString('base64');
  const namesOf = async () => {
    const names: string[] = [];
    for await (const blob of clients.syncStates.listBlobsFlat()) names.push(blob.name);
    return names;
  };
  const before = await namesOf();
  const added = async () => (await namesOf()).filter((name) => !before.includes(name));

  const first = await store.saveSyncState(mailbox, 'calendar', large(1));
  const second = await store.saveSyncState(mailbox, 'calendar', large(2), first);
  await expect(store.saveSyncState(mailbox, 'calendar', large(3), first)).rejects.toThrow();
  expect(await added()).toHaveLength(1);
  const third = await store.saveSyncState(mailbox, 'calendar', 'AAAA', second);
  expect(await added()).toEqual([]);
  await store.saveSyncState(mailbox, 'calendar', large(4), third);
  await store.forgetSyncState(mailbox, 'calendar');
  expect(await added()).toEqual([]);
});

test('an image lies in a blob that tells nothing: neither its name nor its bytes, nor any other image like it', async () => {
  const [vault, mailbox] = [blobImageVault(clients.images), uniqueMailbox()];
  const blobs = async () => {
    const found: { name: string; bytes: Buffer }[] = [];
    const prefix = keys.mailboxBlobs(mailbox.organizationId, mailbox.mailboxId);
    for await (const { name } of clients.images.listBlobsFlat({ prefix })) {
      found.push({ name, bytes: await clients.images.getBlobClient(name).downloadToBuffer() });
    }
    return found;
  };
  const content = 'Lunch with anna@contoso.example';
  await vault.save(mailbox, 'image-1', 'key', content);
  await vault.save(mailbox, 'image-2', 'key', content);
  const [first, second] = await blobs();
  expect(first?.bytes.equals(second?.bytes ?? Buffer.alloc(0))).toBe(false);
  for (const { name, bytes } of await blobs()) {
    expect(name).toMatch(/^[0-9a-f/]+$/);
    expect(bytes.includes('anna')).toBe(false);
    expect(bytes.includes('image')).toBe(false);
  }
  for (const { name } of await blobs()) {
    const changed = Buffer.from((name === first?.name ? second : first)?.bytes ?? []);
    await clients.images.getBlockBlobClient(name).uploadData(changed);
  }
  for (const name of ['image-1', 'image-2']) {
    await expect(vault.read(mailbox, name, 'key')).rejects.toMatchObject({ code: 'ImageUnreadable' });
  }
});

describeMappingStore('Table Storage', async () => tableMappingStore(clients.tables.mappings));
describeDirectoryStore('Table Storage', async () => tableDirectoryStore(clients.tables.directory));
describeStatusStore('Table Storage', async () => tableStatusStore(clients.tables.statuses));
describeCursorStore('Table Storage', async () => cursorStore());
describePollScheduleStore('Table Storage', async () => tablePollScheduleStore(clients.tables.schedules));
describePauseStore('Table Storage', async () => tablePauseStore(clients.tables.pauses, clients.tables.pending));
describeFailureStore('Table Storage', async () => tableFailureStore(clients.tables.failures));
describeWebhookReceiptStore('Table Storage', async () => tableWebhookReceiptStore(clients.tables.webhookReceipts));
describeJournalStore('Table Storage', async () => tableJournalStore(clients.tables.journal));
describeImageVault('Blob Storage', async () => blobImageVault(clients.images));
describeBrakeStore('Table Storage', async () => tableBrakeStore(clients.tables.brakes));
describeBrakeStore('Table Storage, adding together', async () =>
  coalescedBrakeStore(tableBrakeStore(clients.tables.brakes)),
);
describeReviewStore('Table Storage', async () => tableReviewStore(clients.tables.reviews));
describeJobStore('Table Storage', async () => tableJobStore(clients.tables.jobs, clients.tables.jobParts));
