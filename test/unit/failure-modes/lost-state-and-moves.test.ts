import { describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import { failed } from '../../../shared/domain/outcome.ts';
import { SyncError } from '../../../shared/domain/sync-error.ts';
import type { ExchangeGateway } from '../../../shared/ports/exchange-gateway.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1, type WorldOptions } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const box = { organizationId: contoso, mailboxId: rep1 };
const days = 24 * hours;
const countOf = (story: JobStory, what: string) => story.writes.filter(({ method }) => method.startsWith(what)).length;
const ours = (story: JobStory) => ({ records: story.records().length, items: story.calendar().length });

/** Appointments of both origins, a task and a contact, all synced. */
async function everyKind(options: WorldOptions = {}): Promise<JobStory> {
  const story = await jobStory({
    ...options,
    mailbox: { syncAllDayTasks: true, syncContacts: true },
    profile: { syncAllDayTasks: true, ...options.profile },
  });
  for (let count = 0; count < 5; count++) {
    story.crm.control.create({ subject: `Visit ${count}` });
    story.exchange.control.userCreates(rep1, { subject: `Lunch ${count}` });
  }
  story.crm.control.create({ subject: 'Offer due', allDay: true });
  story.crm.control.createContact({ givenName: 'Ada', surname: 'Miller', emails: ['ada@miller.example'] });
  await story.announced();
  await story.run(30 * minutes);
  expect([story.records().length, story.calendar().length]).toEqual([11, 10]);
  return story;
}

describe('16 a SyncState that is lost or refused', () => {
  test('makes nothing, deletes nothing and writes nothing, whatever the kind, however often', async () => {
    const story = await everyKind();
    const writes = story.writes.length;
    for (let time = 0; time < 3; time++) {
      story.exchange.control.forgetSyncStates();
      await story.run(30 * minutes);
    }
    await story.stores.cursors.eraseMailbox(box);
    await story.run(30 * minutes);
    expect(await story.failures()).toEqual([]);
    expect(ours(story)).toEqual({ records: 11, items: 10 });
    expect(story.writes.length).toBe(writes);
  });

  test('and a process that dies between a page and its cursor reads the page again without doing anything twice', async () => {
    const story = await jobStory({ exchange: { pageSize: 2 } });
    for (let count = 0; count < 6; count++) story.exchange.control.userCreates(rep1, { subject: `Lunch ${count}` });
    const dying = story.process();
    dying.deps.cursors = {
      ...dying.deps.cursors,
      saveSyncState: async () => {
        throw new Error('the process ends');
      },
    };
    await dying.schedulePolls();
    for (let poll = story.polls.take(); poll !== undefined; poll = story.polls.take())
      await dying.handlePoll(poll).catch(() => undefined);
    await story.run(30 * minutes);
    expect(ours(story)).toEqual({ records: 6, items: 6 });
    expect(countOf(story, 'createRecord')).toBe(6);
  });
});

describe('17 one odd item does not stop its folder', () => {
  const corrupt = new SyncError('The item is damaged.', { code: 'ErrorCorruptData', remedy: { kind: 'park' } });

  test('its neighbours are synced, the cursor goes on, and the failure is on the list with its reason', async () => {
    let odd: ItemId | undefined;
    const exchange = (gateway: ExchangeGateway): ExchangeGateway => ({
      ...gateway,
      async readItems(access, kind, ids) {
        const outcomes = await gateway.readItems(access, kind, ids);
        return outcomes.map((outcome, index) => (ids[index] === odd ? failed(corrupt) : outcome));
      },
    });
    const story = await jobStory({ between: { exchange } });
    for (let count = 0; count < 9; count++) {
      const { itemId } = story.exchange.control.userCreates(rep1, { subject: `Lunch ${count}` });
      if (count === 4) odd = itemId;
    }
    await story.run(30 * minutes);
    expect(story.records()).toHaveLength(8);
    expect(await story.failures()).toMatchObject([{ reason: 'ErrorCorruptData', itemId: odd }]);
    story.exchange.control.userCreates(rep1, { subject: 'Later' });
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(9);
    expect((await story.statusOf(rep1))?.status).toBe('syncing');
  });

  test('news of an item that is already gone are no failure', async () => {
    const story = await jobStory();
    const change = { kind: 'exchangeChange', schema: 1, ...box, itemKind: 'appointment', attempt: 1 } as const;
    const seenAt = story.clock.now().toISOString();
    const gone = { itemId: 'gone' as ItemId, hop: 0, lagged: 0, seenAt };
    for (const reason of ['created', 'updated', 'deleted', 'check'] as const)
      await story.changes.send([{ body: { ...change, ...gone, reason } }]);
    await story.run(10 * minutes);
    expect([await story.failures(), story.records()]).toEqual([[], []]);
  });
});

describe('19 a move changes the id of an item and nothing else', () => {
  test('to another folder and back, between two polls and after them', async () => {
    const story = await everyKind();
    const records = story.records();
    for (const pauses of [0, 15 * minutes]) {
      for (const place of ['elsewhere', 'folder'] as const) {
        for (const { itemId } of story.calendar()) story.exchange.control.userMoves(rep1, itemId, place);
        await story.run(pauses);
      }
    }
    await story.run(30 * minutes);
    expect(story.records()).toEqual(records);
    story.crm.control.update(records[0]?.id as never, { subject: 'After the moves' });
    await story.announced();
    expect(story.calendar().filter(({ subject }) => subject === 'After the moves')).toHaveLength(1);
    expect(ours(story)).toEqual({ records: 11, items: 10 });
  });
});

describe('20 a mailbox that moves to another server or gets another name stays the same mailbox', () => {
  test('all ids are new, nothing is made or deleted, and edits of both sides go on', async () => {
    const story = await everyKind();
    const creates = countOf(story, 'create');
    story.exchange.control.moveMailbox(rep1);
    await story.run(hours);
    expect(ours(story)).toEqual({ records: 11, items: 10 });
    expect([countOf(story, 'create'), countOf(story, 'delete')]).toEqual([creates, 0]);
    const [record] = story.records().filter(({ origin }) => origin === 'crm');
    story.crm.control.update(record?.id as never, { subject: 'On the new server' });
    await story.announced();
    const item = story.calendar().find(({ subject }) => subject === 'On the new server');
    story.exchange.control.userEdits(rep1, item?.itemId as ItemId, { location: 'Room' });
    await story.run(10 * minutes);
    expect(story.crm.control.record(record?.id as never)).toMatchObject({ location: 'Room' });
  });

  test('its address changes: the id that we gave it does not', async () => {
    const story = await everyKind();
    const writes = story.writes.length;
    const mailbox = await story.stores.directory.findMailbox(contoso, rep1);
    if (mailbox === undefined) throw new Error('the world is incomplete');
    await story.stores.directory.saveMailbox({ ...mailbox.value, address: 'married@contoso.example' as never });
    story.exchange.control.forgetSyncStates();
    await story.run(hours);
    expect(ours(story)).toEqual({ records: 11, items: 10 });
    expect(story.writes.length).toBe(writes);
  });
});

describe('21 archiving and the edges of the window are neither deletions nor new items', () => {
  const window = { daysBack: 2, daysAhead: 90 };

  test('what is archived, and what grows older than the window, keeps its record', async () => {
    const story = await jobStory({ profile: { window } });
    const soon = { start: '2026-01-06T09:00:00.000Z', end: '2026-01-06T10:00:00.000Z' };
    story.exchange.control.userCreates(rep1, { subject: 'Kept', ...soon });
    const archived = story.exchange.control.userCreates(rep1, { subject: 'Archived', ...soon });
    await story.run(5 * minutes);
    story.exchange.control.userMoves(rep1, archived.itemId, 'archive');
    await story.run(10 * days);
    story.exchange.control.forgetSyncStates();
    await story.done('sweep', {}, hours);
    expect(
      story
        .records()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['Archived', 'Kept']);
    expect(countOf(story, 'delete')).toBe(0);
  }, 60_000);

  test('what lies beyond the window comes in with the sweep of the night that it enters it, once', async () => {
    const story = await jobStory({ profile: { window } });
    const far = { start: '2026-04-08T09:00:00.000Z', end: '2026-04-08T10:00:00.000Z' };
    story.exchange.control.userCreates(rep1, { subject: 'Far away', ...far });
    await story.run(hours);
    expect(story.records()).toEqual([]);
    await story.run(5 * days);
    await story.done('sweep', {}, hours);
    await story.done('sweep', {}, hours);
    expect(story.records()).toMatchObject([{ subject: 'Far away' }]);
  }, 60_000);
});
