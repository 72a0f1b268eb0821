import { randomUUID } from 'node:crypto';
import type { MailboxId, OrganizationId } from '../../shared/domain/ids.ts';
import type { MailboxKey } from '../../shared/domain/item-mapping.ts';

/** An organization nobody else has: tests share stores and never meet. */
export const uniqueOrganization = () => `org-${randomUUID()}` as OrganizationId;

export const uniqueMailbox = (organizationId = uniqueOrganization()): MailboxKey => ({
  organizationId,
  mailboxId: `mailbox-${randomUUID()}` as MailboxId,
});

/** Ids as CRMs and Exchange make them, with everything that a table key must not hold, and one of the longest. */
export const awkwardIds = [
  'a/b\\c#d?e%f',
  'org|r|x',
  "it's",
  '~YQ',
  '你好😀',
  ' leading and trailing ',
  '%2F%00',
  'AAMkAD=/+==',
  '字'.repeat(128),
];
