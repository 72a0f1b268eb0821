import { readFolderShape, writeFolder } from '../folder-shape.ts';
import { openFolder, type RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { childOf, type XmlElement, xml } from '../xml.ts';

export function getFolder(context: RequestContext, request: XmlElement): XmlElement {
  const shape = readFolderShape(childOf(request, 'm:FolderShape'));
  return respondToEach('GetFolder', childOf(request, 'm:FolderIds')?.children ?? [], (id) => [
    xml('m:Folders', {}, writeFolder(openFolder(context, id), shape)),
  ]);
}
