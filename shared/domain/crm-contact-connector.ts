import { z } from 'zod';
import { Contact, ContactFields } from './contact.ts';
import { ContactId, connectorSays, FoundDeleted, listingQuery, NotFound, nextCursor } from './crm-connector.ts';

/** Bodies of requests and answers about contacts: the part of the contract that a CRM needs once contacts are synchronised. */

const shape = Contact.shape;
const { instant } = connectorSays;

const fields = {
  ...ContactFields.shape,
  emails: ContactFields.shape.emails.meta({ description: 'Addresses, the one to use first. Exchange keeps three.' }),
  phones: ContactFields.shape.phones.meta({
    description: 'Numbers by kind, as people write them.',
    example: { mobile: '+1 555 0100' },
  }),
  addresses: ContactFields.shape.addresses.meta({ description: 'Postal addresses by kind.' }),
  birthday: ContactFields.shape.birthday.meta({ description: 'A date, no instant.', example: '1957-03-14' }),
  notes: ContactFields.shape.notes.meta({ description: 'Plain text, line feeds between lines.' }),
};

export const ConnectorContact = Contact.omit({ kind: true })
  .extend({
    id: ContactId.meta({ description: 'Id of the record; never given to another contact.', example: '1815' }),
    version: shape.version.meta({ description: connectorSays.version, example: '17' }),
    ownerId: shape.ownerId.meta({ description: 'User whose contacts it belongs to.', example: 'rep1' }),
    ...fields,
    origin: shape.origin.meta({ description: connectorSays.origin }),
    links: shape.links.meta({
      description: 'Address of the contact in the CRM, as `individual`; it is put into the notes of the item.',
    }),
    modifiedAt: shape.modifiedAt.meta({ description: `When it was changed last. ${instant} For people only.` }),
  })
  .meta({
    id: 'Contact',
    description: 'A contact as it is now. What is left out is empty: a CRM must not leave out what it knows.',
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

const whole = ContactFields.shape;
export const UpdateContactRequest = z
  .object({
    givenName: whole.givenName.unwrap(),
    surname: whole.surname.unwrap(),
    emails: whole.emails.unwrap(),
    phones: whole.phones.unwrap(),
    addresses: whole.addresses.unwrap(),
    company: whole.company.unwrap(),
    jobTitle: whole.jobTitle.unwrap(),
    birthday: whole.birthday.unwrap().nullable().meta({ description: 'null takes it away.' }),
    notes: whole.notes.unwrap(),
  })
  .partial()
  .meta({
    id: 'UpdateContactRequest',
    description: 'Fields to set; those absent stay as they are. Lists and maps come whole.',
  });
