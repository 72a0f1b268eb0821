import { EwsError } from '../ews-error.ts';
import { decodeId } from '../ids.ts';
import type { RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { childOf, textElement, type XmlElement } from '../xml.ts';

/** Only ids in EWS's own format are known, so that they convert to themselves; some clients call this to learn the server's version. */
export function convertId(_context: RequestContext, request: XmlElement): XmlElement {
  const destination = request.attributes['DestinationFormat'] ?? '';
  return respondToEach('ConvertId', childOf(request, 'm:SourceIds')?.children ?? [], ({ attributes }) => {
    const { Format: format = '', Id: id = '', Mailbox: mailbox = '' } = attributes;
    decodeId(id);
    if (format !== destination)
      throw new EwsError(
        'ErrorUnsupportedTypeForConversion',
        `Ids are not converted from ${format} to ${destination} here.`,
      );
    const type = { 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:type': 't:AlternateIdType' };
    return [textElement('m:AlternateId', '', { ...type, Format: destination, Id: id, Mailbox: mailbox })];
  });
}
