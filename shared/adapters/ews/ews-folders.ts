import type { FolderId, WellKnownFolderName } from 'ews-javascript-api';
import type { ItemKind } from '../../domain/item.ts';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import type { EwsLibrary } from './ews-library.ts';

/** How Exchange marks folders that hold items of a kind; a class may go on after a dot. */
export const folderClassOf: Readonly<Record<ItemKind, string>> = {
  appointment: 'IPF.Appointment',
  task: 'IPF.Task',
  contact: 'IPF.Contact',
};

/** A well-known folder of the mailbox. Without impersonation it must name whose folder it is. */
export function wellKnownFolder(library: EwsLibrary, access: MailboxAccess, name: WellKnownFolderName): FolderId {
  const { FolderId: Id, Mailbox } = library;
  return access.profile.access === 'delegate' ? new Id(name, new Mailbox(access.mailbox.address)) : new Id(name);
}

/** The id of the folder that the mailbox names for a kind; undefined for its default one. */
export function namedFolder({ mailbox: { folders } }: MailboxAccess, kind: ItemKind): string | undefined {
  return { appointment: folders.calendar, task: folders.tasks, contact: folders.contacts }[kind];
}

/** The folder under sync for a kind: the one the mailbox names, else its default. */
export function folderOf(library: EwsLibrary, access: MailboxAccess, kind: ItemKind): FolderId {
  const named = namedFolder(access, kind);
  if (named !== undefined) return new library.FolderId(named);
  const { Calendar, Tasks, Contacts } = library.WellKnownFolderName;
  return wellKnownFolder(library, access, { appointment: Calendar, task: Tasks, contact: Contacts }[kind]);
}
