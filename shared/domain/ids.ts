import { z } from 'zod';

/** Ids that we make or that an admin types: safe in a URL, a table key and a log line as they are. */
const own = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash and underscore, at most 64');
/** Ids that the CRM or Exchange made: any printable text; table keys are built from them in keys.ts only. */
const foreign = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'no control characters');

export const OrganizationId = own.brand<'OrganizationId'>();
export type OrganizationId = z.infer<typeof OrganizationId>;

export const CommunityId = own.brand<'CommunityId'>();
export type CommunityId = z.infer<typeof CommunityId>;

export const CrmConnectionId = own.brand<'CrmConnectionId'>();
export type CrmConnectionId = z.infer<typeof CrmConnectionId>;

export const ProfileId = own.brand<'ProfileId'>();
export type ProfileId = z.infer<typeof ProfileId>;

/** Our own id of a mailbox, made at enrolment: an address may change, this never does. */
export const MailboxId = own.brand<'MailboxId'>();
export type MailboxId = z.infer<typeof MailboxId>;

export const CrmUserId = foreign(128).brand<'CrmUserId'>();
export type CrmUserId = z.infer<typeof CrmUserId>;

/** The CRM's id of a record (an activity). */
export const RecordId = foreign(128).brand<'RecordId'>();
export type RecordId = z.infer<typeof RecordId>;

/** Exchange's id of an item. Changes when the item moves to another folder: never the only key of anything. */
export const ItemId = foreign(1024).brand<'ItemId'>();
export type ItemId = z.infer<typeof ItemId>;

/** Exchange's version of an item. Opaque: equal or not equal, no order. */
export const ChangeKey = foreign(1024).brand<'ChangeKey'>();
export type ChangeKey = z.infer<typeof ChangeKey>;

/** The CRM's version of a record: a non-negative decimal number as text, growing with each change; may exceed 2^53. */
export const CrmVersion = z
  .string()
  .regex(/^\d{1,38}$/, 'a decimal number as text')
  .brand<'CrmVersion'>();
export type CrmVersion = z.infer<typeof CrmVersion>;

/** Names one create for good: the CRM keeps it as a unique external key, so that a repeated create finds the first. */
export type OperationId = string & z.BRAND<'OperationId'>;

/** Orders two CRM versions: negative when `a` is older, zero when equal, positive when newer. */
export function compareVersions(a: CrmVersion, b: CrmVersion): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
