import { isOrganizer, propertyValue } from './computed-properties.ts';
import { encodeChangeKey, encodeId } from './ids.ts';
import { addressesOf, attendeeLists } from './people.ts';
import { readRecurrence } from './recurrence-element.ts';
import type { OpenItem, RequestContext } from './request-context.ts';
import { isSeries } from './series.ts';
import { childOf, childText, type XmlElement } from './xml.ts';

type Shown = Record<string, unknown>;
type Read = (name: string) => string;

/** What a guest has answered, by address. */
function responses(lists: readonly (XmlElement | undefined)[]): Record<string, string> {
  const rows = lists.flatMap((list) => list?.children ?? []);
  return Object.fromEntries(
    rows.map((row) => [
      (childText(childOf(row, 't:Mailbox'), 't:EmailAddress') ?? '').toLowerCase(),
      childText(row, 't:ResponseType') ?? 'Unknown',
    ]),
  );
}

function showSeries({ item, occurrence }: OpenItem): Shown {
  if (occurrence) return { originalStart: occurrence.originalStart, index: occurrence.index };
  const element = item.properties['Recurrence'];
  if (!element || !isSeries(item)) return {};
  const exceptions = Object.entries(item.series?.exceptions ?? {}).map(([originalStart, { properties }]) => ({
    originalStart,
    ...Object.fromEntries(
      ['Start', 'End', 'Subject', 'Location'].flatMap((name) => {
        const value = properties[name];
        return value ? [[name.toLowerCase(), value.text]] : [];
      }),
    ),
  }));
  return { recurrence: readRecurrence(element), exceptions, deleted: item.series?.deleted ?? [] };
}

function showCalendarItem(context: RequestContext, open: OpenItem, text: Read): Shown {
  const { properties } = open.item;
  const lists = attendeeLists.map((list) => properties[list]);
  const [required, optional, resources] = lists.map((list) => addressesOf(list));
  return {
    type: text('CalendarItemType'),
    start: text('Start'),
    end: text('End'),
    timeZone: properties['StartTimeZone']?.attributes['Id'],
    isAllDay: text('IsAllDayEvent') === 'true',
    location: text('Location'),
    freeBusy: text('LegacyFreeBusyStatus'),
    requiredAttendees: required,
    optionalAttendees: optional,
    resources,
    responses: responses(lists),
    organizer: addressesOf(propertyValue(open, 'Organizer', context.directory))[0],
    isOrganizer: isOrganizer(open),
    isMeeting: text('IsMeeting') === 'true',
    isCancelled: text('IsCancelled') === 'true',
    isOnlineMeeting: text('IsOnlineMeeting') === 'true',
    myResponse: text('MyResponseType'),
    uid: text('UID'),
    ...showSeries(open),
  };
}

const date = (text: string) => (text === '' ? undefined : text.slice(0, 10));

const showTask = (text: Read): Shown => ({
  status: text('Status'),
  percentComplete: Number(text('PercentComplete')),
  isComplete: text('IsComplete') === 'true',
  startDate: date(text('StartDate')),
  dueDate: date(text('DueDate')),
  completeDate: date(text('CompleteDate')),
});

function showContact(properties: Readonly<Record<string, XmlElement>>, text: Read): Shown {
  const entries = (name: string) =>
    Object.fromEntries((properties[name]?.children ?? []).map((entry) => [entry.attributes['Key'], entry.text]));
  const addresses = (properties['PhysicalAddresses']?.children ?? []).map((entry) => [
    entry.attributes['Key'],
    {
      street: childText(entry, 't:Street'),
      city: childText(entry, 't:City'),
      state: childText(entry, 't:State'),
      country: childText(entry, 't:CountryOrRegion'),
      postalCode: childText(entry, 't:PostalCode'),
    },
  ]);
  return {
    givenName: text('GivenName'),
    middleName: text('MiddleName'),
    surname: text('Surname'),
    displayName: text('DisplayName'),
    fileAs: text('FileAs'),
    companyName: text('CompanyName'),
    jobTitle: text('JobTitle'),
    department: text('Department'),
    birthday: date(text('Birthday')),
    emails: entries('EmailAddresses'),
    phones: entries('PhoneNumbers'),
    addresses: Object.fromEntries(addresses),
  };
}

/** The item for a test to look at. */
export function showItem(context: RequestContext, open: OpenItem): Shown {
  const { item, mailbox } = open;
  const { guid } = mailbox.store;
  const text: Read = (name) => propertyValue(open, name, context.directory)?.text ?? '';
  const body = item.properties['Body'];
  return {
    id: encodeId({ kind: 'item', mailboxGuid: guid, key: item.id }),
    changeKey: encodeChangeKey(item.kind, guid, item.version),
    kind: item.kind,
    folder: item.folder,
    subject: text('Subject'),
    body: body?.text ?? '',
    bodyType: body?.attributes['BodyType'] ?? 'Text',
    reminderMinutes: text('ReminderIsSet') === 'true' ? Number(text('ReminderMinutesBeforeStart')) : null,
    ...(item.kind === 'CalendarItem' ? showCalendarItem(context, open, text) : {}),
    ...(item.kind === 'Task' ? showTask(text) : {}),
    ...(item.kind === 'Contact' ? showContact(item.properties, text) : {}),
    sensitivity: text('Sensitivity'),
    importance: text('Importance'),
    categories: (item.properties['Categories']?.children ?? []).map((category) => category.text),
    extendedProperties: Object.values(item.extended).map(({ attributes, values }) => ({ ...attributes, values })),
    createdAt: item.createdAt,
    modifiedAt: item.modifiedAt,
    modifiedBy: item.modifiedBy,
  };
}
