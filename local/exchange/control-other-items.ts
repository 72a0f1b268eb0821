import { z } from 'zod';
import {
  commonElements,
  commonFields,
  type Elements,
  editExtended,
  editProperties,
  textElements,
} from './control-edit.ts';
import { completeContent } from './item-content.ts';
import type { RequestContext } from './request-context.ts';
import type { ItemContent } from './store.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

const Day = z.union([z.iso.date(), z.literal('')]).optional();

/** A task as a user of Outlook would write it; what is left out stays as it is, `''` removes it. */
export const ControlTask = z.strictObject({
  kind: z.literal('Task'),
  ...commonFields,
  startDate: Day,
  dueDate: Day,
  status: z.enum(['NotStarted', 'InProgress', 'Completed', 'WaitingOnOthers', 'Deferred']).optional(),
  percentComplete: z.number().min(0).max(100).optional(),
  reminderAt: z.iso.datetime({ offset: true }).nullable().optional(),
});

const entries = z.record(z.string(), z.string()).optional();
/** A contact; entries are named by their keys in Exchange, such as EmailAddress1, MobilePhone, Business. */
export const ControlContact = z.strictObject({
  kind: z.literal('Contact'),
  ...commonFields,
  givenName: z.string().optional(),
  middleName: z.string().optional(),
  surname: z.string().optional(),
  displayName: z.string().optional(),
  fileAs: z.string().optional(),
  companyName: z.string().optional(),
  jobTitle: z.string().optional(),
  department: z.string().optional(),
  birthday: Day,
  /** An empty text removes an entry. */
  emails: entries,
  phones: entries,
  addresses: z
    .record(
      z.string(),
      z.strictObject({
        street: z.string().optional(),
        city: z.string().optional(),
        state: z.string().optional(),
        country: z.string().optional(),
        postalCode: z.string().optional(),
      }),
    )
    .optional(),
});

const midnight = (day: string | undefined) => (day ? `${day}T00:00:00Z` : day);

function taskElements(input: z.infer<typeof ControlTask>): Elements {
  const { reminderAt } = input;
  return textElements({
    StartDate: midnight(input.startDate),
    DueDate: midnight(input.dueDate),
    Status: input.status,
    PercentComplete: input.percentComplete === undefined ? undefined : String(input.percentComplete),
    ReminderIsSet: reminderAt === undefined ? undefined : String(reminderAt !== null),
    ReminderDueBy: reminderAt === null ? '' : reminderAt,
  });
}

/** The dictionary with the given entries in place of those of the same key. */
function dictionary(
  name: string,
  given: Record<string, XmlElement | undefined> | undefined,
  old: ItemContent | undefined,
): XmlElement | undefined {
  if (!given) return undefined;
  const kept = (old?.properties[name]?.children ?? []).filter((entry) => !((entry.attributes['Key'] ?? '') in given));
  return xml(`t:${name}`, {}, ...kept, ...Object.values(given));
}

const textEntries = (given: Record<string, string> | undefined) =>
  given &&
  Object.fromEntries(
    Object.entries(given).map(([Key, value]) => [
      Key,
      value === '' ? undefined : textElement('t:Entry', value, { Key }),
    ]),
  );

function contactElements(input: z.infer<typeof ControlContact>, old: ItemContent | undefined): Elements {
  const part = (name: string, value: string | undefined) => (value ? textElement(`t:${name}`, value) : undefined);
  const addresses =
    input.addresses &&
    Object.fromEntries(
      Object.entries(input.addresses).map(([Key, { street, city, state, country, postalCode }]) => [
        Key,
        xml(
          't:Entry',
          { Key },
          part('Street', street),
          part('City', city),
          part('State', state),
          part('CountryOrRegion', country),
          part('PostalCode', postalCode),
        ),
      ]),
    );
  return {
    ...textElements({
      GivenName: input.givenName,
      MiddleName: input.middleName,
      Surname: input.surname,
      DisplayName: input.displayName,
      FileAs: input.fileAs,
      CompanyName: input.companyName,
      JobTitle: input.jobTitle,
      Department: input.department,
      Birthday: midnight(input.birthday),
    }),
    EmailAddresses: dictionary('EmailAddresses', textEntries(input.emails), old),
    PhoneNumbers: dictionary('PhoneNumbers', textEntries(input.phones), old),
    PhysicalAddresses: dictionary('PhysicalAddresses', addresses, old),
  };
}

/** A task or contact after the user's edit. @throws EwsError as Exchange would refuse it */
export function editOtherItem(
  context: RequestContext,
  input: z.infer<typeof ControlTask> | z.infer<typeof ControlContact>,
  old: ItemContent | undefined,
): ItemContent {
  const own = input.kind === 'Task' ? taskElements(input) : contactElements(input, old);
  const properties = editProperties(context, input.kind, { ...commonElements(input, old), ...own }, old);
  const extended = editExtended(input.extendedProperties, old);
  return completeContent(context, { kind: input.kind, properties, extended }, old);
}
