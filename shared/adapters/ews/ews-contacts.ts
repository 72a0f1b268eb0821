import type { Contact as EwsContact, ExchangeService, PropertyDefinitionBase } from 'ews-javascript-api';
import { canonicalLine, canonicalText } from '../../domain/canonical-text.ts';
import type { AddressKind, PhoneKind, PostalAddress } from '../../domain/contact.ts';
import type { ContactItem, ContactItemDraft, ContactItemPatch } from '../../domain/contact-item.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import { newBody, patchedBody } from './ews-body-parts.ts';
import { dateOfMidnight } from './ews-dates.ts';
import {
  commonOf,
  commonProperties,
  type ItemContext,
  type ItemValues,
  isPrivate,
  itemValues,
  privateItem,
  refusal,
} from './ews-item-values.ts';
import { type EwsLibrary, leftOut } from './ews-library.ts';
import { setStamp } from './ews-stamp.ts';

const phoneKinds = ['business', 'business2', 'home', 'home2', 'mobile', 'businessFax', 'other'] as const;
const addressKinds = ['business', 'home', 'other'] as const;

function phoneKeyOf({ PhoneNumberKey: key }: EwsLibrary, kind: PhoneKind) {
  const { BusinessPhone, BusinessPhone2, HomePhone, HomePhone2, MobilePhone, BusinessFax, OtherTelephone } = key;
  return {
    business: BusinessPhone,
    business2: BusinessPhone2,
    home: HomePhone,
    home2: HomePhone2,
    mobile: MobilePhone,
    businessFax: BusinessFax,
    other: OtherTelephone,
  }[kind];
}

function addressKeyOf({ PhysicalAddressKey: key }: EwsLibrary, kind: AddressKind) {
  return { business: key.Business, home: key.Home, other: key.Other }[kind];
}

function emailKeysOf({ EmailAddressKey: key }: EwsLibrary) {
  return [key.EmailAddress1, key.EmailAddress2, key.EmailAddress3] as const;
}

const addressParts = [
  ['street', 'Street'],
  ['city', 'City'],
  ['state', 'State'],
  ['country', 'CountryOrRegion'],
  ['postalCode', 'PostalCode'],
] as const;

/** Entries are set and deleted one by one. The library deletes only what it holds, so it is given something to delete. */
function setEmails(library: EwsLibrary, item: EwsContact, emails: readonly string[], isNew: boolean): void {
  for (const [index, key] of emailKeysOf(library).entries()) {
    const email = canonicalLine(emails[index] ?? '');
    if (email === '' && isNew) continue;
    item.EmailAddresses._setItem(key, new library.EmailAddress(email === '' ? 'gone@invalid' : email));
    if (email === '') item.EmailAddresses._setItem(key, leftOut);
  }
}

function setPhones(library: EwsLibrary, item: EwsContact, phones: ContactItem['phones'], isNew: boolean): void {
  for (const kind of phoneKinds) {
    const key = phoneKeyOf(library, kind);
    const phone = canonicalLine(phones[kind] ?? '');
    if (phone === '' && isNew) continue;
    item.PhoneNumbers._setItem(key, phone === '' ? 'gone' : phone);
    if (phone === '') item.PhoneNumbers._setItem(key, leftOut);
  }
}

function setAddress(
  library: EwsLibrary,
  item: EwsContact,
  kind: AddressKind,
  address: PostalAddress,
  isNew: boolean,
): void {
  const entry = new library.PhysicalAddressEntry();
  const texts = addressParts.map(([part, name]) => [name, canonicalText(address[part])] as const);
  const missing = isNew ? [] : texts.flatMap(([name, text]) => (text === '' ? [name] : []));
  for (const name of missing) entry[name] = 'gone';
  (entry as unknown as { ClearChangeLog(): void }).ClearChangeLog();
  for (const name of missing) entry[name] = leftOut;
  for (const [name, text] of texts) if (text !== '') entry[name] = text;
  item.PhysicalAddresses._setItem(addressKeyOf(library, kind), entry);
}

function setAddresses(
  library: EwsLibrary,
  item: EwsContact,
  addresses: ContactItem['addresses'],
  isNew: boolean,
): void {
  for (const kind of addressKinds) {
    const address = addresses[kind];
    const isEmpty = address === undefined || addressParts.every(([part]) => canonicalText(address[part]) === '');
    if (!isEmpty) setAddress(library, item, kind, address, isNew);
    else if (!isNew) {
      item.PhysicalAddresses._setItem(addressKeyOf(library, kind), new library.PhysicalAddressEntry());
      item.PhysicalAddresses._setItem(addressKeyOf(library, kind), leftOut);
    }
  }
}

/** Exchange itself makes neither the display name nor what the contact is filed under from names that come over EWS. */
function setNames(item: EwsContact, givenName: string, surname: string, company: string): void {
  const [given, family] = [canonicalLine(givenName), canonicalLine(surname)];
  item.DisplayName = [given, family].filter((name) => name !== '').join(' ') || company;
  item.FileAs = [family, given].filter((name) => name !== '').join(', ') || company;
}

