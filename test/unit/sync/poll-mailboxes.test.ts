import { expect, test } from '@jest/globals';
import { StoreUnavailable } from '../../../shared/ports/stored.ts';
import { contoso, engineWorld, rep1 } from '../../support/engine-world.ts';

const key = { organizationId: contoso, mailboxId: rep1 };

test.each([
  ['puts the mailbox off', 90_000, 60_000],
  ['wants it looked into at once', 0, 0],
])('a poll ends its lease although somebody %s meanwhile', async (_, theirs, expected) => {
  const world = await engineWorld();
  const { schedules } = world.stores;
  // It changed just now, so it is due again at the pace of its profile.
  const start = world.clock.now().toISOString();
  const row = await schedules.find(key);
  if (row === undefined) throw new Error('the mailbox has no schedule');
  await schedules.save(key, { ...row.value, lastChangeAt: start }, row.etag);
  await world.process().schedulePolls();
  const poll = world.polls.take();
  if (poll === undefined) throw new Error('no poll was asked for');

  const worker = world.process();
  const gateway = worker.deps.exchange;
  worker.deps.exchange = {
    ...gateway,
    async listChanges(access, kind, state) {
      const leased = await schedules.find(key);
      if (access.mailbox.id === rep1 && leased?.value.leaseUntil !== undefined) {
        const dueAt = new Date(world.clock.now().getTime() + theirs).toISOString();
        await schedules.save(key, { ...leased.value, dueAt }, leased.etag);
      }
      return gateway.listChanges(access, kind, state);
    },
  };
  await worker.handlePoll(poll);

  const after = (await schedules.find(key))?.value;
  expect(after?.leaseUntil).toBeUndefined();
  expect(Date.parse(after?.dueAt ?? '') - world.clock.now().getTime()).toBe(expected);
});

test('a poll takes place although the schedule puts the mailbox off just as it begins', async () => {
  const world = await engineWorld();
  const { schedules } = world.stores;
  await world.process().schedulePolls();
  const poll = world.polls.take();
  if (poll === undefined) throw new Error('no poll was asked for');
  const worker = world.process();
  let raced = false;
  worker.deps.schedules = {
    ...schedules,
    async save(mailbox, schedule, etag) {
      if (mailbox.mailboxId === rep1 && !raced) {
        raced = true;
        const row = await schedules.find(mailbox);
        if (row !== undefined)
          await schedules.save(mailbox, { ...row.value, dueAt: '2026-01-05T09:01:30.000Z' }, row.etag);
      }
      return schedules.save(mailbox, schedule, etag);
    },
  };
  await worker.handlePoll(poll);
  expect((await schedules.find(key))?.value.lastPolledAt).toBe(world.clock.now().toISOString());
});

test.each(['cursors', 'mappings', 'schedules'] as const)(
  'a poll that cannot reach its %s says nothing of the mailbox, and the next one reads what it missed',
  async (store) => {
    const world = await engineWorld({ profile: { minimumPollingIntervalMinutes: 0.2 } });
    const worker = world.process();
    world.exchange.control.userCreates(rep1, { subject: 'Visit' });
    const whole = worker.deps[store];
    const fails = async () => {
      throw new StoreUnavailable('a store');
    };
    Object.assign(worker.deps, { [store]: { ...whole, find: fails, findSyncState: fails, findByItems: fails } });
    for (let poll = 0; poll < 6; poll++) await world.run(60_000, worker).catch(() => undefined);
    const status = await world.stores.statuses.find(key, 'appointments');
    expect(status?.value.failuresInARow ?? 0).toBe(0);
    expect(status?.value.status ?? 'unattempted').toBe('unattempted');
    Object.assign(worker.deps, { [store]: whole });
    await world.run(5 * 60_000, worker);
    expect(world.crm.control.records()).toMatchObject([{ subject: 'Visit' }]);
  },
);
