import { expect, test } from '@jest/globals';
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
    async listCalendarChanges(access, state) {
      const leased = await schedules.find(key);
      if (access.mailbox.id === rep1 && leased?.value.leaseUntil !== undefined) {
        const dueAt = new Date(world.clock.now().getTime() + theirs).toISOString();
        await schedules.save(key, { ...leased.value, dueAt }, leased.etag);
      }
      return gateway.listCalendarChanges(access, state);
    },
  };
  await worker.handlePoll(poll);

  const after = (await schedules.find(key))?.value;
  expect(after?.leaseUntil).toBeUndefined();
  expect(Date.parse(after?.dueAt ?? '') - world.clock.now().getTime()).toBe(expected);
});
