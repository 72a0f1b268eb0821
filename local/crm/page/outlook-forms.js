import { plainText } from './cards.js';
import { dialogForm, here, nextHour, send, wallClock } from './forms.js';

/** Where an item of the simulated mailbox is edited; an occurrence by the number it has in its series. */
export const itemPath = (address, { path }) => `/ui/mailboxes/${encodeURIComponent(address)}/items/${path}`;

/** Saves what the visitor does as the user of Outlook, and tells of it. */
async function save(address, editing, fields, changed) {
  if (editing) await send('PATCH', itemPath(address, editing), fields);
  else await send('POST', `/ui/mailboxes/${encodeURIComponent(address)}/items`, fields);
  changed(editing ? 'Changed in Outlook.' : 'Made in Outlook.');
}

const notesOf = (editing, body) => (editing && plainText(editing) === body ? {} : { body, bodyType: 'Text' });

/** The dialog for appointments of the simulated mailbox. */
export function itemForm(address, changed) {
  let editing;
  const open = dialogForm('item', ({ start, end, body, ...fields }) => {
    const times = { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
    return save(address(), editing, { ...fields, ...times, ...notesOf(editing, body) }, changed);
  });
  return (item) => {
    editing = item;
    const { start, end } = item ?? nextHour();
    const times = { start: wallClock(start, here), end: wallClock(end, here) };
    open(item ? 'Edit in Outlook' : 'New appointment in Outlook', { ...item, ...times, body: plainText(item) });
  };
}

/** The dialog for contacts of the simulated mailbox; a new one has the category that makes it travel. */
export function outlookContactForm(address, changed) {
  let editing;
  const open = dialogForm('outlook-contact', ({ email, mobile, body, ...fields }) => {
    const entries = { emails: { EmailAddress1: email }, phones: { MobilePhone: mobile } };
    const displayName = `${fields.givenName} ${fields.surname}`.trim() || fields.companyName;
    const made = editing ? {} : { kind: 'Contact', categories: ['CRM'] };
    return save(
      address(),
      editing,
      { ...made, ...fields, displayName, ...entries, ...notesOf(editing, body) },
      changed,
    );
  });
  return (item) => {
    editing = item;
    open(item ? 'Edit in Outlook' : 'New contact in Outlook', {
      ...item,
      companyName: item?.company,
      email: item?.emails[0],
      mobile: item?.phones.mobile,
      body: plainText(item),
    });
  };
}
