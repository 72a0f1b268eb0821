import type { Activity, ActivityDraft, ActivityPatch } from './activity.ts';
import type { Appointment, AppointmentDraft, AppointmentPatch, AppointmentTime } from './appointment.ts';
import {
  isSeries,
  linksOf,
  patchValues,
  responses,
  seriesText,
  sorted,
  timeText,
  valuesOfActivity,
  valuesOfAppointment,
  who,
} from './appointment-texts.ts';
import { canonicalLine } from './canonical-text.ts';
import { isBlankText, printsOf } from './field-prints.ts';
import type { ItemField, SyncedField } from './item-mapping.ts';
import type { KindRules } from './kind-rules.ts';
import { notesOf } from './links-block.ts';
import { patchOfBody } from './patch-of-body.ts';
import { shortLine } from './short-line.ts';

type Rules = KindRules<Activity, Appointment, AppointmentDraft, AppointmentPatch, ActivityDraft, ActivityPatch>;

const timeOf = ({ start, end, timeZone, allDay }: AppointmentTime): AppointmentTime => ({
  start,
  end,
  timeZone,
  allDay,
});

const mayRing = ({ status, end, series }: Activity, now: number): boolean =>
  status === 'open' && (isSeries(series) || Date.parse(end) > now);

/** What is past or completed must not ring. */
const reminderOf = (activity: Activity, now: number): { reminderMinutes?: number | null } => {
  if (!mayRing(activity, now)) return { reminderMinutes: null };
  return activity.reminderMinutes === undefined ? {} : { reminderMinutes: activity.reminderMinutes };
};

const defined = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;

