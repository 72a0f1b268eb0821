import { keptBody } from './body.ts';
import { attendeesOf } from './computed-properties.ts';
import { EwsError } from './ews-error.ts';
import { readExtendedProperty } from './extended-properties.ts';
import { newUid } from './global-object-id.ts';
import { completePeople } from './people.ts';
import { type ItemKind, type Property, propertyByElement } from './properties.ts';
import type { RequestContext } from './request-context.ts';
import { completeSeries, recurrenceFrom } from './series-rules.ts';
import type { ItemContent } from './store.ts';
import { completeTask, isTaskDate } from './task-content.ts';
import { ianaZone, localMidnight, offsetMinutes, readDateTime, toUtcText } from './time-zones.ts';
import { childOf, textElement, type XmlElement } from './xml.ts';

type Properties = Record<string, XmlElement>;

const halfHour = 30 * 60_000;
const day = 24 * 60 * 60_000;

/** @throws EwsError ErrorInvalidPropertySet for what only the server may write. */
export function refuseReadOnly(property: Property): void {
  if (property.readOnly) {
    throw new EwsError('ErrorInvalidPropertySet', 'Set action is invalid for property.', {
      FieldURI: property.fieldUri,
    });
  }
}

/** A time zone element as Exchange keeps it: by its Windows id and name, or a custom one with all its data. */
function readZone(element: XmlElement): XmlElement {
  const id = element.attributes['Id'] ?? '';
  if (ianaZone(id) !== undefined) return textElement(element.name, '', { Id: id });
  if (childOf(element, 't:Periods')) return element;
  throw new EwsError('ErrorTimeZone', `The specified time zone isn't valid: '${id}'.`);
}

/** One property as the store keeps it. A dateTime is left as written until the item's zones are known. */
export function readProperty(context: RequestContext, property: Property, element: XmlElement): XmlElement {
  switch (property.kind) {
    case 'zone':
      return readZone(element);
    case 'attendees':
    case 'recipients':
    case 'recipient':
      return completePeople(context.directory, element);
    case 'body':
      return keptBody(element);
    case 'boolean':
      return textElement(element.name, /^(1|true)$/.test(element.text.trim()) ? 'true' : 'false');
    case 'int':
      return textElement(element.name, String(Number(element.text)));
    default:
      return element;
  }
}

/** The zone that the item names for its start or end, else the one of the old MeetingTimeZone, else the caller's. */
const zoneIdOf = (context: RequestContext, properties: Properties, name: 'StartTimeZone' | 'EndTimeZone'): string =>
  (properties[name] ?? properties['StartTimeZone'])?.attributes['Id'] ??
  properties['MeetingTimeZone']?.attributes['TimeZoneName'] ??
  context.timeZoneId;

const zoneOf = (context: RequestContext, properties: Properties, name: 'StartTimeZone' | 'EndTimeZone'): string =>
  ianaZone(zoneIdOf(context, properties, name)) ?? 'Etc/UTC';

/** The date that the zone's clock shows, as midnight in UTC. */
const midnightOfDate = (instant: number, zone: string) =>
  toUtcText(Math.floor((instant + offsetMinutes(zone, instant) * 60_000) / day) * day);

function withUtcTimes(context: RequestContext, kind: ItemKind, properties: Properties, old: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, element]) => {
      if (element === old[name] || propertyByElement(kind, name)?.kind !== 'dateTime') return [name, element];
      const zone = zoneOf(context, properties, name === 'End' ? 'EndTimeZone' : 'StartTimeZone');
      if (kind === 'Task' && isTaskDate(name))
        return [name, textElement(element.name, midnightOfDate(readDateTime(element.text, zone), zone))];
      return [name, textElement(element.name, toUtcText(readDateTime(element.text, zone)))];
    }),
  );
}

