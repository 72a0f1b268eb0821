import { describe, expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import type { ActivityForm } from '../support/local-clients.ts';
import { people, recordOf } from '../support/local-exchange-client.ts';
import { dateIn, useLocalEnvironment } from '../support/use-local-environment.ts';

const local = useLocalEnvironment();
const allDay = { type: 'Call Out', subject: 'Call Out', allDay: true, start: '2030-05-06', end: '2030-05-06' } as const;

async function synced(form: Partial<ActivityForm> = {}) {
  const activity = await local.crm.create({ ...allDay, ...form });
  const task = await eventually(() => local.exchange.taskOf(people.rep1, activity.id));
  return { activity, task };
}
const untilTask = (id: string, expected: object) =>
  eventually(async () => expect(await local.exchange.taskOf(people.rep1, id)).toMatchObject(expected));
const untilActivity = (id: string, expected: object) =>
  local.afterALook('rep1', async () => expect(await local.crm.find(id)).toMatchObject(expected));

describe('all-day activities and tasks', () => {
  test('an all-day activity is a task called by its description, due on its day, with its links', async () => {
    const { activity, task } = await synced({
      description: 'Call the Millers back\nThey asked for the garden flat.',
      individual: 'Rosa Miller',
      timeZone: 'Pacific/Kiritimati',
    });
    expect(task).toMatchObject({ subject: 'Call the Millers back', dueDate: '2030-05-06', isComplete: false });
    const { activity: link, individual } = activity.links;
    for (const text of ['They asked for the garden flat.', link, individual]) expect(task.body).toContain(text);
    expect(await local.exchange.calendar(people.rep1)).toEqual([]);
  });

  test('one of several days is due on the last, one without a description is called by its subject', async () => {
    const { task } = await synced({ end: '2030-05-08', subject: 'Send the brochure' });
    expect(task).toMatchObject({ subject: 'Send the brochure', dueDate: '2030-05-08' });
  });

  test('completed in the CRM, the task is complete; opened again, it is not', async () => {
    const { activity } = await synced({ description: 'Complete me' });
    await local.crm.update(activity.id, { status: 'completed' });
    await untilTask(activity.id, { isComplete: true, status: 'Completed', dueDate: '2030-05-06' });
    await local.crm.update(activity.id, { status: 'open' });
    await untilTask(activity.id, { isComplete: false });
  });

  test('ticked off in Outlook, the activity is completed, and nothing else of it changes', async () => {
    const { activity, task } = await synced({ description: 'Tick me off\nSecond line', individual: 'Rosa Miller' });
    await local.exchange.editTask(people.rep1, task.id, { status: 'Completed' });
    const { version: _version, modifiedAt: _modifiedAt, ...unchanged } = activity;
    await untilActivity(activity.id, { ...unchanged, status: 'completed' });
  });

  test('a new day travels both ways, and the activity stays as long as it was', async () => {
    const { activity, task } = await synced({ description: 'Move me', end: '2030-05-07', timeZone: 'America/Chicago' });
    await local.exchange.editTask(people.rep1, task.id, { dueDate: '2030-05-20' });
    await untilActivity(activity.id, {
      allDay: true,
      start: '2030-05-19T05:00:00.000Z',
      end: '2030-05-21T05:00:00.000Z',
      timeZone: 'America/Chicago',
    });
    await local.crm.change(activity.id, { start: '2030-06-01', end: '2030-06-02' });
    await untilTask(activity.id, { dueDate: '2030-06-02', subject: 'Move me' });
  });

  test('a task renamed in Outlook renames the first line of the description and keeps the rest', async () => {
    const { activity, task } = await synced({ description: 'First\nSecond\nThird' });
    await local.exchange.editTask(people.rep1, task.id, { subject: 'Another first' });
    await untilActivity(activity.id, { description: 'Another first\nSecond\nThird', subject: 'Call Out' });
  });

  test('a task made in Outlook becomes an all-day activity of the type that the profile names', async () => {
    const task = await local.exchange.createTask(people.rep1, {
      subject: 'Order flowers',
      body: '<p>White ones</p>',
      dueDate: dateIn(5),
    });
    const activity = await local.afterALook('rep1', async () => {
      const found = (await local.crm.activities()).find(({ subject }) => subject === 'Order flowers');
      expect(found).toBeDefined();
      return found;
    });
    expect(activity).toMatchObject({
      type: 'Task',
      origin: 'exchange',
      ownerId: 'rep1',
      allDay: true,
      start: `${dateIn(5)}T00:00:00.000Z`,
      description: 'Order flowers\nWhite ones',
      status: 'open',
    });
    await eventually(async () => {
      const [same] = (await local.exchange.tasks(people.rep1)).filter(({ id }) => id === task.id);
      expect(same && recordOf(same)).toBe(activity?.id);
    });
  });

  test.each([
    ['in the CRM', 'the task', (id: string, _task: string) => local.crm.remove(id)],
    ['in Outlook', 'the activity', (_id: string, task: string) => local.exchange.remove(people.rep1, task)],
  ])('deleted %s, %s goes as well', async (_place, _what, remove) => {
    const { activity, task } = await synced({ description: 'Delete me' });
    await local.looked('rep1');
    await remove(activity.id, task.id);
    await local.afterALook('rep1', async () => {
      expect(await local.crm.find(activity.id)).toBeUndefined();
      await expect(local.exchange.taskOf(people.rep1, activity.id)).rejects.toThrow('0 items');
    });
  });

  test('a timed activity stays an appointment when it becomes an all-day one', async () => {
    const { id } = await local.crm.create({ subject: 'Timed at first' });
    await eventually(() => local.exchange.itemOf(people.rep1, id));
    await local.crm.change(id, { allDay: true, start: '2030-05-06', end: '2030-05-06' });
    await eventually(async () =>
      expect(await local.exchange.itemOf(people.rep1, id)).toMatchObject({ isAllDay: true }),
    );
    await expect(local.exchange.taskOf(people.rep1, id)).rejects.toThrow('0 items');
  });

  test('once both sides agree, looking writes nothing, and nobody was mailed', async () => {
    await local.atRest();
    expect((await local.exchange.mails()).total).toBe(0);
  }, 90_000);
});
