import type {
  Appointment as EwsAppointment,
  DateTime as EwsDateTime,
  ExchangeService,
  PropertyDefinition,
  PropertyDefinitionBase,
  PropertySet,
} from 'ews-javascript-api';
import type { Appointment, AppointmentDraft, AppointmentPatch, ItemRef } from '../../domain/appointment.ts';
import { canonicalLine, canonicalText } from '../../domain/canonical-text.ts';
import type { ChangeKey, ItemId } from '../../domain/ids.ts';
import { SyncError } from '../../domain/sync-error.ts';
import type { Log } from '../../ports/log.ts';
import { htmlOfText, textOfHtml } from './ews-bodies.ts';
import type { EwsLibrary } from './ews-library.ts';
import { stampOf, stampProperty, stampText } from './ews-stamp.ts';
import { ianaZoneOf, windowsZoneOf } from './ews-time-zones.ts';

/** What items are made of and read with. */
export interface ItemContext {
  readonly library: EwsLibrary;
  readonly log: Log;
}

function refusal(code: string, message: string, kind: 'notFound' | 'other' = 'other'): SyncError {
  return new SyncError(message, { code, kind, remedy: { kind: 'park' } });
}

const unknownZone = 'UTC';

function zoneFor({ library, log }: ItemContext, ianaZone: string) {
  const windows = windowsZoneOf(ianaZone);
  if (windows === undefined) log.warn({ timeZone: ianaZone }, 'Unknown time zone; the appointment is written in UTC.');
  const id = windows ?? unknownZone;
  return library.TimeZoneInfo.CreateCustomTimeZone(id, new library.TimeSpan(0), id, id);
}

function instantOf({ library }: ItemContext, text: string): EwsDateTime {
  return new library.DateTime(new Date(text).toISOString());
}

/** Why the times cannot be written at all; undefined when they can. Exchange itself judges the rest. */
export function refusalOfTime(time: { readonly start: string; readonly end: string }): SyncError | undefined {
  const isTime = (text: string) => !Number.isNaN(Date.parse(text));
  if (isTime(time.start) && isTime(time.end)) return undefined;
  return refusal('InvalidTime', 'The start or end of the appointment is no time.');
}

function applyPatch(context: ItemContext, item: EwsAppointment, patch: AppointmentPatch): void {
  const { library } = context;
  if (patch.subject !== undefined) item.Subject = canonicalLine(patch.subject);
  if (patch.location !== undefined) item.Location = canonicalLine(patch.location);
  if (patch.bodyText !== undefined) {
    item.Body = new library.MessageBody(library.BodyType.HTML, htmlOfText(patch.bodyText));
  }
  if (patch.time !== undefined) {
    const zone = zoneFor(context, patch.time.timeZone);
    item.StartTimeZone = zone;
    item.EndTimeZone = zone;
    item.Start = instantOf(context, patch.time.start);
    item.End = instantOf(context, patch.time.end);
  }
  if (patch.reminder !== undefined) item.IsReminderSet = patch.reminder;
  if (patch.stamp !== undefined) item.SetExtendedProperty(stampProperty(library), stampText(patch.stamp));
}

/** A new item for CreateItem. */
export function itemOfDraft(context: ItemContext, service: ExchangeService, draft: AppointmentDraft): EwsAppointment {
  const { start, end, timeZone, reminder, ...fields } = draft;
  const item = new context.library.Appointment(service);
  applyPatch(context, item, { ...fields, time: { start, end, timeZone } });
  // Only switched off: else the mailbox's own default says when it rings.
  if (!reminder) item.IsReminderSet = false;
  return item;
}

/** An item for UpdateItem, known by its reference alone: nothing is read for it. */
export function itemOfPatch(
  context: ItemContext,
  service: ExchangeService,
  ref: ItemRef,
  patch: AppointmentPatch,
): EwsAppointment {
  const item = new context.library.Appointment(service);
  const known = { ItemId: { Id: ref.itemId, ChangeKey: ref.changeKey } };
  const internal = item as unknown as { LoadFromXmlJsObject(from: object, service: unknown, clear: boolean): void };
  internal.LoadFromXmlJsObject(known, service, true);
  applyPatch(context, item, patch);
  return item;
}

