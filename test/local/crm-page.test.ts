import { afterEach, describe, expect, test } from '@jest/globals';
import { memoryClock } from '../../shared/adapters/memory/memory-clock.ts';
import type { Activity } from '../../shared/domain/activity.ts';
import { filledForm, startDemoCrm } from '../support/demo-crm.ts';
import { startSimulator } from '../support/exchange-simulator.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function crm(options: Parameters<typeof startDemoCrm>[0] = {}) {
  const demo = await startDemoCrm(options);
  ends.push(demo.close);
  return demo;
}

describe('the page of the demo CRM', () => {
  async function mailbox(options: Parameters<typeof startDemoCrm>[0] = {}) {
    const simulator = await startSimulator();
    ends.push(simulator.close);
    const clock = memoryClock(new Date('2030-05-06T08:00:00Z'));
    const demo = await crm({ exchangeUrl: simulator.url, clock, ...options });
    const items = '/ui/mailboxes/rep1@contoso.example/items';
    const add = (item: object) => demo.send('POST', items, item);
    const show = async () =>
      ((await demo.send('GET', '/ui/state?user=rep1')).json as { mailbox: Record<string, Shown[]> }).mailbox;
    return { ...demo, items, add, show };
  }
  type Shown = { path: string; start: string; isComplete: boolean; company: string; emails: string[] };
  const recurrence = {
    pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'sunday' },
    startDate: '2030-05-06',
    end: { kind: 'byCount', count: 4 },
  };
  const weekly = {
    subject: 'Weekly',
    start: '2030-05-06T14:00:00Z',
    end: '2030-05-06T15:00:00Z',
    recurrence,
  };

  test('shows tasks and contacts of the mailbox, and ticks off a task', async () => {
    const { add, show, send, items } = await mailbox();
    await add({ kind: 'Task', subject: 'Letters', dueDate: '2030-05-08' });
    await add({
      kind: 'Contact',
      surname: 'Miller',
      companyName: 'Miller Ltd',
      emails: { EmailAddress1: 'rosa@example.com' },
    });
    const { tasks, contacts } = await show();
    expect(contacts).toMatchObject([{ surname: 'Miller', company: 'Miller Ltd', emails: ['rosa@example.com'] }]);
    expect(tasks).toMatchObject([{ subject: 'Letters', dueDate: '2030-05-08', isComplete: false }]);
    const path = `${items}/${tasks?.[0]?.path}`;
    expect((await send('PATCH', path, { status: 'Completed' })).status).toBe(200);
    expect((await show())['tasks']).toMatchObject([{ isComplete: true }]);
  });

  test('shows a series by its occurrences where the CRM knows none, and edits one of them', async () => {
    const { add, show, send, items } = await mailbox();
    await add(weekly);
    const [, second] = (await show())['items'] ?? [];
    expect(second?.start).toBe('2030-05-13T14:00:00Z');
    const times = { start: '2030-05-13T16:00:00Z', end: '2030-05-13T17:00:00Z' };
    expect((await send('PATCH', `${items}/${second?.path}`, times)).status).toBe(200);
    const starts = (await show())['items']?.map(({ start }) => start);
    expect(starts).toEqual([
      '2030-05-06T14:00:00Z',
      '2030-05-13T16:00:00Z',
      '2030-05-20T14:00:00Z',
      '2030-05-27T14:00:00Z',
    ]);
  });

  test('shows a series as one where the CRM knows series', async () => {
    const { add, show } = await mailbox({ knowsSeries: true });
    await add(weekly);
    expect((await show())['items']).toMatchObject([{ recurrence }]);
  });
});

describe('the form of the demo CRM', () => {
  const form = { ...filledForm('Open day'), timeZone: 'America/Chicago' };

  test('takes whole days as the dates they have in their zone', async () => {
    const demo = await crm();
    const days = { ...form, type: 'Tour', allDay: true, start: '2030-03-09', end: '2030-03-10' };
    const { json } = await demo.send('POST', '/ui/activities', days);
    expect(json).toMatchObject({
      type: 'Tour',
      allDay: true,
      start: '2030-03-09T06:00:00.000Z',
      end: '2030-03-11T05:00:00.000Z',
    });
  });

  test('makes a series, and moves it with its first occurrence', async () => {
    const demo = await crm({ knowsSeries: true });
    const weekly = { ...form, repeat: { every: 'week', until: '2030-06-30' } };
    const made = (await demo.send('POST', '/ui/activities', weekly)).json as Activity;
    expect(made.series?.recurrence).toEqual({
      pattern: { kind: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'sunday' },
      startDate: '2030-05-06',
      end: { kind: 'byDate', date: '2030-06-30' },
    });
    const times = { start: '2030-05-07T14:00:00.000Z', end: '2030-05-07T15:00:00.000Z' };
    const moved = (await demo.send('PATCH', `/ui/activities/${made.id}`, times)).json as Activity;
    expect(moved.series).toMatchObject({
      recurrence: { pattern: { daysOfWeek: ['tuesday'] }, startDate: '2030-05-07' },
    });
  });
});
