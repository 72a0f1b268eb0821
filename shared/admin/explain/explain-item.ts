import type { ItemId, OrganizationId, RecordId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import type { ItemMapping, MailboxKey } from '../../domain/item-mapping.ts';
import type { ItemEntry } from '../../ports/mapping-store.ts';
import { readItem, whyNothing } from '../../sync/look-up-item.ts';
import { asked, type ExplainDeps, findOrganization, scopeFor } from './explain-deps.ts';
import { explainMailbox } from './explain-mailbox.ts';
import { explainFailure, explainHeld, explainMapping, explainReview } from './explain-pair.ts';
import { explainPlan } from './explain-plan.ts';
import { recordSide, tellOf } from './explain-record.ts';
import { type Statement, says, stops } from './statement.ts';

/** Why an item of a mailbox is, or is not, in the CRM; as explainRecord does from the other side. */
export async function explainItem(
  deps: ExplainDeps,
  mailboxKey: MailboxKey,
  itemId: ItemId,
  wantedKind?: ItemKind,
): Promise<Statement[]> {
  const { organizationId, mailboxId } = mailboxKey;
  const active = await findOrganization(deps, organizationId as OrganizationId);
  if ('code' in active) return [active];
  const mailbox = (await deps.directory.findMailbox(organizationId, mailboxId))?.value;
  if (mailbox === undefined) return [stops('unknownMailbox', 'The mailbox is not enrolled.')];
  const profile = await deps.directory.findProfile(organizationId, mailbox.profileId);
  if (profile === undefined) return [stops('noProfile', 'The profile of the mailbox is gone.')];
  const access = { mailbox, profile: profile.value };
  const entry = (await deps.mappings.findByItems(mailboxKey, [itemId])).get(itemId);
  const linked = entry?.state === 'mapped' ? await mappingOf(deps, mailboxKey, entry.recordId) : undefined;
  const kind = linked?.kind ?? wantedKind ?? 'appointment';
  const statements: Statement[] = [];
  if (mailbox.crmUserId === undefined)
    statements.push(stops('noCrmUser', 'The mailbox belongs to no user of the CRM: nothing goes there from it.'));

  const scope = await scopeFor(deps, active, access);
  const look = 'code' in scope ? undefined : await asked('exchange', readItem(deps, scope, kind, itemId));
  const item = look !== undefined && 'answer' in look ? look.answer : undefined;
  const stamp = item?.known && item.state === 'present' ? item.item.stamp : undefined;
  const stamped = stamp?.mailboxId === mailboxId ? stamp.recordId : undefined;
  const mapping = linked ?? (stamped === undefined ? undefined : await mappingOf(deps, mailboxKey, stamped));
  const recordId = mapping?.recordId ?? stamped;
  const named = { kind, recordId, itemId };
  if (look !== undefined && 'silence' in look) statements.push(look.silence);
  else if (item !== undefined) statements.push(itemIs(item.known ? item.state : 'outOfScope', kind));
  if (stamp !== undefined && stamp.mailboxId !== mailboxId)
    statements.push(
      says('foreignMark', 'It carries the mark of another mailbox: it is a copy, and gets a record of its own.'),
    );
  statements.push(
    ...(await explainMailbox(deps, access, kind, recordId)),
    ...(await explainHeld(deps, mailboxKey, named)),
    ...(await explainReview(deps, mailboxKey, named)),
    ...(await explainFailure(deps, mailboxKey, named)),
    ...claimed(entry),
    explainMapping(mapping, deps.clock.now().getTime()),
  );
  if ('code' in scope) return [...statements, scope];
  if (item === undefined) return statements;
  if (!item.known) return [...statements, says(item.state, `Nothing would be done: ${whyNothing[item.state]}.`)];
  const read = recordId === undefined ? undefined : await asked('crm', deps.readRecord(scope.connection, recordId));
  if (read !== undefined && 'silence' in read) return [...statements, read.silence];
  const record = recordSide(deps, scope, kind, read?.answer);
  return [
    ...statements,
    ...(read === undefined ? [] : [tellOf(read.answer)]),
    ...(await explainPlan(deps, scope, named, record, item, mapping)),
  ];
}

const itemIs = (state: 'present' | 'gone' | 'outOfScope', kind: ItemKind): Statement => {
  if (state === 'present') return says('itemThere', 'The item is there.', { kind });
  if (state === 'gone')
    return says('itemGone', 'There is no item under this id: it was deleted, or moved and has another.', { kind });
  return says('itemOutOfScope', 'The item is not one that is looked at.', { kind });
};

const claimed = (entry: ItemEntry | undefined): Statement[] =>
  entry?.state === 'claimed'
    ? [
        says('claim', `Its record is being made, or was about to be at ${entry.claim.value.leaseUntil}.`, {
          leaseUntil: entry.claim.value.leaseUntil,
        }),
      ]
    : [];

const mappingOf = async (deps: ExplainDeps, box: MailboxKey, recordId: RecordId): Promise<ItemMapping | undefined> =>
  (await deps.mappings.findByRecords(box, [recordId])).get(recordId)?.value;
