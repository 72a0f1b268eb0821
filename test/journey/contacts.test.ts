import { describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { people } from '../support/local-exchange-client.ts';
import { useLocalEnvironment } from '../support/use-local-environment.ts';

const local = useLocalEnvironment();
const rosa = {
  ...{ givenName: 'Rosa', surname: "O'Miller & Söhne", company: 'Miller & Daughters', jobTitle: 'Head of <Sales>' },
  emails: ['rosa@miller.example', 'rm@work.example'],
  phones: { mobile: '+1 555 0104', business: '+1 555 0100' },
  addresses: {
    home: { street: '1 High St\nFlat 2', city: 'Springfield', state: 'IL', postalCode: '62701', country: 'USA' },
  },
  birthday: '1957-03-14' as never,
  notes: 'Likes roses.\nCalls in the morning.',
};

async function synced(form: Partial<typeof rosa> = {}) {
  const contact = await local.crm.createContact({ ...rosa, ...form });
  const item = await eventually(() => local.exchange.contactOf(people.rep1, contact.id));
  return { contact, item };
}
const findContact = async (id: string) => (await local.crm.contacts()).find((one) => one.id === id);
const byGivenName = async (name: string) => (await local.crm.contacts()).find(({ givenName }) => givenName === name);
const untilItem = (id: string, expected: object) =>
  eventually(async () => expect(await local.exchange.contactOf(people.rep1, id)).toMatchObject(expected));

describe('contacts', () => {
  test('a contact of the CRM is in the mailbox of its owner with all that is known, and a link', async () => {
    const { contact, item } = await synced();
    expect(item).toMatchObject({
      ...{ givenName: rosa.givenName, surname: rosa.surname, companyName: rosa.company, jobTitle: rosa.jobTitle },
      emails: { EmailAddress1: 'rosa@miller.example', EmailAddress2: 'rm@work.example' },
      phones: { MobilePhone: '+1 555 0104', BusinessPhone: '+1 555 0100' },
      addresses: { Home: rosa.addresses.home },
      birthday: '1957-03-14',
      fileAs: `${rosa.surname}, Rosa`,
    });
    for (const text of ['Likes roses.', 'Calls in the morning.', contact.links.individual])
      expect(item.body).toContain(text);
    expect(await local.exchange.contacts(people.rep2)).toEqual([]);
  });

  test('what either side changes reaches the other, and nothing else is touched', async () => {
    const { contact, item } = await synced({ givenName: 'Both' });
    await local.exchange.editContact(people.rep1, item.id, {
      jobTitle: 'Chair',
      phones: { HomePhone: '+1 555 0199', MobilePhone: '' },
    });
    await local.afterALook('rep1', async () =>
      expect(await findContact(contact.id)).toMatchObject({
        ...{ jobTitle: 'Chair', givenName: 'Both', company: rosa.company, emails: rosa.emails, notes: rosa.notes },
        phones: { business: '+1 555 0100', home: '+1 555 0199' },
        birthday: '1957-03-14',
      }),
    );
    const now = await findContact(contact.id);
    await local.crm.updateContact(contact.id, { ...rosa, ...now, company: '', emails: ['new@miller.example'] });
    await untilItem(contact.id, {
      ...{ id: item.id, companyName: '', jobTitle: 'Chair', emails: { EmailAddress1: 'new@miller.example' } },
      phones: { BusinessPhone: '+1 555 0100', HomePhone: '+1 555 0199' },
    });
    expect(await local.exchange.contactOf(people.rep1, contact.id)).not.toHaveProperty('emails.EmailAddress2');
  });

  test('a birthday comes, changes and goes', async () => {
    const { contact, item } = await synced({ givenName: 'Birthday' });
    await local.exchange.editContact(people.rep1, item.id, { birthday: '2024-02-29' });
    await local.afterALook('rep1', async () => expect((await findContact(contact.id))?.birthday).toBe('2024-02-29'));
    await local.crm.updateContact(contact.id, { ...rosa, givenName: 'Birthday', birthday: null });
    await untilItem(contact.id, { givenName: 'Birthday' });
    await eventually(async () =>
      expect((await local.exchange.contactOf(people.rep1, contact.id)).birthday).toBeUndefined(),
    );
  });

  test('a change of the notes in Outlook leaves the link where it is', async () => {
    const { contact, item } = await synced({ givenName: 'Notes', notes: 'Old' });
    await local.exchange.editContact(people.rep1, item.id, { body: item.body.replace('Old', 'New') });
    await local.afterALook('rep1', async () => expect((await findContact(contact.id))?.notes).toBe('New'));
    await untilItem(contact.id, { body: expect.stringContaining(contact.links.individual ?? '') });
  });

  test('only a contact of the category that the profile names comes from the mailbox', async () => {
    const plain = { surname: 'Adams', emails: { EmailAddress1: 'adams@family.example' } };
    const doctor = await local.exchange.createContact(people.rep1, { ...plain, givenName: 'Doctor' });
    const hidden = { ...plain, givenName: 'Secret', sensitivity: 'Private' } as const;
    await local.exchange.createContact(people.rep1, { ...hidden, categories: ['CRM'] });
    await local.exchange.createContact(people.rep1, { ...plain, givenName: 'Customer', categories: ['Golf', 'CRM'] });
    const contact = await local.afterALook('rep1', async () => {
      const found = await byGivenName('Customer');
      expect(found).toBeDefined();
      return found;
    });
    expect(contact).toMatchObject({
      ...{ surname: 'Adams', emails: ['adams@family.example'], origin: 'exchange', ownerId: 'rep1' },
      ...{ company: '', birthday: null },
    });
    expect([await byGivenName('Doctor'), await byGivenName('Secret')]).toEqual([undefined, undefined]);
    await local.exchange.editContact(people.rep1, doctor.id, { categories: ['CRM'] });
    await local.afterALook('rep1', async () => expect(await byGivenName('Doctor')).toBeDefined());
  });

  test('who gets another owner moves to that owner’s mailbox', async () => {
    const { contact } = await synced({ givenName: 'Handed over' });
    await local.crm.updateContact(contact.id, { ...rosa, givenName: 'Handed over', ownerId: 'rep2' });
    await eventually(() => local.exchange.contactOf(people.rep2, contact.id));
    await expect(local.exchange.contactOf(people.rep1, contact.id)).rejects.toThrow('0 items');
  });

  test('deleted on one side, it goes on the other', async () => {
    const [first, second] = [await synced({ givenName: 'First' }), await synced({ givenName: 'Second' })];
    await local.looked('rep1');
    await local.crm.removeContact(first.contact.id);
    await local.exchange.remove(people.rep1, second.item.id);
    await local.afterALook('rep1', async () => {
      await expect(local.exchange.contactOf(people.rep1, first.contact.id)).rejects.toThrow('0 items');
      expect(await findContact(second.contact.id)).toBeUndefined();
    });
  });

  test('once both sides agree, looking writes nothing', () => local.atRest(), 60_000);
});
