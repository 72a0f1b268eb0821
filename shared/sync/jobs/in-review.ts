import type { ItemId, RecordId } from '../../domain/ids.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import type { ReviewPair } from '../../domain/review-pair.ts';
import type { ReviewStore } from '../../ports/review-store.ts';
import type { Stored } from '../../ports/stored.ts';
import { type Known, mailboxKeyOf, type ReconcileScope } from '../reconcile-types.ts';

export const waitsForDecision = 'waits for a decision of an admin';

/**
 * Whether what is about to be made may be there already: a person has not decided yet. To be asked before an item or a record is
 * made, and only where neither has a mapping: what is linked is in no review.
 */
export async function inReview(
  { reviews }: { readonly reviews: ReviewStore },
  scope: ReconcileScope,
  { record, item, mapping }: Known,
): Promise<boolean> {
  if (mapping !== undefined) return false;
  const box = mailboxKeyOf(scope);
  const asked: Promise<Stored<ReviewPair>[]>[] = [];
  if (record.known && record.state === 'present') asked.push(reviews.findByRecord(box, record.record.id));
  if (item.known && item.state === 'present') asked.push(reviews.findByItem(box, item.item.itemId));
  return (await Promise.all(asked)).flat().some(({ value }) => value.decision === undefined);
}

/** What of a mailbox waits for a decision. */
export async function allInReview(
  { reviews }: { readonly reviews: ReviewStore },
  { organizationId, mailboxId }: MailboxKey,
): Promise<{ readonly records: ReadonlySet<RecordId>; readonly items: ReadonlySet<ItemId> }> {
  const pairs = await reviews.list(organizationId, { mailboxId, undecided: true });
  return {
    records: new Set(pairs.map(({ recordId }) => recordId)),
    items: new Set(pairs.map(({ itemId }) => itemId)),
  };
}
