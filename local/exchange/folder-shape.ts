import { extendedKey, writeExtendedProperty } from './extended-properties.ts';
import { folders } from './folders.ts';
import { encodeChangeKey, encodeId } from './ids.ts';
import type { OpenFolder, OpenMailbox } from './request-context.ts';
import { childOf, childText, textElement, type XmlElement, xml } from './xml.ts';

export interface FolderShape {
  base: 'IdOnly' | 'Default' | 'AllProperties';
  asked: ReadonlySet<string>;
  extended: readonly { key: string; attributes: Record<string, string> }[];
}

/** @throws EwsError for an invalid extended property */
export function readFolderShape(element: XmlElement | undefined): FolderShape {
  const paths = childOf(element, 't:AdditionalProperties')?.children ?? [];
  return {
    base: (childText(element, 't:BaseShape')?.trim() ?? 'IdOnly') as FolderShape['base'],
    asked: new Set(paths.map((path) => path.attributes['FieldURI'] ?? '')),
    extended: paths
      .filter((path) => path.name === 't:ExtendedFieldURI')
      .map(({ attributes }) => ({ key: extendedKey(attributes), attributes })),
  };
}

const idElement = (name: string, { store }: OpenMailbox, key: string) =>
  textElement(name, '', {
    Id: encodeId({ kind: 'folder', mailboxGuid: store.guid, key }),
    ChangeKey: encodeChangeKey('folder', store.guid, 1),
  });

function rights(): XmlElement {
  const names = [
    'CreateAssociated',
    'CreateContents',
    'CreateHierarchy',
    'Delete',
    'Modify',
    'Read',
    'ViewPrivateItems',
  ];
  return xml('t:EffectiveRights', {}, ...names.map((name) => textElement(`t:${name}`, 'true')));
}

/** PidTagLocalCommitTimeMax: when anything in the folder last changed, or was taken out of it. */
function lastChange({ store }: OpenMailbox, folder: string): string | undefined {
  const times = [
    ...store.items(folder).map((item) => item.modifiedAt),
    ...store.tombstones(folder).flatMap(({ removedAt }) => removedAt ?? []),
  ];
  return times.sort().at(-1);
}

/** Values of PropertyTags that clients read to recognise a mailbox (MS-OXPROPS), as base64 or text. */
function extendedValue({ mailbox, folder }: OpenFolder, key: string): string | undefined {
  const guid = Buffer.from(mailbox.store.guid.replaceAll('-', ''), 'hex').toString('base64');
  const id = encodeId({ kind: 'folder', mailboxGuid: mailbox.store.guid, key: folder.name });
  const values: Record<string, string | undefined> = {
    [`tag|${0x0ffa}|Binary`]: guid,
    [`tag|${0x0ffb}|Binary`]: guid,
    [`tag|${0x0fff}|Binary`]: id,
    [`tag|${0x3001}|String`]: folder.displayName,
    [`tag|${0x3613}|String`]: folder.folderClass,
    [`tag|${0x10f4}|Boolean`]: 'false',
    [`tag|${0x3601}|Integer`]: '1',
    [`tag|${0x670a}|SystemTime`]: lastChange(mailbox, folder.name),
    [`tag|${0x670b}|Integer`]: String(mailbox.store.tombstones(folder.name).length),
  };
  return values[key];
}

type Compute = (open: OpenFolder) => XmlElement | undefined;
const text = (name: string, value: (open: OpenFolder) => string | undefined): [string, Compute] => [
  name,
  (open) => {
    const content = value(open);
    return content === undefined ? undefined : textElement(`t:${name}`, content);
  },
];

/** In schema order; ExtendedProperty stands after ChildFolderCount. */
const properties = new Map<string, Compute>([
  ['FolderId', ({ mailbox, folder }) => idElement('t:FolderId', mailbox, folder.name)],
  ['ParentFolderId', ({ mailbox, folder }) => idElement('t:ParentFolderId', mailbox, folder.parent ?? folder.name)],
  text('FolderClass', ({ folder }) => (folder.folderClass === '' ? undefined : folder.folderClass)),
  text('DisplayName', ({ folder }) => folder.displayName),
  text('TotalCount', ({ mailbox, folder }) => String(mailbox.store.items(folder.name).length)),
  text('ChildFolderCount', ({ folder }) => String(folders.filter((one) => one.parent === folder.name).length)),
  ['ExtendedProperty', () => undefined],
  ['EffectiveRights', rights],
  text('DistinguishedFolderId', ({ folder }) => (folder.distinguished ? folder.name : undefined)),
  text('UnreadCount', ({ mailbox, folder }) => {
    if (folder.element === 'CalendarFolder' || folder.element === 'ContactsFolder') return undefined;
    return String(
      mailbox.store.items(folder.name).filter((item) => item.properties['IsRead']?.text === 'false').length,
    );
  }),
]);
const inDefaultShape = new Set(['FolderId', 'DisplayName', 'TotalCount', 'ChildFolderCount', 'UnreadCount']);

export function folderProperty(open: OpenFolder, fieldUri: string): string | undefined {
  return properties.get(fieldUri.replace('folder:', ''))?.(open)?.text;
}

export function folderExtendedProperty(open: OpenFolder, key: string): string | undefined {
  return extendedValue(open, key);
}

export function writeFolder(open: OpenFolder, shape: FolderShape): XmlElement {
  const children = [...properties].flatMap(([name, compute]): (XmlElement | undefined)[] => {
    if (name === 'ExtendedProperty') {
      return shape.extended.map(({ key, attributes }) => {
        const value = extendedValue(open, key);
        return value === undefined ? undefined : writeExtendedProperty(attributes, [value]);
      });
    }
    const shown =
      name === 'FolderId' ||
      shape.asked.has(`folder:${name}`) ||
      shape.base === 'AllProperties' ||
      (shape.base === 'Default' && inDefaultShape.has(name));
    return shown ? [compute(open)] : [];
  });
  return xml(`t:${open.folder.element}`, {}, ...children);
}
