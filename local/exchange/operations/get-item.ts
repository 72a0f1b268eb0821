import { readItemShape, writeItem } from '../item-shape.ts';
import { openItem } from '../open-item.ts';
import type { RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { childOf, type XmlElement, xml } from '../xml.ts';

export function getItem(context: RequestContext, request: XmlElement): XmlElement {
  const shape = readItemShape(childOf(request, 'm:ItemShape'));
  return respondToEach('GetItem', childOf(request, 'm:ItemIds')?.children ?? [], (id) => [
    xml('m:Items', {}, writeItem(openItem(context, id), shape, context.directory)),
  ]);
}
