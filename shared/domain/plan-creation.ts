import type { Appointment } from './appointment.ts';
import type { EmailServerProfile } from './email-server-profile.ts';
import { occurrencesOf } from './expand-recurrence.ts';
import type { ItemKind } from './item.ts';
import type { SyncItem } from './sync-item.ts';
import type { SyncRecord } from './sync-record.ts';
import { isInWindow, windowOf } from './sync-window.ts';
import type { Task } from './task.ts';

type ToExchange = Pick<EmailServerProfile, 'activityTypesToExchange' | 'windowLimitsCrm' | 'window'>;
type FromExchange = Pick<EmailServerProfile, 'window' | 'taskTypeFromExchange' | 'contactCategory'>;

/** Why a record that has no item gets none; undefined when it gets one. */
export function mayGoToExchange(
  record: SyncRecord,
  kind: ItemKind,
  { activityTypesToExchange: types, windowLimitsCrm, window }: ToExchange,
  now: number,
): string | undefined {
  if (record.kind === 'contact') return undefined;
  if (record.status === 'cancelled') return 'cancelled before it had an item';
  if (kind === 'task' && record.status === 'completed') return 'completed before it had a task';
  if (types !== 'all' && !types.includes(record.type)) return 'its type is not sent to Exchange';
  if (!windowLimitsCrm || record.series || isInWindow(record, windowOf(now, window))) return undefined;
  return 'outside the window, which this profile sets for both ways';
}

/** Why an item that has no record gets none; undefined when it gets one. */
export function mayComeFromExchange(item: SyncItem, profile: FromExchange, now: number): string | undefined {
  switch (item.kind) {
    case 'appointment':
      return whyNotAppointment(item, profile, now);
    case 'task':
      return whyNotTask(item, profile, now);
    case 'contact':
      return item.categories.includes(profile.contactCategory)
        ? undefined
        : 'it does not carry the category of contacts that are shared with the CRM';
    default:
      return item satisfies never;
  }
}

function whyNotAppointment(item: Appointment, profile: FromExchange, now: number): string | undefined {
  if (item.cancelled) return 'cancelled before it had a record';
  const window = windowOf(now, profile.window);
  const seen =
    item.series === undefined ? isInWindow(item, window) : occurrencesOf(item.series, item, window).length > 0;
  return seen ? undefined : 'outside the window';
}

function whyNotTask(task: Task, { taskTypeFromExchange, window }: FromExchange, now: number): string | undefined {
  if (taskTypeFromExchange === undefined) return 'tasks that users make stay in Exchange';
  if (task.recurring) return 'a task that repeats itself';
  if (task.complete) return 'completed before it had a record';
  const { dueDate } = task;
  if (dueDate === undefined) return 'a task without a date';
  const midnight = `${dueDate}T00:00:00.000Z`;
  return isInWindow({ start: midnight, end: midnight }, windowOf(now, window)) ? undefined : 'outside the window';
}
