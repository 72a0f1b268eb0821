import { beforeEach, expect, test } from '@jest/globals';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { replayFailure } from '../../../shared/admin/replay-failure.ts';
import type { ChangeMessage } from '../../../shared/domain/change-message.ts';
import type { RecordId } from '../../../shared/domain/ids.ts';
import { type EngineStory, engineStory, hours, minutes } from '../../support/engine-story.ts';
import { contoso, type PortCall, rep1, rep2 } from '../../support/engine-world.ts';

let story: EngineStory;
beforeEach(async () => {
  story = await engineStory();
});

const gives = async (id: RecordId, to: string, more: { status?: 'cancelled' | 'open' } = {}) => {
  story.crm.control.update(id, { ownerId: to as never, ...more });
  await story.announced();
};
const made = async () => {
  const { id } = story.crm.control.create();
  await story.announced();
  await story.run(2 * minutes);
  return id;
};
const counts = () => [story.calendar(rep1).length, story.calendar(rep2).length];

test('the new owner of a record has its item at once, although the mailbox of the former is gone', async () => {
  const id = await made();
  story.exchange.control.failsWith(rep1, toEwsSyncError({ kind: 'response', code: 'ErrorNonExistentMailbox' }, 'read'));
  await story.run(5 * minutes);
  expect((await story.statusOf(rep1))?.status).toBe('noMailbox');
  await gives(id, 'rep2');
  expect(story.calendar(rep2)).toHaveLength(1);
  await story.run(24 * hours);
  expect((await story.held()).filter(({ change }) => change.kind === 'leave')).toMatchObject([{ mailboxId: rep1 }]);
  expect(await story.failures()).toEqual([]);
  expect((await story.statusOf(rep2))?.status).toBe('syncing');
});

test('a record made from Outlook moves to the mailbox of its new owner, and back', async () => {
  await story.run(minutes);
  story.exchange.control.userCreates(rep1, { subject: 'Mine' });
  await story.run(2 * minutes);
  const id = story.records()[0]?.id as RecordId;
  await gives(id, 'rep2');
  expect(counts()).toEqual([0, 1]);
  await gives(id, 'rep1');
  await story.run(hours);
  expect(counts()).toEqual([1, 0]);
  expect(story.records()).toHaveLength(1);
});

test('a record made from Outlook moves although Exchange fails when its item is to be made', async () => {
  await story.run(minutes);
  story.exchange.control.userCreates(rep1, { subject: 'Mine' });
  await story.run(2 * minutes);
  story.exchange.control.failsWith(
    rep2,
    toEwsSyncError({ kind: 'response', code: 'ErrorInternalServerError' }, 'read'),
  );
  await gives(story.records()[0]?.id as RecordId, 'rep2');
  story.exchange.control.failsWith(rep2, undefined);
  await story.run(10 * minutes);
  expect(counts()).toEqual([0, 1]);
});

test('a record that is given away and cancelled at once leaves no item', async () => {
  await gives(await made(), 'rep2', { status: 'cancelled' });
  await story.run(hours);
  expect(counts()).toEqual([0, 0]);
});

test('a record that comes back to an earlier owner cancelled leaves no item with the one between', async () => {
  const id = await made();
  await gives(id, 'rep2');
  expect(counts()).toEqual([0, 1]);
  await gives(id, 'rep1', { status: 'cancelled' });
  await story.run(hours);
  expect(counts()).toEqual([0, 0]);
  await gives(id, 'rep1', { status: 'open' });
  await story.run(hours);
  expect(counts()).toEqual([1, 0]);
});

test('an item left in a mailbox that was switched off leaves once that is on again, and takes no record along', async () => {
  const id = await made();
  await story.changeMailbox(rep1, { syncCalendar: false });
  await gives(id, 'rep2');
  await story.run(2 * minutes);
  expect(counts()).toEqual([1, 1]);
  await story.changeMailbox(rep1, { syncCalendar: true });
  story.exchange.control.userDeletes(rep1, story.calendar(rep1)[0]?.itemId as never);
  await story.run(10 * minutes);
  expect(counts()).toEqual([0, 1]);
  expect(story.records()).toHaveLength(1);
  expect(await story.held()).toEqual([]);
});

test('a mailbox that is no longer the main one of its user keeps its items', async () => {
  const id = await made();
  await story.changeMailbox(rep1, { primary: false });
  story.crm.control.update(id, { subject: 'Still here' });
  await story.announced();
  expect(story.calendar()).toMatchObject([{ subject: 'Still here' }]);
});