/** Timed and all-day activities and the appointments of a calendar. */
export const appointmentRules: Rules = {
  kind: 'appointment',
  recordKind: 'activity',
  fields: [
    ...(['subject', 'notes', 'location', 'time', 'series', 'attendees', 'responses'] as const),
    ...(['reminder', 'showAs', 'categories', 'sensitivity'] as const),
  ],

  printsOfRecord: (activity, context) => printsOf(valuesOfActivity(activity, context), context.key),
  printsOfItem: (item, { key }) => printsOf(valuesOfAppointment(item), key),

  sameField(field, activity, item) {
    if (field === 'subject') return shortLine(activity.subject) === shortLine(item.subject);
    if (field === 'location') return shortLine(activity.location) === shortLine(item.location);
    if (field === 'time') return timeText(activity) === timeText(item);
    // What is over does not ring, whatever the CRM would have it do.
    if (field === 'reminder' && activity.status !== 'open') return true;
    const record: Partial<Record<SyncedField, string | undefined>> = valuesOfActivity(activity);
    const known: Partial<Record<SyncedField, string | undefined>> = valuesOfAppointment(item);
    return record[field] === undefined || record[field] === known[field];
  },

  isBlank(field, side) {
    const values: Partial<Record<SyncedField, string | undefined>> =
      side.kind === 'activity' ? valuesOfActivity(side) : valuesOfAppointment(side);
    return isBlankText(values[field]);
  },

  itemDraftOf: (activity, stamp, context) => ({
    kind: 'appointment',
    stamp,
    subject: shortLine(activity.subject),
    body: { notes: notesOf(activity.description), links: linksOf(activity, context) },
    location: shortLine(activity.location),
    ...timeOf(activity),
    ...reminderOf(activity, context.now),
    ...defined({
      attendees: activity.attendees,
      showAs: activity.showAs,
      categories: activity.categories,
      sensitivity: activity.sensitivity,
      series: activity.series ?? undefined,
    }),
  }),

  itemPatchOf(activity, fields: ReadonlySet<ItemField>, context, item) {
    const { now } = context;
    const rings = mayRing(activity, now);
    const reminder = reminderOf(activity, now).reminderMinutes;
    return {
      kind: 'appointment',
      ...(fields.has('subject') ? { subject: shortLine(activity.subject) } : {}),
      ...(fields.has('location') ? { location: shortLine(activity.location) } : {}),
      ...patchOfBody(fields, item, { notes: notesOf(activity.description), links: linksOf(activity, context) }),
      // A series is written with a time: where only the series travels, with the one that is there.
      ...(fields.has('time') || fields.has('series')
        ? { time: timeOf(fields.has('time') ? activity : (item ?? activity)) }
        : {}),
      ...(fields.has('series') || (fields.has('time') && isSeries(activity.series))
        ? defined({ series: activity.series })
        : {}),
      ...(fields.has('attendees') ? defined({ attendees: activity.attendees }) : {}),
      ...(fields.has('showAs') ? defined({ showAs: activity.showAs }) : {}),
      ...(fields.has('categories') ? defined({ categories: activity.categories }) : {}),
      ...(fields.has('sensitivity') ? defined({ sensitivity: activity.sensitivity }) : {}),
      ...(rings ? {} : { reminderMinutes: null }),
      ...(rings && fields.has('reminder') ? defined({ reminderMinutes: reminder }) : {}),
      ...(rings && fields.has('status')
        ? reminder === undefined
          ? { reminderByDefault: true }
          : { reminderMinutes: reminder }
        : {}),
    };
  },

  printsOfItemDraft: (draft, { key }) => printsOf(patchValues(draft), key),
  printsOfItemPatch: (patch, { key }) => printsOf(patchValues(patch), key),

  recordDraftOf: (item, profile, ownerId) => ({
    kind: 'activity',
    type: profile.activityTypeFromExchange,
    ownerId,
    subject: canonicalLine(item.subject),
    description: notesOf(item.bodyText),
    location: canonicalLine(item.location),
    ...timeOf(item),
    status: 'open',
    origin: 'exchange',
    reminderMinutes: item.reminderMinutes,
    showAs: item.showAs,
    sensitivity: item.sensitivity,
    ...(item.categories.length === 0 ? {} : { categories: item.categories }),
    ...(item.attendees.length === 0 ? {} : { attendees: item.attendees }),
    ...defined({ organizer: item.organizer, series: item.series }),
  }),

  recordPatchOf(item, fields, record) {
    const attendees = fields.has('attendees') || fields.has('responses');
    const invited = fields.has('attendees') || record?.attendees === undefined ? item.attendees : record.attendees;
    const answers = new Map(item.attendees.map(({ email, response }) => [email.toLowerCase(), response]));
    return {
      kind: 'activity',
      ...(fields.has('subject') ? { subject: canonicalLine(item.subject) } : {}),
      ...(fields.has('location') ? { location: canonicalLine(item.location) } : {}),
      ...(fields.has('notes') ? { description: notesOf(item.bodyText) } : {}),
      ...(fields.has('time') ? timeOf(item) : {}),
      ...(fields.has('series')
        ? { ...timeOf(fields.has('time') ? item : (record ?? item)), series: item.series ?? null }
        : {}),
      ...(attendees
        ? {
            attendees: invited.map((one) => ({
              ...one,
              response: answers.get(one.email.toLowerCase()) ?? one.response,
            })),
          }
        : {}),
      ...(fields.has('reminder') ? { reminderMinutes: item.reminderMinutes } : {}),
      ...(fields.has('showAs') ? { showAs: item.showAs } : {}),
      ...(fields.has('categories') ? { categories: item.categories } : {}),
      ...(fields.has('sensitivity') ? { sensitivity: item.sensitivity } : {}),
    };
  },

  needsRecord: (fields) => fields.has('responses') && !fields.has('attendees'),

  printsOfRecordPatch(patch, { key }) {
    const { start, end, timeZone = '', allDay = false } = patch;
    const time = start === undefined || end === undefined ? undefined : { start, end, timeZone, allDay };
    return printsOf(
      {
        subject: patch.subject,
        notes: patch.description,
        location: patch.location,
        time: time && `${timeText(time)}:${allDay ? '' : timeZone}`,
        series: patch.series === null ? 'none' : time && seriesText(patch.series, timeZone, time),
        attendees: who(patch.attendees),
        responses: responses(patch.attendees),
        reminder: patch.reminderMinutes === undefined ? undefined : `${patch.reminderMinutes}`,
        showAs: patch.showAs,
        categories: sorted(patch.categories),
        sensitivity: patch.sensitivity,
      },
      key,
    );
  },

  refusalOf({ start, end, allDay }) {
    if (allDay ? Date.parse(start) <= Date.parse(end) : Date.parse(start) < Date.parse(end)) return undefined;
    return {
      reason: 'startNotBeforeEnd',
      text: 'The field start is not before the field end, so it was not written. Correct the times; it is then synced by itself.',
    };
  },
};
