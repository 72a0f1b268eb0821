import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import type { ReviewPair } from '../../domain/review-pair.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { ReviewStore } from '../../ports/review-store.ts';
import { erasingMailboxPartitions } from './memory-erasure.ts';
import { memoryRows, saveRow } from './memory-rows.ts';

const partitionOf = ({ organizationId, mailboxId }: MailboxKey) => keys.mailbox(organizationId, mailboxId);

/** Pairs to decide about, in this process's memory. */
export function memoryReviewStore(): ReviewStore & Erasable {
  const rows = memoryRows<ReviewPair>();
  const save = (pair: ReviewPair, etag?: string) =>
    saveRow(rows, 'the pair', partitionOf(pair), keys.reviewRow(pair.id), pair, etag);
  return {
    save: async (pair, etag) => save(pair, etag),
    find: async (mailbox, id) => rows.find(partitionOf(mailbox), keys.reviewRow(id)),
    list: async (organization, { mailboxId, undecided } = {}) =>
      rows
        .listAll(keys.mailboxesOf(organization)[0])
        .map((row) => row.value)
        .filter((pair) => mailboxId === undefined || pair.mailboxId === mailboxId)
        .filter((pair) => undecided !== true || pair.decision === undefined)
        .sort((a, b) => Date.parse(b.foundAt) - Date.parse(a.foundAt)),
    findByRecord: async (mailbox, recordId) =>
      rows.list(partitionOf(mailbox)).filter(({ value }) => value.recordId === recordId),
    findByItem: async (mailbox, itemId) =>
      rows.list(partitionOf(mailbox)).filter(({ value }) => value.itemId === itemId),
    decide: async ({ value, etag }, decision, decidedAt, decidedBy) =>
      save({ ...value, decision, decidedAt, decidedBy }, etag),
    async remove(pair) {
      rows.remove(partitionOf(pair), keys.reviewRow(pair.id));
    },
    ...erasingMailboxPartitions(rows),
  };
}
