import type { Activity, RecordLinks } from './activity.ts';
import { datesOfAllDay } from './all-day.ts';
import type { Appointment, AppointmentDraft, AppointmentPatch, AppointmentTime } from './appointment.ts';
import type { Attendee } from './attendee.ts';
import { canonicalSeries } from './canonical-series.ts';
import { canonicalLine } from './canonical-text.ts';
import type { FieldPrints } from './item-mapping.ts';
import type { RuleContext } from './kind-rules.ts';
import { linksText, notesOf } from './links-block.ts';
import type { Series } from './recurrence.ts';

export const who = (attendees: readonly Attendee[] | undefined) =>
  attendees
    ?.map(({ email, role }) => `${email.toLowerCase()} ${role}`)
    .sort()
    .join('\n');
export const responses = (attendees: readonly Attendee[] | undefined) =>
  attendees
    ?.map(({ email, response }) => `${email.toLowerCase()} ${response}`)
    .sort()
    .join('\n');
export const sorted = (categories: readonly string[] | undefined) => categories && [...categories].sort().join('\n');

export const isSeries = (series: Series | null | undefined): series is Series =>
  series !== undefined && series !== null;

/** What is known not to be a series is as one side as on the other; of what nothing is known there is no text. */
export function seriesText(
  series: Series | null | undefined,
  timeZone: string,
  first: Pick<AppointmentTime, 'start' | 'end'>,
) {
  return isSeries(series) ? canonicalSeries(series, timeZone, first) : series === null ? 'none' : undefined;
}

/** All-day events are dates in their own zone, everything else is instants. */
export function timeText({ start, end, timeZone, allDay }: AppointmentTime): string {
  if (!allDay) return `${Date.parse(start)}:${Date.parse(end)}`;
  const { startDate, endDate } = datesOfAllDay({ start, end, timeZone });
  return `dates:${startDate}:${endDate}`;
}

/** The fields of an activity as text. The zone counts here, because the CRM can change it alone; in Exchange it does not: zones are coarser there. */
export function valuesOfActivity(
  activity: Activity,
  context?: RuleContext,
): Partial<Record<keyof FieldPrints, string | undefined>> {
  return {
    subject: canonicalLine(activity.subject),
    notes: notesOf(activity.description),
    location: canonicalLine(activity.location),
    time: `${timeText(activity)}:${activity.allDay ? '' : activity.timeZone}`,
    series: seriesText(activity.series, activity.timeZone, activity),
    attendees: who(activity.attendees),
    responses: responses(activity.attendees),
    reminder: activity.reminderMinutes === undefined ? undefined : `${activity.reminderMinutes}`,
    showAs: activity.showAs,
    categories: sorted(activity.categories),
    sensitivity: activity.sensitivity,
    links: linksText(context === undefined ? activity.links : linksOf(activity, context)),
    status: activity.status === 'open' ? 'open' : 'over',
  };
}

export function valuesOfAppointment(item: Omit<Appointment, 'itemId' | 'changeKey'>) {
  return {
    subject: canonicalLine(item.subject),
    notes: notesOf(item.bodyText),
    location: canonicalLine(item.location),
    time: timeText(item),
    series: seriesText(item.series ?? null, item.timeZone, item),
    attendees: who(item.attendees),
    responses: responses(item.attendees),
    reminder: `${item.reminderMinutes}`,
    showAs: item.showAs,
    categories: sorted(item.categories),
    sensitivity: item.sensitivity,
  };
}

/** Addresses in the CRM are nothing for guests from outside. */
export const linksOf = ({ links, attendees = [] }: Activity, { isOutside }: RuleContext): RecordLinks =>
  attendees.some(({ email }) => isOutside(email)) ? {} : links;

export function patchValues(patch: AppointmentPatch | AppointmentDraft) {
  const isDraft = 'start' in patch;
  const time = isDraft ? patch : patch.time;
  // What is made without a series is none.
  const series = isDraft ? (patch.series ?? null) : patch.series;
  const { notes } = patch.body ?? {};
  return {
    subject: patch.subject,
    notes: notes === undefined ? undefined : notesOf(notes),
    location: patch.location,
    time: time && timeText(time),
    series: series === null ? 'none' : time && seriesText(series, time.timeZone, time),
    attendees: who(patch.attendees),
    reminder: patch.reminderMinutes === undefined ? undefined : `${patch.reminderMinutes}`,
    showAs: patch.showAs,
    categories: sorted(patch.categories),
    sensitivity: patch.sensitivity,
  };
}
