import { findMailbox, type MailboxDirectory } from './mailbox-directory.ts';
import { childText, parseXml, textElement, writeXml, type XmlElement, xml } from './xml.ts';

const responseSpace = 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006';
const outlookSpace = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';

/** The address in a POX Autodiscover request, whatever namespace its elements are in. */
function requestedAddress(source: string): string | undefined {
  try {
    const request = parseXml(source).children[0];
    const name = request?.children.find((child) => child.name.endsWith(':EMailAddress'))?.name;
    return name === undefined ? undefined : childText(request, name)?.trim();
  } catch {
    return undefined;
  }
}

const protocol = (type: string, url: string) =>
  xml('Protocol', {}, textElement('Type', type), textElement('EwsUrl', url), textElement('ASUrl', url));

/** POX Autodiscover: where the EWS endpoint of an address is. https://learn.microsoft.com/exchange/client-developer/web-service-reference/pox-autodiscover-response-for-exchange */
export function answerAutodiscover(directory: MailboxDirectory, source: string, ewsUrl: string): string {
  const mailbox = findMailbox(directory, requestedAddress(source) ?? '');
  const content: XmlElement = mailbox
    ? xml(
        'Response',
        { xmlns: outlookSpace },
        xml(
          'User',
          {},
          textElement('DisplayName', mailbox.name),
          textElement('AutoDiscoverSMTPAddress', mailbox.address),
        ),
        xml(
          'Account',
          {},
          textElement('AccountType', 'email'),
          textElement('Action', 'settings'),
          protocol('EXCH', ewsUrl),
          protocol('EXPR', ewsUrl),
        ),
      )
    : xml(
        'Response',
        {},
        xml(
          'Error',
          { Time: '00:00:00', Id: '0' },
          textElement('ErrorCode', '500'),
          textElement('Message', 'The email address cannot be found.'),
          textElement('DebugData', ''),
        ),
      );
  return `<?xml version="1.0" encoding="utf-8"?>${writeXml(xml('Autodiscover', { xmlns: responseSpace }, content))}`;
}
