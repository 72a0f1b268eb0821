import { z } from 'zod';
import { hashOf } from './hash.ts';
import { ChangeKey, CrmUserId, CrmVersion, ItemId, MailboxId, OrganizationId, ProfileId, RecordId } from './ids.ts';
import { ItemKind } from './item.ts';

/** `check`: nothing is known to have changed; look whether the item is still there. */
const Reason = z.enum(['created', 'updated', 'deleted', 'replay', 'check']);

const common = {
  schema: z.literal(1),
  organizationId: OrganizationId,
  reason: Reason,
  /** 1 for the first try; every try that counts adds one. */
  attempt: z.number().int().min(1).max(100).default(1),
  /** Resends that do not count as a try; only there so that duplicate detection does not swallow them. */
  hop: z.number().int().min(0).default(0),
  /** How often it was looked for and not yet seen. */
  lagged: z.number().int().min(0).max(10).default(0),
  /** When the change was first seen, UTC: what lag is measured from. */
  seenAt: z.iso.datetime(),
  /** W3C trace context, carried on so that one trace spans the queue. */
  traceparent: z.string().max(100).optional(),
};

/** A record changed in the CRM. The owner is a hint only: the consumer resolves the mailbox. */
export const CrmChange = z.strictObject({
  kind: z.literal('crmChange'),
  ...common,
  recordId: RecordId,
  version: CrmVersion.optional(),
  ownerId: CrmUserId.optional(),
});
export type CrmChange = z.infer<typeof CrmChange>;

/** An item changed in a mailbox. */
export const ExchangeChange = z.strictObject({
  kind: z.literal('exchangeChange'),
  ...common,
  mailboxId: MailboxId,
  itemId: ItemId,
  itemKind: ItemKind.default('appointment'),
  changeKey: ChangeKey.optional(),
});
export type ExchangeChange = z.infer<typeof ExchangeChange>;

/** A record went to another owner: its item leaves this mailbox. Waits with the mailbox, should that stand still. */
export const Leave = z.strictObject({
  kind: z.literal('leave'),
  ...common,
  mailboxId: MailboxId,
  recordId: RecordId,
  version: CrmVersion.optional(),
});
export type Leave = z.infer<typeof Leave>;

/** What is about one record or one item; the rest of what travels is about scopes. */
export const Change = z.discriminatedUnion('kind', [CrmChange, ExchangeChange, Leave]);
export type Change = z.infer<typeof Change>;

/** The scope that stands still, as it is named in rows and messages. */
export const PausedScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mailbox'), organizationId: OrganizationId, mailboxId: MailboxId }),
  z.strictObject({ kind: z.literal('profile'), organizationId: OrganizationId, profileId: ProfileId }),
  z.strictObject({ kind: z.literal('crmConnection'), organizationId: OrganizationId }),
]);
export type PausedScope = z.infer<typeof PausedScope>;

/** The pause of a scope may be over: probe once, then send on what waits. */
export const WakeUp = z.strictObject({
  kind: z.literal('wakeUp'),
  schema: z.literal(1),
  scope: PausedScope,
  /** The pause this wakes from; another pause since then has its own wake-up. */
  pauseId: z.string().max(100),
  hop: z.number().int().min(0).default(0),
});
export type WakeUp = z.infer<typeof WakeUp>;

/** Everything that travels on the queue `changes`. It says that something changed, never what: no content, no address. */
export const ChangeMessage = z.discriminatedUnion('kind', [CrmChange, ExchangeChange, Leave, WakeUp]);
export type ChangeMessage = z.infer<typeof ChangeMessage>;

/** Ask a worker to look what changed in these mailboxes of one profile (at most 20). */
export const PollMessage = z.strictObject({
  kind: z.literal('poll'),
  schema: z.literal(1),
  organizationId: OrganizationId,
  profileId: ProfileId,
  mailboxIds: z.array(MailboxId).min(1).max(20),
  /** When it was due, so that two schedulers make the same message. */
  dueAt: z.iso.datetime(),
});
export type PollMessage = z.infer<typeof PollMessage>;

/** What a change is about, whatever was said of it: the unit of coalescing, pending rows and failures. */
export function changeKeyOf(change: Change): string {
  switch (change.kind) {
    case 'crmChange':
      return hashOf('crm', change.organizationId, change.recordId);
    case 'exchangeChange':
      return hashOf('exchange', change.organizationId, change.mailboxId, change.itemId);
    case 'leave':
      return hashOf('leave', change.organizationId, change.mailboxId, change.recordId);
    default:
      return change satisfies never;
  }
}

/** The id under which a message travels: the same for the same news, another for each resend. */
export function messageIdOf(message: ChangeMessage | PollMessage): string {
  switch (message.kind) {
    case 'crmChange':
      return hashOf(changeKeyOf(message), message.version ?? '', ...sendingOf(message));
    case 'exchangeChange':
      return hashOf(changeKeyOf(message), message.changeKey ?? '', ...sendingOf(message));
    case 'leave':
      return hashOf(changeKeyOf(message), message.version ?? '', ...sendingOf(message));
    case 'wakeUp':
      return hashOf('wakeUp', message.scope.organizationId, message.pauseId, `${message.hop}`);
    case 'poll':
      return hashOf('poll', message.organizationId, message.profileId, message.dueAt, ...message.mailboxIds);
    default:
      return message satisfies never;
  }
}

const sendingOf = ({ reason, attempt, hop, lagged }: Change): string[] => [reason, `${attempt}`, `${hop}`, `${lagged}`];