/** The properties a read asks for: no more than the domain knows. */
export function readingProperties(library: EwsLibrary): PropertySet {
  const { AppointmentSchema: schema, BasePropertySet, PropertySet: Properties } = library;
  const wanted: PropertyDefinitionBase[] = [
    schema.Subject,
    schema.Body,
    schema.Sensitivity,
    schema.Location,
    schema.Start,
    schema.End,
    schema.StartTimeZone,
    schema.IsAllDayEvent,
    schema.IsCancelled,
    schema.IsMeeting,
    schema.IsRecurring,
    schema.AppointmentType,
    schema.AppointmentState,
    schema.MyResponseType,
    schema.ICalUid,
    schema.LastModifiedTime,
    stampProperty(library),
  ];
  return new Properties(BasePropertySet.IdOnly, wanted);
}

/** Bit of AppointmentState: this copy came by invitation ([MS-OXOCAL] 2.2.1.10). */
const received = 2;

/** An item of the library as the domain knows it. Throws SyncError for what must not or cannot be read. */
export function appointmentOf(context: ItemContext, item: unknown, privacy: 'skip' | 'busyOnly'): Appointment {
  const { library, log } = context;
  if (!(item instanceof library.Appointment)) throw refusal('NotAnAppointment', 'The item is no appointment.');
  const schema = library.AppointmentSchema;
  const property = (definition: PropertyDefinition): unknown => {
    const found: { outValue: unknown } = { outValue: undefined };
    const read = item.TryGetProperty(definition, found) ? found.outValue : undefined;
    return Array.isArray(read) ? read[0] : (read ?? undefined);
  };
  const text = (definition: PropertyDefinition) => {
    const value = property(definition);
    return typeof value === 'string' ? value : '';
  };
  const flag = (definition: PropertyDefinition) => property(definition) === true;
  const instant = (definition: PropertyDefinition): string | undefined => {
    const value = property(definition);
    return value instanceof library.DateTime ? new Date(value.TotalMilliSeconds).toISOString() : undefined;
  };
  const bodyText = (): string => {
    const body = property(schema.Body);
    const content: unknown = body instanceof library.MessageBody ? body.Text : undefined;
    if (!(body instanceof library.MessageBody) || typeof content !== 'string') return '';
    return body.BodyType === library.BodyType.HTML ? textOfHtml(content) : canonicalText(content);
  };
  const timeZone = (): string => {
    const zone = property(schema.StartTimeZone);
    const windows = zone instanceof library.TimeZoneInfo ? zone.Id : unknownZone;
    const iana = ianaZoneOf(windows);
    if (iana === undefined) log.warn({ timeZone: windows }, 'Unknown time zone in Exchange; its id is kept as it is.');
    return iana ?? windows;
  };
  const ownMeeting = (): boolean => {
    if (!flag(schema.IsMeeting)) return true;
    const response = property(schema.MyResponseType);
    if (response === library.MeetingResponseType.Organizer) return true;
    if (response !== undefined && response !== library.MeetingResponseType.Unknown) return false;
    return (Number(property(schema.AppointmentState) ?? received) & received) === 0;
  };

  const sensitivity = property(schema.Sensitivity);
  const isPrivate = sensitivity === library.Sensitivity.Private || sensitivity === library.Sensitivity.Confidential;
  if (isPrivate && privacy === 'skip') {
    throw refusal('PrivateItem', 'The item is private and stays in the mailbox.', 'notFound');
  }
  const [start, end] = [instant(schema.Start), instant(schema.End)];
  if (start === undefined || end === undefined) throw refusal('IncompleteItem', 'The item came without its times.');
  const type = property(schema.AppointmentType);
  const recurring = flag(schema.IsRecurring) || (type !== undefined && type !== library.AppointmentType.Single);
  return {
    itemId: item.Id.UniqueId as ItemId,
    changeKey: item.Id.ChangeKey as ChangeKey,
    subject: isPrivate ? 'Busy' : canonicalLine(text(schema.Subject)),
    bodyText: isPrivate ? '' : bodyText(),
    location: isPrivate ? '' : canonicalLine(text(schema.Location)),
    start,
    end,
    timeZone: timeZone(),
    allDay: flag(schema.IsAllDayEvent),
    cancelled: flag(schema.IsCancelled),
    ownMeeting: ownMeeting(),
    recurring,
    iCalUid: text(schema.ICalUid) || undefined,
    stamp: stampOf(library, item),
    modifiedAt: instant(schema.LastModifiedTime),
  };
}
