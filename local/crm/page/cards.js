/** An element with properties and children; text is always text, never markup. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== undefined && child !== '' && child !== false));
  return made;
}

/** Plain text of an item's notes, which may be HTML; nothing in it is run. */
export function plainText({ body = '', bodyType } = {}) {
  if (bodyType !== 'HTML') return body;
  const lines = body.replaceAll(/<br\s*\/?>|<\/p>|<\/div>/gi, '\n');
  return new DOMParser().parseFromString(lines, 'text/html').body.textContent.trim();
}

/** Of the notes themselves: the links that stand below them are not repeated here. */
const firstLine = (text) =>
  text
    .split('———— CRM ————', 1)
    .join()
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.slice(0, 160) ?? '';

/**
 * One side of a pair: what it says first, its name with marks beside it, lines of more, and its buttons as pairs of a word
 * and what it does.
 */
export function card(className, { before, title, marks = [], lines = [], notes = '', buttons }) {
  const made = buttons.map(([text, onclick]) => {
    const button = element('button', { type: 'button', className: 'small', onclick }, text);
    button.setAttribute('aria-label', `${text}: ${title}`);
    return button;
  });
  const shown = marks.filter(Boolean).map((mark) => element('span', { className: 'tag' }, mark));
  return element(
    'article',
    { className: `card ${className}` },
    before && element('p', { className: 'when' }, before),
    element('h3', {}, title, ...shown),
    ...[...lines, firstLine(notes)].filter(Boolean).map((line) => element('p', { className: 'more' }, line)),
    element('div', { className: 'actions' }, ...made),
  );
}

/** The stamp in a property of its own, or the link in the notes, names the record. */
export const carries = ({ body, extendedProperties }, id) =>
  new RegExp(`\\b${id}\\b`).test(JSON.stringify([body, extendedProperties]));

/**
 * Records and items as pairs. An item belongs to the record whose id it carries, else to one that `agrees` with it.
 */
export function pairUp(records, items, agrees) {
  const free = new Set(items);
  const take = (found) => {
    if (found !== undefined) free.delete(found);
    return found;
  };
  const byId = records.map((record) => [record, take([...free].find((item) => carries(item, record.id)))]);
  const pairs = byId.map(([record, item]) => ({
    key: record.id,
    record,
    item: item ?? take([...free].find((one) => agrees(record, one))),
  }));
  for (const item of free) pairs.push({ key: `item ${item.id}`, item });
  return pairs;
}

/** What is to be said of a pair, and whether the two sides agree. Milliseconds from the one write to the other. */
export function stateOf({ record, item }, view, exchangeIsAbsent) {
  if (exchangeIsAbsent) return { className: 'settled', text: '' };
  if (record && item && view.agrees(record, item)) {
    return { className: 'agreed', took: Math.abs(new Date(item.modifiedAt) - record.committedAt) };
  }
  if (record?.status === 'cancelled' && !item) return { className: 'settled', text: 'taken out' };
  if (!record && view.stays(item)) return { className: 'settled', text: 'stays' };
  return { className: 'waiting', text: record && item ? 'differs' : 'waiting' };
}

const shown = new Map();

/**
 * Draws pairs under their headings; a row that has not changed keeps its element, and with it the keyboard focus.
 * `view` makes the cards and says where what is missing would be.
 */
export function draw(pairs, { exchangeIsAbsent, labelOf, chosen, view }) {
  const nodes = [];
  const alive = new Set();
  let last = '';
  for (const pair of pairs) {
    const { record, item, key } = pair;
    const state = stateOf(pair, view, exchangeIsAbsent);
    const text = labelOf(pair, state);
    const heading = view.headingOf(record ?? item);
    if (heading !== last) nodes.push(element('h3', { className: 'day' }, heading));
    last = heading;
    const content = JSON.stringify([record, item, state.className, text, chosen === key]);
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
        record
          ? view.recordCard(record)
          : absent(state.className === 'settled' ? 'only in Outlook' : 'not in the CRM yet'),
        element('p', { className: 'link' }, text && element('span', {}, text)),
        item ? view.itemCard(item) : absent(missing),
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
