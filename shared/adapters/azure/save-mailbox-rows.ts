import type { TableClient, TransactionAction } from '@azure/data-tables';
import { keys } from '../../domain/keys.ts';
import { Mailbox } from '../../domain/mailbox.ts';
import { StoreConflict } from '../../ports/stored.ts';
import { refusalOf } from './azure-storage-errors.ts';
import { toRow, toValue } from './directory-rows.ts';
import type { ReadRow } from './table-rows.ts';
import { findRow } from './table-rows.ts';

/** Attempts to save over others who save the same mailbox at the same moment. */
const mostAttempts = 5;

/** Saves the mailbox and the rows that lead from its CRM user and from its address to it; a user it no longer belongs to is led here no more. */
export async function saveMailboxRows(table: TableClient, mailbox: Mailbox, etag: string | undefined): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await findRow(table, mailbox.organizationId, keys.mailboxRow(mailbox.id));
    if (etag !== undefined && before?.etag !== etag) throw new StoreConflict('the mailbox');
    const writes = [saveOf(mailbox, before), addressWrite(mailbox), ...(await userWrites(table, mailbox, before))];
    try {
      const { subResponses } = await table.submitTransaction(writes);
      const saved = subResponses[0]?.etag;
      if (saved === undefined) throw new Error('Table Storage answered a write without an etag.');
      return saved;
    } catch (cause) {
      if (refusalOf(cause) === undefined) throw cause;
      if (etag !== undefined || attempt === mostAttempts) throw new StoreConflict('the mailbox', { cause });
    }
  }
}

function saveOf(mailbox: Mailbox, before: ReadRow | undefined): TransactionAction {
  const row = toRow(mailbox.organizationId, keys.mailboxRow(mailbox.id), mailbox, mailbox.address);
  return before === undefined ? ['create', row] : ['update', row, 'Replace', { etag: before.etag }];
}

/** Leads from the address to the mailbox; that of an earlier address is told apart by the mailbox itself. */
function addressWrite({ organizationId, id, address }: Mailbox): TransactionAction {
  return ['upsert', { partitionKey: organizationId, rowKey: keys.addressRow(address), mailboxId: id }, 'Replace'];
}

async function userWrites(
  table: TableClient,
  mailbox: Mailbox,
  before: ReadRow | undefined,
): Promise<TransactionAction[]> {
  const partitionKey = mailbox.organizationId;
  const user = userOf(mailbox);
  const userBefore = before === undefined ? undefined : userOf(toValue(Mailbox, before));
  const writes: TransactionAction[] = [];
  if (user !== undefined) {
    const row = { partitionKey, rowKey: keys.userRow(user), userId: user, mailboxId: mailbox.id };
    writes.push(['upsert', row, 'Replace']);
  }
  if (userBefore !== undefined && userBefore !== user) {
    const lead = await findRow(table, partitionKey, keys.userRow(userBefore));
    // a removal inside a transaction cannot carry an etag (the SDK drops it): the row stays and leads nowhere
    if (lead?.['mailboxId'] === mailbox.id) {
      const row = { partitionKey, rowKey: keys.userRow(userBefore), userId: userBefore };
      writes.push(['update', row, 'Replace', { etag: lead.etag }]);
    }
  }
  return writes;
}

/** The CRM user whose activities go to this mailbox. */
const userOf = (mailbox: Mailbox) => (mailbox.primary ? mailbox.crmUserId : undefined);
