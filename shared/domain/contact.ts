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

/** What is known of a person, in the one form that both sides share. */
export const ContactFields = z.object({
  givenName: line.default(''),
  surname: line.default(''),
  /** In order of use; Exchange keeps three. */
  emails: z.array(z.string().min(1).max(320)).max(3).default([]),
  phones: z.partialRecord(PhoneKind, z.string().min(1).max(100)).default({}),
  addresses: z.partialRecord(AddressKind, PostalAddress).default({}),
  company: line.default(''),
  jobTitle: line.default(''),
  birthday: PlainDate.optional(),
  /** Plain text; line feeds between lines. */
  notes: z.string().max(200_000).default(''),
});
export type ContactFields = z.infer<typeof ContactFields>;

/** A contact as the CRM answers it. Its id begins with `contact:`, so that it is never taken for that of an activity. */
export const Contact = ContactFields.extend({
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
export type ContactPatch = Partial<Omit<ContactFields, 'birthday'>> & {
  readonly kind: 'contact';
  readonly birthday?: PlainDate | null;
};
