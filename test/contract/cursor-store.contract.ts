import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CursorStore } from '../../shared/ports/cursor-store.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { awkwardIds, uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const stateOf = (bytes: number) => randomBytes(bytes).toString('base64');
const sizes = [10, 61_440, 61_441, 100_000, 921_600, 921_601, 3_000_000];

/** What every store of cursors must do, whatever it keeps its rows in. */
export function describeCursorStore(name: string, create: () => Promise<CursorStore>): void {
  describe(`the cursor store of ${name}`, () => {
    let store: CursorStore;
    beforeAll(async () => {
      store = await create();
    });

    test.each(sizes)('a sync state of %i bytes comes back as it was saved', async (size) => {
      const mailbox = uniqueMailbox();
      const state = stateOf(size);
      const etag = await store.saveSyncState(mailbox, 'calendar', state);
      expect(await store.findSyncState(mailbox, 'calendar')).toEqual({ value: state, etag });
    });

    test.each(['', 'no base64: ä😀', 'YQ', 'H4sIAA==\n'])(
      'a state that is not plain base64, %j, comes back too',
      async (state) => {
        const mailbox = uniqueMailbox();
        await store.saveSyncState(mailbox, 'calendar', state);
        expect((await store.findSyncState(mailbox, 'calendar'))?.value).toBe(state);
      },
    );

    test.each([
      [10, 3_000_000],
      [3_000_000, 10],
      [3_000_000, 2_000_000],
      [200_000, 50],
    ])('a state of %i bytes is replaced by one of %i', async (before, after) => {
      const mailbox = uniqueMailbox();
      const stale = await store.saveSyncState(mailbox, 'calendar', stateOf(before));
      const state = stateOf(after);
      const etag = await store.saveSyncState(mailbox, 'calendar', state, stale);
      expect(await store.findSyncState(mailbox, 'calendar')).toEqual({ value: state, etag });
    });

    test.each([10, 2_000_000])('an old etag is refused and the state of %i bytes stays', async (size) => {
      const mailbox = uniqueMailbox();
      const stale = await store.saveSyncState(mailbox, 'calendar', stateOf(size));
      const state = stateOf(size);
      const etag = await store.saveSyncState(mailbox, 'calendar', state, stale);
      await expect(store.saveSyncState(mailbox, 'calendar', stateOf(size), stale)).rejects.toThrow(StoreConflict);
      await expect(store.saveSyncState(mailbox, 'calendar', stateOf(size))).rejects.toThrow(StoreConflict);
      expect(await store.findSyncState(mailbox, 'calendar')).toEqual({ value: state, etag });
    });

    test.each([10, 1_000_000])('of ten who save a state of %i bytes over the same etag, one wins', async (size) => {
      const mailbox = uniqueMailbox();
      const etag = await store.saveSyncState(mailbox, 'calendar', stateOf(size));
      const states = Array.from({ length: 10 }, () => stateOf(size));
      const saves = await Promise.allSettled(
        states.map((state) => store.saveSyncState(mailbox, 'calendar', state, etag)),
      );
      const winner = saves.findIndex((save) => save.status === 'fulfilled');
      expect(saves.filter((save) => save.status === 'fulfilled')).toHaveLength(1);
      expect((await store.findSyncState(mailbox, 'calendar'))?.value).toBe(states[winner]);
    });

    test('a state read while it is replaced is the old one or the new one', async () => {
      const mailbox = uniqueMailbox();
      const [old, next] = [stateOf(1_500_000), stateOf(1_500_000)];
      const etag = await store.saveSyncState(mailbox, 'calendar', old);
      const reads = Array.from({ length: 10 }, () => store.findSyncState(mailbox, 'calendar'));
      await store.saveSyncState(mailbox, 'calendar', next, etag);
      for (const read of await Promise.all(reads)) expect(read?.value === old || read?.value === next).toBe(true);
    });

    test.each([10, 2_000_000])('a forgotten state of %i bytes is gone, and a new one can begin', async (size) => {
      const mailbox = uniqueMailbox();
      await store.saveSyncState(mailbox, 'calendar', stateOf(size));
      await store.forgetSyncState(mailbox, 'calendar');
      await store.forgetSyncState(mailbox, 'calendar');
      expect(await store.findSyncState(mailbox, 'calendar')).toBeUndefined();
      await expect(store.saveSyncState(mailbox, 'calendar', stateOf(size))).resolves.toEqual(expect.any(String));
    });

    test('folders, mailboxes and organizations have cursors of their own', async () => {
      const mailbox = uniqueMailbox();
      await store.saveSyncState(mailbox, 'calendar', 'AAAA');
      expect(await store.findSyncState(mailbox, 'tasks')).toBeUndefined();
      expect(await store.findSyncState(uniqueMailbox(mailbox.organizationId), 'calendar')).toBeUndefined();
      const elsewhere = { ...mailbox, organizationId: uniqueOrganization() };
      expect(await store.findSyncState(elsewhere, 'calendar')).toBeUndefined();
    });

    test.each([...awkwardIds, 'x'.repeat(1024)])('a folder may be called %j', async (folder) => {
      const mailbox = uniqueMailbox();
      await store.saveSyncState(mailbox, folder, 'AAAA');
      expect((await store.findSyncState(mailbox, folder))?.value).toBe('AAAA');
    });

    test('a watermark moves on by who read it last', async () => {
      const organization = uniqueOrganization();
      expect(await store.findWatermark(organization)).toBeUndefined();
      const first = await store.saveWatermark(organization, 'w1 ä😀');
      expect(await store.findWatermark(organization)).toEqual({ value: 'w1 ä😀', etag: first });
      const second = await store.saveWatermark(organization, 'w2', first);
      await expect(store.saveWatermark(organization, 'w3', first)).rejects.toThrow(StoreConflict);
      await expect(store.saveWatermark(organization, 'w3')).rejects.toThrow(StoreConflict);
      expect(await store.findWatermark(organization)).toEqual({ value: 'w2', etag: second });
      expect(await store.findWatermark(uniqueOrganization())).toBeUndefined();
    });
  });
}
