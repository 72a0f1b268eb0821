import type { ItemKind } from './properties.ts';

/** A folder that every mailbox has. User-made folders are not simulated. */
export interface Folder {
  /** Its DistinguishedFolderId, and its name in the store. */
  name: string;
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
): Folder => ({ name, displayName, parent, folderClass, element });

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
];

export function findFolder(name: string): Folder | undefined {
  return folders.find((one) => one.name === name);
}

/** Whether `name` lies anywhere under `ancestor`. */
export function isUnder(name: string, ancestor: string): boolean {
  const parent = findFolder(name)?.parent;
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
