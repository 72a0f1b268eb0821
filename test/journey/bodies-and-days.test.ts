import { describe, expect, test } from '@jest/globals';
import { findWords, wordsIn } from '../support/canary.ts';
import { eventually } from '../support/eventually.ts';
import { people, recordOf } from '../support/local-exchange-client.ts';
import { dateIn, timeIn, useLocalEnvironment } from '../support/use-local-environment.ts';

const local = useLocalEnvironment();
const canary = {
  subject: 'canary-private-subject-x4j1',
  body: 'canary-private-body-c9w6',
  location: 'canary-private-location-p2s8',
  guest: 'canary-private-guest-b7n3@partner.example',
  later: 'canary-later-private-v5t2',
};
const recordAbout = (subject: string) =>
  eventually(async () => {
    const found = (await local.crm.activities()).find((activity) => activity.subject === subject);
    if (found === undefined) throw new Error(`there is no activity "${subject}"`);
    return found;
  }, 20_000);
const itemById = async (id: string) => {
  const item = (await local.exchange.calendar(people.rep1)).find((one) => one.id === id);
  if (item === undefined) throw new Error('the item is not there');
  return item;
};

describe('a body that people formatted', () => {
  const formatted =
    '<html><head><style>p.x{margin:0}</style></head><body lang="EN-US"><p class="x"><b>Agenda</b>&nbsp;&amp; <i>notes</i></p>' +
    '<table border="1"><tr><td style="color:#C00000">Row&nbsp;1</td><td>Größe &#8364; 5</td></tr></table><ul><li>One</li><li>Two</li></ul></body></html>';

  test('is kept byte for byte outside our block when something else changes, and when the links come and go', async () => {
    const made = await local.exchange.create(people.rep1, {
      ...{ subject: 'Formatted', start: timeIn(3, 9), end: timeIn(3, 10), timeZone: 'UTC' },
      ...{ body: formatted, bodyType: 'HTML' },
    });
    const before = (await itemById(made.id)).body;
    await local.looked('rep1');
    const activity = await recordAbout('Formatted');
    expect(activity.description).toContain('Agenda & notes');
    expect(activity.description).toContain('Größe € 5');

    await local.crm.change(activity.id, { subject: 'Formatted, renamed', location: 'Attic' });
    await eventually(async () => expect(await itemById(made.id)).toMatchObject({ subject: 'Formatted, renamed' }));
    expect((await itemById(made.id)).body).toBe(before);
    await local.looked('rep1');
    expect((await local.crm.find(activity.id))?.description).toBe(activity.description);
  });

  test('of an activity keeps what its user formatted when our block goes', async () => {
    const activity = await local.crm.create({ subject: 'Block goes', description: 'Plain', individual: 'Rosa' });
    const item = await eventually(() => local.exchange.itemOf(people.rep1, activity.id));
    const rich = item.body.replace('Plain', '<b>Plain</b> and <span style="color:red">red</span>');
    expect(rich).not.toBe(item.body);
    await local.exchange.edit(people.rep1, item.id, { body: rich });
    await local.afterALook('rep1', async () =>
      expect((await local.crm.find(activity.id))?.description).toBe('Plain and red'),
    );
    const linked = (await itemById(item.id)).body;
    const [head, tail] = [linked.slice(0, linked.indexOf('————')), linked.slice(linked.lastIndexOf('—') + 1)];
    expect(head).toContain('red</span>');

    // A guest from outside takes our block away, and only that.
    await local.crm.change(activity.id, { attendees: [{ email: 'guest@partner.example' }] });
    const without = await eventually(async () => {
      const { body } = await itemById(item.id);
      expect(body).not.toContain('CRM');
      return body;
    });
    expect(without).toContain('<b>Plain</b> and <span style="color:red">red</span>');
    expect(without.startsWith(head.slice(0, head.indexOf('red</span>')))).toBe(true);
    expect(without.endsWith(tail.slice(tail.indexOf('</body>')))).toBe(true);
    await local.looked('rep1');
    expect((await local.crm.find(activity.id))?.description).toBe('Plain and red');
  });
});

