import { canonicalLine, canonicalText } from './canonical-text.ts';
import type { Contact, ContactDraft, ContactPatch, KnownContactFields } from './contact.ts';
import type { ContactItem, ContactItemDraft, ContactItemPatch } from './contact-item.ts';
import { isBlankText, onlyFields, printsOf } from './field-prints.ts';
import type { FieldPrints } from './item-mapping.ts';
import type { KindRules } from './kind-rules.ts';
import { linksText, notesOf } from './links-block.ts';
import { patchOfBody } from './patch-of-body.ts';

type Rules = KindRules<Contact, ContactItem, ContactItemDraft, ContactItemPatch, ContactDraft, ContactPatch>;
type Values = Partial<Record<keyof FieldPrints, string | undefined>>;

/** The same map as one text, whatever the order of its keys; empty parts do not count. */
function stableText(map: object): string {
  const entries = Object.entries(map).flatMap(([key, value]): [string, unknown][] => {
    if (value === undefined || value === '') return [];
    if (typeof value !== 'object' || value === null) return [[key, canonicalText(String(value))]];
    const inner = stableText(value as object);
    return inner === '[]' ? [] : [[key, inner]];
  });
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Fields = Omit<KnownContactFields, 'notes'>;

/** The fields as text, those that are known or given. Addresses of mail are compared without case. */
function valuesOf(fields: Fields): Values {
  const { givenName, surname } = fields;
  const named = givenName !== undefined || surname !== undefined;
  return {
    name: named ? `${canonicalLine(givenName ?? '')}\n${canonicalLine(surname ?? '')}` : undefined,
    emails: fields.emails?.map((email) => email.trim().toLowerCase()).join('\n'),
    phones: fields.phones && stableText(fields.phones),
    addresses: fields.addresses && stableText(fields.addresses),
    company: fields.company === undefined ? undefined : canonicalLine(fields.company),
    jobTitle: fields.jobTitle === undefined ? undefined : canonicalLine(fields.jobTitle),
    birthday: fields.birthday === null ? 'none' : fields.birthday,
  };
}

/** Of an item everything is known: without a birthday it has none. */
const itemFields = <T extends Fields>(item: T) => ({ ...item, birthday: item.birthday ?? null });

const notesText = (notes: string | undefined) => (notes === undefined ? undefined : notesOf(notes));

const valuesOfContact = (contact: Contact): Values => ({
  ...valuesOf(contact),
  notes: notesText(contact.notes),
  links: linksText(contact.links),
});

const valuesOfItem = (item: ContactItem): Values => ({
  ...valuesOf(itemFields(item)),
  notes: notesOf(item.bodyText),
});

const patchValues = (patch: ContactItemPatch | ContactItemDraft): Values => ({
  ...valuesOf(patch),
  notes: notesText(patch.body?.notes),
});

/** The parts of a field that are known. */
const part = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const partsOf = ({ givenName, surname, emails, phones, addresses, company, jobTitle, birthday }: Fields) => ({
  name: part({ givenName, surname }),
  emails: part({ emails }),
  phones: part({ phones }),
  addresses: part({ addresses }),
  company: part({ company }),
  jobTitle: part({ jobTitle }),
  birthday: part({ birthday }),
});

/** All fields, empty where nothing is known. */
const wholeOf = ({ birthday, ...known }: Fields) => ({
  givenName: known.givenName ?? '',
  surname: known.surname ?? '',
  emails: known.emails ?? [],
  phones: known.phones ?? {},
  addresses: known.addresses ?? {},
  company: known.company ?? '',
  jobTitle: known.jobTitle ?? '',
  ...(birthday === undefined || birthday === null ? {} : { birthday }),
});

/** A CRM may know half of a name: the other half is as the item has it. */
const withNameOf = (contact: Contact, item: ContactItem | undefined): Contact => {
  const { givenName = item?.givenName, surname = item?.surname } = contact;
  return contact.givenName === undefined && contact.surname === undefined
    ? contact
    : { ...contact, ...part({ givenName, surname }) };
};

/** The contacts of both sides. */
export const contactRules: Rules = {
  kind: 'contact',
  recordKind: 'contact',
  fields: ['name', 'emails', 'phones', 'addresses', 'company', 'jobTitle', 'birthday', 'notes'],

  printsOfRecord: (contact, { key }) => printsOf(valuesOfContact(contact), key),
  printsOfItem: (item, { key }) => printsOf(valuesOfItem(item), key),
  sameField(field, contact, item) {
    const known = valuesOfContact(withNameOf(contact, item))[field];
    return known === undefined || known === valuesOfItem(item)[field];
  },

  isBlank: (field, side) => isBlankText('itemId' in side ? valuesOfItem(side)[field] : valuesOfContact(side)[field]),

  itemDraftOf: (contact, stamp) => ({
    kind: 'contact',
    stamp,
    ...wholeOf(contact),
    body: { notes: notesOf(contact.notes ?? ''), links: contact.links },
  }),

  itemPatchOf(contact, fields, _context, item) {
    return {
      kind: 'contact',
      ...onlyFields<object>(partsOf(withNameOf(contact, item)), fields),
      ...patchOfBody(fields, item, { notes: notesOf(contact.notes ?? ''), links: contact.links }),
    };
  },

  printsOfItemDraft: (draft, { key }) => printsOf(patchValues(itemFields(draft)), key),
  printsOfItemPatch: (patch, { key }) => printsOf(patchValues(patch), key),

  recordDraftOf: (item, _profile, ownerId) => ({
    kind: 'contact',
    ownerId,
    ...wholeOf(item),
    notes: notesOf(item.bodyText),
    origin: 'exchange',
  }),

  recordPatchOf: (item, fields) => ({
    kind: 'contact',
    ...onlyFields<object>({ ...partsOf(itemFields(item)), notes: { notes: notesOf(item.bodyText) } }, fields),
  }),

  needsRecord: () => false,

  printsOfRecordPatch: (patch, { key }) => printsOf({ ...valuesOf(patch), notes: patch.notes }, key),

  refusalOf: () => undefined,
};
