import type { RecordId } from '../../domain/ids.ts';
import { type ItemKind, processOf } from '../../domain/item.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { isEnabled } from '../../domain/mailbox.ts';
import { statuses as descriptions, isActive } from '../../domain/mailbox-status.ts';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import { whyItStands } from '../../sync/safety/stand-still.ts';
import type { ExplainDeps } from './explain-deps.ts';
import { type Statement, says, stops } from './statement.ts';

const keyOf = ({ mailbox }: MailboxAccess): MailboxKey => ({
  organizationId: mailbox.organizationId,
  mailboxId: mailbox.id,
});

/** What holds for all of a kind in a mailbox: wanted, approved, in order, standing still; and when it is looked at next. */
export async function explainMailbox(
  deps: ExplainDeps,
  access: MailboxAccess,
  kind: ItemKind,
  recordId: RecordId | undefined,
): Promise<Statement[]> {
  const box = keyOf(access);
  return [
    ...wanted(access, kind),
    ...(await inOrder(deps, access, kind)),
    ...(await paused(deps, access)),
    ...(await braked(deps, box, recordId)),
    ...((await deps.firstSync(box, kind))
      ? [
          stops(
            'firstSync',
            'The mailbox is new: its items are still being matched with its records. Changes wait for that.',
          ),
        ]
      : []),
    ...(await nextLook(deps, box)),
  ];
}

function wanted({ mailbox, profile }: MailboxAccess, kind: ItemKind): Statement[] {
  const process = processOf(kind);
  const facts = { mailboxId: mailbox.id, process };
  if (isEnabled(mailbox, profile, process))
    return [says('enabled', 'The mailbox is approved and this process is on.', facts)];
  if (mailbox.approval === 'rejected')
    return [stops('rejected', 'The mailbox was rejected: approve it to sync it.', facts)];
  const mustBeApproved =
    mailbox.kind === 'queue' ? profile.processOnlyApprovedQueues : profile.processOnlyApprovedUsers;
  if (mustBeApproved && mailbox.approval !== 'approved')
    return [
      stops('notApproved', 'The profile syncs approved mailboxes only, and this one is not approved yet.', facts),
    ];
  return [stops('processOff', 'This process is switched off, for the mailbox or in its profile.', facts)];
}

async function inOrder(deps: ExplainDeps, access: MailboxAccess, kind: ItemKind): Promise<Statement[]> {
  const found = await deps.statuses.find(keyOf(access), processOf(kind));
  if (found === undefined) return [];
  const { status, disabled, since, lastErrorCode, nextTryAt, failuresInARow } = found.value;
  const facts = { status, since, lastErrorCode, nextTryAt, failuresInARow };
  const { label, remedy } = descriptions[status];
  if (status === 'notEnabled') return [];
  if (!isActive(found.value) || disabled === true)
    return [stops('disabled', `${label}: no more calls until a test passes. ${remedy}`, facts)];
  if (failuresInARow > 0) return [says('failing', `${label}: it is tried again by itself. ${remedy}`, facts)];
  return [says('status', label, facts)];
}

async function paused(deps: ExplainDeps, { mailbox }: MailboxAccess): Promise<Statement[]> {
  const { organizationId, id: mailboxId, profileId } = mailbox;
  const scopes = [
    [{ kind: 'crmConnection', organizationId }, 'The CRM'],
    [{ kind: 'profile', organizationId, profileId }, 'The profile'],
    [{ kind: 'mailbox', organizationId, mailboxId }, 'The mailbox'],
  ] as const;
  const statements: Statement[] = [];
  for (const [scope, name] of scopes) {
    const pause = await deps.pauses.find(scope);
    if (pause === undefined) continue;
    const { code, until, since, times } = pause.value;
    statements.push(
      stops('paused', `${name} is paused after ${code} until ${until}: it is asked again then and goes on by itself.`, {
        ...{ scope: scope.kind, code, until, since, times },
      }),
    );
  }
  return statements;
}

async function braked(deps: ExplainDeps, box: MailboxKey, recordId: RecordId | undefined): Promise<Statement[]> {
  const active = await deps.brakes.listActive(box);
  return active
    .filter(({ value }) => value.recordId === undefined || value.recordId === recordId)
    .map(({ value: { id, brake, since, seen, limit, recordId: only } }) => {
      const whole = only === undefined ? 'The mailbox' : 'This record';
      const text = `${whole} is under quarantine: ${whyItStands[brake].toLowerCase()}. Its changes wait until an admin releases it.`;
      return stops('quarantine', text, { id, brake, since, seen, limit });
    });
}

async function nextLook(deps: ExplainDeps, box: MailboxKey): Promise<Statement[]> {
  const schedule = await deps.schedules.find(box);
  if (schedule === undefined) return [];
  const { dueAt, lastPolledAt } = schedule.value;
  return [says('nextPoll', `The mailbox is looked at next at ${dueAt}.`, { dueAt, lastPolledAt })];
}
