/** An element with properties and children; text is always text, never markup. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== undefined && child !== ''));
  return made;
}

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const instant = (text) => new Date(text).getTime();

/** Plain text of an item's notes, which may be HTML; nothing in it is run. */
export function plainText({ body = '', bodyType } = {}) {
  if (bodyType !== 'HTML') return body;
  const lines = body.replaceAll(/<br\s*\/?>|<\/p>|<\/div>/gi, '\n');
  return new DOMParser().parseFromString(lines, 'text/html').body.textContent.trim();
}

/** The stamp in a property of its own, or the link in the notes, names the activity. */
const carries = ({ body, extendedProperties }, id) =>
  new RegExp(`\\b${id}\\b`).test(JSON.stringify([body, extendedProperties]));
const sameTime = (activity, item) =>
  instant(activity.start) === instant(item.start) && instant(activity.end) === instant(item.end);
const agrees = (activity, item) => activity.subject === item.subject && sameTime(activity, item);

/**
 * Both calendars as pairs, in the order of their starts. An item belongs to the activity whose id it carries (its stamp,
 * or the link in its notes), else to one with the same subject and time.
 */
export function pairUp(activities, items) {
  const free = new Set(items);
  const take = (found) => {
    if (found !== undefined) free.delete(found);
    return found;
  };
  const byId = activities.map((activity) => [activity, take([...free].find((item) => carries(item, activity.id)))]);
  const pairs = byId.map(([activity, item]) => ({
    key: activity.id,
    activity,
    item: item ?? take([...free].find((one) => agrees(activity, one))),
  }));
  for (const item of free) pairs.push({ key: `item ${item.id}`, item });
  return pairs.sort((a, b) => instant((a.activity ?? a.item).start) - instant((b.activity ?? b.item).start));
}

/** What is to be said of a pair, and whether the two sides agree. Milliseconds from the one write to the other. */
export function stateOf({ activity, item }, exchangeIsAbsent) {
  if (exchangeIsAbsent) return { className: 'settled', text: '' };
  if (activity && item && agrees(activity, item)) {
    return { className: 'agreed', took: Math.abs(instant(item.modifiedAt) - activity.committedAt) };
  }
  if (activity?.status === 'cancelled' && !item) return { className: 'settled', text: 'taken out' };
  return { className: 'waiting', text: activity && item ? 'differs' : 'waiting' };
}

const when = ({ start, end }) =>
  day.format(new Date(start)) === day.format(new Date(end))
    ? `${time.format(new Date(start))} – ${time.format(new Date(end))}`
    : `${time.format(new Date(start))} – ${day.format(new Date(end))} ${time.format(new Date(end))}`;

function actions(subject, buttons) {
  const made = buttons.map(([text, onclick]) => {
    const button = element('button', { type: 'button', className: 'small', onclick }, text);
    button.setAttribute('aria-label', `${text}: ${subject}`);
    return button;
  });
  return element('div', { className: 'actions' }, ...made);
}

function activityCard(activity, on) {
  const { subject, location, description, individual, status, origin } = activity;
  const details = [location, individual && `for ${individual}`, origin === 'exchange' && 'from Exchange'];
  const notes = description.split('\n').find((line) => line.trim() !== '') ?? '';
  const open = status === 'open';
  return element(
    'article',
    { className: `card crm ${status}` },
    element('p', { className: 'when' }, when(activity)),
    element('h3', {}, subject || '(no subject)'),
    element('p', { className: 'more' }, details.filter(Boolean).join(' · ')),
    notes && element('p', { className: 'more' }, notes.slice(0, 160)),
    actions(subject, [
      ['Edit', () => on.edit(activity)],
      ['+1 hour', () => on.move(activity)],
      ...(open
        ? [
            ['Complete', () => on.setStatus(activity, 'completed')],
            ['Cancel', () => on.setStatus(activity, 'cancelled')],
          ]
        : []),
      ...(open ? [] : [['Reopen', () => on.setStatus(activity, 'open')]]),
      ['Delete', () => on.remove(activity)],
    ]),
  );
}

function itemCard(item, on) {
  const notes =
    plainText(item)
      .split('\n')
      .find((line) => line.trim() !== '') ?? '';
  return element(
    'article',
    { className: 'card exchange' },
    element('p', { className: 'when' }, when(item)),
    element('h3', {}, item.subject || '(no subject)'),
    item.location && element('p', { className: 'more' }, item.location),
    notes && element('p', { className: 'more' }, notes.slice(0, 160)),
    actions(item.subject, [
      ['Edit', () => on.editItem(item)],
      ['+1 hour', () => on.moveItem(item)],
      ['Delete', () => on.removeItem(item)],
    ]),
  );
}

const shown = new Map();

/** Draws the pairs; a row that has not changed keeps its element, and with it the keyboard focus. */
export function draw(pairs, { exchangeIsAbsent, labelOf, chosen, on }) {
  const nodes = [];
  const alive = new Set();
  let lastDay = '';
  for (const pair of pairs) {
    const { activity, item, key } = pair;
    const state = stateOf(pair, exchangeIsAbsent);
    const text = labelOf(pair, state);
    const thisDay = day.format(new Date((activity ?? item).start));
    if (thisDay !== lastDay) nodes.push(element('h3', { className: 'day' }, thisDay));
    lastDay = thisDay;
    const content = JSON.stringify([activity, item, state.className, text, chosen === key]);
    if (shown.get(key)?.content !== content) {
      const absent = (words) => element('p', { className: 'absent' }, words);
      const missing = exchangeIsAbsent
        ? 'not shown'
        : state.className === 'settled'
          ? 'not in the calendar'
          : 'not in Exchange yet';
      const row = element(
        'div',
        { className: `row ${state.className}${chosen === key ? ' chosen' : ''}` },
        activity ? activityCard(activity, on) : absent('not in the CRM yet'),
        element('p', { className: 'link' }, text && element('span', {}, text)),
        item ? itemCard(item, on) : absent(missing),
      );
      shown.set(key, { content, row });
    }
    alive.add(key);
    nodes.push(shown.get(key).row);
  }
  for (const key of shown.keys()) if (!alive.has(key)) shown.delete(key);
  place(document.querySelector('#rows'), nodes);
}

/** Puts the nodes in place, touching only what differs. */
function place(parent, nodes) {
  nodes.forEach((node, index) => {
    const there = parent.childNodes[index];
    const sameDay = there?.className === 'day' && node.className === 'day' && there.textContent === node.textContent;
    if (there !== node && !sameDay) parent.insertBefore(node, there ?? null);
  });
  while (parent.childNodes.length > nodes.length) parent.lastChild.remove();
}
