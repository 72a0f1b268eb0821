import { card, pairUp, plainText } from './cards.js';
import { attendeeWords, datesOf, dayWords, seriesWords, timeWords } from './words.js';

const instant = (text) => new Date(text).getTime();
/** Where it stands in the calendar: tasks have a date only. */
const placeOf = ({ dueDate, start }) => instant(dueDate ?? start);

function agrees(activity, item) {
  // A task is called by the first line of the description, where there is one.
  const title = item.kind === 'Task' ? activity.description.split('\n')[0] || activity.subject : activity.subject;
  if (title.trim() !== item.subject.trim()) return false;
  if (item.kind !== 'Task')
    return instant(activity.start) === instant(item.start) && instant(activity.end) === instant(item.end);
  return item.dueDate === datesOf(activity).last && item.isComplete === (activity.status === 'completed');
}

function activityCard(activity, on) {
  const { subject, location, description, individual, status, origin, series, type, sensitivity } = activity;
  const details = [location, individual && `for ${individual}`, origin === 'exchange' && 'from Exchange'];
  const open = status === 'open';
  return card(`crm ${status}`, {
    before: timeWords(activity),
    title: subject || '(no subject)',
    marks: [type, sensitivity !== 'normal' && sensitivity, !open && status],
    lines: [details.filter(Boolean).join(' · '), attendeeWords(activity.attendees), series && seriesWords(series)],
    notes: description,
    buttons: [
      ['Edit', () => on.edit(activity)],
      [activity.allDay ? '+1 day' : '+1 hour', () => on.move(activity)],
      ...(open
        ? [
            ['Complete', () => on.setStatus(activity, 'completed')],
            ['Cancel', () => on.setStatus(activity, 'cancelled')],
          ]
        : [['Reopen', () => on.setStatus(activity, 'open')]]),
      ['Delete', () => on.remove(activity)],
    ],
  });
}

/** What of an item says that it is a task, and what of it can be done there. */
const taskCard = (item, on) =>
  card(item.isComplete ? 'exchange completed' : 'exchange', {
    before: 'Due',
    title: item.subject || '(no subject)',
    marks: ['Task', item.isComplete && 'done'],
    notes: plainText(item),
    buttons: [
      item.isComplete
        ? ['Reopen', () => on.setTask(item, 'NotStarted')]
        : ['Tick off', () => on.setTask(item, 'Completed')],
      ['Delete', () => on.removeItem(item)],
    ],
  });

const answers = { Accept: 'accepted', Tentative: 'tentative', Decline: 'declined' };

function itemCard(item, on) {
  if (item.kind === 'Task') return taskCard(item, on);
  const { location, responses = {}, recurrence, originalStart, sensitivity } = item;
  const invited = [item.requiredAttendees, item.optionalAttendees, item.resources].flatMap((list) => list ?? []);
  const people = invited.map((email) => ({ email, response: answers[responses[email.toLowerCase()]] }));
  return card('exchange', {
    before: item.isAllDay ? 'All day' : timeWords(item),
    title: item.subject || '(no subject)',
    marks: [originalStart && 'of a series', sensitivity !== 'Normal' && sensitivity, item.isCancelled && 'cancelled'],
    lines: [location, attendeeWords(people), recurrence && seriesWords(item)],
    notes: plainText(item),
    buttons: [
      ['Edit', () => on.editItem(item)],
      ['+1 hour', () => on.moveItem(item)],
      ['Delete', () => on.removeItem(item)],
    ],
  });
}

/** Activities and, beside them, the appointments and tasks of the mailbox, in the order of their starts. */
export const calendarView = (on) => ({
  agrees,
  /** What users keep for themselves, and tasks, which travel only where an admin chose so. */
  stays: ({ kind, sensitivity }) => kind === 'Task' || ['Private', 'Confidential'].includes(sensitivity),
  pairs: ({ activities, mailbox }) =>
    pairUp(activities, [...(mailbox.items ?? []), ...(mailbox.tasks ?? [])], agrees).sort(
      (a, b) => placeOf(a.record ?? a.item) - placeOf(b.record ?? b.item),
    ),
  headingOf: dayWords,
  recordCard: (activity) => activityCard(activity, on),
  itemCard: (item) => itemCard(item, on),
  head: 'CRM activities',
  add: 'New activity',
  empty: 'Nothing here yet. Make an activity, or an appointment in Outlook.',
});
