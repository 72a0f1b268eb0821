import { describe, expect, test } from '@jest/globals';
import type { ContactItemDraft } from '../../shared/domain/contact-item.ts';
import { PlainDate } from '../../shared/domain/plain-date.ts';
import { type ExchangeUnderTest, hands, valueIn } from './exchange-under-test.ts';

const home = { street: '1 High St\nFlat 2', city: 'Springfield', state: 'IL', postalCode: '62701', country: 'USA' };
const whole = {
  givenName: 'Zoë',
  surname: "O'Brien & <Sons>",
  emails: ['zoe@contoso.example', 'z2@contoso.example', 'z3@contoso.example'],
  phones: {
    ...{ business: '+1 555 0100', business2: '+1 555 0101', home: '+1 555 0102', home2: '+1 555 0103' },
    ...{ mobile: '+1 555 0104', businessFax: '+1 555 0105', other: '+1 555 0106' },
  },
  addresses: {
    home,
    business: { ...home, street: '2 Low St', state: '' },
    other: { ...home, city: 'Bern', state: '' },
  },
  company: 'Contoso',
  jobTitle: 'Head of Sales',
  birthday: PlainDate.parse('1815-12-10'),
} satisfies Partial<ContactItemDraft>;

export function describeContacts(under: () => ExchangeUnderTest): void {
  describe('a contact', () => {
    const { stampOf, createOne, readOne, updateOne, listAll } = hands('contact', under);

    test('is read back as it was created', async () => {
      const item = await createOne('contact:7', whole);
      const read = valueIn(await readOne(item.itemId));
      const bodyText = 'First line\nsecond line\n\nhttps://crm.example/records/1?a=b&c=d';
      expect(read).toMatchObject({ ...item, ...whole, bodyText, richBody: false, stamp: stampOf('contact:7') });
      expect(read).toMatchObject({ kind: 'contact', private: false, categories: [] });
    });

    test('with nothing but a name has nothing else', async () => {
      const item = await createOne('contact:7', { givenName: '', surname: 'Lovelace' });
      const read = valueIn(await readOne(item.itemId));
      const empty = { emails: [], phones: {}, addresses: {}, company: '', jobTitle: '' };
      expect(read).toMatchObject({ ...empty, givenName: '', surname: 'Lovelace' });
      expect([read.phones, read.addresses, read.birthday]).toEqual([{}, {}, undefined]);
    });

    test('loses what a whole list or map no longer names', async () => {
      const item = await createOne('contact:7', whole);
      const less = {
        emails: ['z2@contoso.example'],
        phones: { mobile: '+1 555 0199' },
        addresses: { business: { ...home, street: '', postalCode: '' } },
      };
      const changed = valueIn(await updateOne(item, less));
      const read = valueIn(await readOne(item.itemId));
      expect(read).toMatchObject({ givenName: 'Zoë', company: 'Contoso', birthday: '1815-12-10' });
      expect({ emails: read.emails, phones: read.phones, addresses: read.addresses }).toEqual(less);
      const none = { emails: [], phones: {}, addresses: {} };
      valueIn(await updateOne(changed, none));
      const { emails, phones, addresses } = valueIn(await readOne(item.itemId));
      expect({ emails, phones, addresses }).toEqual(none);
    });

    test('gets another name, company, job and birthday, and loses the birthday', async () => {
      const item = await createOne('contact:7', whole);
      const other = { givenName: 'Ada', surname: 'Byron', company: '', jobTitle: 'Countess' };
      const changed = valueIn(await updateOne(item, { ...other, birthday: PlainDate.parse('2024-02-29') }));
      expect(valueIn(await readOne(item.itemId))).toMatchObject({ ...other, birthday: '2024-02-29' });
      valueIn(await updateOne(changed, { birthday: null }));
      const read = valueIn(await readOne(item.itemId));
      expect([read.birthday, read.emails]).toEqual([undefined, whole.emails]);
    });

    test.each(['1900-01-01', '1969-12-31', '1970-01-01', '1981-03-29', '2024-02-29'])(
      'was born on %s whatever zone the mailbox is in',
      async (birthday) => {
        const item = await createOne('contact:7', { birthday: PlainDate.parse(birthday) });
        expect(valueIn(await readOne(item.itemId)).birthday).toBe(birthday);
      },
    );

    test('is listed with all but its notes, whatever the window', async () => {
      await createOne('contact:7', whole);
      const listed = await listAll({ from: '2026-06-01T00:00:00.000Z', to: '2026-06-02T00:00:00.000Z' });
      expect(listed).toMatchObject([{ ...whole, stamp: stampOf('contact:7') }]);
    });
  });
}
