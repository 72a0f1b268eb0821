import type { AppointmentDraft, AppointmentPatch, AppointmentTime } from '../../domain/appointment.ts';
import type { Person } from '../../domain/attendee.ts';
import type { BodyPatch } from '../../domain/body-patch.ts';
import type { ContactItemDraft, ContactItemPatch } from '../../domain/contact-item.ts';
import type { ItemDraft, ItemPatch } from '../../domain/sync-item.ts';
import type { TaskDraft, TaskPatch } from '../../domain/task.ts';
import { instantOfWallTime, wallTimeOf } from '../../domain/time-zone.ts';
import type { AnyMemoryFields, MemoryAppointment, MemoryFields, MemoryItem } from './memory-exchange-items.ts';
import { keptOfOccurrences, noSeries } from './memory-series.ts';

const defaultReminder = 15;

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

const instant = (text: string) => new Date(text).toISOString();
/** Exchange moves the edges of an all-day event to the midnights around it. */
function midnight(text: string, timeZone: string): string {
  const [date = '', time] = wallTimeOf(text, timeZone).split('T');
  return time === '00:00:00' ? instant(text) : instantOfWallTime(`${date}T00:00:00`, timeZone);
}

function timeFields({ start, end, timeZone, allDay }: AppointmentTime): AppointmentTime {
  const edge = allDay ? (text: string) => midnight(text, timeZone) : instant;
  return { start: edge(start), end: edge(end), timeZone, allDay };
}

function appointmentDraft(draft: AppointmentDraft, body: string, owner: Person): MemoryFields<'appointment'> {
  const { kind: _kind, body: _body, reminderMinutes = defaultReminder, start, end, timeZone, allDay, ...rest } = draft;
  return {
    ...defined(rest),
    ...timeFields({ start, end, timeZone, allDay }),
    rawBody: body,
    reminderMinutes,
    recurring: draft.series !== undefined,
    organizer: owner,
  };
}

function appointmentPatch(patch: AppointmentPatch, item: MemoryAppointment): MemoryFields<'appointment'> {
  const { kind: _kind, body: _body, stamp, time, reminderByDefault, series: given, ...rest } = patch;
  // A master that gets another time loses its exceptions, as in Exchange.
  const bare = time !== undefined && item.series && { ...item.series, exceptions: [], deleted: [] };
  const series = given === null ? undefined : (given ?? bare);
  return {
    ...defined(rest),
    ...(stamp ? { stamp } : {}),
    ...(time === undefined ? {} : timeFields(time)),
    ...(reminderByDefault === true ? { reminderMinutes: defaultReminder } : {}),
    ...(series ? { series, recurring: true, ...keptOfOccurrences(item, series) } : {}),
    ...(given === null ? noSeries : {}),
  };
}

function taskFields({ kind: _kind, body: _body, stamp, ...rest }: TaskDraft | TaskPatch): MemoryFields<'task'> {
  return { ...defined(rest), ...(stamp ? { stamp } : {}) };
}

function contactFields(contact: ContactItemDraft | ContactItemPatch): MemoryFields<'contact'> {
  const { kind: _kind, body: _body, birthday, stamp, ...rest } = contact;
  const given = birthday === undefined ? {} : { birthday: birthday ?? undefined };
  return { ...defined(rest), ...given, ...(stamp ? { stamp } : {}) } as MemoryFields<'contact'>;
}

/** How a write of ours turns into what lies in the mailbox. `bodyOf` is what the mailbox makes of a body. */
export function memoryItemWrites(bodyOf: (patch: BodyPatch) => string) {
  return {
    fieldsOfDraft(draft: ItemDraft, owner: Person): AnyMemoryFields {
      const rawBody = bodyOf(draft.body);
      if (draft.kind === 'appointment') return appointmentDraft(draft, rawBody, owner);
      return { ...(draft.kind === 'task' ? taskFields(draft) : contactFields(draft)), rawBody };
    },
    /** Undefined when the patch is of another kind than the item. */
    fieldsOfPatch(patch: ItemPatch, item: MemoryItem): AnyMemoryFields | undefined {
      const body = patch.body === undefined ? {} : { rawBody: bodyOf(patch.body) };
      const rest = { ...body, ...(patch.stamp === null ? { stamp: undefined } : {}) };
      if (patch.kind === 'appointment' && item.kind === 'appointment')
        return { ...appointmentPatch(patch, item), ...rest };
      if (patch.kind === 'task' && item.kind === 'task') return { ...taskFields(patch), ...rest };
      if (patch.kind === 'contact' && item.kind === 'contact') return { ...contactFields(patch), ...rest };
      return undefined;
    },
  };
}

/** Whether a patch says nothing: then nothing is written and the change key stays. */
export const isEmptyPatch = ({ kind: _kind, ...rest }: ItemPatch): boolean =>
  Object.values(rest).every((field) => field === undefined);
