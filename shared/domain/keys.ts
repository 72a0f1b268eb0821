import { hashOf } from './hash.ts';
import type { ItemId, MailboxId, OrganizationId, RecordId } from './ids.ts';

/**
 * Every table key is built here, and nowhere else. Table Storage forbids / \ # ? and control characters in keys,
 * see https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
 * Ids of our own are safe as they are; ids from outside are hashed or encoded.
 */
const safe = (text: string) =>
  /^[A-Za-z0-9._@-]{1,128}$/.test(text) ? text : `~${Buffer.from(text, 'utf8').toString('base64url')}`;

export const keys = {
  organization: (organization: OrganizationId) => organization,
  /** The partition of all that belongs to one mailbox. */
  mailbox: (organization: OrganizationId, mailbox: MailboxId) => `${organization}|${mailbox}`,
  record: (record: RecordId) => `r|${safe(record)}`,
  item: (item: ItemId) => `i|${hashOf(item)}`,
  /** Homes of records are spread over 16 partitions an organization, so that no partition carries all creates. */
  home: (organization: OrganizationId, record: RecordId) => `${organization}|${hashOf(record).slice(0, 1)}`,
  /** A user, an id, an address …: any foreign text as one part of a key. */
  part: safe,
};
