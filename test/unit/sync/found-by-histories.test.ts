import { expect, test } from '@jest/globals';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { startMailboxJob } from '../../../shared/sync/jobs/start-mailbox-job.ts';
import { engineStory, minutes } from '../../support/engine-story.ts';
import { contoso, rep1 } from '../../support/engine-world.ts';
import type { CommandName, Step } from '../../support/model/commands.ts';
import { check } from '../../support/model/histories.ts';

const guest = { email: 'ada@customer.example', name: 'Ada', role: 'required', response: 'none' } as const;

test('what changed in the CRM while an item was made wins over our own item, although Exchange wins conflicts', async () => {
  const story = await engineStory({ profile: { conflictPolicy: 'exchange-wins' } });
  const { id } = story.crm.control.create({ subject: 'Before' });
  const died = async () => {
    throw new Error('the process died after the create');
  };
  const dying = story.process();
  await story.announceCrmChanges();
  const change = story.changes.take();
  if (change === undefined) throw new Error('nothing was announced');
  Object.assign(dying.deps.mappings, { saveLive: died });
  await expect(dying.handleChange(change)).rejects.toThrow('died');
  expect(story.calendar()).toHaveLength(1);
  story.crm.control.update(id, { subject: 'After' });
  await story.run(10 * minutes);
  expect(story.records()[0]?.subject).toBe('After');
  expect(story.calendar()[0]?.subject).toBe('After');
});

test('nobody is mailed because a reminder changes', async () => {
  const story = await engineStory({ profile: { notifyPolicy: 'all' } });
  const { id } = story.crm.control.create({ attendees: [guest], reminderMinutes: 10 });
  await story.announced();
  story.crm.control.update(id, { reminderMinutes: 30 });
  await story.announced();
  story.crm.control.update(id, { status: 'completed' });
  await story.announced();
  expect(story.calendar()[0]?.reminderMinutes).toBeNull();
  expect(story.exchange.control.mails.map(({ kind }) => kind)).toEqual(['invitation']);
});

test('a change that another worker has brought over is not written a second time', async () => {
  const steps = [
    { do: 'crmCreate', at: 0, value: 7 },
    { do: 'webhook', at: 0, value: 0 },
    { do: 'crmComplete', at: 0, value: 0 },
    { do: 'crmRestore', at: 0, value: 0 },
  ] as const;
  await check(steps, { notifyPolicy: 'all', twice: 0.3, together: 8, seed: 0 });
});

test('a record that was called off while its making was in doubt stays in the CRM', async () => {
  const plain = (what: 'crmCreate' | 'poll' | 'outlookCreateTask' | 'answersLate') => ({ do: what, at: 0, value: 0 });
  const steps = [
    plain('outlookCreateTask'),
    plain('crmCreate'),
    plain('answersLate'),
    plain('poll'),
    plain('crmCreate'),
    { do: 'crmCancel', at: 4, value: 0 } as const,
    ...Array.from({ length: 4 }, () => plain('crmCreate')),
  ];
  await check(steps, { seed: 565236189, together: 8 });
});

test('what a replica of the CRM shows late is not taken for news', async () => {
  const story = await engineStory();
  const { control } = story.exchange;
  const { id } = story.crm.control.create({ subject: 'First' });
  await story.announced();
  await story.run(2 * minutes);
  const edit = (fields: { subject?: string; location?: string }) => {
    const [item] = story.calendar();
    if (item !== undefined) control.userEdits(rep1, item.itemId, fields);
  };
  story.crm.control.setLag('all');
  edit({ subject: 'Second' });
  await story.run(2 * minutes);
  expect(story.records()[0]?.subject).toBe('Second');
  // Refused by the newer version, the engine reads both sides: the record as it was first.
  story.crm.control.update(id, { description: 'New notes' });
  edit({ location: 'Room 1' });
  await story.run(1 * minutes);
  expect(story.calendar()[0]?.subject).toBe('Second');
  story.crm.control.setLag('none');
  await story.run(20 * minutes);
  expect(story.calendar()[0]).toMatchObject({ subject: 'Second', location: 'Room 1' });
  expect(story.records()[0]).toMatchObject({ subject: 'Second', location: 'Room 1', description: 'New notes' });
});

test('a job that waits for its mailbox does not multiply when its message comes twice', async () => {
  const story = await engineStory();
  const failure = { kind: 'response', code: 'ErrorNonExistentMailbox' } as const;
  story.exchange.control.failsWith(rep1, toEwsSyncError(failure, 'read'));
  const box = { organizationId: contoso, mailboxId: rep1 };
  await startMailboxJob({ ...story, jobs: story.stores.jobs }, box, { kind: 'sweep', by: 'an-admin' });
  for (let round = 0; round < 10; round++) {
    const message = story.jobMessages.take();
    if (message !== undefined) for (let copy = 0; copy < 2; copy++) await story.worker.handleJob(message);
    await story.clock.advance(30 * minutes);
  }
  expect(story.jobMessages.waiting().length).toBeLessThanOrEqual(1);
});

const plain = (...all: CommandName[]): Step[] => all.map((what) => ({ do: what, at: 0, value: 0 }));

test('an item that is archived while its record is being made is linked when it comes back', async () => {
  await check(plain('answersLate', 'outlookCreate', 'poll', 'outlookArchive', 'poll', 'outlookArchive', 'poll'));
});

test('what is deleted between the loss of a feed and its new beginning is found', async () => {
  const steps: Step[] = [
    { do: 'crmCreate', at: 0, value: 4 },
    ...plain('webhook', 'poll', 'poll', 'syncStateLost', 'poll', 'outlookDelete'),
  ];
  await check(steps);
});

test('an item that is archived before its making is noted is not made a second time', async () => {
  const steps: Step[] = [
    { do: 'crmCreate', at: 0, value: 8 },
    ...plain('crmCreate', 'webhook', 'crmCreate', 'outlookArchive', 'webhook', 'poll', 'poll', 'poll'),
    { do: 'outlookArchive', at: 5, value: 0 },
  ];
  await check(steps, { seed: 1302416479, deaths: [0, 33, 37] });
});

test('a change that a lagging CRM does not show for long is not forgotten because an earlier one was seen again', async () => {
  const step = (name: CommandName, value = 0): Step => ({ do: name, at: 0, value });
  await check(
    [
      ...[step('crmCreate'), step('crmLags'), step('crmEdit'), step('wait', 14), step('webhook'), step('poll')],
      ...[step('crmCreate'), step('crmCreate')],
    ],
    { seed: 0, duplicateDetection: true },
  );
});
