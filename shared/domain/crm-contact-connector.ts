import { z } from 'zod';
import { Contact, ContactFields, KnownContactFields } from './contact.ts';
import { ContactId, connectorSays, FoundDeleted, listingQuery, NotFound, nextCursor } from './crm-connector.ts';

/** Bodies of requests and answers about contacts: the part of the contract that a CRM needs once contacts are synchronised. */

const shape = Contact.shape;
const { instant } = connectorSays;

const whole = ContactFields.shape;
const birthday = whole.birthday.unwrap();
const fields = {
  ...whole,
  emails: whole.emails.meta({ description: 'Addresses, the one to use first. Exchange keeps three.' }),
  phones: whole.phones.meta({
    description: 'Numbers by kind, as people write them.',
    example: { mobile: '+1 555 0100' },
  }),
  addresses: whole.addresses.meta({ description: 'Postal addresses by kind.' }),
  birthday: whole.birthday.meta({ description: 'A date, no instant.', example: '1957-03-14' }),
  notes: whole.notes.meta({ description: 'Plain text, line feeds between lines.' }),
};
/** What a CRM may leave out. */
const known = z.object(fields).partial().shape;

export const ConnectorContact = Contact.omit({ kind: true })
  .extend({
    id: ContactId.meta({ description: 'Id of the record; never given to another contact.', example: '1815' }),
    version: shape.version.meta({ description: connectorSays.version, example: '17' }),
    ownerId: shape.ownerId.meta({ description: 'User whose contacts it belongs to.', example: 'rep1' }),
    ...known,
    birthday: KnownContactFields.shape.birthday.meta({
      description: 'A date, no instant; null says that there is none.',
      example: '1957-03-14',
    }),
    origin: shape.origin.meta({ description: connectorSays.origin }),
    links: shape.links.meta({
      description: 'Address of the contact in the CRM, as `individual`; it is put into the notes of the item.',
    }),
    modifiedAt: shape.modifiedAt.meta({ description: `When it was changed last. ${instant} For people only.` }),
  })
  .meta({
    id: 'Contact',
    description:
      'A contact as it is now. What is left out the CRM does not know, and the item in Exchange keeps its own; what it ' +
      'knows to be empty it says: an empty text, list or map, null for the birthday.',
  });

export const ReadContactsRequest = z
  .object({ ids: z.array(ContactId).min(1).max(100) })
  .meta({ id: 'ReadContactsRequest', description: 'Which contacts to read.' });

const ReadContactsEntry = z
  .discriminatedUnion('state', [
    z.object({ id: ContactId, state: z.literal('present'), contact: ConnectorContact }).meta({ title: 'present' }),
    FoundDeleted,
    NotFound,
  ])
  .meta({ id: 'ReadContactsEntry' });

export const ReadContactsResponse = z
  .object({ items: z.array(ReadContactsEntry).meta({ description: 'One entry for each id, in the order asked.' }) })
  .meta({ id: 'ReadContactsResponse' });

export const ListContactsQuery = z.object(listingQuery);

export const ListContactsResponse = z.object({ items: z.array(ConnectorContact).max(1000), next: nextCursor }).meta({
  id: 'ListContactsResponse',
  description:
    'By operation: the contact, or none when it was not made or is deleted. By owner: a page of all contacts, in any ' +
    'order that stays; deleted ones never.',
});

export const CreateContactRequest = z
  .object({
    ownerId: shape.ownerId.meta({ description: 'User whose contacts it came from.' }),
    ...fields,
    origin: z.literal('exchange').meta({ description: 'Keep it: reports may leave these out.' }),
  })
  .meta({ id: 'CreateContactRequest', description: 'A contact to make of one in Exchange.' });

export const UpdateContactRequest = z
  .object({ ...whole, birthday: birthday.nullable().meta({ description: 'null takes it away.' }) })
  .partial()
  .meta({
    id: 'UpdateContactRequest',
    description: 'Fields to set; those absent stay as they are. Lists and maps come whole.',
  });
