import type {
  Appointment as EwsAppointment,
  DateTime as EwsDateTime,
  ExchangeService,
  PropertyDefinitionBase,
} from 'ews-javascript-api';
import type { Appointment, AppointmentDraft, AppointmentPatch, AppointmentTime } from '../../domain/appointment.ts';
import type { Sensitivity, ShowAs } from '../../domain/attendee.ts';
import { canonicalLine } from '../../domain/canonical-text.ts';
import type { SyncError } from '../../domain/sync-error.ts';
import { attendeesOf, personOf, setAttendees } from './ews-attendees.ts';
import { newBody, patchedBody } from './ews-body-parts.ts';
import {
  commonOf,
  commonProperties,
  type ItemContext,
  type ItemValues,
  isPrivate,
  itemValues,
  privateItem,
  refusal,
} from './ews-item-values.ts';
import { type EwsLibrary, leftOut } from './ews-library.ts';
import { ewsRecurrenceOf } from './ews-recurrence.ts';
import { setStamp } from './ews-stamp.ts';
import { ianaZoneOf, windowsZoneOf } from './ews-time-zones.ts';

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

/** An item that is not all-day from the start need not say so: Exchange takes that for granted. */
function setTime(context: ItemContext, item: EwsAppointment, time: AppointmentTime): void {
  const zone = zoneFor(context, time.timeZone);
  item.StartTimeZone = zone;
  item.EndTimeZone = zone;
  item.Start = instantOf(context, time.start);
  item.End = instantOf(context, time.end);
  item.IsAllDayEvent = time.allDay;
}

function setReminder(item: EwsAppointment, minutes: number | null): void {
  item.IsReminderSet = minutes !== null;
  if (minutes !== null) item.ReminderMinutesBeforeStart = minutes;
}

/** Working elsewhere is younger than Exchange 2010, where it is an ordinary busy time. */
function freeBusyOf(
  { LegacyFreeBusyStatus: status, ExchangeVersion }: EwsLibrary,
  showAs: ShowAs,
  service: ExchangeService,
) {
  const old = service.RequestedServerVersion < ExchangeVersion.Exchange2013;
  const byName = {
    free: status.Free,
    tentative: status.Tentative,
    busy: status.Busy,
    outOfOffice: status.OOF,
    workingElsewhere: old ? status.Busy : status.WorkingElsewhere,
  };
  return byName[showAs];
}

function sensitivityOf({ Sensitivity: names }: EwsLibrary, sensitivity: Sensitivity) {
  const { Normal, Personal, Private, Confidential } = names;
  return { normal: Normal, personal: Personal, private: Private, confidential: Confidential }[sensitivity];
}

/** Sets what the patch says; what is undefined in it is left alone. Of a series it is the pattern; exceptions are written after it, see ews-series-writes.ts. */
export function applyAppointmentPatch(context: ItemContext, item: EwsAppointment, patch: AppointmentPatch): void {
  const { library } = context;
  if (patch.subject !== undefined) item.Subject = canonicalLine(patch.subject);
  if (patch.location !== undefined) item.Location = canonicalLine(patch.location);
  if (patch.body !== undefined) {
    item.Body = new library.MessageBody(library.BodyType.HTML, patchedBody(patch.body));
  }
  if (patch.time !== undefined) setTime(context, item, patch.time);
  if (patch.reminderMinutes !== undefined) setReminder(item, patch.reminderMinutes);
  else if (patch.reminderByDefault === true) item.IsReminderSet = true;
  if (patch.showAs !== undefined) item.LegacyFreeBusyStatus = freeBusyOf(library, patch.showAs, item.Service);
  if (patch.sensitivity !== undefined) item.Sensitivity = sensitivityOf(library, patch.sensitivity);
  if (patch.categories !== undefined) item.Categories = new library.StringList([...patch.categories]);
  if (patch.attendees !== undefined) setAttendees(library, item, patch.attendees);
  if (patch.series === null) item.Recurrence = leftOut;
  else if (patch.series !== undefined) item.Recurrence = ewsRecurrenceOf(library, patch.series.recurrence);
  setStamp(library, item, patch.stamp);
}

/** A new item for CreateItem. */
export function appointmentOfDraft(
  context: ItemContext,
  service: ExchangeService,
  draft: AppointmentDraft,
): EwsAppointment {
  const { start, end, timeZone, allDay, body, ...fields } = draft;
  const item = new context.library.Appointment(service);
  applyAppointmentPatch(context, item, { ...fields, time: { start, end, timeZone, allDay } });
  item.Body = new context.library.MessageBody(context.library.BodyType.HTML, newBody(body));
  return item;
}

