import { EwsError } from '../ews-error.ts';
import type { MailboxEntry } from '../mailbox-directory.ts';
import { mailboxElement } from '../people.ts';
import type { RequestContext } from '../request-context.ts';
import { respondToEach } from '../response-messages.ts';
import { childText, textElement, type XmlElement, xml } from '../xml.ts';

const contact = ({ address, name }: MailboxEntry) =>
  xml(
    't:Contact',
    {},
    textElement('t:DisplayName', name),
    xml('t:EmailAddresses', {}, textElement('t:Entry', `SMTP:${address}`, { Key: 'EmailAddress1' })),
    textElement('t:ContactSource', 'ActiveDirectory'),
  );

/** Finds mailboxes of the directory by the start of an address, a name or a word of it. */
export function resolveNames(context: RequestContext, request: XmlElement): XmlElement {
  const full = /^(true|1)$/.test(request.attributes['ReturnFullContactData'] ?? '');
  return respondToEach('ResolveNames', [request], () => {
    const entry = (childText(request, 'm:UnresolvedEntry') ?? '').replace(/^(smtp|sip):/i, '').toLowerCase();
    const found = context.directory.mailboxes.filter(({ address, name }) =>
      [address, name, ...name.split(' ')].some((text) => text.toLowerCase().startsWith(entry)),
    );
    if (found.length === 0) throw new EwsError('ErrorNameResolutionNoResults', 'No results were found.');
    const resolutions = found.map((mailbox) =>
      xml('t:Resolution', {}, mailboxElement(context.directory, mailbox.address), full ? contact(mailbox) : undefined),
    );
    const paging = { TotalItemsInView: String(found.length), IncludesLastItemInRange: 'true' };
    const content = [xml('m:ResolutionSet', paging, ...resolutions)];
    if (found.length === 1) return content;
    return { code: 'ErrorNameResolutionMultipleResults', message: 'Multiple results were found.', content };
  });
}
