import { folderExtendedProperty, folderProperty, readFolderShape, writeFolder } from '../folder-shape.ts';
import { type Folder, folders, isUnder } from '../folders.ts';
import { indexedPage, readPage } from '../page.ts';
import { type OpenFolder, openFolder, type RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { compileRestriction, type Searchable } from '../restriction.ts';
import { childOf, type XmlElement, xml } from '../xml.ts';

function searchable(open: OpenFolder): Searchable {
  const list = (text: string | undefined) => (text === undefined ? undefined : [text]);
  return {
    field: (uri) => list(folderProperty(open, uri)),
    extended: (key) => list(folderExtendedProperty(open, key)),
  };
}

export function findFolder(context: RequestContext, request: XmlElement): XmlElement {
  const shape = readFolderShape(childOf(request, 'm:FolderShape'));
  const restriction = childOf(request, 'm:Restriction')?.children[0];
  const matches = restriction && compileRestriction(restriction, (uri) => uri.startsWith('folder:'));
  const page = readPage(request.children.find((child) => child.name.endsWith('FolderView')));
  const traversal = request.attributes['Traversal'];
  return respondToEach('FindFolder', childOf(request, 'm:ParentFolderIds')?.children ?? [], (id) => {
    const { mailbox, folder: parent } = openFolder(context, id);
    const below = (folder: Folder) =>
      traversal === 'Deep' ? isUnder(folder.name, parent.name) : folder.parent === parent.name;
    const found = folders
      .filter((folder) => traversal !== 'SoftDeleted' && below(folder))
      .map((folder): OpenFolder => ({ mailbox, folder }))
      .filter((open) => !matches || matches(searchable(open)));
    const view = indexedPage(found, page);
    return [
      xml(
        'm:RootFolder',
        view.attributes(),
        xml('t:Folders', {}, ...view.entries.map((open) => writeFolder(open, shape))),
      ),
    ];
  });
}
