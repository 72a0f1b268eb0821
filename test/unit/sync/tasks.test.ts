import { beforeEach, describe, expect, test } from '@jest/globals';
import { type EngineStory, engineStory, minutes } from '../../support/engine-story.ts';
import { rep1 } from '../../support/engine-world.ts';

let story: EngineStory;
const begin = async (profile: Record<string, unknown> = {}) => {
  story = await engineStory({
    profile: { syncAllDayTasks: true, ...profile },
    mailbox: { syncAllDayTasks: true },
  });
};
beforeEach(() => begin());

const tasks = () => story.exchange.control.items(rep1, 'task').filter(({ place }) => place === 'folder');
const allDay = {
  allDay: true,
  start: '2026-02-03T05:00:00.000Z',
  end: '2026-02-04T05:00:00.000Z',
  timeZone: 'America/Bogota',
  subject: 'Call Out',
  description: 'Send the brochure',
} as const;

describe('an all-day activity', () => {
  test('becomes a task called by its description, due on its date, with the links in its notes', async () => {
    story.crm.control.create({ ...allDay, links: { individual: 'https://crm.example/individuals/7' } });
    await story.announced();
    expect(story.calendar()).toEqual([]);
    expect(tasks()).toMatchObject([
      {
        subject: 'Send the brochure',
        dueDate: '2026-02-03',
        complete: false,
        bodyText: expect.stringContaining('https://crm.example/individuals/7'),
      },
    ]);
  });

  test('is called by its subject where it has no description; what follows the first line are notes', async () => {
    story.crm.control.create({ ...allDay, description: '' });
    story.crm.control.create({ ...allDay, description: 'Letter\nby post\nand by mail' });
    await story.announced();
    expect(tasks()).toMatchObject([
      { subject: 'Call Out' },
      { subject: 'Letter', bodyText: expect.stringMatching(/^by post\nand by mail/) },
    ]);
  });

  test('leaves the to-do list once it is completed, comes back when it is reopened, and goes when it is deleted', async () => {
    const { id } = story.crm.control.create(allDay);
    await story.announced();
    const states: boolean[] = [];
    for (const status of ['completed', 'open'] as const) {
      story.crm.control.update(id, { status });
      await story.announced();
      states.push(...tasks().map(({ complete }) => complete));
    }
    expect(states).toEqual([true, false]);
    story.crm.control.delete(id);
    await story.announced();
    expect(tasks()).toEqual([]);
  });

  test('that is completed before it has a task gets none', async () => {
    story.crm.control.create({ ...allDay, status: 'completed' });
    await story.announced();
    expect(tasks()).toEqual([]);
  });

  test('is completed when its task is ticked off in Outlook', async () => {
    const { id } = story.crm.control.create(allDay);
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, tasks()[0]?.itemId as never, { complete: true });
    await story.run(5 * minutes);
    expect(story.crm.control.record(id)).toMatchObject({ status: 'completed', description: 'Send the brochure' });
  });

  test('moves to the day its task is moved to, and takes over the new name', async () => {
    const { id } = story.crm.control.create(allDay);
    await story.run(5 * minutes);
    story.exchange.control.userEdits(rep1, tasks()[0]?.itemId as never, {
      dueDate: '2026-02-10' as never,
      subject: 'Send the new brochure',
    });
    await story.run(5 * minutes);
    expect(story.crm.control.record(id)).toMatchObject({
      start: '2026-02-10T05:00:00.000Z',
      end: '2026-02-11T05:00:00.000Z',
      allDay: true,
      description: 'Send the new brochure',
      subject: 'Call Out',
    });
  });

  test('is deleted with its task', async () => {
    story.crm.control.create(allDay);
    await story.run(5 * minutes);
    story.exchange.control.userDeletes(rep1, tasks()[0]?.itemId as never);
    await story.run(5 * minutes);
    expect(story.records()).toEqual([]);
  });

  test('stays out where the mailbox or the profile does not sync tasks', async () => {
    await begin({ syncAllDayTasks: false });
    story.crm.control.create(allDay);
    await story.announced();
    expect([...tasks(), ...story.calendar()]).toEqual([]);
  });

  test('stays a task although it gets a time, as it was first mapped', async () => {
    const { id } = story.crm.control.create(allDay);
    await story.announced();
    story.crm.control.update(id, { allDay: false, start: '2026-02-05T15:00:00.000Z', end: '2026-02-05T16:00:00.000Z' });
    await story.announced();
    expect(story.calendar()).toEqual([]);
    expect(tasks()).toMatchObject([{ dueDate: '2026-02-05' }]);
  });
});

describe('the mapping of types', () => {
  test('makes an all-day appointment, a task or a timed appointment of an activity', async () => {
    await begin({ activityKinds: { Holiday: 'allDayAppointment', Letter: 'task' } });
    story.crm.control.create({ ...allDay, type: 'Holiday', subject: 'Holiday' });
    story.crm.control.create({ type: 'Letter', subject: 'Letter', description: '', timeZone: 'UTC' });
    await story.announced();
    expect(story.calendar()).toMatchObject([{ subject: 'Holiday', allDay: true, start: '2026-02-03T05:00:00.000Z' }]);
    expect(tasks()).toMatchObject([{ subject: 'Letter' }]);
  });

  test('leaves tasks that users make in Exchange, unless a type is named for them', async () => {
    const mine = { subject: 'Mine', dueDate: '2026-01-05' as never };
    story.exchange.control.userCreatesTask(rep1, mine);
    await story.run(5 * minutes);
    expect(story.records()).toEqual([]);
    await begin({ taskTypeFromExchange: 'To do' });
    story.exchange.control.userCreatesTask(rep1, mine);
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([{ type: 'To do', subject: 'Mine', allDay: true, origin: 'exchange' }]);
  });
});

describe('an all-day event of the calendar', () => {
  test('is an all-day activity on the same dates, whatever its zone', async () => {
    story.exchange.control.userCreates(rep1, {
      subject: 'Fair',
      allDay: true,
      start: '2026-01-09T10:00:00.000Z',
      end: '2026-01-11T10:00:00.000Z',
      timeZone: 'Pacific/Kiritimati',
    });
    await story.run(5 * minutes);
    expect(story.records()).toMatchObject([
      { subject: 'Fair', allDay: true, start: '2026-01-09T10:00:00.000Z', timeZone: 'Pacific/Kiritimati' },
    ]);
    expect(story.calendar()).toHaveLength(1);
    expect(tasks()).toEqual([]);
  });
});