function apply({ library }: ItemContext, item: EwsContact, patch: ContactItemPatch, isNew: boolean): void {
  const { givenName, surname, company, jobTitle, birthday } = patch;
  if (givenName !== undefined) item.GivenName = canonicalLine(givenName);
  if (surname !== undefined) item.Surname = canonicalLine(surname);
  if (givenName !== undefined && surname !== undefined)
    setNames(item, givenName, surname, canonicalLine(company ?? ''));
  if (company !== undefined) item.CompanyName = canonicalLine(company);
  if (jobTitle !== undefined) item.JobTitle = canonicalLine(jobTitle);
  if (patch.emails !== undefined) setEmails(library, item, patch.emails, isNew);
  if (patch.phones !== undefined) setPhones(library, item, patch.phones, isNew);
  if (patch.addresses !== undefined) setAddresses(library, item, patch.addresses, isNew);
  // One minute before noon in UTC is the same date in almost every zone: what Outlook on the web writes.
  if (birthday !== undefined) {
    item.Birthday = birthday === null ? leftOut : new library.DateTime(`${birthday}T11:59:00.000Z`);
  }
  if (patch.body !== undefined) {
    item.Body = new library.MessageBody(library.BodyType.HTML, patchedBody(patch.body));
  }
  setStamp(library, item, patch.stamp);
}

/** Sets what the patch says; what is undefined in it is left alone. */
export function applyContactPatch(context: ItemContext, item: EwsContact, patch: ContactItemPatch): void {
  apply(context, item, patch, false);
}

/** A new item for CreateItem. */
export function contactOfDraft(context: ItemContext, service: ExchangeService, draft: ContactItemDraft): EwsContact {
  const { body, birthday, ...fields } = draft;
  const item = new context.library.Contact(service);
  apply(context, item, birthday === undefined ? fields : { ...fields, birthday }, true);
  item.Body = new context.library.MessageBody(context.library.BodyType.HTML, newBody(body));
  return item;
}

/** The properties a read asks for: no more than the domain knows. */
export function contactProperties(library: EwsLibrary, body: boolean): PropertyDefinitionBase[] {
  const schema = library.ContactSchema;
  return [
    ...commonProperties(library, body),
    schema.GivenName,
    schema.Surname,
    schema.EmailAddresses,
    schema.PhoneNumbers,
    schema.PhysicalAddresses,
    schema.CompanyName,
    schema.JobTitle,
    schema.Birthday,
  ];
}

const lineOf = (value: unknown) => (typeof value === 'string' ? canonicalLine(value) : '');

function emailsOf(library: EwsLibrary, values: ItemValues): string[] {
  const emails = values.value(library.ContactSchema.EmailAddresses);
  if (!(emails instanceof library.EmailAddressDictionary)) return [];
  return emailKeysOf(library).flatMap((key) => {
    const found = { outValue: leftOut as unknown };
    if (!emails.TryGetValue(key, found as never)) return [];
    const address = found.outValue instanceof library.EmailAddress ? lineOf(found.outValue.Address) : '';
    return address === '' ? [] : [address];
  });
}

function phonesOf(library: EwsLibrary, values: ItemValues): ContactItem['phones'] {
  const phones = values.value(library.ContactSchema.PhoneNumbers);
  if (!(phones instanceof library.PhoneNumberDictionary)) return {};
  return Object.fromEntries(
    phoneKinds.flatMap((kind) => {
      const found = { outValue: leftOut as unknown };
      const phone = phones.TryGetValue(phoneKeyOf(library, kind), found as never) ? lineOf(found.outValue) : '';
      return phone === '' ? [] : [[kind, phone]];
    }),
  );
}

function addressesOf(library: EwsLibrary, values: ItemValues): ContactItem['addresses'] {
  const addresses = values.value(library.ContactSchema.PhysicalAddresses);
  if (!(addresses instanceof library.PhysicalAddressDictionary)) return {};
  return Object.fromEntries(
    addressKinds.flatMap((kind) => {
      const found = { outValue: leftOut as unknown };
      if (!addresses.TryGetValue(addressKeyOf(library, kind), found as never)) return [];
      const entry = found.outValue;
      if (!(entry instanceof library.PhysicalAddressEntry)) return [];
      const parts = addressParts.map(([part, name]) => [part, canonicalText(String(entry[name] ?? ''))] as const);
      return parts.some(([, text]) => text !== '') ? [[kind, Object.fromEntries(parts)]] : [];
    }),
  );
}

/** Outlook writes a birthday as midnight of the user's zone, others as one minute before noon in UTC. */
function birthdayIn(instant: string | undefined): PlainDate | undefined {
  if (instant === undefined) return undefined;
  return instant.slice(11, 16) === '11:59' ? (instant.slice(0, 10) as PlainDate) : dateOfMidnight(instant);
}

/** An item of the library as the domain knows it. Throws SyncError for what must not or cannot be read. */
export function contactOf(context: ItemContext, item: unknown): ContactItem {
  const { library } = context;
  if (!(item instanceof library.Contact)) throw refusal('NotAContact', 'The item is no contact of one person.');
  const schema = library.ContactSchema;
  const values = itemValues(library, item);
  if (isPrivate(library, values)) throw privateItem();
  const birthday = birthdayIn(values.instant(schema.Birthday));
  return {
    kind: 'contact',
    ...commonOf(context, item, values),
    givenName: canonicalLine(values.text(schema.GivenName)),
    surname: canonicalLine(values.text(schema.Surname)),
    emails: emailsOf(library, values),
    phones: phonesOf(library, values),
    addresses: addressesOf(library, values),
    company: canonicalLine(values.text(schema.CompanyName)),
    jobTitle: canonicalLine(values.text(schema.JobTitle)),
    ...(birthday === undefined ? {} : { birthday }),
    categories: values.texts(schema.Categories),
    private: false,
  };
}
