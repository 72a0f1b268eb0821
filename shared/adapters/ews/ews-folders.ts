import type { FolderId, WellKnownFolderName } from 'ews-javascript-api';
import type { MailboxAccess } from '../../ports/exchange-gateway.ts';
import type { EwsLibrary } from './ews-library.ts';

/** A well-known folder of the mailbox. Without impersonation it must name whose folder it is. */
export function wellKnownFolder(library: EwsLibrary, access: MailboxAccess, name: WellKnownFolderName): FolderId {
  const { FolderId: Id, Mailbox } = library;
  return access.profile.access === 'delegate' ? new Id(name, new Mailbox(access.mailbox.address)) : new Id(name);
}

/** The calendar under sync: the one the mailbox names, else its default. */
export function calendarFolder(library: EwsLibrary, access: MailboxAccess): FolderId {
  const named = access.mailbox.folders.calendar;
  if (named !== undefined) return new library.FolderId(named);
  return wellKnownFolder(library, access, library.WellKnownFolderName.Calendar);
}
