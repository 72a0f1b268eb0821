import { findMailbox, type MailboxDirectory } from './mailbox-directory.ts';
import { childOf, childText, textElement, type XmlElement, xml } from './xml.ts';

export const attendeeLists = ['RequiredAttendees', 'OptionalAttendees', 'Resources'] as const;

/** A t:Mailbox as Exchange answers it: with a name, the routing type and the kind of mailbox. */
export function mailboxElement(directory: MailboxDirectory, address: string, name?: string): XmlElement {
  const known = findMailbox(directory, address);
  return xml(
    't:Mailbox',
    {},
    textElement('t:Name', known?.name ?? (name === undefined || name === '' ? address : name)),
    textElement('t:EmailAddress', address),
    textElement('t:RoutingType', 'SMTP'),
    textElement('t:MailboxType', known ? 'Mailbox' : 'OneOff'),
  );
}

/** Completes the mailboxes inside attendees and recipients; an entry without an address stays as it came. */
export function completePeople(directory: MailboxDirectory, list: XmlElement): XmlElement {
  const complete = (mailbox: XmlElement) => {
    const address = childText(mailbox, 't:EmailAddress');
    return address === undefined ? mailbox : mailboxElement(directory, address, childText(mailbox, 't:Name'));
  };
  return xml(
    list.name,
    list.attributes,
    ...list.children.map((person) => {
      if (person.name === 't:Mailbox') return complete(person);
      const [mailbox, ...rest] = person.children;
      const answer = rest.length > 0 ? rest : [textElement('t:ResponseType', 'Unknown')];
      return xml(person.name, person.attributes, mailbox && complete(mailbox), ...answer);
    }),
  );
}

const mailboxOf = (person: XmlElement) => (person.name === 't:Mailbox' ? person : childOf(person, 't:Mailbox'));

/** The addresses in lists of attendees or recipients, each once, in their order. */
export function addressesOf(...lists: (XmlElement | undefined)[]): string[] {
  const all = lists
    .flatMap((list) => list?.children ?? [])
    .map((person) => childText(mailboxOf(person), 't:EmailAddress'));
  return [...new Set(all.filter((address) => address !== undefined).map((address) => address.toLowerCase()))];
}

export function namesOf(...lists: (XmlElement | undefined)[]): string {
  return lists
    .flatMap((list) => list?.children ?? [])
    .map((person) => childText(mailboxOf(person), 't:Name') ?? childText(mailboxOf(person), 't:EmailAddress') ?? '')
    .join('; ');
}
