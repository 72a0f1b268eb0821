import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ItemId, MailboxId, RecordId } from '../../shared/domain/ids.ts';
import type { MailboxKey } from '../../shared/domain/item-mapping.ts';
import { ReviewPair } from '../../shared/domain/review-pair.ts';
import type { ReviewStore } from '../../shared/ports/review-store.ts';
import { StoreConflict } from '../../shared/ports/stored.ts';
import { awkwardIds, uniqueMailbox, uniqueOrganization } from '../support/unique-mailbox.ts';

const record = (id: string) => id as RecordId;
const item = (id: string) => id as ItemId;
const [nine, ten] = ['2026-01-05T09:00:00Z', '2026-01-05T10:00:00.000Z'] as const;

export const reviewPair = (mailbox: MailboxKey, id: string, fields: Partial<ReviewPair> = {}): ReviewPair => ({
  ...ReviewPair.parse({
    ...mailbox,
    id,
    kind: 'appointment',
    recordId: 'r1',
    itemId: 'AAMkAD=/+==',
    score: 0.75,
    reasons: ['sameSubject', 'nearTime'],
    foundAt: nine,
  }),
  ...fields,
});

/** What every store of pairs to decide about must do, whatever it keeps its rows in. */
export function describeReviewStore(name: string, create: () => Promise<ReviewStore>): void {
  describe(`the review store of ${name}`, () => {
    let store: ReviewStore;
    beforeAll(async () => {
      store = await create();
    });
    const idsOf = (pairs: readonly { readonly value: ReviewPair }[]) => pairs.map(({ value }) => value.id).sort();

    test.each([...awkwardIds])('a pair called %j is found by its id, its record and its item', async (id) => {
      const mailbox = uniqueMailbox();
      const pair = reviewPair(mailbox, id, { recordId: record(id), itemId: item(id), score: 1, reasons: [] });
      const etag = await store.save(pair);
      expect(await store.find(mailbox, id)).toEqual({ value: pair, etag });
      expect(await store.findByRecord(mailbox, record(id))).toEqual([{ value: pair, etag }]);
      expect(await store.findByItem(mailbox, item(id))).toEqual([{ value: pair, etag }]);
      expect(await store.list(mailbox.organizationId)).toEqual([pair]);
      expect(await store.find(mailbox, 'another')).toBeUndefined();
      expect(await store.findByRecord(mailbox, record('another'))).toEqual([]);
      expect(await store.findByItem(mailbox, item('another'))).toEqual([]);
    });

    test('a record may be in several pairs, and an item too', async () => {
      const mailbox = uniqueMailbox();
      await store.save(reviewPair(mailbox, 'p1', { itemId: item('i1') }));
      await store.save(reviewPair(mailbox, 'p2', { itemId: item('i2') }));
      await store.save(reviewPair(mailbox, 'p3', { itemId: item('i2'), recordId: record('r2') }));
      expect(idsOf(await store.findByRecord(mailbox, record('r1')))).toEqual(['p1', 'p2']);
      expect(idsOf(await store.findByItem(mailbox, item('i2')))).toEqual(['p2', 'p3']);
    });

    test('a pair is inserted once and replaced by who read it last', async () => {
      const mailbox = uniqueMailbox();
      const stale = await store.save(reviewPair(mailbox, 'p1'));
      await expect(store.save(reviewPair(mailbox, 'p1'))).rejects.toThrow(StoreConflict);
      const etag = await store.save(reviewPair(mailbox, 'p1', { score: 0.5 }), stale);
      await expect(store.save(reviewPair(mailbox, 'p1'), stale)).rejects.toThrow(StoreConflict);
      expect(await store.find(mailbox, 'p1')).toEqual({ value: reviewPair(mailbox, 'p1', { score: 0.5 }), etag });
    });

    test('a decision is made once, and the pair no longer waits', async () => {
      const mailbox = uniqueMailbox();
      const pair = reviewPair(mailbox, 'p1');
      const stored = { value: pair, etag: await store.save(pair) };
      await store.save(reviewPair(mailbox, 'p2', { foundAt: ten, recordId: record('r2'), itemId: item('i2') }));
      const etag = await store.decide(stored, 'different', ten, 'admin-1');
      await expect(store.decide(stored, 'same', ten, 'admin-2')).rejects.toThrow(StoreConflict);
      const decided: ReviewPair = { ...pair, decision: 'different', decidedAt: ten, decidedBy: 'admin-1' };
      expect(await store.find(mailbox, 'p1')).toEqual({ value: decided, etag });
      expect(await store.findByRecord(mailbox, record('r1'))).toEqual([{ value: decided, etag }]);
      expect((await store.list(mailbox.organizationId)).map(({ id }) => id)).toEqual(['p2', 'p1']);
      const waiting = await store.list(mailbox.organizationId, { undecided: true });
      expect(waiting.map(({ id }) => id)).toEqual(['p2']);
    });

    test('a pair that is removed is found by nothing, and may come again', async () => {
      const mailbox = uniqueMailbox();
      const pair = reviewPair(mailbox, 'p1');
      await store.save(pair);
      await store.remove(pair);
      await store.remove(pair);
      expect(await store.find(mailbox, 'p1')).toBeUndefined();
      expect(await store.findByRecord(mailbox, pair.recordId)).toEqual([]);
      expect(await store.findByItem(mailbox, pair.itemId)).toEqual([]);
      await expect(store.save(pair)).resolves.toEqual(expect.any(String));
    });

    test('a list is of one organization, or of one of its mailboxes', async () => {
      const organization = uniqueOrganization();
      const [mailbox, other] = [uniqueMailbox(organization), uniqueMailbox(organization)];
      const longer = { ...mailbox, mailboxId: `${mailbox.mailboxId}0` as MailboxId };
      await store.save(reviewPair(mailbox, 'p1'));
      await store.save(reviewPair(other, 'p2'));
      await store.save(reviewPair(longer, 'p3'));
      await store.save(reviewPair({ ...mailbox, organizationId: uniqueOrganization() }, 'p4'));
      expect((await store.list(organization)).map(({ id }) => id).sort()).toEqual(['p1', 'p2', 'p3']);
      const own = await store.list(organization, { mailboxId: mailbox.mailboxId });
      expect(own.map(({ id }) => id)).toEqual(['p1']);
      expect(await store.find(other, 'p1')).toBeUndefined();
      expect(await store.findByRecord(longer, record('r1'))).toHaveLength(1);
    });
  });
}
