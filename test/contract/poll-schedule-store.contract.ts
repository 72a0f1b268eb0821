import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MailboxId, ProfileId } from '../../shared/domain/ids.ts';
import type { PollSchedule, PollScheduleStore } from '../../shared/ports/poll-schedule-store.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const schedule = (mailboxId: MailboxId, dueAt: string, fields: Partial<PollSchedule> = {}): PollSchedule => ({
  mailboxId,
  profileId: 'main' as ProfileId,
  dueAt,
  ...fields,
});

/** What every store of schedules must do, whatever it keeps its rows in. */
export function describePollScheduleStore(name: string, create: () => Promise<PollScheduleStore>): void {
  describe(`the poll schedule store of ${name}`, () => {
    let store: PollScheduleStore;
    beforeAll(async () => {
      store = await create();
    });

    test('a schedule is found as it was saved', async () => {
      const mailbox = uniqueMailbox();
      const saved = schedule(mailbox.mailboxId, '2026-01-05T09:00:00Z', {
        leaseUntil: '2026-01-05T09:01:30.000Z',
        lastPolledAt: '2026-01-05T08:59:00Z',
        lastChangeAt: '2026-01-04T08:59:00Z',
        lastCheckedAt: '2026-01-05T08:51:00Z',
      });
      const etag = await store.save(mailbox, saved);
      expect(await store.find(mailbox)).toEqual({ value: saved, etag });
      expect(await store.find(uniqueMailbox(mailbox.organizationId))).toBeUndefined();
    });

    test('those whose time has come are listed, the longest due first, of one organization only', async () => {
      const organization = uniqueOrganization();
      const now = '2026-01-05T09:00:00Z';
      const dueTimes = ['2026-01-05T09:00:00.001Z', now, '2026-01-05T08:59:59.999Z', '2025-12-31T23:59:00Z'];
      const schedules: PollSchedule[] = [];
      for (const dueAt of dueTimes) {
        const mailbox = uniqueMailbox(organization);
        schedules.push(schedule(mailbox.mailboxId, dueAt));
        await store.save(mailbox, schedule(mailbox.mailboxId, dueAt));
      }
      const elsewhere = uniqueMailbox();
      await store.save(elsewhere, schedule(elsewhere.mailboxId, now));
      expect(await store.listDue(organization, now)).toEqual([schedules[3], schedules[2], schedules[1]]);
    });

    test('a leased mailbox is due as any other: its lease is for the reader to see', async () => {
      const mailbox = uniqueMailbox();
      const leased = schedule(mailbox.mailboxId, '2026-01-05T09:00:00Z', { leaseUntil: '2026-01-05T09:10:00Z' });
      await store.save(mailbox, leased);
      expect(await store.listDue(mailbox.organizationId, '2026-01-05T09:05:00Z')).toEqual([leased]);
    });

    test('of twenty who lease a mailbox at once, one gets it', async () => {
      const mailbox = uniqueMailbox();
      const etag = await store.save(mailbox, schedule(mailbox.mailboxId, '2026-01-05T09:00:00Z'));
      const leases = Array.from({ length: 20 }, (_, second) => `2026-01-05T09:01:${10 + second}Z`);
      const saves = await Promise.allSettled(
        leases.map((leaseUntil) =>
          store.save(mailbox, schedule(mailbox.mailboxId, '2026-01-05T09:00:00Z', { leaseUntil }), etag),
        ),
      );
      const winners = saves.filter((save) => save.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const save of saves) if (save.status === 'rejected') expect(save.reason).toBeInstanceOf(StoreConflict);
      expect((await store.find(mailbox))?.value.leaseUntil).toBe(
        leases[saves.findIndex((save) => save.status === 'fulfilled')],
      );
    });

    test('a schedule is inserted once; a lease that ends leaves nothing behind', async () => {
      const mailbox = uniqueMailbox();
      const leased = schedule(mailbox.mailboxId, '2026-01-05T09:00:00Z', { leaseUntil: '2026-01-05T09:10:00Z' });
      const etag = await store.save(mailbox, leased);
      await expect(store.save(mailbox, leased)).rejects.toThrow(StoreConflict);
      const next = schedule(mailbox.mailboxId, '2026-01-05T09:01:00Z');
      await store.save(mailbox, next, etag);
      expect((await store.find(mailbox))?.value).toEqual(next);
    });

    test('a removed schedule is no longer due; removing it again does nothing', async () => {
      const mailbox = uniqueMailbox();
      await store.save(mailbox, schedule(mailbox.mailboxId, '2026-01-05T09:00:00Z'));
      await store.remove(mailbox);
      await store.remove(mailbox);
      expect(await store.find(mailbox)).toBeUndefined();
      expect(await store.listDue(mailbox.organizationId, '2026-01-06T09:00:00Z')).toEqual([]);
    });
  });
}
