export const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What a clock on the wall of a zone shows at an instant: 2030-05-06T14:00. */
export function wallClock(instant, timeZone) {
  const format = {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  };
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', format).formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The next full hour and the one after. */
export function nextHour() {
  const start = new Date(Math.ceil((Date.now() + 1) / 3_600_000) * 3_600_000);
  return { start, end: new Date(start.getTime() + 3_600_000) };
}

/** Sends JSON and gives the answer's; an Error with the reason otherwise. */
export async function send(method, path, body) {
  const response = await fetch(path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
  if (!response.ok) throw new Error(answer.title ?? answer.error ?? `The server answered ${response.status}.`);
  return answer;
}

/** A dialog whose form is saved by `save(values)`; it stays open and says why when that fails. */
export function dialogForm(name, save) {
  const dialog = document.querySelector(`#${name}-dialog`);
  const form = document.querySelector(`#${name}-form`);
  const error = form.querySelector('.error');
  form.querySelector('[data-close]').onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      await save(Object.fromEntries(new FormData(form)));
      dialog.close();
    } catch (reason) {
      error.textContent = reason.message;
      error.hidden = false;
    }
  };
  return (title, values) => {
    document.querySelector(`#${name}-title`).textContent = title;
    error.hidden = true;
    form.reset();
    for (const [field, value] of Object.entries(values)) {
      const input = form.elements[field];
      if (!input || value === undefined) continue;
      if (input.type === 'checkbox') input.checked = value;
      else input.value = value;
    }
    dialog.showModal();
    form.querySelector('input, select, textarea').focus();
    return form;
  };
}