/** The properties a read asks for: no more than the domain knows. */
export function appointmentProperties(library: EwsLibrary, body: boolean): PropertyDefinitionBase[] {
  const { AppointmentSchema: schema } = library;
  return [
    ...commonProperties(library, body),
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
    schema.Organizer,
    schema.RequiredAttendees,
    schema.OptionalAttendees,
    schema.Resources,
    schema.IsReminderSet,
    schema.ReminderMinutesBeforeStart,
    schema.LegacyFreeBusyStatus,
    schema.Recurrence,
    schema.ModifiedOccurrences,
    schema.DeletedOccurrences,
  ];
}

/** Bit of AppointmentState: this copy came by invitation ([MS-OXOCAL] 2.2.1.10). */
const received = 2;

function isOwnMeeting({ MeetingResponseType, AppointmentSchema: schema }: EwsLibrary, values: ItemValues): boolean {
  if (!values.flag(schema.IsMeeting)) return true;
  const response = values.value(schema.MyResponseType);
  if (response === MeetingResponseType.Organizer) return true;
  if (response !== undefined && response !== MeetingResponseType.Unknown) return false;
  return (Number(values.value(schema.AppointmentState) ?? received) & received) === 0;
}

function timeZoneOf({ library, log }: ItemContext, values: ItemValues): string {
  const zone = values.value(library.AppointmentSchema.StartTimeZone);
  const windows = zone instanceof library.TimeZoneInfo ? zone.Id : unknownZone;
  const iana = ianaZoneOf(windows);
  if (iana === undefined) log.warn({ timeZone: windows }, 'Unknown time zone in Exchange; its id is kept as it is.');
  return iana ?? windows;
}

function showAsOf({ LegacyFreeBusyStatus: status }: EwsLibrary, value: unknown): ShowAs {
  if (value === status.Free) return 'free';
  if (value === status.Tentative) return 'tentative';
  if (value === status.OOF) return 'outOfOffice';
  return value === status.WorkingElsewhere ? 'workingElsewhere' : 'busy';
}

function sensitivityIn({ Sensitivity: names }: EwsLibrary, value: unknown): Sensitivity {
  if (value === names.Personal) return 'personal';
  if (value === names.Private) return 'private';
  return value === names.Confidential ? 'confidential' : 'normal';
}

/** What busy-only leaves of a private item: that the time is taken. */
const hidden = { subject: 'Busy', bodyText: '', richBody: false, location: '', attendees: [], categories: [] };

/** An item of the library as the domain knows it, without its series. Throws SyncError for what must not or cannot be read. */
export function appointmentOf(context: ItemContext, item: unknown, privacy: 'skip' | 'busyOnly'): Appointment {
  const { library } = context;
  if (!(item instanceof library.Appointment)) throw refusal('NotAnAppointment', 'The item is no appointment.');
  const schema = library.AppointmentSchema;
  const values = itemValues(library, item);
  const concealed = isPrivate(library, values);
  if (concealed && privacy === 'skip') throw privateItem();
  const [start, end] = [values.instant(schema.Start), values.instant(schema.End)];
  if (start === undefined || end === undefined) throw refusal('IncompleteItem', 'The item came without its times.');
  const type = values.value(schema.AppointmentType);
  const { rawBody, ...common } = commonOf(context, item, values);
  const organizer = values.flag(schema.IsMeeting) ? personOf(values.value(schema.Organizer) as never) : undefined;
  const minutes = values.value(schema.ReminderMinutesBeforeStart);
  return {
    kind: 'appointment',
    ...common,
    subject: canonicalLine(values.text(schema.Subject)),
    location: canonicalLine(values.text(schema.Location)),
    start,
    end,
    timeZone: timeZoneOf(context, values),
    allDay: values.flag(schema.IsAllDayEvent),
    cancelled: values.flag(schema.IsCancelled),
    ownMeeting: isOwnMeeting(library, values),
    recurring: values.flag(schema.IsRecurring) || (type !== undefined && type !== library.AppointmentType.Single),
    iCalUid: values.text(schema.ICalUid) || undefined,
    attendees: attendeesOf(library, values, organizer),
    reminderMinutes: values.flag(schema.IsReminderSet) ? Number(minutes ?? 0) : null,
    showAs: showAsOf(library, values.value(schema.LegacyFreeBusyStatus)),
    categories: values.texts(schema.Categories),
    sensitivity: sensitivityIn(library, values.value(schema.Sensitivity)),
    ...(concealed
      ? hidden
      : { ...(rawBody === undefined ? {} : { rawBody }), ...(organizer === undefined ? {} : { organizer }) }),
  };
}
