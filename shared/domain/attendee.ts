import { z } from 'zod';

/** Somebody by address. The name is for people; the address, compared without case, is who it is. */
export const Person = z.object({ email: z.string().min(1).max(320), name: z.string().max(255).default('') });
export type Person = z.infer<typeof Person>;

/** Somebody invited; a room or a thing is a resource. `response` is what they last answered, as far as the organizer's copy knows. */
export const Attendee = Person.extend({
  role: z.enum(['required', 'optional', 'resource']).default('required'),
  response: z.enum(['none', 'accepted', 'tentative', 'declined']).default('none'),
});
export type Attendee = z.infer<typeof Attendee>;

export const ShowAs = z.enum(['free', 'tentative', 'busy', 'outOfOffice', 'workingElsewhere']);
export type ShowAs = z.infer<typeof ShowAs>;

export const Sensitivity = z.enum(['normal', 'personal', 'private', 'confidential']);
export type Sensitivity = z.infer<typeof Sensitivity>;