test('a record given to somebody without a mailbox leaves the one of its former owner', async () => {
  const id = await made();
  await gives(id, 'manager');
  await story.run(2 * minutes);
  expect(counts()).toEqual([0, 0]);
  expect(story.records()).toHaveLength(1);
  await gives(id, 'rep2');
  expect(counts()).toEqual([0, 1]);
});

test('a leave that failed is in the failures list and can be replayed', async () => {
  const id = await made();
  story.exchange.control.failsWith(rep1, toEwsSyncError({ kind: 'network', code: 'ETIMEDOUT', sent: true }, 'write'));
  await gives(id, 'rep2');
  await story.run(30 * minutes);
  story.exchange.control.failsWith(rep1, undefined);
  const [failure] = await story.failures();
  expect(await replayFailure({ ...story, failures: story.stores.failures }, contoso, failure?.id ?? '')).toBe(
    'replayed',
  );
  await story.run(minutes);
  expect(counts()).toEqual([0, 1]);
});

test('a record that was given away outlives the item of its former owner, who deletes it before the change arrives', async () => {
  const id = await made();
  story.crm.control.update(id, { ownerId: 'rep2' as never });
  story.exchange.control.userDeletes(rep1, story.calendar(rep1)[0]?.itemId as never);
  // The mailbox is polled before anything tells of the new owner.
  await story.clock.advance(minutes + 1);
  await story.worker.schedulePolls();
  await story.drain(story.worker);
  expect(story.records().map((record) => record.id)).toEqual([id]);
  await story.announced();
  await story.run(hours);
  expect(story.records().map((record) => record.id)).toEqual([id]);
  expect(counts()).toEqual([0, 1]);
});

test('a record given to somebody whose mailbox is not synced leaves the one of its former owner, and comes once it is', async () => {
  const id = await made();
  await story.changeMailbox(rep2, { syncCalendar: false });
  await gives(id, 'rep2');
  expect(counts()).toEqual([0, 0]);
  await story.changeMailbox(rep2, { syncCalendar: true });
  story.crm.control.update(id, { subject: 'Once more' });
  await story.announced();
  expect(counts()).toEqual([0, 1]);
});

const isLeave = ({ body }: { readonly body: ChangeMessage }) => body.kind === 'leave';

test('a task left in a mailbox that no longer syncs tasks waits there without going round', async () => {
  const leaves: unknown[] = [];
  const after = ({ port, input }: PortCall) => {
    if (port === 'changes') leaves.push(...(input[0] as { body: ChangeMessage }[]).filter(isLeave));
  };
  story = await engineStory({
    ...{ profile: { syncAllDayTasks: true }, mailbox: { syncAllDayTasks: true }, watch: { after } },
  });
  const day = { start: '2026-02-09T00:00:00.000Z', end: '2026-02-10T00:00:00.000Z' };
  const { id } = story.crm.control.create({ allDay: true, ...day });
  await story.announced();
  await story.changeMailbox(rep1, { syncAllDayTasks: false });
  await gives(id, 'rep2');
  await story.run(5 * minutes);
  leaves.length = 0;
  await story.run(hours);
  expect([leaves, (await story.held()).map(({ process }) => process)]).toEqual([[], ['tasks']]);
  await story.changeMailbox(rep1, { syncAllDayTasks: true });
  await story.run(5 * minutes);
  const tasks = (mailbox: typeof rep1) => story.exchange.control.items(mailbox, 'task');
  expect([tasks(rep1).filter(({ place }) => place === 'folder').length, tasks(rep2).length]).toEqual([0, 1]);
});

test('a leave that arrives after the record was given back is not the last word', async () => {
  const id = await made();
  story.crm.control.update(id, { ownerId: 'rep2' as never });
  await story.announceCrmChanges();
  const change = story.changes.take();
  if (change === undefined) throw new Error('nothing was announced');
  await story.worker.handleChange(change);
  const leaving = story.changes.take();
  if (leaving?.kind !== 'leave') throw new Error('nothing tells the former mailbox');
  await gives(id, 'rep1');
  // Until the CRM's feed is read no more for what came late.
  await story.run(20 * minutes);
  await story.worker.handleChange(leaving);
  await story.run(5 * minutes);
  expect(counts()).toEqual([1, 0]);
});
