import type { Activity, ActivityDraft, ActivityPatch } from './activity.ts';
import { datesOfAllDay, instantsOfDates } from './all-day.ts';
import { canonicalLine, canonicalText } from './canonical-text.ts';
import { isBlankText, printsOf } from './field-prints.ts';
import type { SyncedField } from './item-mapping.ts';
import type { KindRules } from './kind-rules.ts';
import { linksText, notesOf } from './links-block.ts';
import { patchOfBody } from './patch-of-body.ts';
import type { PlainDate } from './plain-date.ts';
import { shortLine } from './short-line.ts';
import type { Task, TaskDraft, TaskPatch } from './task.ts';

type Rules = KindRules<Activity, Task, TaskDraft, TaskPatch, ActivityDraft, ActivityPatch>;

/**
 * A task is called by the first line of the activity's description; what follows are its notes. Where there is no
 * description, the activity's subject is its name. Nothing is lost either way: name and notes together are the description.
 */
function textsOf({ subject, description }: Pick<Activity, 'subject' | 'description'>) {
  const [first = '', ...rest] = notesOf(description).split('\n');
  return first === ''
    ? { title: canonicalLine(subject), notes: '' }
    : { title: canonicalLine(first), notes: canonicalText(rest.join('\n')) };
}

/** Due on the last day of the activity, as its own zone has it. */
function dueDateOf(activity: Pick<Activity, 'start' | 'end' | 'timeZone' | 'allDay'>): PlainDate {
  const { startDate, endDate } = datesOfAllDay(activity);
  if (!activity.allDay) return startDate;
  const last = new Date(Date.parse(`${endDate}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10) as PlainDate;
  return last < startDate ? startDate : last;
}

const values = (activity: Activity) => {
  const { title, notes } = textsOf(activity);
  return {
    subject: title,
    notes,
    due: dueDateOf(activity),
    done: `${activity.status === 'completed'}`,
    links: linksText(activity.links),
  };
};

const valuesOfTask = (task: Pick<Task, 'subject' | 'bodyText' | 'dueDate' | 'complete'>) => ({
  subject: canonicalLine(task.subject),
  notes: notesOf(task.bodyText),
  due: task.dueDate ?? 'none',
  done: `${task.complete}`,
});

const patchValues = (patch: TaskPatch | TaskDraft) => ({
  subject: patch.subject,
  notes: patch.body?.notes === undefined ? undefined : notesOf(patch.body.notes),
  due: patch.dueDate,
  done: patch.complete === undefined ? undefined : `${patch.complete}`,
});

/** The activity moves to the day the task is due on, and stays as long as it is. */
function daysOf(
  task: Task,
  before: Activity | undefined,
): Pick<ActivityPatch, 'start' | 'end' | 'timeZone' | 'allDay'> {
  if (task.dueDate === undefined) return {};
  const zone = before?.timeZone ?? 'UTC';
  if (before !== undefined) {
    const days = Date.parse(`${task.dueDate}T00:00:00Z`) - Date.parse(`${dueDateOf(before)}T00:00:00Z`);
    if (days === 0) return {};
    if (!before.allDay) {
      const moved = (instant: string) => new Date(Date.parse(instant) + days).toISOString();
      return { start: moved(before.start), end: moved(before.end), timeZone: zone, allDay: false };
    }
    const { startDate, endDate } = datesOfAllDay(before);
    const shifted = (date: PlainDate) =>
      new Date(Date.parse(`${date}T00:00:00Z`) + days).toISOString().slice(0, 10) as PlainDate;
    const dates = { startDate: shifted(startDate), endDate: shifted(endDate) };
    return { ...instantsOfDates(dates, zone), timeZone: zone, allDay: true };
  }
  const next = new Date(Date.parse(`${task.dueDate}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10) as PlainDate;
  const dates = { startDate: task.dueDate, endDate: next };
  return { ...instantsOfDates(dates, zone), timeZone: zone, allDay: true };
}

/** All-day and task-like activities and the tasks of a mailbox. */
export const taskRules: Rules = {
  kind: 'task',
  recordKind: 'activity',
  fields: ['subject', 'notes', 'due', 'done'],

  printsOfRecord: (activity, { key }) => printsOf(values(activity), key),
  printsOfItem: (task, { key }) => printsOf(valuesOfTask(task), key),

  sameField(field, activity, task) {
    const record = values(activity);
    const item = valuesOfTask(task);
    switch (field) {
      case 'subject':
        return shortLine(record.subject) === shortLine(item.subject);
      case 'notes':
      case 'due':
      case 'done':
        return record[field] === item[field];
      default:
        return true;
    }
  },

  isBlank(field, side) {
    const texts: Partial<Record<SyncedField, string>> = side.kind === 'activity' ? values(side) : valuesOfTask(side);
    return isBlankText(texts[field]);
  },

  itemDraftOf(activity, stamp) {
    const { title, notes } = textsOf(activity);
    return {
      kind: 'task',
      stamp,
      subject: shortLine(title),
      body: { notes, links: activity.links },
      dueDate: dueDateOf(activity),
      complete: activity.status === 'completed',
    };
  },

  itemPatchOf(activity, fields, _context, task) {
    const { title, notes } = textsOf(activity);
    return {
      kind: 'task',
      ...(fields.has('subject') ? { subject: shortLine(title) } : {}),
      ...patchOfBody(fields, task, { notes: notes, links: activity.links }),
      ...(fields.has('due') ? { dueDate: dueDateOf(activity) } : {}),
      ...(fields.has('done') ? { complete: activity.status === 'completed' } : {}),
    };
  },

  printsOfItemDraft: (draft, { key }) => printsOf(patchValues(draft), key),
  printsOfItemPatch: (patch, { key }) => printsOf(patchValues(patch), key),

  recordDraftOf(task, profile, ownerId) {
    const notes = notesOf(task.bodyText);
    const days = daysOf(task, undefined);
    return {
      kind: 'activity',
      type: profile.taskTypeFromExchange ?? profile.activityTypeFromExchange,
      ownerId,
      subject: canonicalLine(task.subject),
      description: notes === '' ? canonicalLine(task.subject) : `${canonicalLine(task.subject)}\n${notes}`,
      location: '',
      allDay: true,
      start: days.start ?? task.modifiedAt ?? '1970-01-01T00:00:00.000Z',
      end: days.end ?? task.modifiedAt ?? '1970-01-01T00:00:00.000Z',
      timeZone: days.timeZone ?? 'UTC',
      status: task.complete ? 'completed' : 'open',
      origin: 'exchange',
    };
  },

  recordPatchOf(task, fields, record) {
    const texts = fields.has('subject') || fields.has('notes');
    const title = fields.has('subject') || record === undefined ? canonicalLine(task.subject) : textsOf(record).title;
    const notes = fields.has('notes') || record === undefined ? notesOf(task.bodyText) : textsOf(record).notes;
    const named = record !== undefined && notesOf(record.description) === '' && notes === '';
    const described = named ? { subject: title } : { description: notes === '' ? title : `${title}\n${notes}` };
    return {
      kind: 'activity',
      ...(texts ? described : {}),
      ...(fields.has('due') ? daysOf(task, record) : {}),
      ...(fields.has('done') ? { status: task.complete ? 'completed' : 'open' } : {}),
    };
  },

  needsRecord: (fields) => fields.size > 0,

  printsOfRecordPatch(patch, { key }) {
    const { start, end, timeZone = 'UTC', allDay = true } = patch;
    const texts =
      patch.subject === undefined && patch.description === undefined
        ? undefined
        : textsOf({ subject: patch.subject ?? '', description: patch.description ?? '' });
    return printsOf(
      {
        subject: texts?.title,
        notes: texts?.notes,
        due: start === undefined || end === undefined ? undefined : dueDateOf({ start, end, timeZone, allDay }),
        done: patch.status === undefined ? undefined : `${patch.status === 'completed'}`,
      },
      key,
    );
  },

  refusalOf: () => undefined,
};
