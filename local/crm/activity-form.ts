import { z } from 'zod';
import { type Activity, ActivityStatus } from '../../shared/domain/activity.ts';
import { instantsOfDates } from '../../shared/domain/all-day.ts';
import { Attendee, Sensitivity, ShowAs } from '../../shared/domain/attendee.ts';
import { PlainDate } from '../../shared/domain/plain-date.ts';
import { Refused } from './http.ts';
import type { ActivityEdit } from './record-store.ts';
import { movedSeries, Repeat, seriesOf } from './repeat.ts';
import { toInstant } from './zoned-time.ts';

const wallClock = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, 'a date and a time');

/** The page's form. Times are on the clock of the zone; those of whole days are the first and the last date. */
const details = {
  ownerId: z.string(),
  type: z.string().min(1).max(100).optional(),
  subject: z.string().trim().min(1, 'is required').max(1000),
  description: z.string().max(200_000).default(''),
  location: z.string().max(1000).default(''),
  timeZone: z.string(),
  attendees: z.array(Attendee).max(500).optional(),
  reminderMinutes: z.number().int().min(0).max(40_320).nullable().optional(),
  showAs: ShowAs.optional(),
  sensitivity: Sensitivity.optional(),
  repeat: Repeat.optional(),
};
const Details = z.union([
  z.object({ ...details, allDay: z.literal(true), start: PlainDate, end: PlainDate }),
  z.object({ ...details, allDay: z.literal(false).default(false), start: wallClock, end: wallClock }),
]);
type Details = z.infer<typeof Details>;

export const NewActivity = z.intersection(Details, z.object({ individual: z.string().trim().max(200).default('') }));

/** The form again, or a status, or a move that keeps the zone. */
export const ActivityChange = z.union([
  z.strictObject({ status: ActivityStatus }),
  z.strictObject({ start: z.iso.datetime(), end: z.iso.datetime() }),
  Details,
]);

function timesOf(form: Details): { start: string; end: string } {
  const { timeZone } = form;
  try {
    if (!form.allDay) return { start: toInstant(form.start, timeZone), end: toInstant(form.end, timeZone) };
    const next = new Date(Date.parse(`${form.end}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    return instantsOfDates({ startDate: form.start, endDate: PlainDate.parse(next) }, timeZone);
  } catch {
    throw new Refused(422, 'time-zone', 'there is no such date, time or time zone');
  }
}

/** What a filled-in form sets; `before` is the activity as it was. */
export function activityFields(form: z.infer<typeof ActivityChange>, before?: Activity): ActivityEdit {
  if ('status' in form) return form;
  const moved = (start: string, timeZone: string) =>
    before?.series && start !== before.start ? { series: movedSeries(before.series, start, timeZone) } : {};
  if (!('subject' in form)) return { ...form, ...moved(form.start, before?.timeZone ?? 'UTC') };
  const { repeat, start: _start, end: _end, ...rest } = form;
  const times = timesOf(form);
  const series =
    repeat === undefined ? moved(times.start, rest.timeZone) : { series: seriesOf(repeat, times.start, rest.timeZone) };
  const given = Object.entries({ ...rest, ...times, ...series }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as ActivityEdit;
}