/** Start before end, whole days for an all-day event, a UID: what Exchange sees to in every calendar item. */
function completeCalendarItem(context: RequestContext, properties: Properties): Properties {
  const now = context.clock();
  const nextHalfHour = Math.ceil(now.getTime() / halfHour) * halfHour;
  let start = Date.parse(properties['Start']?.text ?? toUtcText(nextHalfHour));
  let end = Date.parse(properties['End']?.text ?? toUtcText(start + halfHour));
  if (properties['IsAllDayEvent']?.text === 'true') {
    start = localMidnight(zoneOf(context, properties, 'StartTimeZone'), start, 'before');
    end = localMidnight(zoneOf(context, properties, 'EndTimeZone'), end, 'after');
    if (end === start)
      end = localMidnight(zoneOf(context, properties, 'EndTimeZone'), start + day + 2 * halfHour * 2, 'before');
  }
  if (start >= end) {
    throw new EwsError('ErrorCalendarEndDateIsEarlierThanStartDate', 'EndDate is earlier than StartDate.');
  }
  const zoneElement = (name: 'StartTimeZone' | 'EndTimeZone') => {
    const id = zoneIdOf(context, properties, name);
    return textElement(`t:${name}`, '', { Id: ianaZone(id) === undefined ? 'UTC' : id });
  };
  return {
    ...properties,
    Start: textElement('t:Start', toUtcText(start)),
    End: textElement('t:End', toUtcText(end)),
    UID: properties['UID'] ?? textElement('t:UID', newUid(now)),
    StartTimeZone: properties['StartTimeZone'] ?? zoneElement('StartTimeZone'),
    EndTimeZone: properties['EndTimeZone'] ?? zoneElement('EndTimeZone'),
  };
}

/** Whether what the occurrences are made of is as it was. */
const hasSamePattern = (one: Properties, other: Properties) =>
  ['Recurrence', 'Start', 'End', 'StartTimeZone', 'EndTimeZone'].every(
    (name) => JSON.stringify(one[name]) === JSON.stringify(other[name]),
  );

/** A series whose pattern or times change loses what was special in it: exceptions and deleted occurrences, as in Outlook. */
function completeRecurrence(content: ItemContent, old: ItemContent | undefined): ItemContent {
  const { series: _series, ...regular } = content;
  const recurrence = content.properties['Recurrence'];
  if (!recurrence) return regular;
  if (!old?.properties['Recurrence']) return completeSeries(regular, recurrence);
  if (hasSamePattern(content.properties, old.properties)) return content;
  const isSameRecurrence = JSON.stringify(recurrence) === JSON.stringify(old.properties['Recurrence']);
  const completed = completeSeries(regular, isSameRecurrence ? recurrenceFrom(regular, recurrence) : recurrence);
  return hasSamePattern(completed.properties, old.properties) && old.series
    ? { ...completed, series: old.series }
    : completed;
}

/** Brings content that was just written into the form in which the store keeps it; `old` is what it was. @throws EwsError */
export function completeContent(context: RequestContext, content: ItemContent, old?: ItemContent): ItemContent {
  const properties = withUtcTimes(context, content.kind, content.properties, old?.properties ?? {});
  if (content.kind === 'CalendarItem')
    return completeRecurrence({ ...content, properties: completeCalendarItem(context, properties) }, old);
  if (content.kind === 'Task')
    return { ...content, properties: completeTask(properties, old?.properties ?? {}, context.clock()) };
  return { ...content, properties };
}

/** The content of a new item, from its element in CreateItem. @throws EwsError */
export function readNewItem(context: RequestContext, kind: ItemKind, element: XmlElement): ItemContent {
  const properties: Properties = {};
  const extended: ItemContent['extended'] = {};
  for (const child of element.children) {
    const name = child.name.slice(2);
    const property = propertyByElement(kind, name);
    if (!property) throw new EwsError('ErrorInvalidPropertySet', `Set action is invalid for property ${name}.`);
    if (property.kind === 'extended') {
      const { key, value } = readExtendedProperty(child);
      extended[key] = value;
      continue;
    }
    refuseReadOnly(property);
    properties[name] = readProperty(context, property, child);
  }
  return completeContent(context, { kind, properties, extended });
}

/** Marks that invitations went out: the sequence number rises when a meeting that was sent before is sent again. */
export function withRequestSent(content: ItemContent): ItemContent {
  if (attendeesOf({ item: content }).length === 0) return content;
  const sent = content.properties['MeetingRequestWasSent']?.text === 'true';
  const sequence = Number(content.properties['AppointmentSequenceNumber']?.text ?? '0') + (sent ? 1 : 0);
  return {
    ...content,
    properties: {
      ...content.properties,
      MeetingRequestWasSent: textElement('t:MeetingRequestWasSent', 'true'),
      AppointmentSequenceNumber: textElement('t:AppointmentSequenceNumber', String(sequence)),
    },
  };
}
