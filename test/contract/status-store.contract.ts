import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ProcessStatus } from '../../shared/domain/mailbox-status.ts';
import type { StatusStore } from '../../shared/ports/status-store.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const syncing: ProcessStatus = {
  status: 'syncing',
  since: '2026-01-05T09:00:00Z',
  lastSuccessAt: '2026-01-05T09:00:00.000Z',
  failuresInARow: 0,
};
const failing: ProcessStatus = {
  status: 'notSyncing',
  since: '2026-01-05T09:05:00Z',
  failuresInARow: 5,
  lastErrorCode: 'ErrorTimeoutExpired',
  nextTryAt: '2026-01-05T09:21:00Z',
};

/** What every store of statuses must do, whatever it keeps its rows in. */
export function describeStatusStore(name: string, create: () => Promise<StatusStore>): void {
  describe(`the status store of ${name}`, () => {
    let store: StatusStore;
    beforeAll(async () => {
      store = await create();
    });

    test('each process of a mailbox has its own status', async () => {
      const mailbox = uniqueMailbox();
      const etag = await store.save(mailbox, 'appointments', syncing);
      await store.save(mailbox, 'tasks', failing);
      expect(await store.find(mailbox, 'appointments')).toEqual({ value: syncing, etag });
      expect((await store.find(mailbox, 'tasks'))?.value).toEqual(failing);
      expect(await store.find(mailbox, 'contacts')).toBeUndefined();
    });

    test('a status replaced as a whole keeps nothing of the one before', async () => {
      const mailbox = uniqueMailbox();
      const etag = await store.save(mailbox, 'appointments', failing);
      await store.save(mailbox, 'appointments', syncing, etag);
      expect((await store.find(mailbox, 'appointments'))?.value).toEqual(syncing);
    });

    test('a status is inserted once and replaced by who read it last', async () => {
      const mailbox = uniqueMailbox();
      const stale = await store.save(mailbox, 'appointments', syncing);
      await expect(store.save(mailbox, 'appointments', failing)).rejects.toThrow(StoreConflict);
      await store.save(mailbox, 'appointments', failing, stale);
      await expect(store.save(mailbox, 'appointments', syncing, stale)).rejects.toThrow(StoreConflict);
      expect((await store.find(mailbox, 'appointments'))?.value).toEqual(failing);
    });

    test('a status nobody inserted cannot be replaced', async () => {
      const etag = await store.save(uniqueMailbox(), 'appointments', syncing);
      await expect(store.save(uniqueMailbox(), 'appointments', syncing, etag)).rejects.toThrow(StoreConflict);
    });

    test('all statuses of an organization are listed, and of no other', async () => {
      const organization = uniqueOrganization();
      const [first, second] = [uniqueMailbox(organization), uniqueMailbox(organization)];
      await store.save(first, 'appointments', syncing);
      await store.save(first, 'tasks', failing);
      await store.save(second, 'appointments', failing);
      await store.save({ ...first, organizationId: uniqueOrganization() }, 'contacts', failing);
      const rows = await store.list(organization);
      expect(rows).toHaveLength(3);
      expect(rows).toEqual(
        expect.arrayContaining([
          { mailboxId: first.mailboxId, process: 'appointments', status: syncing },
          { mailboxId: first.mailboxId, process: 'tasks', status: failing },
          { mailboxId: second.mailboxId, process: 'appointments', status: failing },
        ]),
      );
    });
  });
}
