import { beforeEach, expect, test } from '@jest/globals';
import { memoryBrakeStore } from '../../../shared/adapters/memory/memory-brake-store.ts';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memoryCursorStore } from '../../../shared/adapters/memory/memory-cursor-store.ts';
import { memoryDirectoryStore } from '../../../shared/adapters/memory/memory-directory-store.ts';
import { memoryImageVault } from '../../../shared/adapters/memory/memory-image-vault.ts';
import { memoryJournalStore } from '../../../shared/adapters/memory/memory-journal-store.ts';
import { memoryWebhookReceiptStore } from '../../../shared/adapters/memory/memory-webhook-receipt-store.ts';
import { expireRecords } from '../../../shared/admin/expire-records.ts';
import { MailboxId, OrganizationId } from '../../../shared/domain/ids.ts';
import { JournalEntry } from '../../../shared/domain/journal-entry.ts';
import { Organization } from '../../../shared/domain/organization.ts';

const box = { organizationId: OrganizationId.parse('contoso'), mailboxId: MailboxId.parse('rep1') };
const dayMs = 86_400_000;

const makeDeps = () => {
  const clock = memoryClock();
  const errors: unknown[] = [];
  return {
    clock,
    errors,
    directory: memoryDirectoryStore(),
    journal: memoryJournalStore(),
    images: memoryImageVault({ clock }),
    brakes: memoryBrakeStore(),
    receipts: memoryWebhookReceiptStore(),
    cursors: memoryCursorStore(),
    log: { info: () => {}, warn: () => {}, error: (...all: unknown[]) => void errors.push(all) },
  };
};

let deps: ReturnType<typeof makeDeps>;
beforeEach(async () => {
  deps = makeDeps();
  await deps.directory.saveOrganization(
    Organization.parse({ id: box.organizationId, name: 'Contoso', fingerprintSecretName: 'key' }),
  );
  const at = deps.clock.now().toISOString();
  const entry = {
    id: 'e',
    ...box,
    at,
    side: 'crm',
    act: 'updated',
    kind: 'task',
    recordId: 'r',
    why: 'sync',
    by: 'engine',
  };
  await deps.journal.append([JournalEntry.parse({ ...entry, state: 'done', fields: [], before: {}, after: {} })]);
  await deps.images.save(box, 'e', 'key', 'content');
  await deps.receipts.remember(box.organizationId, 'hook', deps.clock.now());
});

const kept = async () => ({
  journal: (await deps.journal.find(box, 'e')) !== undefined,
  image: (await deps.images.read(box, 'e', 'key')) !== undefined,
  receipt: await deps.receipts.has(box.organizationId, 'hook'),
});

test.each([
  [7, { journal: true, image: true, receipt: true }],
  [9, { journal: true, image: true, receipt: false }],
  [31, { journal: true, image: false, receipt: false }],
  [401, { journal: false, image: false, receipt: false }],
])('after %i days just that is kept which may be wanted', async (days, expected) => {
  await deps.clock.advance(days * dayMs);
  await expireRecords(deps);
  expect(await kept()).toEqual(expected);
});

test('what cannot be removed is told of and does not keep the rest', async () => {
  await deps.clock.advance(500 * dayMs);
  const images = { ...deps.images, removeOlderThan: () => Promise.reject(new Error('no')) };
  await expireRecords({ ...deps, images });
  expect(await kept()).toEqual({ journal: false, image: true, receipt: false });
  expect(deps.errors).toHaveLength(1);
});
