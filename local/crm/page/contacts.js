import { card, pairUp, plainText } from './cards.js';
import { dateWords } from './words.js';

const nameOf = ({ givenName, surname, displayName, company }) =>
  `${givenName} ${surname}`.trim() || displayName || company || '(no name)';
const sortName = ({ surname, company, givenName }) => `${surname || company} ${givenName}`.trim().toLowerCase();

const agrees = (contact, item) =>
  ['givenName', 'surname', 'company', 'jobTitle'].every((field) => contact[field] === item[field]) &&
  contact.emails.join() === item.emails.join();

const lines = ({ jobTitle, company, emails, phones, birthday }) => [
  [jobTitle, company].filter(Boolean).join(', '),
  emails.join(', '),
  Object.values(phones).filter(Boolean).join(', '),
  birthday && `born ${dateWords(birthday)}`,
];

function contactCard(contact, on) {
  return card('crm', {
    title: nameOf(contact),
    marks: [contact.origin === 'exchange' && 'from Exchange'],
    lines: lines(contact),
    notes: contact.notes,
    buttons: [
      ['Edit', () => on.editContact(contact)],
      ['Delete', () => on.removeContact(contact)],
    ],
  });
}

function itemCard(item, on) {
  const { categories } = item;
  return card('exchange', {
    title: nameOf(item),
    marks: categories,
    lines: lines(item),
    notes: plainText(item),
    buttons: [
      ['Edit', () => on.editOutlookContact(item)],
      ['Delete', () => on.removeItem(item)],
    ],
  });
}

/** Contacts of the CRM and, beside them, those of the mailbox, by name. */
export const contactsView = (on) => ({
  agrees,
  /** A mailbox holds families and doctors too: only contacts of the category travel. */
  stays: ({ categories }) => !categories.includes('CRM'),
  pairs: ({ contacts, mailbox }) =>
    pairUp(contacts, mailbox.contacts ?? [], agrees).sort((a, b) =>
      sortName(a.record ?? a.item).localeCompare(sortName(b.record ?? b.item)),
    ),
  headingOf: (contact) => (sortName(contact).charAt(0) || '#').toUpperCase(),
  recordCard: (contact) => contactCard(contact, on),
  itemCard: (item) => itemCard(item, on),
  head: 'CRM contacts',
  add: 'New contact',
  empty: 'No contacts yet. Make one, or give a contact in Outlook the category CRM.',
});
