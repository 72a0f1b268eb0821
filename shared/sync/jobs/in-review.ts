import type { ItemId, RecordId } from '../../domain/ids.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import type { ReviewPair } from '../../domain/review-pair.ts';
import type { ReviewStore } from '../../ports/review-store.ts';
import type { Stored } from '../../ports/stored.ts';
import { readItem } from '../look-up-item.ts';
import { type Known, mailboxKeyOf, type ReconcileScope } from '../reconcile-types.ts';
import type { JobDeps } from './job-types.ts';
import type { Survey } from './survey-mailbox.ts';

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

/** Takes off the list pairs of which one is gone: there is nothing left to decide, and the other goes its own way. */
export async function dropStalePairs(deps: JobDeps, scope: ReconcileScope, survey: Survey): Promise<void> {
  const { organizationId, mailboxId } = mailboxKeyOf(scope);
  for (const pair of await deps.reviews.list(organizationId, { mailboxId, undecided: true })) {
    if (pair.kind !== survey.kind || (survey.records.has(pair.recordId) && survey.items.has(pair.itemId))) continue;
    const record = await deps.readRecord(scope.connection, pair.recordId);
    const item = await readItem(deps, scope, pair.kind, pair.itemId);
    if (record.state === 'deleted' || (item.known && item.state === 'gone')) await deps.reviews.remove(pair);
  }
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
