import { beforeEach, describe, expect, test } from '@jest/globals';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

let story: EngineStory;
beforeEach(async () => {
  story = await engineStory({ mailbox: { syncContacts: true } });
});

const contacts = () => story.exchange.control.items(rep1, 'contact').filter(({ place }) => place === 'folder');
const ada = {
  givenName: 'Ada',
  surname: 'Miller',
  emails: ['ada@miller.example', 'a.miller@work.example'],
  phones: { mobile: '+49 170 1', business: '+49 30 2' },
  addresses: { business: { street: 'Main 1', city: 'Berlin', state: '', postalCode: '10115', country: 'Germany' } },
  company: 'Miller & Sons',
  jobTitle: 'CEO',
  birthday: '1980-02-29' as never,
  notes: 'Likes tea',
};

describe('a contact of the CRM', () => {
  test('is made in the mailbox of its owner with everything that is known', async () => {
    story.crm.control.createContact(ada);
    await story.announced();
    const { notes, ...fields } = ada;
    expect(contacts()).toMatchObject([{ ...fields, bodyText: expect.stringContaining(notes) }]);
  });

  test('keeps what each side changes, field by field', async () => {
    const { id } = story.crm.control.createContact(ada);
    await story.run(5 * minutes);
    story.crm.control.updateContact(id, { jobTitle: 'Chair' });
    story.exchange.control.userEdits(rep1, contacts()[0]?.itemId as never, { phones: { mobile: '+49 170 9' } });
    await story.announced();
    await story.run(5 * minutes);
    const both = { jobTitle: 'Chair', phones: { mobile: '+49 170 9' }, company: 'Miller & Sons' };
    expect(contacts()).toMatchObject([both]);
    expect(story.crm.control.contact(id)).toMatchObject(both);
    expect(story.crm.control.contact(id)?.phones).toEqual({ mobile: '+49 170 9' });
  });

  test('loses its birthday on both sides when one takes it away', async () => {
    const { id } = story.crm.control.createContact(ada);
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, contacts()[0]?.itemId as never, { birthday: undefined });
    await story.run(5 * minutes);
    expect(story.crm.control.contact(id)?.birthday).toBeNull();
  });

  test('goes with the other side, from either', async () => {
    const first = story.crm.control.createContact(ada);
    story.crm.control.createContact({ ...ada, givenName: 'Ben' });
    await story.run(5 * minutes);
    story.crm.control.delete(first.id);
    const ben = contacts().find(({ givenName }) => givenName === 'Ben');
    story.exchange.control.userDeletes(rep1, ben?.itemId as never);
    await story.announced();
    await story.run(5 * minutes);
    expect([contacts(), story.crm.control.contacts()]).toEqual([[], []]);
  });

  test('is not written again once both agree', async () => {
    const { id } = story.crm.control.createContact(ada);
    await story.run(5 * minutes);
    const before = [contacts()[0]?.changeKey, story.crm.control.contact(id)?.version];
    await story.run(30 * minutes);
    expect([contacts()[0]?.changeKey, story.crm.control.contact(id)?.version]).toEqual(before);
  });
});

describe('a contact of a CRM that knows no job titles and only surnames', () => {
  const itsOwn = () => contacts()[0];
  beforeEach(async () => {
    story = await engineStory({
      mailbox: { syncContacts: true },
      crm: { ignoresFields: ['jobTitle', 'givenName', 'birthday', 'notes'] },
    });
  });

  test('keeps in the mailbox what the CRM does not know', async () => {
    const { id } = story.crm.control.createContact(ada);
    await story.run(5 * minutes);
    expect(itsOwn()).toMatchObject({ jobTitle: '', surname: 'Miller', company: 'Miller & Sons' });
    const outlook = { jobTitle: 'CEO', givenName: 'Ada', birthday: '1980-02-29' as never };
    story.exchange.control.userEdits(rep1, itsOwn()?.itemId as never, { ...outlook, bodyText: 'Likes tea' });
    await story.run(5 * minutes);
    const links = { individual: 'https://crm.example/contacts/moved' };
    story.crm.control.updateContact(id, { company: 'Miller & Daughters', surname: 'Byron', links });
    await story.announced();
    await story.run(5 * minutes);
    expect(itsOwn()).toMatchObject({ ...outlook, company: 'Miller & Daughters', surname: 'Byron' });
    for (const text of ['Likes tea', links.individual])
      expect(itsOwn()).toMatchObject({ bodyText: expect.stringContaining(text) });
    const before = [itsOwn()?.changeKey, story.crm.control.contact(id)?.version];
    await story.run(30 * minutes);
    expect([itsOwn()?.changeKey, story.crm.control.contact(id)?.version]).toEqual(before);
  });

  test('that comes from the mailbox is shared as far as the CRM knows it', async () => {
    story.exchange.control.userCreatesContact(rep1, { ...ada, notes: undefined, categories: ['CRM'] } as never);
    await story.run(5 * minutes);
    const [contact] = story.crm.control.contacts();
    expect(contact).toMatchObject({ surname: 'Miller', company: 'Miller & Sons' });
    expect(contact).not.toHaveProperty('jobTitle');
    story.crm.control.updateContact(contact?.id as never, { phones: {} });
    await story.announced();
    await story.run(5 * minutes);
    expect(itsOwn()).toMatchObject({ givenName: 'Ada', jobTitle: 'CEO', birthday: '1980-02-29', phones: {} });
  });
});

describe('a contact of the mailbox', () => {
  test('comes to the CRM only with the category that says so', async () => {
    story.exchange.control.userCreatesContact(rep1, { givenName: 'Doctor', surname: 'No' });
    story.exchange.control.userCreatesContact(rep1, { givenName: 'Eve', surname: 'Adams', categories: ['CRM'] });
    await story.run(5 * minutes);
    expect(story.crm.control.contacts()).toMatchObject([{ givenName: 'Eve', origin: 'exchange', ownerId: 'rep1' }]);
    expect(contacts()).toHaveLength(2);
  });

  test('stays where it is when it is private', async () => {
    story.exchange.control.userCreatesContact(rep1, { givenName: 'Eve', categories: ['CRM'], private: true });
    await story.run(5 * minutes);
    expect(story.crm.control.contacts()).toEqual([]);
  });
});
