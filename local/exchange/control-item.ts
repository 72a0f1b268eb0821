import { z } from 'zod';
import { Recurrence } from '../../shared/domain/recurrence.ts';
import { commonElements, commonFields, editExtended, editProperties, flag, textElements } from './control-edit.ts';
import { completeContent } from './item-content.ts';
import { mailboxElement } from './people.ts';
import { writeRecurrence } from './recurrence-element.ts';
import type { RequestContext } from './request-context.ts';
import type { ItemContent } from './store.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

const DateTime = z.iso.datetime({ offset: true, local: true });

/** A calendar item as a user of Outlook would write it; what is left out stays as it is. */
export const ControlItem = z.strictObject({
  kind: z.literal('CalendarItem').optional(),
  ...commonFields,
  start: DateTime.optional(),
  end: DateTime.optional(),
  /** A Windows id. */
  timeZone: z.string().optional(),
  isAllDay: z.boolean().optional(),
  location: z.string().optional(),
  freeBusy: z.enum(['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere', 'NoData']).optional(),
  reminderMinutes: z.number().int().nonnegative().nullable().optional(),
  requiredAttendees: z.array(z.string()).optional(),
  optionalAttendees: z.array(z.string()).optional(),
  resources: z.array(z.string()).optional(),
  /** Somebody else's address makes it a meeting that this mailbox was invited to. */
  organizer: z.string().optional(),
  isCancelled: z.boolean().optional(),
  /** null makes a single item of a series; an occurrence has none. */
  recurrence: Recurrence.nullable().optional(),
  uid: z.string().optional(),
  /** Whether the user lets Outlook send invitations or updates; they arrive in the calendars of this server. */
  send: z.boolean().optional(),
});
export type ControlItem = z.infer<typeof ControlItem>;

/** `''`, `[]` and null remove a property; undefined leaves it. */
function elementsOf(
  context: RequestContext,
  input: ControlItem,
  old: ItemContent | undefined,
): Record<string, XmlElement | undefined> {
  const simple = {
    Start: input.start,
    End: input.end,
    IsAllDayEvent: flag(input.isAllDay),
    Location: input.location,
    LegacyFreeBusyStatus: input.freeBusy,
    IsCancelled: flag(input.isCancelled),
    UID: input.uid,
    Recurrence: input.recurrence === null ? '' : undefined,
    ReminderMinutesBeforeStart: typeof input.reminderMinutes === 'number' ? String(input.reminderMinutes) : undefined,
    ReminderIsSet: input.reminderMinutes === undefined ? undefined : String(input.reminderMinutes !== null),
  };
  const attendees = (name: string, list: readonly string[] | undefined) =>
    list &&
    xml(
      `t:${name}`,
      {},
      ...list.map((address) =>
        xml('t:Attendee', {}, mailboxElement(context.directory, address), textElement('t:ResponseType', 'Unknown')),
      ),
    );
  return {
    ...textElements(simple),
    ...(input.recurrence ? { Recurrence: writeRecurrence(input.recurrence) } : {}),
    ...commonElements(input, old),
    StartTimeZone:
      input.timeZone === undefined ? undefined : textElement('t:StartTimeZone', '', { Id: input.timeZone }),
    EndTimeZone: input.timeZone === undefined ? undefined : textElement('t:EndTimeZone', '', { Id: input.timeZone }),
    RequiredAttendees: attendees('RequiredAttendees', input.requiredAttendees),
    OptionalAttendees: attendees('OptionalAttendees', input.optionalAttendees),
    Resources: attendees('Resources', input.resources),
    Organizer:
      input.organizer === undefined
        ? undefined
        : xml('t:Organizer', {}, mailboxElement(context.directory, input.organizer)),
  };
}

/** A calendar item after the user's edit. @throws EwsError as Exchange would refuse it */
export function editCalendarItem(context: RequestContext, input: ControlItem, old?: ItemContent): ItemContent {
  const properties = editProperties(context, 'CalendarItem', elementsOf(context, input, old), old);
  const extended = editExtended(input.extendedProperties, old);
  return completeContent(
    context,
    { kind: 'CalendarItem', properties, extended, ...(old?.series ? { series: old.series } : {}) },
    old,
  );
}
