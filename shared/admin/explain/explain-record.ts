import type { MailboxId, OrganizationId, RecordId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import type { Mailbox } from '../../domain/mailbox.ts';
import type { RecordSide } from '../../domain/plan-sync.ts';
import { itemKindOf } from '../../domain/rules-of.ts';
import { type RecordRead, recordKindOf } from '../../domain/sync-record.ts';
import { findMappedItem, type ItemLook, whyNothing } from '../../sync/look-up-item.ts';
import { presentRecord, type ReconcileScope } from '../../sync/reconcile-types.ts';
import { asked, type ExplainDeps, findOrganization, scopeFor } from './explain-deps.ts';
import { explainMailbox } from './explain-mailbox.ts';
import { explainFailure, explainHeld, explainMapping, explainReview, type Named } from './explain-pair.ts';
import { explainPlan } from './explain-plan.ts';
import { type Statement, says, stops } from './statement.ts';

/**
 * Why a record is, or is not, in its owner's mailbox: what holds it back, the first first; what the engine remembers of it; and
 * what it would do now. Reads both sides and writes nothing; says so where a side does not answer.
 */
export async function explainRecord(
  deps: ExplainDeps,
  organizationId: OrganizationId,
  recordId: RecordId,
): Promise<Statement[]> {
  const active = await findOrganization(deps, organizationId);
  if ('code' in active) return [active];
  const read = await asked('crm', deps.readRecord(active.connection, recordId));
  const answer = 'answer' in read ? read.answer : undefined;
  const statements: Statement[] = 'silence' in read ? [read.silence] : [tellOf(read.answer)];
  const home = await deps.mappings.findHome(organizationId, recordId);
  const owned =
    answer?.state === 'present'
      ? await deps.directory.findMailboxOfUser(organizationId, answer.record.ownerId)
      : undefined;
  const mailbox = owned ?? (await mailboxOf(deps, organizationId, home?.value.mailboxId));
  if (mailbox === undefined) {
    const text = 'No mailbox is enrolled for its owner: there is nowhere to sync it to.';
    const ownerId = answer?.state === 'present' ? answer.record.ownerId : undefined;
    return [...statements, stops('noMailbox', text, { ownerId })];
  }
  if (home !== undefined && home.value.mailboxId !== mailbox.id) {
    const text = 'Its item is in the mailbox of another owner and is to leave it with the next change.';
    statements.push(says('homeElsewhere', text, { mailboxId: home.value.mailboxId }));
  }
  const profile = await deps.directory.findProfile(organizationId, mailbox.profileId);
  if (profile === undefined) return [...statements, stops('noProfile', 'The profile of its mailbox is gone.')];
  const access = { mailbox, profile: profile.value };
  const box = { organizationId, mailboxId: mailbox.id };
  const mapping = (await deps.mappings.findByRecords(box, [recordId])).get(recordId)?.value;
  const kind: ItemKind =
    mapping?.kind ??
    (answer?.state === 'present'
      ? itemKindOf(answer.record, profile.value)
      : recordKindOf(recordId) === 'contact'
        ? 'contact'
        : 'appointment');
  const named = { kind, recordId, itemId: mapping?.state === 'live' ? mapping.itemId : undefined };
  statements.push(
    ...(await explainMailbox(deps, access, kind, recordId)),
    ...(await explainHeld(deps, box, named)),
    ...(await explainReview(deps, box, named)),
    ...(await explainFailure(deps, box, named)),
    explainMapping(mapping, deps.clock.now().getTime()),
  );
  const scope = await scopeFor(deps, active, access);
  if ('code' in scope) return [...statements, scope];
  const item = mapping?.state === 'live' ? await asked('exchange', findMappedItem(deps, scope, mapping)) : undefined;
  if (item !== undefined && 'silence' in item) return [...statements, item.silence];
  const look = item?.answer;
  return [...statements, ...(await planned(deps, scope, named, answer, look, mapping))];
}

async function planned(
  deps: ExplainDeps,
  scope: ReconcileScope,
  named: Named,
  read: RecordRead | undefined,
  look: ItemLook | undefined,
  mapping: Parameters<typeof explainMapping>[0],
): Promise<Statement[]> {
  if (look !== undefined && !look.known) return [says(look.state, `Nothing would be done: ${whyNothing[look.state]}.`)];
  const side = look ?? ({ known: false } as const);
  const record = recordSide(deps, scope, named.kind, read);
  return record.known || side.known ? explainPlan(deps, scope, named, record, side, mapping) : [];
}

/** What of the record is known for planning. */
export function recordSide(
  deps: ExplainDeps,
  scope: ReconcileScope,
  kind: ItemKind,
  read: RecordRead | undefined,
): RecordSide {
  if (read === undefined || read.state === 'missing') return { known: false };
  return read.state === 'deleted'
    ? { known: true, state: 'gone', version: read.version }
    : presentRecord(deps, scope, kind, read.record);
}

export function tellOf(read: RecordRead): Statement {
  switch (read.state) {
    case 'present':
      return says('recordThere', 'The record is there.', {
        version: read.record.version,
        ownerId: read.record.ownerId,
      });
    case 'deleted':
      return says('recordDeleted', 'The record is deleted.', { version: read.version });
    case 'missing':
      return says('recordMissing', 'The CRM does not know the record, or does not show it yet.');
    default:
      return read satisfies never;
  }
}

async function mailboxOf(
  { directory }: ExplainDeps,
  organizationId: OrganizationId,
  mailboxId: MailboxId | undefined,
): Promise<Mailbox | undefined> {
  return mailboxId && (await directory.findMailbox(organizationId, mailboxId))?.value;
}
