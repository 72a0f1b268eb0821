import type { Rule } from './request-rules.ts';
import { anyText, maybe, text } from './rule-parts.ts';

const phoneKeys =
  'AssistantPhone BusinessFax BusinessPhone BusinessPhone2 Callback CarPhone CompanyMainPhone HomeFax HomePhone HomePhone2 Isdn MobilePhone ' +
  'OtherFax OtherTelephone Pager PrimaryPhone RadioPhone Telex TtyTddPhone BusinessMobile IPPhone Mms Msn';
const numbered = (name: string) => [1, 2, 3].map((number) => `${name}${number}`);
const textEntries = (keys: readonly string[]): Rule => ({
  choice: { 't:Entry': { attributes: { 'Key!': keys }, text: anyText } },
});
const mailboxTypes = [
  'Unknown',
  'OneOff',
  'Mailbox',
  'PublicDL',
  'PrivateDL',
  'Contact',
  'PublicFolder',
  'GroupMailbox',
];

/** The dictionaries of a contact, by element: which keys their entries may have. */
export const entriesRules: Readonly<Record<string, Rule>> = {
  EmailAddresses: {
    choice: {
      't:Entry': {
        attributes: {
          'Key!': numbered('EmailAddress'),
          Name: undefined,
          RoutingType: undefined,
          MailboxType: mailboxTypes,
        },
        text: anyText,
      },
    },
  },
  PhysicalAddresses: {
    choice: {
      't:Entry': {
        attributes: { 'Key!': ['Business', 'Home', 'Other'] },
        sequence: ['Street', 'City', 'State', 'CountryOrRegion', 'PostalCode'].map((part) =>
          maybe(`t:${part}`, text()),
        ),
      },
    },
  },
  PhoneNumbers: textEntries(phoneKeys.split(' ')),
  ImAddresses: textEntries(numbered('ImAddress')),
};
