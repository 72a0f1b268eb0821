import { z } from 'zod';
import { Origin } from './activity.ts';
import { ChangeKey, CrmVersion, ItemId, MailboxId, type OrganizationId, RecordId } from './ids.ts';
import { ItemKind } from './item.ts';

/** Fields that travel, of all kinds of items. Start, end and zone are one field, so that a merge never makes an end before a start. */
export const SyncedField = z.enum([
  ...['subject', 'notes'],
  ...['location', 'time', 'series', 'attendees', 'responses', 'reminder', 'showAs', 'categories', 'sensitivity'],
  ...['due', 'done'],
  ...['name', 'emails', 'phones', 'addresses', 'company', 'jobTitle', 'birthday'],
] as const);
export type SyncedField = z.infer<typeof SyncedField>;

/** A keyed hash for each field: enough to see that it changed, never what it says. A field that a side does not know has none. `links` and `status` are CRM → Exchange only. */
export const FieldPrints = z.partialRecord(z.enum([...SyncedField.options, 'links', 'status']), z.string());
export type FieldPrints = z.infer<typeof FieldPrints>;

/** What of a record is written to its item: the fields that travel, the links, and that it is over (it must not ring). */
export type ItemField = SyncedField | 'links' | 'status';

/** Whose partition a mapping lies in. */
export interface MailboxKey {
  readonly organizationId: OrganizationId;
  readonly mailboxId: MailboxId;
}

const common = {
  recordId: RecordId,
  /** What its item is, fixed when it is first mapped. */
  kind: ItemKind.default('appointment'),
  origin: Origin,
  /** Grows with each life of the item: a restored record is a new life. */
  generation: z.number().int().nonnegative(),
};

/** The claim to make an item, written before it is made. While the lease lives, a create may still commit: nobody else tries. */
export const IntentMapping = z.object({
  state: z.literal('intent'),
  ...common,
  attemptId: z.string(),
  leaseUntil: z.iso.datetime(),
  /** The time the item was to have: where to look for it first. */
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  /** What both sides look like if nobody changes them while the item is made: its base should it have to be adopted. */
  made: z.object({ crm: FieldPrints, exchange: FieldPrints }).optional(),
});
export type IntentMapping = z.infer<typeof IntentMapping>;

/** This record is that item, as last agreed. */
export const LiveMapping = z.object({
  state: z.literal('live'),
  ...common,
  itemId: ItemId,
  changeKey: ChangeKey,
  iCalUid: z.string().max(1024).optional(),
  crmVersion: CrmVersion,
  /** What each side looked like when they last agreed, each in its own form: conversions lose nothing by comparing like with like. */
  agreed: z.object({ crm: FieldPrints, exchange: FieldPrints }),
  /** Fingerprints of what we were about to write to a side: found there, it was us and no person, even if we died before noting it. */
  writing: z
    .object({
      crm: FieldPrints.optional(),
      exchange: FieldPrints.optional(),
      /** It is to stay on its side, as what an undo sets back does. */
      stays: z.boolean().optional(),
    })
    .optional(),
  /**
   * False from a write of ours until the mailbox's feed tells of the item and it is read back: Exchange rewrites bodies, and what
   * it made of ours is what counts; and only of an item that it told of does the feed tell the end.
   */
  confirmed: z.boolean(),
  /** When it was confirmed; by a page whose cursor is then lost it was not, see checkUnconfirmed. */
  confirmedAt: z.iso.datetime().optional(),
  /** Since when it is not: the longer, the less often it is looked at, see checkUnconfirmed. */
  unconfirmedSince: z.iso.datetime().optional(),
  /** Its body is known to be all text: it may be written without being read. */
  plainBody: z.boolean().optional(),
  /** People were invited by a write of ours: they also get its updates and its cancellation, else ghosts remain. */
  invited: z.boolean().optional(),
  /** How many were invited when it was last read or written, whoever invited them. */
  guests: z.object({ inside: z.number().int().nonnegative(), outside: z.number().int().nonnegative() }).optional(),
  /** When the appointment is over: nobody is told of the past. */
  endsAt: z.iso.datetime().optional(),
  /** Somebody else organises it: of such a copy only what is the user's own is written. */
  attendeeCopy: z.boolean().optional(),
  /** A private item of which the CRM is only told when it is. */
  busyOnly: z.boolean().optional(),
  /** Both sides were there before they were linked: whatever `origin` says, neither was made from the other. */
  matched: z.boolean().optional(),
  /** Its item became private, which the CRM's own record survives: what changed meanwhile is seen by reading both sides. */
  unseen: z.boolean().optional(),
  /** The side that we are about to remove while the other lives on: found gone, it was us, and the other stays. */
  severing: Origin.optional(),
  /** Our writes to either side within the hour that began at `since`: too many are a loop. */
  writes: z
    .object({
      since: z.iso.datetime(),
      count: z.number().int().nonnegative(),
      /** How often it was the other side's turn, the first write included, and whose turn it was last. */
      turns: z.number().int().nonnegative().optional(),
      last: Origin.optional(),
    })
    .optional(),
});
export type LiveMapping = z.infer<typeof LiveMapping>;

/** It was deleted or cancelled: nothing older may bring it back. */
export const TombstoneMapping = z.object({
  state: z.literal('tombstone'),
  ...common,
  crmVersion: CrmVersion,
  deletedAt: z.iso.datetime(),
  deletedBy: Origin,
});
export type TombstoneMapping = z.infer<typeof TombstoneMapping>;

export const ItemMapping = z.discriminatedUnion('state', [IntentMapping, LiveMapping, TombstoneMapping]);
export type ItemMapping = z.infer<typeof ItemMapping>;

/** The claim to make a record of an item. Keyed by the item; the operation id makes the create in the CRM happen once. */
export const ItemClaim = z.object({
  operationId: z.string().min(1).max(128),
  leaseUntil: z.iso.datetime(),
  generation: z.number().int().nonnegative(),
  /** What both sides look like if nobody changes them while the record is made: the base of what is found when it is mapped. */
  made: z.object({ crm: FieldPrints, exchange: FieldPrints }).optional(),
});
export type ItemClaim = z.infer<typeof ItemClaim>;

/** The occurrences of a series that may have records of their own, by their original starts: what is missing later was deleted. */
export const SeriesOccurrences = z.object({
  uid: z.string().max(1024),
  originalStarts: z.array(z.iso.datetime()).max(1_200),
  /** The record that the one named occurrence has from before its series was one: only where that is noted, see series-or-single.ts. */
  recordId: RecordId.optional(),
});
export type SeriesOccurrences = z.infer<typeof SeriesOccurrences>;

/** The one mailbox that a record's item lives in; an owner change is claimed here. */
export const RecordHome = z.object({
  mailboxId: MailboxId,
  generation: z.number().int().nonnegative(),
});
export type RecordHome = z.infer<typeof RecordHome>;