describe('whole days', () => {
  test.each([
    ['Pacific/Kiritimati', 'Line Islands Standard Time'],
    ['Pacific/Pago_Pago', 'UTC-11'],
    ['Asia/Kolkata', 'India Standard Time'],
  ])('of an event in %s stay the dates they are, there and back', async (zone, windowsZone) => {
    const subject = `Holiday in ${zone}`;
    const made = await local.exchange.create(people.rep1, {
      ...{ subject, isAllDay: true, timeZone: windowsZone },
      ...{ start: `${dateIn(10)}T00:00:00`, end: `${dateIn(12)}T00:00:00` },
    });
    await local.looked('rep1');
    const activity = await recordAbout(subject);
    const dateThere = (instant: string) =>
      new Intl.DateTimeFormat('sv-SE', { timeZone: activity.timeZone }).format(new Date(instant));
    expect(activity.allDay).toBe(true);
    expect([dateThere(activity.start), dateThere(activity.end)]).toEqual([dateIn(10), dateIn(12)]);

    const before = await itemById(made.id);
    await local.crm.change(activity.id, { subject: `${subject}, again` });
    await eventually(async () => expect((await itemById(made.id)).subject).toBe(`${subject}, again`));
    expect(await itemById(made.id)).toMatchObject({ start: before.start, end: before.end, isAllDay: true });
    await local.crm.change(activity.id, { allDay: true, start: dateIn(20), end: dateIn(20) });
    await eventually(async () => {
      const { start, end, isAllDay } = await itemById(made.id);
      const length = Date.parse(end) - Date.parse(start);
      expect([isAllDay, length]).toEqual([true, 86_400_000]);
      expect(dateThere(start)).toBe(dateIn(20));
    });
  });
});

describe('private items', () => {
  const hidden = { start: timeIn(4, 9), end: timeIn(4, 10), sensitivity: 'Private' } as const;

  test('never reach the CRM; one that becomes private leaves it, one that is private no longer comes', async () => {
    const one = await local.exchange.create(people.rep1, {
      ...{ ...hidden, subject: canary.subject, location: canary.location },
      ...{ body: `<p>${canary.body}</p>`, requiredAttendees: [canary.guest] },
    });
    const later = await local.exchange.create(people.rep1, {
      ...{ subject: 'Open at first', start: timeIn(5, 9), end: timeIn(5, 10) },
    });
    await local.looked('rep1');
    const known = await recordAbout('Open at first');
    await local.exchange.edit(people.rep1, later.id, { sensitivity: 'Private', subject: canary.later });
    await local.afterALook('rep1', async () => expect(await local.crm.find(known.id)).toBeUndefined());
    expect((await itemById(later.id)).subject).toBe(canary.later);
    const inCrm = JSON.stringify(await local.crm.activities());
    for (const word of Object.values(canary)) expect(inCrm).not.toContain(word);

    await local.exchange.edit(people.rep1, one.id, {
      ...{ sensitivity: 'Normal', subject: 'No longer private', body: 'Nothing', location: '' },
      ...{ requiredAttendees: [] },
    });
    await local.looked('rep1');
    const record = await recordAbout('No longer private');
    await eventually(async () => expect(recordOf(await itemById(one.id))).toBe(record.id));
  });
});

test('once both sides agree, looking writes nothing', () => local.atRest(), 60_000);

test('nothing of a private item is in the CRM, in tables, queues or logs', async () => {
  const { environment } = local;
  await environment.stop();
  const words = Object.values(canary);
  const kept = findWords(environment.data, words);
  expect(kept.filter((place) => /^exchange[\\/]/.test(place)).length).toBeGreaterThanOrEqual(words.length);
  expect(kept.filter((place) => !/^exchange[\\/]/.test(place))).toEqual([]);
  expect(wordsIn(Buffer.from(environment.logs().join('\n')), words)).toEqual([]);
}, 30_000);
