import { dialogForm, send } from './forms.js';

const phones = ['business', 'mobile', 'home'];
const places = ['street', 'city', 'state', 'postalCode', 'country'];

/** What is filled in, over what the form does not show. */
const filled = (before, entries) =>
  Object.fromEntries(Object.entries({ ...before, ...entries }).filter(([, value]) => value !== ''));

/** The dialog for contacts. Other phones and addresses than it shows stay as they are. */
export function contactForm(changed) {
  let editing;
  const open = dialogForm('contact', async (values) => {
    const address = Object.fromEntries(places.map((name) => [name, values[name]]));
    const { business: _business, ...otherAddresses } = editing?.addresses ?? {};
    const { ownerId, givenName, surname, company, jobTitle, birthday, notes } = values;
    const contact = {
      ...{ ownerId, givenName, surname, company, jobTitle, notes },
      birthday: birthday || null,
      emails: values.emails.split(/[\s,;]+/).filter(Boolean),
      phones: filled(editing?.phones, Object.fromEntries(phones.map((kind) => [kind, values[`${kind}Phone`]]))),
      addresses: { ...otherAddresses, ...(Object.values(address).some(Boolean) ? { business: address } : {}) },
    };
    if (editing) await send('PATCH', `/ui/contacts/${encodeURIComponent(editing.id)}`, contact);
    else await send('POST', '/ui/contacts', contact);
    changed(editing ? 'Contact changed.' : 'Contact made.');
  });

  return (contact, { user }) => {
    editing = contact;
    const numbers = phones.map((kind) => [`${kind}Phone`, contact?.phones[kind]]);
    open(contact ? 'Edit contact' : 'New contact', {
      ownerId: user?.id,
      ...contact,
      ...contact?.addresses.business,
      ...Object.fromEntries(numbers),
      emails: (contact?.emails ?? []).join(', '),
    });
  };
}
