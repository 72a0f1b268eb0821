import type { AttendeeCollection, EmailAddress, Appointment as EwsAppointment } from 'ews-javascript-api';
import type { Attendee, Person } from '../../domain/attendee.ts';
import { canonicalLine } from '../../domain/canonical-text.ts';
import type { ItemValues } from './ews-item-values.ts';
import type { EwsLibrary } from './ews-library.ts';

type Role = Attendee['role'];

const roles: readonly Role[] = ['required', 'optional', 'resource'];

function collectionsOf(item: EwsAppointment): Readonly<Record<Role, AttendeeCollection>> {
  return { required: item.RequiredAttendees, optional: item.OptionalAttendees, resource: item.Resources };
}

/** An address of the library as a person; undefined when it has none that mail could be sent to. */
export function personOf(address: EmailAddress | null | undefined): Person | undefined {
  const text = (value: unknown) => (typeof value === 'string' ? canonicalLine(value) : '');
  const email = text(address?.Address);
  if (email === '' || email.length > 320) return undefined;
  return { email, name: text(address?.Name).slice(0, 255) };
}

function responseOf({ MeetingResponseType: type }: EwsLibrary, response: unknown): Attendee['response'] {
  if (response === type.Accept || response === type.Organizer) return 'accepted';
  if (response === type.Tentative) return 'tentative';
  return response === type.Decline ? 'declined' : 'none';
}

/** Who is invited, without the organizer, whom Exchange counts among them in some copies. */
export function attendeesOf(library: EwsLibrary, values: ItemValues, organizer: Person | undefined): Attendee[] {
  const { RequiredAttendees, OptionalAttendees, Resources } = library.AppointmentSchema;
  const definitions = { required: RequiredAttendees, optional: OptionalAttendees, resource: Resources };
  return roles.flatMap((role) => {
    const collection = values.value(definitions[role]);
    if (!(collection instanceof library.AttendeeCollection)) return [];
    return collection.GetEnumerator().flatMap((attendee): Attendee[] => {
      const person = personOf(attendee);
      if (person === undefined || person.email.toLowerCase() === organizer?.email.toLowerCase()) return [];
      return [{ ...person, role, response: responseOf(library, attendee.ResponseType) }];
    });
  });
}

/** Invites these and nobody else; who is told is decided by the request. */
export function setAttendees(library: EwsLibrary, item: EwsAppointment, attendees: readonly Attendee[]): void {
  const collections = collectionsOf(item);
  for (const role of roles) {
    const collection = collections[role];
    // The library sends a collection only after a change of it: an empty one is sent as a deletion.
    collection.Add(new library.Attendee('nobody', 'nobody@invalid'));
    collection.Clear();
    for (const { email, name } of attendees.filter((one) => one.role === role)) {
      collection.Add(new library.Attendee(name === '' ? email : name, email));
    }
  }
}
