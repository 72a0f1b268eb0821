import type { OrganizationId } from '../../domain/ids.ts';
import type { MailboxKey } from '../../domain/item-mapping.ts';
import { keys } from '../../domain/keys.ts';
import type { Erasable } from '../../ports/erasable.ts';
import type { MemoryRows } from './memory-rows.ts';

/** Erasure of rows that lie in partitions of their mailbox. */
export function erasingMailboxPartitions(...tables: readonly Pick<MemoryRows<unknown>, 'removeMatching'>[]): Erasable {
  const remove = (matches: (partition: string) => boolean) =>
    tables.reduce((sum, table) => sum + table.removeMatching(matches), 0);
  return {
    eraseMailbox: async (mailbox) => remove((partition) => isOfMailbox(mailbox, partition)),
    eraseOrganization: async (organization) => remove((partition) => isOfMailboxesOf(organization, partition)),
  };
}

/** Whether the partition is the mailbox's, or one of those that it has besides. */
export function isOfMailbox({ organizationId, mailboxId }: MailboxKey, partition: string): boolean {
  return (
    partition === keys.mailbox(organizationId, mailboxId) ||
    lies(partition, keys.partitionsOf(organizationId, mailboxId))
  );
}

export function isOfMailboxesOf(organization: OrganizationId, partition: string): boolean {
  return lies(partition, keys.mailboxesOf(organization));
}

const lies = (key: string, [from, before]: readonly [string, string]) => from <= key && key < before;
