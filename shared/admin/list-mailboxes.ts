import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import { statuses as descriptions, type ProcessStatus } from '../domain/mailbox-status.ts';
import type { Process } from '../domain/process.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { StatusStore } from '../ports/status-store.ts';

/** A process's state as the admin reads it: with its label, and the remedy where something is wrong. */
export type ShownStatus = ProcessStatus & { readonly label: string; readonly remedy: string };
export type ShownMailbox = Mailbox & { readonly statuses: Partial<Record<Process, ShownStatus>> };

/** Every mailbox of an organization with the status of each of its processes. */
export async function listMailboxes(
  deps: { readonly directory: DirectoryStore; readonly statuses: StatusStore },
  organization: OrganizationId,
): Promise<ShownMailbox[]> {
  const [mailboxes, rows] = await Promise.all([
    deps.directory.listMailboxes(organization),
    deps.statuses.list(organization),
  ]);
  const byMailbox = new Map<MailboxId, Partial<Record<Process, ShownStatus>>>();
  for (const { mailboxId, process, status } of rows) {
    byMailbox.set(mailboxId, { ...byMailbox.get(mailboxId), [process]: shown(status) });
  }
  return mailboxes.map((mailbox) => ({ ...mailbox, statuses: byMailbox.get(mailbox.id) ?? {} }));
}

function shown(status: ProcessStatus): ShownStatus {
  const { label, remedy } = descriptions[status.status];
  return { ...status, label, remedy };
}
