import { canonicalLine, canonicalText } from './canonical-text.ts';
import type { Contact, ContactDraft, ContactFields, ContactPatch } from './contact.ts';
import type { ContactItem, ContactItemDraft, ContactItemPatch } from './contact-item.ts';
import { onlyFields, printsOf } from './field-prints.ts';
import type { FieldPrints } from './item-mapping.ts';
import type { KindRules } from './kind-rules.ts';
import { linksText, notesOf } from './links-block.ts';

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

/** The fields as text; of a patch only those that are given. Addresses of mail are compared without case. */
function valuesOf(
  fields: Partial<Omit<ContactFields, 'notes' | 'birthday'>> & { birthday?: string | null | undefined },
): Values {
  const { givenName, surname } = fields;
  const named = givenName !== undefined || surname !== undefined;
  return {
    name: named ? `${canonicalLine(givenName ?? '')}\n${canonicalLine(surname ?? '')}` : undefined,
    emails: fields.emails?.map((email) => email.trim().toLowerCase()).join('\n'),
    phones: fields.phones && stableText(fields.phones),
    addresses: fields.addresses && stableText(fields.addresses),
    company: fields.company === undefined ? undefined : canonicalLine(fields.company),
    jobTitle: fields.jobTitle === undefined ? undefined : canonicalLine(fields.jobTitle),
  };
}

const birthdayText = (birthday: string | null | undefined) => birthday ?? 'none';

const valuesOfContact = (contact: Contact): Values => ({
  ...valuesOf(contact),
  birthday: birthdayText(contact.birthday),
  notes: notesOf(contact.notes),
  links: linksText(contact.links),
});

const valuesOfItem = (item: ContactItem): Values => ({
  ...valuesOf(item),
  birthday: birthdayText(item.birthday),
  notes: notesOf(item.bodyText),
});

const patchValues = (patch: ContactItemPatch | ContactItemDraft): Values => ({
  ...valuesOf(patch),
  birthday: patch.birthday === undefined ? undefined : birthdayText(patch.birthday),
  notes: patch.body?.notes === undefined ? undefined : notesOf(patch.body.notes),
});

const partsOf = (fields: Omit<ContactFields, 'notes'>) => ({
  name: { givenName: fields.givenName, surname: fields.surname },
  emails: { emails: fields.emails },
  phones: { phones: fields.phones },
  addresses: { addresses: fields.addresses },
  company: { company: fields.company },
  jobTitle: { jobTitle: fields.jobTitle },
  birthday: { birthday: fields.birthday ?? null },
});

const wholeOf = ({
  givenName,
  surname,
  emails,
  phones,
  addresses,
  company,
  jobTitle,
  birthday,
}: Omit<ContactFields, 'notes'>) => ({
  givenName,
  surname,
  emails,
  phones,
  addresses,
  company,
  jobTitle,
  ...(birthday === undefined ? {} : { birthday }),
});

/** The contacts of both sides. */
export const contactRules: Rules = {
  kind: 'contact',
  recordKind: 'contact',
  fields: ['name', 'emails', 'phones', 'addresses', 'company', 'jobTitle', 'birthday', 'notes'],

  printsOfRecord: (contact, { key }) => printsOf(valuesOfContact(contact), key),
  printsOfItem: (item, { key }) => printsOf(valuesOfItem(item), key),
  sameField: (field, contact, item) => valuesOfContact(contact)[field] === valuesOfItem(item)[field],

  itemDraftOf: (contact, stamp) => ({
    kind: 'contact',
    stamp,
    ...wholeOf(contact),
    body: { notes: notesOf(contact.notes), links: contact.links },
  }),

  itemPatchOf(contact, fields, _context, item) {
    const whole = item === undefined;
    return {
      kind: 'contact',
      ...onlyFields<object>(partsOf(contact), fields),
      ...(fields.has('notes') || fields.has('links')
        ? {
            body: {
              ...(whole || fields.has('notes') ? { notes: notesOf(contact.notes) } : {}),
              ...(whole || fields.has('links') ? { links: contact.links } : {}),
              ...(item?.rawBody === undefined ? {} : { was: item.rawBody }),
            },
          }
        : {}),
    };
  },

  printsOfItemDraft: (draft, { key }) =>
    printsOf({ ...patchValues(draft), birthday: birthdayText(draft.birthday) }, key),
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
    ...onlyFields<object>({ ...partsOf(item), notes: { notes: notesOf(item.bodyText) } }, fields),
  }),

  needsRecord: () => false,

  printsOfRecordPatch: (patch, { key }) =>
    printsOf(
      {
        ...valuesOf(patch),
        birthday: patch.birthday === undefined ? undefined : birthdayText(patch.birthday),
        notes: patch.notes,
      },
      key,
    ),

  refusalOf: () => undefined,
};
