import { type CrmOptions, startCrm } from '../../local/crm/start-crm.ts';
import { Activity } from '../../shared/domain/activity.ts';
import { Contact } from '../../shared/domain/contact.ts';
import { CrmUserId } from '../../shared/domain/ids.ts';
import { recordIdText } from '../../shared/domain/sync-record.ts';

/** The page's form, filled in. */
export const filledForm = (subject: string) => ({
  ownerId: 'rep1',
  subject,
  individual: 'Rosa Miller',
  start: '2030-05-06T09:00',
  end: '2030-05-06T10:00',
  timeZone: 'America/Chicago',
});

/** The form of a contact, filled in. */
export const filledContact = (givenName: string) => ({
  ownerId: 'rep1',
  givenName,
  surname: 'Miller',
  emails: ['rosa@example.com'],
  phones: { mobile: '+1 555 0100' },
  company: 'Miller & Daughters',
  birthday: '1957-03-14',
});

/** A demo CRM in this process, and what a visitor of its page can do. */
export async function startDemoCrm(options: Partial<CrmOptions> = {}) {
  const crm = await startCrm({
    port: 0,
    token: 'local-only',
    users: ['rep1', 'rep2'].map((name) => ({
      id: CrmUserId.parse(name),
      name,
      email: `${name}@contoso.example`,
      active: true,
    })),
    exchangeUrl: 'http://127.0.0.1:9',
    ...options,
  });
  const url = `http://127.0.0.1:${crm.port}`;
  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    url,
    port: crm.port,
    send,
    create: async (subject: string) => Activity.parse((await send('POST', '/ui/activities', filledForm(subject))).json),
    /** The contact with our id of it. */
    async createContact(givenName: string): Promise<Contact> {
      const { id, ...contact } = (await send('POST', '/ui/contacts', filledContact(givenName))).json as { id: string };
      return Contact.parse({ ...contact, id: recordIdText('contact', id) });
    },
    async rename(id: string, subject: string) {
      const { individual: _individual, ...form } = filledForm(subject);
      await send('PATCH', `/ui/activities/${id}`, form);
    },
    async remove(id: string) {
      await send('DELETE', `/ui/activities/${id}`);
    },
    close: () => crm.close(),
  };
}
