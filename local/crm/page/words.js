const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const list = new Intl.ListFormat('en');

/** The date that an instant has in a zone: 2030-05-06. */
export const dateIn = (instant, timeZone) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(instant));

/** A date as days are written here. */
export const dateWords = (text) => date.format(new Date(text));

const dayBefore = (text) => new Date(new Date(text) - 86_400_000).toISOString().slice(0, 10);

/** The first and the last date of whole days, in their own zone. */
export function datesOf({ start, end, timeZone }) {
  const first = dateIn(start, timeZone);
  const last = dayBefore(dateIn(end, timeZone));
  return { first, last: last < first ? first : last };
}

/** The day on which something is listed. */
export function dayWords(record) {
  if (record.dueDate) return day.format(new Date(`${record.dueDate}T12:00`));
  const at = record.allDay ? new Date(`${datesOf(record).first}T12:00`) : new Date(record.start);
  return day.format(at);
}

/** From when to when. */
export function timeWords(record) {
  const { start, end, allDay } = record;
  if (allDay) {
    const { first, last } = datesOf(record);
    return first === last ? 'All day' : `All day until ${dateWords(last)}`;
  }
  const from = new Date(start);
  const to = new Date(end);
  return day.format(from) === day.format(to)
    ? `${time.format(from)} – ${time.format(to)}`
    : `${time.format(from)} – ${day.format(to)} ${time.format(to)}`;
}

const title = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const units = { daily: ['daily', 'days'], weekly: ['weekly', 'weeks'] };
const months = Array.from({ length: 12 }, (_, month) =>
  new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(new Date(Date.UTC(2030, month))),
);
const relativeDay = (pattern) =>
  `the ${pattern.weekOfMonth} ${pattern.day === 'weekendDay' ? 'weekend day' : /^(day|weekday)$/.test(pattern.day) ? pattern.day : title(pattern.day)}`;
const monthly = ({ interval }) => (interval === 1 ? 'monthly' : `every ${interval} months`);

function patternWords(pattern) {
  const { kind, interval = 1 } = pattern;
  switch (kind) {
    case 'monthlyByDate':
      return `${monthly(pattern)} on day ${pattern.dayOfMonth}`;
    case 'monthlyByDay':
      return `${monthly(pattern)} on ${relativeDay(pattern)}`;
    case 'yearlyByDate':
      return `yearly on ${pattern.dayOfMonth} ${months[pattern.month - 1]}`;
    case 'yearlyByDay':
      return `yearly on ${relativeDay(pattern)} of ${months[pattern.month - 1]}`;
    default: {
      const [every, many] = units[kind];
      const on = kind === 'weekly' ? ` on ${list.format(pattern.daysOfWeek.map(title))}` : '';
      return `${interval === 1 ? every : `every ${interval} ${many}`}${on}`;
    }
  }
}

/** A series in words: "Repeats weekly on Monday until 6 May 2030, 1 changed, 2 left out". */
export function seriesWords({ recurrence, exceptions, deleted }) {
  const { pattern, end } = recurrence;
  const ends = { never: '', byDate: ` until ${end.date && dateWords(end.date)}`, byCount: `, ${end.count} times` };
  const changed = exceptions.length > 0 ? `, ${exceptions.length} changed` : '';
  const missing = deleted.length > 0 ? `, ${deleted.length} left out` : '';
  return `Repeats ${patternWords(pattern)}${ends[end.kind]}${changed}${missing}`;
}

const answers = { none: '', accepted: ' ✓', tentative: ' ?', declined: ' ✗' };

/** Who is invited, and what they answered. */
export function attendeeWords(attendees = []) {
  if (attendees.length === 0) return '';
  const names = attendees.slice(0, 4).map(({ name, email, response }) => `${name || email}${answers[response] ?? ''}`);
  const more = attendees.length > 4 ? [`${attendees.length - 4} more`] : [];
  return `with ${list.format([...names, ...more])}`;
}
