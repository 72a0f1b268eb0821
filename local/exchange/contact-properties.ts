import type { Compute } from './compute.ts';
import type { OpenItem } from './request-context.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

const text = ({ item }: OpenItem, name: string): string => item.properties[name]?.text ?? '';
const joined = (separator: string, ...parts: string[]) => parts.filter((part) => part !== '').join(separator);

const fullName = (open: OpenItem) =>
  joined(' ', ...['GivenName', 'MiddleName', 'Surname'].map((name) => text(open, name)));

const displayName = (open: OpenItem): string | undefined =>
  text(open, 'DisplayName') || fullName(open) || text(open, 'CompanyName') || undefined;

/** By FileAsMapping, as far as address books use it; a FileAs that was written stays. */
function fileAs(open: OpenItem): string | undefined {
  const [given, last, company] = ['GivenName', 'Surname', 'CompanyName'].map((name) => text(open, name));
  const lastCommaFirst = joined(', ', last ?? '', given ?? '');
  const mapped: Readonly<Record<string, string>> = {
    FirstSpaceLast: joined(' ', given ?? '', last ?? ''),
    LastSpaceFirst: joined(' ', last ?? '', given ?? ''),
    Company: company ?? '',
    DisplayName: displayName(open) ?? '',
  };
  return text(open, 'FileAs') || mapped[text(open, 'FileAsMapping')] || lastCommaFirst || company || undefined;
}

function completeName(open: OpenItem): XmlElement | undefined {
  const part = (name: string, source: string) => {
    const value = text(open, source);
    return value === '' ? undefined : textElement(`t:${name}`, value);
  };
  const full = fullName(open);
  if (full === '') return undefined;
  return xml(
    't:CompleteName',
    {},
    part('FirstName', 'GivenName'),
    part('MiddleName', 'MiddleName'),
    part('LastName', 'Surname'),
    part('Suffix', 'Generation'),
    part('Initials', 'Initials'),
    textElement('t:FullName', full),
    part('Nickname', 'Nickname'),
  );
}

/** Entries come back with the name and the routing type that Exchange gives to addresses. */
function emailAddresses({ item }: OpenItem): XmlElement | undefined {
  const list = item.properties['EmailAddresses'];
  if (!list) return undefined;
  const entries = list.children.map(({ name, text: address, attributes }) =>
    textElement(name, address, { Name: address, RoutingType: 'SMTP', MailboxType: 'Contact', ...attributes }),
  );
  return xml(list.name, {}, ...entries);
}

/** What the server reckons of a contact. */
export const contactProperties: Readonly<Record<string, Compute>> = {
  DisplayName: displayName,
  FileAs: fileAs,
  Subject: (open) => text(open, 'Subject') || displayName(open),
  CompleteName: completeName,
  EmailAddresses: emailAddresses,
  HasPicture: () => 'false',
};
