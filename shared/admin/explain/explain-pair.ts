import { changeKeyOf } from '../../domain/change-message.ts';
import type { ItemId, RecordId } from '../../domain/ids.ts';
import type { ItemKind } from '../../domain/item.ts';
import type { ItemMapping, MailboxKey } from '../../domain/item-mapping.ts';
import type { ExplainDeps } from './explain-deps.ts';
import { type Statement, says, stops } from './statement.ts';

/** What is known of a record or an item by name. */
export interface Named {
  readonly kind: ItemKind;
  readonly recordId: RecordId | undefined;
  readonly itemId: ItemId | undefined;
}

const common = {
  schema: 1,
  reason: 'check',
  attempt: 1,
  hop: 0,
  lagged: 0,
  seenAt: '1970-01-01T00:00:00.000Z',
} as const;

/** The keys under which changes of it wait or have failed. */
function keysOf({ organizationId, mailboxId }: MailboxKey, { kind, recordId, itemId }: Named): ReadonlySet<string> {
  const ofRecord = recordId && [
    changeKeyOf({ kind: 'crmChange', ...common, organizationId, recordId }),
    changeKeyOf({ kind: 'leave', ...common, organizationId, mailboxId, recordId }),
  ];
  const ofItem = itemId && [
    changeKeyOf({ kind: 'exchangeChange', ...common, organizationId, mailboxId, itemId, itemKind: kind }),
  ];
  return new Set([...(ofRecord ?? []), ...(ofItem ?? [])]);
}

/** What of it waits for the mailbox to go on. */
export async function explainHeld(deps: ExplainDeps, box: MailboxKey, named: Named): Promise<Statement[]> {
  const keys = keysOf(box, named);
  for await (const { value } of deps.pauses.held(box.organizationId, box.mailboxId)) {
    if (!keys.has(changeKeyOf(value.change))) continue;
    const { kind, reason, seenAt } = value.change;
    return [
      says('held', `A change of it, seen at ${seenAt}, waits until the mailbox goes on.`, { kind, reason, seenAt }),
    ];
  }
  return [];
}

/** What of it failed and is not tried again by itself. */
export async function explainFailure(deps: ExplainDeps, box: MailboxKey, named: Named): Promise<Statement[]> {
  const statements: Statement[] = [];
  for (const key of keysOf(box, named)) {
    const failure = await deps.failures.find(box.organizationId, key);
    if (failure === undefined) continue;
    const { id, reason, text, attempts, failedAt } = failure;
    statements.push(says('failed', `It failed (${reason}): ${text}`, { id, reason, attempts, failedAt }));
  }
  return statements;
}

/** Pairs that wait for a person to say whether they are the same. */
export async function explainReview(deps: ExplainDeps, box: MailboxKey, named: Named): Promise<Statement[]> {
  const { recordId, itemId } = named;
  const pairs = [
    ...(recordId === undefined ? [] : await deps.reviews.findByRecord(box, recordId)),
    ...(itemId === undefined ? [] : await deps.reviews.findByItem(box, itemId)),
  ];
  const open = pairs.filter(({ value }) => value.decision === undefined);
  if (open.length === 0) return [];
  const id = open[0]?.value.id;
  return [
    stops('review', 'There is something on the other side that may be the same: it waits until an admin has decided.', {
      ...{ id, pairs: open.length },
    }),
  ];
}

/** What the engine remembers of the pair. */
export function explainMapping(mapping: ItemMapping | undefined, now: number): Statement {
  if (mapping === undefined) return says('unmapped', 'The engine has no item for it, and no record of it.');
  switch (mapping.state) {
    case 'intent': {
      const { leaseUntil, generation } = mapping;
      const text =
        Date.parse(leaseUntil) > now
          ? `Its item is being made: until ${leaseUntil} it may still appear, and nobody makes another.`
          : 'Its item was about to be made, and nobody knows whether it was: with the next change it is looked for, and made if it is not there.';
      return says('intent', text, { leaseUntil, generation });
    }
    case 'live': {
      const { itemId, crmVersion, confirmed, generation, attendeeCopy, writes } = mapping;
      const text = `Record and item belong together; they last agreed on version ${crmVersion} of the record.`;
      return says('linked', text, { itemId, crmVersion, confirmed, generation, attendeeCopy, writes: writes?.count });
    }
    case 'tombstone': {
      const { deletedAt, deletedBy, crmVersion } = mapping;
      const where = deletedBy === 'crm' ? 'the CRM' : 'Exchange';
      const text = `They belonged together until ${deletedAt}, when that ended in ${where}: what is older than version ${crmVersion} of the record brings nothing back.`;
      return says('ended', text, { deletedAt, deletedBy, crmVersion });
    }
    default:
      return mapping satisfies never;
  }
}
