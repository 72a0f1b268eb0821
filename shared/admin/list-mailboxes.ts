import type { PausedScope } from '../domain/change-message.ts';
import type { MailboxId, OrganizationId } from '../domain/ids.ts';
import type { Mailbox } from '../domain/mailbox.ts';
import { statuses as descriptions, type ProcessStatus } from '../domain/mailbox-status.ts';
import type { Process } from '../domain/process.ts';
import type { DirectoryStore } from '../ports/directory-store.ts';
import type { Pause, PauseStore } from '../ports/pause-store.ts';
import type { StatusStore } from '../ports/status-store.ts';

/** A process's state as the admin reads it: with its label, and the remedy where something is wrong. */
export type ShownStatus = ProcessStatus & { readonly label: string; readonly remedy: string };
export type ShownMailbox = Mailbox & {
  readonly statuses: Partial<Record<Process, ShownStatus>>;
  /** Its own pause, or that of its profile or of the CRM: while it lasts, changes are held and the statuses stay as they were. */
  readonly pause?: Pick<Pause, 'code' | 'since' | 'until'> & { readonly scope: PausedScope['kind'] };
};

/** Every mailbox of an organization with the status of each of its processes, and what it waits for, if it does. */
export async function listMailboxes(
  deps: { readonly directory: DirectoryStore; readonly statuses: StatusStore; readonly pauses: PauseStore },
  organization: OrganizationId,
): Promise<ShownMailbox[]> {
  const [mailboxes, rows, pauses] = await Promise.all([
    deps.directory.listMailboxes(organization),
    deps.statuses.list(organization),
    deps.pauses.list(organization),
  ]);
  const byMailbox = new Map<MailboxId, Partial<Record<Process, ShownStatus>>>();
  for (const { mailboxId, process, status } of rows) {
    byMailbox.set(mailboxId, { ...byMailbox.get(mailboxId), [process]: shown(status) });
  }
  return mailboxes.map((mailbox) => {
    const pause = pauses.find(({ scope }) => holds(scope, mailbox));
    const shownMailbox = { ...mailbox, statuses: byMailbox.get(mailbox.id) ?? {} };
    if (pause === undefined) return shownMailbox;
    const { scope, code, since, until } = pause;
    return { ...shownMailbox, pause: { scope: scope.kind, code, since, until } };
  });
}

function holds(scope: PausedScope, mailbox: Mailbox): boolean {
  switch (scope.kind) {
    case 'mailbox':
      return scope.mailboxId === mailbox.id;
    case 'profile':
      return scope.profileId === mailbox.profileId && mailbox.ownAuthentication === undefined;
    case 'crmConnection':
      return true;
    default:
      return scope satisfies never;
  }
}

function shown(status: ProcessStatus): ShownStatus {
  const { label, remedy } = descriptions[status.status];
  return { ...status, label, remedy };
}
