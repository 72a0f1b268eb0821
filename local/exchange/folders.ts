import type { ItemKind } from './properties.ts';

/** A folder that every mailbox has, or every mailbox with an archive. User-made folders are not simulated. */
export interface Folder {
  /** Its name in the store. */
  name: string;
  /** Its name is also its DistinguishedFolderId. The folders in an archive have none, but for a few. */
  distinguished: boolean;
  /** It lies in the archive of the mailbox. */
  archive: boolean;
  displayName: string;
  parent: string | undefined;
  folderClass: string;
  /** The element that carries it in an answer. */
  element: 'Folder' | 'CalendarFolder' | 'ContactsFolder' | 'TasksFolder';
}

const folder = (
  name: string,
  displayName: string,
  parent: string | undefined,
  folderClass = 'IPF.Note',
  element: Folder['element'] = 'Folder',
): Folder => ({
  name,
  distinguished: true,
  archive: name.startsWith('archive'),
  displayName,
  parent,
  folderClass,
  element,
});

export const folders: readonly Folder[] = [
  folder('root', 'Root', undefined, ''),
  folder('msgfolderroot', 'Top of Information Store', 'root'),
  folder('calendar', 'Calendar', 'msgfolderroot', 'IPF.Appointment', 'CalendarFolder'),
  folder('contacts', 'Contacts', 'msgfolderroot', 'IPF.Contact', 'ContactsFolder'),
  folder('deleteditems', 'Deleted Items', 'msgfolderroot'),
  folder('drafts', 'Drafts', 'msgfolderroot'),
  folder('inbox', 'Inbox', 'msgfolderroot'),
  folder('outbox', 'Outbox', 'msgfolderroot'),
  folder('sentitems', 'Sent Items', 'msgfolderroot'),
  folder('tasks', 'Tasks', 'msgfolderroot', 'IPF.Task', 'TasksFolder'),
  folder('recoverableitemsroot', 'Recoverable Items', 'root', ''),
  folder('recoverableitemsdeletions', 'Deletions', 'recoverableitemsroot', ''),
  folder('recoverableitemspurges', 'Purges', 'recoverableitemsroot', ''),
  folder('archiveroot', 'Root', undefined, ''),
  folder('archivemsgfolderroot', 'Top of Information Store', 'archiveroot'),
  {
    ...folder('archivecalendar', 'Calendar', 'archivemsgfolderroot', 'IPF.Appointment', 'CalendarFolder'),
    distinguished: false,
  },
];

/** The folder of a mailbox, if that mailbox has it. */
export function findFolder(name: string, mailbox: { archive: boolean }): Folder | undefined {
  return folders.find((one) => one.name === name && (mailbox.archive || !one.archive));
}

/** Whether `name` lies anywhere under `ancestor`. */
export function isUnder(name: string, ancestor: string): boolean {
  const parent = folders.find((one) => one.name === name)?.parent;
  return parent !== undefined && (parent === ancestor || isUnder(parent, ancestor));
}

/** Where an item goes that names no folder, and the class of a folder that it may be made in. */
export const homeFolder: Readonly<Record<ItemKind, string>> = {
  CalendarItem: 'calendar',
  Task: 'tasks',
  Contact: 'contacts',
  Message: 'drafts',
};

/** The error for an item made in a folder of another class; messages may lie anywhere. */
export const wrongFolderError: Readonly<Record<ItemKind, { folderClass: string; code: string } | undefined>> = {
  CalendarItem: { folderClass: 'IPF.Appointment', code: 'ErrorCannotCreateCalendarItemInNonCalendarFolder' },
  Task: { folderClass: 'IPF.Task', code: 'ErrorCannotCreateTaskInNonTaskFolder' },
  Contact: { folderClass: 'IPF.Contact', code: 'ErrorCannotCreateContactInNonContactFolder' },
  Message: undefined,
};
