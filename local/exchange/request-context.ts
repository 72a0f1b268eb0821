import type { Account } from './authenticate.ts';
import { EwsError } from './ews-error.ts';
import { type Folder, findFolder } from './folders.ts';
import { decodeId } from './ids.ts';
import { findMailbox, type MailboxDirectory, type MailboxEntry, sameAddress } from './mailbox-directory.ts';
import type { Occurrence } from './series.ts';
import type { MailboxStore, Store, StoredItem } from './store.ts';
import { childText, type XmlElement } from './xml.ts';

/** What an operation may see: who calls, on which mailbox, and the store. */
export interface RequestContext {
  directory: MailboxDirectory;
  store: Store;
  clock: () => Date;
  account: Account;
  /** The impersonated mailbox or the user's own; a service account that does not impersonate has none. */
  acting: MailboxEntry | undefined;
  /** Windows id in the TimeZoneContext header: the clock of times without offset, and the zone of a new item that names none. */
  timeZoneId: string;
}

export interface OpenMailbox {
  entry: MailboxEntry;
  store: MailboxStore;
}

export interface OpenFolder {
  mailbox: OpenMailbox;
  folder: Folder;
}

export interface OpenItem {
  mailbox: OpenMailbox;
  /** For an occurrence: as if it were an item of its own. */
  item: StoredItem;
  occurrence?: Occurrence & { master: StoredItem };
}

const folderNotFound = () =>
  new EwsError('ErrorFolderNotFound', 'The specified folder could not be found in the store.');

/** Its own mailbox, or one that it is a delegate of. */
function mayOpen(context: RequestContext, entry: MailboxEntry): boolean {
  const caller = context.acting?.address ?? context.account.name;
  return sameAddress(caller, entry.address) || entry.delegates.some((delegate) => sameAddress(delegate, caller));
}

const open = (context: RequestContext, entry: MailboxEntry): OpenMailbox => ({
  entry,
  store: context.store.mailbox(entry.address),
});

/** The mailbox that an id was made for, if the caller may open it; else as if the thing did not exist. */
export function mailboxOfGuid(context: RequestContext, guid: string): OpenMailbox | undefined {
  const address = context.store.addressOfGuid(guid);
  const entry = address === undefined ? undefined : findMailbox(context.directory, address);
  return entry && mayOpen(context, entry) ? open(context, entry) : undefined;
}

/** The mailbox behind a DistinguishedFolderId: the one it names, else the caller's. */
function mailboxOfFolderName(context: RequestContext, element: XmlElement): OpenMailbox {
  const named = childText(element.children[0], 't:EmailAddress');
  if (named === undefined) {
    if (context.acting) return open(context, context.acting);
    throw new EwsError(
      'ErrorMissingEmailAddress',
      'When making a request as an account that does not have a mailbox, you must specify the mailbox primary SMTP address for any distinguished folder Ids.',
    );
  }
  const entry = findMailbox(context.directory, named);
  if (!entry)
    throw new EwsError('ErrorNonExistentMailbox', 'The SMTP address has no mailbox associated with it.', {
      SmtpAddress: named,
    });
  if (!mayOpen(context, entry)) throw folderNotFound();
  return open(context, entry);
}

/** Opens what a t:FolderId or t:DistinguishedFolderId names. @throws EwsError */
export function openFolder(context: RequestContext, element: XmlElement): OpenFolder {
  const id = element.attributes['Id'] ?? '';
  if (element.name === 't:DistinguishedFolderId') {
    const mailbox = mailboxOfFolderName(context, element);
    const folder = findFolder(id, mailbox.entry);
    if (!folder?.distinguished) throw folderNotFound();
    return { mailbox, folder };
  }
  const decoded = decodeId(id);
  if (decoded.kind !== 'folder')
    throw new EwsError('ErrorCannotUseItemIdForFolderId', 'Id must be a folder id, and an item id was given.');
  const mailbox = mailboxOfGuid(context, decoded.mailboxGuid);
  const folder = mailbox && findFolder(decoded.key, mailbox.entry);
  if (!mailbox || !folder) throw folderNotFound();
  return { mailbox, folder };
}
