import { z } from 'zod';
import { isOrganizer, propertyValue } from './computed-properties.ts';
import { extendedKey } from './extended-properties.ts';
import { encodeChangeKey, encodeId } from './ids.ts';
import { completeContent, readProperty } from './item-content.ts';
import { addressesOf, attendeeLists, mailboxElement } from './people.ts';
import { propertyByElement } from './properties.ts';
import { importance, sensitivity } from './property-values.ts';
import type { OpenItem, RequestContext } from './request-context.ts';
import type { ItemContent } from './store.ts';
import { textElement, type XmlElement, xml } from './xml.ts';

const DateTime = z.iso.datetime({ offset: true, local: true });
const Extended = z.looseObject({ PropertyType: z.string(), values: z.array(z.string()) });

/** A calendar item as a user of Outlook would write it; what is left out stays as it is. */
export const ControlItem = z.strictObject({
  subject: z.string().optional(),
  body: z.string().optional(),
  bodyType: z.enum(['HTML', 'Text']).optional(),
  start: DateTime.optional(),
  end: DateTime.optional(),
  /** A Windows id. */
  timeZone: z.string().optional(),
  isAllDay: z.boolean().optional(),
  location: z.string().optional(),
  freeBusy: z.enum(['Free', 'Tentative', 'Busy', 'OOF', 'WorkingElsewhere', 'NoData']).optional(),
  sensitivity: z.enum(sensitivity).optional(),
  importance: z.enum(importance).optional(),
  categories: z.array(z.string()).optional(),
  reminderMinutes: z.number().int().nonnegative().nullable().optional(),
  requiredAttendees: z.array(z.string()).optional(),
  optionalAttendees: z.array(z.string()).optional(),
  resources: z.array(z.string()).optional(),
  /** Somebody else's address makes it a meeting that this mailbox was invited to. */
  organizer: z.string().optional(),
  isCancelled: z.boolean().optional(),
  uid: z.string().optional(),
  /** Attributes of ExtendedFieldURI and the values; the property's other way of naming does not matter. */
  extendedProperties: z.array(Extended).optional(),
  /** PATCH only: moves the item, which gives it a new id. */
  folder: z.string().optional(),
});
export type ControlItem = z.infer<typeof ControlItem>;

/** `''`, `[]` and null remove a property; undefined leaves it. */
function elementsOf(
  context: RequestContext,
  input: ControlItem,
  old: ItemContent | undefined,
): Record<string, XmlElement | undefined> {
  const flag = (value: boolean | undefined) => (value === undefined ? undefined : String(value));
  const simple = {
    Subject: input.subject,
    Start: input.start,
    End: input.end,
    IsAllDayEvent: flag(input.isAllDay),
    Location: input.location,
    LegacyFreeBusyStatus: input.freeBusy,
    Sensitivity: input.sensitivity,
    Importance: input.importance,
    IsCancelled: flag(input.isCancelled),
    UID: input.uid,
    ReminderIsSet: input.reminderMinutes === undefined ? undefined : String(input.reminderMinutes !== null),
    ReminderMinutesBeforeStart: typeof input.reminderMinutes === 'number' ? String(input.reminderMinutes) : undefined,
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
  const bodyType = input.bodyType ?? old?.properties['Body']?.attributes['BodyType'] ?? 'HTML';
  return {
    ...Object.fromEntries(
      Object.entries(simple).map(([name, value]) => [
        name,
        value === undefined ? undefined : textElement(`t:${name}`, value),
      ]),
    ),
    Body: input.body === undefined ? undefined : textElement('t:Body', input.body, { BodyType: bodyType }),
    Categories:
      input.categories &&
      xml('t:Categories', {}, ...input.categories.map((category) => textElement('t:String', category))),
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

/** The content after the user's edit. @throws EwsError as Exchange would refuse it */
export function editContent(context: RequestContext, input: ControlItem, old?: ItemContent): ItemContent {
  const properties = { ...old?.properties };
  for (const [name, element] of Object.entries(elementsOf(context, input, old))) {
    if (!element) continue;
    const property = propertyByElement('CalendarItem', name);
    const isEmpty =
      element.text === '' && element.children.length === 0 && Object.keys(element.attributes).length === 0;
    if (isEmpty) delete properties[name];
    else if (property) properties[name] = readProperty(context, property, element);
  }
  const extended = { ...old?.extended };
  for (const { values, ...attributes } of input.extendedProperties ?? []) {
    const path = attributes as Record<string, string>;
    if (values.length === 0) delete extended[extendedKey(path)];
    else extended[extendedKey(path)] = { attributes: path, values };
  }
  return completeContent(context, { kind: old?.kind ?? 'CalendarItem', properties, extended });
}

/** The item for a test to look at. */
export function showItem(context: RequestContext, open: OpenItem): Record<string, unknown> {
  const { item, mailbox } = open;
  const { guid } = mailbox.store;
  const text = (name: string) => propertyValue(open, name, context.directory)?.text ?? '';
  const body = item.properties['Body'];
  const [required, optional, resources] = attendeeLists.map((list) => addressesOf(item.properties[list]));
  return {
    id: encodeId({ kind: 'item', mailboxGuid: guid, key: item.id }),
    changeKey: encodeChangeKey(item.kind, guid, item.version),
    kind: item.kind,
    folder: item.folder,
    subject: text('Subject'),
    body: body?.text ?? '',
    bodyType: body?.attributes['BodyType'] ?? 'Text',
    ...(item.kind === 'CalendarItem'
      ? {
          start: text('Start'),
          end: text('End'),
          timeZone: item.properties['StartTimeZone']?.attributes['Id'],
          isAllDay: text('IsAllDayEvent') === 'true',
          location: text('Location'),
          freeBusy: text('LegacyFreeBusyStatus'),
          reminderMinutes: text('ReminderIsSet') === 'true' ? Number(text('ReminderMinutesBeforeStart')) : null,
          requiredAttendees: required,
          optionalAttendees: optional,
          resources,
          organizer: addressesOf(propertyValue(open, 'Organizer', context.directory))[0],
          isOrganizer: isOrganizer(open),
          isMeeting: text('IsMeeting') === 'true',
          isCancelled: text('IsCancelled') === 'true',
          uid: text('UID'),
        }
      : { properties: item.properties }),
    sensitivity: text('Sensitivity'),
    importance: text('Importance'),
    categories: (item.properties['Categories']?.children ?? []).map((category) => category.text),
    extendedProperties: Object.values(item.extended).map(({ attributes, values }) => ({ ...attributes, values })),
    createdAt: item.createdAt,
    modifiedAt: item.modifiedAt,
    modifiedBy: item.modifiedBy,
  };
}
