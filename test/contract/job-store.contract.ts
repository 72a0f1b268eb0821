import { beforeAll, describe, expect, test } from '@jest/globals';
import type { MailboxId } from '../../shared/domain/ids.ts';
import type { MailboxKey } from '../../shared/domain/item-mapping.ts';
import { MailboxJob } from '../../shared/domain/mailbox-job.ts';
import type { JobStore } from '../../shared/ports/job-store.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { awkwardIds, uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const hour = (count: number) => new Date(Date.UTC(2026, 0, 5, count)).toISOString();

export const mailboxJob = (mailbox: MailboxKey, id: string, fields: Partial<MailboxJob> = {}): MailboxJob => ({
  ...MailboxJob.parse({
    ...mailbox,
    id,
    kind: 'firstSync',
    state: 'waiting',
    by: 'admin-1',
    createdAt: hour(9),
    updatedAt: hour(9),
    progress: { done: 0 },
    counts: {},
  }),
  ...fields,
});

/** What every store of jobs must do, whatever it keeps its rows in. */
export function describeJobStore(name: string, create: () => Promise<JobStore>): void {
  describe(`the job store of ${name}`, () => {
    let store: JobStore;
    beforeAll(async () => {
      store = await create();
    });
    const partsOf = async (mailbox: MailboxKey, id: string) => {
      const parts: string[] = [];
      for await (const part of store.readParts(mailbox, id)) parts.push(part);
      return parts;
    };
    const ids = (jobs: readonly MailboxJob[]) => jobs.map(({ id }) => id);

    test.each([...awkwardIds])('a job called %j and its parts are found, listed and removed', async (id) => {
      const mailbox = uniqueMailbox();
      const etag = await store.save(mailboxJob(mailbox, id));
      await store.savePart(mailbox, id, 0, '[]');
      expect(await store.find(mailbox, id)).toEqual({ value: mailboxJob(mailbox, id), etag });
      expect(await store.list(mailbox.organizationId)).toEqual([mailboxJob(mailbox, id)]);
      expect(await partsOf(mailbox, id)).toEqual(['[]']);
      await store.remove(mailbox, id);
      await store.remove(mailbox, id);
      expect(await store.find(mailbox, id)).toBeUndefined();
      expect(await partsOf(mailbox, id)).toEqual([]);
    });

    test('all that a job says comes back, and what it no longer says is gone', async () => {
      const mailbox = uniqueMailbox();
      const running = mailboxJob(mailbox, 'j1', {
        state: 'running',
        leaseUntil: hour(10),
        progress: { done: 40, total: 120 },
        counts: { created: 12, 'same.subject': 3 },
        cursor: 'x'.repeat(8000),
        input: JSON.stringify({ from: hour(1) }),
        text: '40 of 120 looked at.',
      });
      const etag = await store.save(running);
      expect((await store.find(mailbox, 'j1'))?.value).toEqual(running);
      await store.save(mailboxJob(mailbox, 'j1', { state: 'done' }), etag);
      expect((await store.find(mailbox, 'j1'))?.value).toEqual(mailboxJob(mailbox, 'j1', { state: 'done' }));
    });

    test('a job is inserted once and replaced by who read it last', async () => {
      const mailbox = uniqueMailbox();
      const stale = await store.save(mailboxJob(mailbox, 'j1'));
      await expect(store.save(mailboxJob(mailbox, 'j1'))).rejects.toThrow(StoreConflict);
      await store.save(mailboxJob(mailbox, 'j1', { state: 'running' }), stale);
      await expect(store.save(mailboxJob(mailbox, 'j1', { state: 'failed' }), stale)).rejects.toThrow(StoreConflict);
      expect((await store.find(mailbox, 'j1'))?.value.state).toBe('running');
    });

    test('jobs are listed by mailbox and by kind, newest first; those unfinished oldest first', async () => {
      const organization = uniqueOrganization();
      const [mailbox, other] = [uniqueMailbox(organization), uniqueMailbox(organization)];
      const longer = { ...mailbox, mailboxId: `${mailbox.mailboxId}0` as MailboxId };
      await store.save(mailboxJob(mailbox, 'j1', { createdAt: hour(1), state: 'done' }));
      await store.save(mailboxJob(mailbox, 'j2', { createdAt: hour(2), kind: 'sweep', state: 'running' }));
      await store.save(mailboxJob(other, 'j3', { createdAt: hour(3), kind: 'sweep' }));
      await store.save(mailboxJob(longer, 'j4', { createdAt: hour(4), state: 'stopped' }));
      await store.save(mailboxJob({ ...mailbox, organizationId: uniqueOrganization() }, 'j5'));
      expect(ids(await store.list(organization))).toEqual(['j4', 'j3', 'j2', 'j1']);
      expect(ids(await store.list(organization, { mailboxId: mailbox.mailboxId }))).toEqual(['j2', 'j1']);
      expect(ids(await store.list(organization, { kind: 'sweep' }))).toEqual(['j3', 'j2']);
      expect(ids(await store.list(organization, { mailboxId: other.mailboxId, kind: 'undo' }))).toEqual([]);
      expect(ids(await store.listUnfinished(organization))).toEqual(['j2', 'j3']);
      expect(await store.find(other, 'j1')).toBeUndefined();
    });

    test('parts come in the order of their numbers, and one saved again is replaced', async () => {
      const mailbox = uniqueMailbox();
      for (const number of [10, 2, 0, 1, 9]) await store.savePart(mailbox, 'j1', number, `old ${number}`);
      for (const number of [10, 2, 0, 1, 9]) await store.savePart(mailbox, 'j1', number, `part ${number}`);
      await store.savePart(mailbox, 'j10', 0, 'of another job');
      await store.savePart(uniqueMailbox(mailbox.organizationId), 'j1', 0, 'of another mailbox');
      expect(await partsOf(mailbox, 'j1')).toEqual(['part 0', 'part 1', 'part 2', 'part 9', 'part 10']);
    });

    test.each(['a', '字'])('a part of 60 KiB made of %j comes back; one byte more is refused', async (letter) => {
      const mailbox = uniqueMailbox();
      const largest = letter.repeat((60 * 1024) / Buffer.byteLength(letter));
      await store.savePart(mailbox, 'j1', 0, largest);
      await store.savePart(mailbox, 'j1', 1, largest);
      expect(await partsOf(mailbox, 'j1')).toEqual([largest, largest]);
      await expect(store.savePart(mailbox, 'j1', 2, `${largest}a`)).rejects.toThrow(RangeError);
    });

    test('removing one job leaves the parts of others', async () => {
      const mailbox = uniqueMailbox();
      for (const id of ['j1', 'j10']) {
        await store.save(mailboxJob(mailbox, id));
        for (let number = 0; number < 3; number += 1) await store.savePart(mailbox, id, number, id);
      }
      await store.remove(mailbox, 'j1');
      expect(await partsOf(mailbox, 'j1')).toEqual([]);
      expect(await partsOf(mailbox, 'j10')).toEqual(['j10', 'j10', 'j10']);
      expect(ids(await store.list(mailbox.organizationId))).toEqual(['j10']);
    });
  });
}
