import { element } from './cards.js';
import { dialogForm, here, nextHour, send, wallClock } from './forms.js';
import { datesOf, seriesWords } from './words.js';

const types = ['Appointment', 'Call', 'Email', 'Follow-up', 'Letter', 'Meeting', 'Tour', 'Visit'];

/** Addresses as they are typed, with what is known of those that were there before. */
function attendeesOf(text, before = []) {
  const known = new Map(before.map((attendee) => [attendee.email.toLowerCase(), attendee]));
  const emails = text.split(/[\s,;]+/).filter(Boolean);
  return emails.map((email) => known.get(email.toLowerCase()) ?? { email });
}

function optionOf(select, value) {
  if (value !== undefined && ![...select.options].some((option) => option.value === value))
    select.append(element('option', {}, value));
}

/** The dialog for activities. Times are on the clock of the zone that is chosen in it. */
export function activityForm(changed) {
  let editing;
  const open = dialogForm('activity', async (values) => {
    const { individual, every, until, attendees, reminder, allDay, ...fields } = values;
    const body = {
      ...fields,
      allDay: allDay === 'on',
      ...(allDay === 'on' ? { start: fields.start.slice(0, 10), end: fields.end.slice(0, 10) } : {}),
      ...(attendees || editing?.attendees ? { attendees: attendeesOf(attendees, editing?.attendees) } : {}),
      ...(reminder === 'default' ? {} : { reminderMinutes: reminder === 'none' ? null : Number(reminder) }),
      ...(every ? { repeat: { every, ...(until ? { until } : {}) } } : {}),
    };
    if (editing) await send('PATCH', `/ui/activities/${encodeURIComponent(editing.id)}`, body);
    else await send('POST', '/ui/activities', { ...body, individual });
    changed(editing ? 'Activity changed.' : 'Activity made.');
  });
  const form = document.querySelector('#activity-form');
  const { timeZone: zones, type, allDay, start, end, reminder } = form.elements;
  for (const zone of new Set(['UTC', here, ...Intl.supportedValuesOf('timeZone')]))
    zones.append(element('option', {}, zone));
  for (const one of types) type.append(element('option', {}, one));

  /** Whole days have dates only. */
  const showTimes = () => {
    for (const input of [start, end]) {
      const { value } = input;
      input.type = allDay.checked ? 'date' : 'datetime-local';
      if (value !== '')
        input.value = allDay.checked ? value.slice(0, 10) : `${value.slice(0, 10)}T${value.slice(11) || '09:00'}`;
    }
  };
  allDay.onchange = showTimes;

  return (activity, { user, knowsSeries }) => {
    editing = activity;
    const timeZone = activity?.timeZone ?? here;
    const { start: from, end: to } = activity ?? nextHour();
    const { first, last } = activity?.allDay ? datesOf(activity) : {};
    optionOf(zones, timeZone);
    optionOf(type, activity?.type);
    const rings = activity?.reminderMinutes === undefined ? 'default' : `${activity.reminderMinutes ?? 'none'}`;
    optionOf(reminder, rings);
    allDay.checked = false;
    showTimes();
    open(activity ? 'Edit activity' : 'New activity', {
      ownerId: user?.id,
      ...activity,
      timeZone,
      start: wallClock(from, timeZone),
      end: wallClock(to, timeZone),
      attendees: (activity?.attendees ?? []).map(({ email }) => email).join(', '),
      reminder: rings,
    });
    showTimes();
    if (activity?.allDay) {
      start.value = first;
      end.value = last;
    }
    for (const only of form.querySelectorAll('.only-new')) only.hidden = activity !== undefined;
    for (const only of form.querySelectorAll('.only-series')) only.hidden = !knowsSeries || activity !== undefined;
    const series = form.querySelector('.series');
    series.hidden = !activity?.series;
    series.textContent = activity?.series ? seriesWords(activity.series) : '';
  };
}
