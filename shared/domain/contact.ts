import { z } from 'zod';
import { Origin, RecordLinks } from './activity.ts';
import { CrmUserId, CrmVersion, RecordId } from './ids.ts';
import { PlainDate } from './plain-date.ts';

const line = z.string().max(255);

export const PostalAddress = z.object({
  street: z.string().max(1000).default(''),
  city: line.default(''),
  state: line.default(''),
  postalCode: line.default(''),
  country: line.default(''),
});
export type PostalAddress = z.infer<typeof PostalAddress>;

export const PhoneKind = z.enum(['business', 'business2', 'home', 'home2', 'mobile', 'businessFax', 'other']);
export type PhoneKind = z.infer<typeof PhoneKind>;

export const AddressKind = z.enum(['business', 'home', 'other']);
export type AddressKind = z.infer<typeof AddressKind>;

/** What a person's contact holds, in the one form that both sides share. */
export const ContactFields = z.object({
  givenName: line,
  surname: line,
  /** In order of use; Exchange keeps three. */
  emails: z.array(z.string().min(1).max(320)).max(3),
  phones: z.partialRecord(PhoneKind, z.string().min(1).max(100)),
  addresses: z.partialRecord(AddressKind, PostalAddress),
  company: line,
  jobTitle: line,
  /** Absent: there is none. */
  birthday: PlainDate.optional(),
  /** Plain text; line feeds between lines. */
  notes: z.string().max(200_000),
});
export type ContactFields = z.infer<typeof ContactFields>;

/** What a CRM says of a contact: what is absent it does not know; `birthday: null` says that there is none. */
export const KnownContactFields = ContactFields.partial().extend({ birthday: PlainDate.nullable().optional() });
export type KnownContactFields = z.infer<typeof KnownContactFields>;

/** A contact as the CRM answers it. Its id begins with `contact:`, so that it is never taken for that of an activity. */
export const Contact = KnownContactFields.extend({
  kind: z.literal('contact'),
  id: RecordId,
  version: CrmVersion,
  ownerId: CrmUserId,
  origin: Origin.default('crm'),
  links: RecordLinks.default({}),
  modifiedAt: z.iso.datetime(),
});
export type Contact = z.infer<typeof Contact>;

export interface ContactDraft extends ContactFields {
  readonly kind: 'contact';
  readonly ownerId: CrmUserId;
  readonly origin: 'exchange';
}

/** `birthday: null` takes it away. */
export type ContactPatch = KnownContactFields & { readonly kind: 'contact' };
