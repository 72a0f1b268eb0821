import { activityForm } from './activity-form.js';
import { calendarView } from './calendar.js';
import { draw, element, stateOf } from './cards.js';
import { contactForm } from './contact-form.js';
import { contactsView } from './contacts.js';
import { here, send } from './forms.js';
import { itemForm, itemPath, outlookContactForm } from './outlook-forms.js';

const find = (selector) => document.querySelector(selector);
const users = find('#user');
const chosen = /^\/(?:activities|individuals)\/([^/]+)$/.exec(location.pathname)?.[1];
let state;
let hurryUntil = 0;
let keepNoticeUntil = 0;
/** Pairs seen to differ, and how long it took the others to agree. */
const differs = new Set();
const took = new Map();

function say(text) {
  find('#said').textContent = text;
}

function changed(text) {
  hurryUntil = Date.now() + 15_000;
  say(text);
  void refresh();
}

async function act(text, work) {
  try {
    await work();
    changed(text);
  } catch (error) {
    notice(error.message, true);
    keepNoticeUntil = Date.now() + 6000;
    say(error.message);
  }
}

const editActivity = activityForm(changed);
const editContact = contactForm(changed);
const editItem = itemForm(() => state.user.email, changed);
const editOutlookContact = outlookContactForm(() => state.user.email, changed);
const later = (text, by) => new Date(new Date(text).getTime() + by).toISOString();
const hour = 3_600_000;
const pathOf = ({ kind, id }) => `/ui/${kind === 'contact' ? 'contacts' : 'activities'}/${encodeURIComponent(id)}`;
const pathIn = (item) => itemPath(state.user.email, item);
const movedBy = ({ start, end }, by) => ({ start: later(start, by), end: later(end, by) });

const on = {
  edit: (activity) => editActivity(activity, state),
  move: (activity) =>
    activity.allDay
      ? act('Moved by a day.', () => send('PATCH', pathOf(activity), movedBy(activity, 24 * hour)))
      : act('Moved by an hour.', () => send('PATCH', pathOf(activity), movedBy(activity, hour))),
  setStatus: (activity, status) => act(`Activity ${status}.`, () => send('PATCH', pathOf(activity), { status })),
  remove: (activity) => act('Activity deleted.', () => send('DELETE', pathOf(activity))),
  editContact: (contact) => editContact(contact, state),
  removeContact: (contact) => act('Contact deleted.', () => send('DELETE', pathOf(contact))),
  editItem,
  moveItem: (item) => act('Moved by an hour in Outlook.', () => send('PATCH', pathIn(item), movedBy(item, hour))),
  setTask: (item, status) =>
    act(`Task ${status === 'Completed' ? 'ticked off' : 'reopened'} in Outlook.`, () =>
      send('PATCH', pathIn(item), { status }),
    ),
  editOutlookContact,
  removeItem: (item) => act('Deleted in Outlook.', () => send('DELETE', pathIn(item))),
};

const views = { calendar: calendarView(on), contacts: contactsView(on) };
let shownView = chosen?.startsWith('con-') ? 'contacts' : 'calendar';

/** How long the sides took to agree, by the times of both writes, for what was seen to differ here. */
function labelOf({ key }, { className, text, took: told }) {
  if (className !== 'agreed') {
    if (className === 'waiting') differs.add(key);
    took.delete(key);
    return text;
  }
  if (differs.delete(key)) {
    took.set(key, told);
    say(`Synced in ${seconds(took.get(key))}.`);
  }
  const time = took.get(key);
  return time === undefined ? 'in agreement' : `synced in ${seconds(time)}`;
}
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(milliseconds < 9_950 ? 1 : 0)} s`;

function notice(text, bad = false) {
  const place = find('#notice');
  place.hidden = text === '';
  place.className = bad ? 'notice bad' : 'notice';
  if (place.textContent !== text) place.textContent = text;
}

function noticeOf(mailbox, exchangeBroken) {
  if (mailbox.state === 'absent')
    notice('The Exchange simulator does not answer. With a real Exchange, look at the mailbox in Outlook instead.');
  else if (mailbox.state === 'error')
    notice(`The Exchange simulator answers ${mailbox.status} for this mailbox.`, true);
  else if (exchangeBroken)
    notice('Exchange does not answer properly. Changes wait, and go through once you heal it.', true);
  else notice('');
}

function show() {
  const { user, mailbox, webhooks } = state;
  const exchangeBroken = mailbox.broken === true;
  const absent = mailbox.state !== 'ok';
  if (users.options.length === 0) {
    for (const { id, name, email } of state.users) {
      users.append(element('option', { value: id }, `${name} (${email})`));
      for (const form of ['#activity-form', '#contact-form'])
        find(`${form} [name=ownerId]`).append(element('option', { value: id }, name));
    }
    users.value = user.id;
  }
  const view = views[shownView];
  find('#address').textContent = user.email;
  find('#crm-title').textContent = view.head;
  find('#new-record').textContent = view.add;
  find('#empty').textContent = view.empty;
  find('#new-item').disabled = absent;
  for (const name of Object.keys(views)) find(`#show-${name}`).setAttribute('aria-pressed', `${name === shownView}`);
  const broken = find('#break');
  broken.disabled = mailbox.state === 'absent';
  broken.textContent = exchangeBroken ? 'Heal Exchange' : 'Break Exchange';
  broken.setAttribute('aria-pressed', `${exchangeBroken}`);
  find('#zone').textContent = `Times of ${here}`;
  find('#webhooks').textContent = webhooks.enabled ? `Webhooks on, ${webhooks.waiting} waiting` : 'Webhooks off';

  if (Date.now() > keepNoticeUntil) noticeOf(mailbox, exchangeBroken);

  const pairs = view.pairs(state);
  draw(pairs, { exchangeIsAbsent: absent, labelOf, chosen, view });
  find('#empty').hidden = pairs.length > 0;
  return pairs.some((pair) => stateOf(pair, view, absent).className === 'waiting');
}

let timer;
async function refresh() {
  clearTimeout(timer);
  let waiting = false;
  try {
    state = await send('GET', `/ui/state?user=${encodeURIComponent(users.value)}`);
    waiting = show();
  } catch {
    notice('The demo CRM does not answer. Is it still running?', true);
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, waiting && Date.now() < hurryUntil ? 250 : 1000);
}

users.onchange = () => {
  differs.clear();
  took.clear();
  void refresh();
};
for (const name of Object.keys(views))
  find(`#show-${name}`).onclick = () => {
    shownView = name;
    show();
  };
find('#new-record').onclick = () => (shownView === 'contacts' ? editContact : editActivity)(undefined, state);
find('#new-item').onclick = () => (shownView === 'contacts' ? editOutlookContact : editItem)(undefined);
find('#break').onclick = () =>
  state.mailbox.broken
    ? act('Exchange is well again.', () => send('DELETE', '/ui/faults'))
    : act('Exchange is broken.', () => send('POST', '/ui/faults', { match: {}, answer: { status: 503 } }));

void refresh();
