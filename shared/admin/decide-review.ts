import type { MailboxKey } from '../domain/item-mapping.ts';
import type { ReviewPair } from '../domain/review-pair.ts';
import type { Stored } from '../ports/stored.ts';
import { itemChange, recordChange } from '../sync/jobs/job-changes.ts';
import type { JobDeps } from '../sync/jobs/job-types.ts';
import { linkPair } from '../sync/jobs/link-pair.ts';
import { readItem } from '../sync/look-up-item.ts';
import type { ReconcileScope } from '../sync/reconcile-types.ts';
import { findActiveOrganization } from '../sync/resolve-scope.ts';

export type Decided =
  | { readonly outcome: 'decided' }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused'; readonly text: string };

/**
 * Carries out what a person says of a pair. `same`: both are linked, and what else they were paired with is different.
 * `different`: each goes its own way, and gets its counterpart once no other pair of it waits. Safe to repeat.
 */
export async function decideReview(
  deps: JobDeps,
  mailbox: MailboxKey,
  id: string,
  decision: 'same' | 'different',
  by: string,
): Promise<Decided> {
  const pair = await deps.reviews.find(mailbox, id);
  if (pair === undefined) return { outcome: 'unknown' };
  if (pair.value.decision !== undefined && pair.value.decision !== decision)
    return { outcome: 'refused', text: `It was decided already: ${pair.value.decision}.` };
  const scope = await scopeOf(deps, mailbox, by);
  if (scope === undefined)
    return { outcome: 'refused', text: 'The mailbox, its organization or its CRM connection is switched off.' };
  if (decision === 'same') {
    const refused = await link(deps, scope, pair.value);
    if (refused !== undefined) return { outcome: 'refused', text: refused };
    await decide(deps, pair, 'same', by);
    for (const rival of await rivalsOf(deps, mailbox, pair.value)) {
      await decide(deps, rival, 'different', by);
      await tell(deps, scope, rival.value);
    }
  } else await decide(deps, pair, 'different', by);
  await tell(deps, scope, pair.value);
  return { outcome: 'decided' };
}

async function decide(
  { reviews, clock }: JobDeps,
  pair: Stored<ReviewPair>,
  decision: 'same' | 'different',
  by: string,
): Promise<void> {
  if (pair.value.decision === undefined) await reviews.decide(pair, decision, clock.now().toISOString(), by);
}

/** Links both as they are now; why it cannot, if it cannot. */
async function link(
  deps: JobDeps,
  scope: ReconcileScope,
  { organizationId, mailboxId, kind, recordId, itemId, score, reasons }: ReviewPair,
): Promise<string | undefined> {
  const mapping = (await deps.mappings.findByRecords({ organizationId, mailboxId }, [recordId])).get(recordId);
  if (mapping?.value.state === 'live' && mapping.value.itemId === itemId) return undefined;
  const entry = (await deps.mappings.findByItems({ organizationId, mailboxId }, [itemId])).get(itemId);
  if (mapping !== undefined || entry !== undefined) return 'One of the two was linked to something else meanwhile.';
  const read = await deps.readRecord(scope.connection, recordId);
  const look = await readItem(deps, scope, kind, itemId);
  if (read.state !== 'present' || !look.known || look.state === 'gone')
    return 'One of the two is no longer there. Decide that they are different.';
  const linked = await linkPair(deps, scope, { how: 'score', record: read.record, item: look.item, score, reasons });
  return linked === 'linked' ? undefined : 'One of the two was changed at this moment. Decide again.';
}

async function rivalsOf(
  { reviews }: JobDeps,
  mailbox: MailboxKey,
  { id, recordId, itemId }: ReviewPair,
): Promise<Stored<ReviewPair>[]> {
  const all = [...(await reviews.findByRecord(mailbox, recordId)), ...(await reviews.findByItem(mailbox, itemId))];
  const others = new Map(all.map((pair) => [pair.value.id, pair]));
  others.delete(id);
  return [...others.values()];
}

/** The engine looks at both: it links no more, but merges what is linked and makes what is missing. */
async function tell(deps: JobDeps, scope: ReconcileScope, { kind, recordId, itemId }: ReviewPair): Promise<void> {
  await deps.changes.send([
    { body: recordChange(deps, scope, recordId, 'updated') },
    { body: itemChange(deps, scope, kind, itemId, 'updated') },
  ]);
}

async function scopeOf(
  deps: JobDeps,
  { organizationId, mailboxId }: MailboxKey,
  by: string,
): Promise<ReconcileScope | undefined> {
  const active = await findActiveOrganization(deps.directory, organizationId);
  const mailbox = await deps.directory.findMailbox(organizationId, mailboxId);
  const profile = mailbox && (await deps.directory.findProfile(organizationId, mailbox.value.profileId));
  if (active === undefined || mailbox === undefined || profile === undefined) return undefined;
  const key = await deps.secrets.read(active.organization.fingerprintSecretName);
  const access = { mailbox: mailbox.value, profile: profile.value };
  return { access, connection: active.connection, fingerprintKey: key.reveal(), cause: { why: 'review', by } };
}
