import { describe, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import { failed } from '../../../shared/domain/outcome.ts';
import { SyncError } from '../../../shared/domain/sync-error.ts';
import type { CrmGateway } from '../../../shared/ports/crm-gateway.ts';
import type { ExchangeGateway } from '../../../shared/ports/exchange-gateway.ts';
import { hours, minutes } from '../../support/engine-story.ts';
import { contoso, rep1, type WorldOptions } from '../../support/engine-world.ts';
import { type JobStory, jobStory } from '../../support/job-story.ts';

const box = { organizationId: contoso, mailboxId: rep1 };
const narrow = { deletions: 10, deletionsPercent: 10, writesPerItem: 6, mails: 50, errorPercent: 100 };
const brakesOf = async (story: JobStory) => (await story.stores.brakes.listActive(box)).map(({ value }) => value.brake);

/** A mailbox with so many activities of the CRM as items. */
async function mapped(count: number, options: WorldOptions = {}): Promise<JobStory> {
  const story = await jobStory(options);
  for (let one = 0; one < count; one++) story.crm.control.create({ subject: `Visit ${one}` });
  await story.announced();
  await story.run(12 * minutes);
  expect(story.calendar()).toHaveLength(count);
  return story;
}

describe('7 echoes end', () => {
  test('with a server that rewrites every body, an edit on each side is written once to the other and then nothing is', async () => {
    const story = await jobStory({ exchange: { rewritesBodies: true }, crm: { pageSize: 3 } });
    const { id } = story.crm.control.create({ subject: 'Visit', description: 'One\n\n  Two  ' });
    story.exchange.control.userCreates(rep1, { subject: 'Lunch', bodyText: 'At  noon\n' });
    await story.announced();
    await story.run(15 * minutes);
    story.crm.control.update(id, { description: 'One\n\n  Three ' });
    story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as ItemId, { location: 'Room' });
    await story.announced();
    await story.run(15 * minutes);
    const settled = story.writes.length;
    // A new change key alone, as Exchange gives out of itself, is no change either.
    for (const { itemId } of story.calendar()) story.exchange.control.touch(rep1, itemId);
    await story.run(6 * hours);
    expect(story.writes.length).toBe(settled);
  });

  test('another program that undoes each of our writes is stopped after six in an hour, and the other items go on', async () => {
    const story = await jobStory({ profile: { brakes: narrow } });
    const { id } = story.crm.control.create({ subject: 'Visit' });
    await story.announced();
    await story.run(3 * minutes);
    for (let round = 0; round < 20; round++) {
      const item = story.calendar()[0];
      story.exchange.control.userEdits(rep1, item?.itemId as ItemId, { subject: `Their name ${round}` });
      await story.run(minutes);
      story.crm.control.update(id, { subject: `Our name ${round}` });
      await story.announced();
    }
    expect(await brakesOf(story)).toEqual(['writeLoop']);
    expect(story.writes.length).toBeLessThanOrEqual(8);
    story.crm.control.create({ subject: 'Another' });
    await story.announced();
    expect(story.calendar().map(({ subject }) => subject)).toContain('Another');
  });
});

describe('8 deletions are neither lost nor undone', () => {
  test('a deletion in the CRM whose webhook is lost is found by the poll', async () => {
    const story = await mapped(2);
    story.crm.control.delete(story.records()[0]?.id as never);
    await story.run(5 * minutes);
    expect(story.calendar()).toHaveLength(1);
  });

  test('a deletion in Exchange that no feed tells of is found by the sweep of the night', async () => {
    const story = await mapped(2);
    await story.run(20 * minutes);
    story.exchange.control.userPurges(rep1, story.calendar()[0]?.itemId as ItemId);
    story.exchange.control.forgetSyncStates();
    await story.done('sweep', {}, 30 * minutes);
    expect(story.records()).toHaveLength(1);
  });

  test.each([false, true])(
    'late news of before the deletion bring nothing back (a replica still shows the record: %s)',
    async (lags) => {
      const story = await mapped(1);
      const [record] = story.records();
      const [item] = story.calendar();
      if (record === undefined || item === undefined) throw new Error('nothing was made');
      if (lags) story.crm.control.setLag('all');
      story.exchange.control.userDeletes(rep1, item.itemId);
      await story.run(5 * minutes);
      const common = { schema: 1, organizationId: contoso, reason: 'updated', attempt: 1, hop: 0, lagged: 0 } as const;
      const seenAt = story.clock.now().toISOString();
      await story.changes.send([
        { body: { kind: 'crmChange', ...common, recordId: record.id, version: record.version, seenAt } },
        { body: { kind: 'exchangeChange', ...common, ...box, itemId: item.itemId, itemKind: 'appointment', seenAt } },
      ]);
      await story.run(30 * minutes);
      expect([story.records(), story.calendar()]).toEqual([[], []]);
    },
  );
});

describe('9 an empty or failed read deletes nothing', () => {
  test('a feed that starts over and shows nothing at all, without an error', async () => {
    let empty = false;
    const exchange = (gateway: ExchangeGateway): ExchangeGateway => ({
      ...gateway,
      async listChanges(access, kind, since) {
        const page = await gateway.listChanges(access, kind, empty ? undefined : since);
        return empty ? { ...page, changes: [] } : page;
      },
      async listItems(access, kind, window, cursor) {
        return empty ? { items: [], next: undefined } : gateway.listItems(access, kind, window, cursor);
      },
    });
    const story = await mapped(20, { between: { exchange }, profile: { brakes: narrow } });
    empty = true;
    await story.run(hours);
    await story.done('sweep', {}, hours);
    expect([story.records().length, story.calendar().length]).toEqual([20, 20]);
    expect(await brakesOf(story)).toEqual([]);
  });

  test('a feed that tells of deletions although the items are there', async () => {
    let lies = false;
    const exchange = (gateway: ExchangeGateway): ExchangeGateway => ({
      ...gateway,
      async listChanges(access, kind, since) {
        const page = await gateway.listChanges(access, kind, lies ? undefined : since);
        const changes = page.changes.map(({ itemId }) => ({ kind: 'deleted', itemId, changeKey: undefined }) as const);
        return lies ? { ...page, changes } : page;
      },
    });
    const story = await mapped(20, { between: { exchange } });
    lies = true;
    await story.run(30 * minutes);
    expect([story.records().length, story.calendar().length]).toEqual([20, 20]);
  });

  test('a CRM that tells of deletions although the records are there', async () => {
    const story = await mapped(20);
    const seenAt = story.clock.now().toISOString();
    const gone = { kind: 'crmChange', schema: 1, organizationId: contoso, reason: 'deleted', attempt: 1 } as const;
    await story.changes.send(
      story.records().map(({ id }) => ({ body: { ...gone, recordId: id, hop: 0, lagged: 0, seenAt } })),
    );
    await story.run(30 * minutes);
    expect(story.calendar()).toHaveLength(20);
  });

  test('a CRM that answers as if its records had never been, and lists none', async () => {
    let empty = false;
    const crm = (gateway: CrmGateway): CrmGateway => ({
      ...gateway,
      async readRecords(connection, ids) {
        return empty ? ids.map(() => ({ state: 'missing' })) : gateway.readRecords(connection, ids);
      },
      async listRecords(...input) {
        return empty ? { records: [], next: undefined } : gateway.listRecords(...input);
      },
    });
    const story = await mapped(4, { between: { crm } });
    empty = true;
    for (const { id } of story.records()) story.crm.control.update(id, { location: 'Room' });
    for (const { itemId } of story.calendar()) story.exchange.control.userEdits(rep1, itemId, { subject: 'Edited' });
    await story.announced();
    await story.run(4 * minutes);
    await story.done('sweep', {}, hours);
    expect([story.records().length, story.calendar().length]).toEqual([4, 4]);
  });

  test('a mailbox in which everything is really gone at once stops after the tenth record, until an admin looks', async () => {
    const story = await mapped(60, { profile: { brakes: narrow } });
    for (const { itemId } of story.calendar()) story.exchange.control.userPurges(rep1, itemId);
    await story.run(hours);
    expect(story.records()).toHaveLength(50);
    expect(await brakesOf(story)).toEqual(['massDeletion']);
    expect((await story.held()).length).toBeGreaterThan(40);
  });
});

describe('10 lost access or a changed filter is no deletion', () => {
  const denied = new SyncError('No right on the folder.', {
    ...({ code: 'ErrorAccessDenied', status: 'accessDeniedFolder', kind: 'other' } as const),
    remedy: { kind: 'disable', scope: 'mailbox' },
  });

  test('items that may no longer be read, while the search shows none of them', async () => {
    let blind = false;
    const exchange = (gateway: ExchangeGateway): ExchangeGateway => ({
      ...gateway,
      async readItems(access, kind, ids) {
        return blind ? ids.map(() => failed(denied)) : gateway.readItems(access, kind, ids);
      },
      async findStamped(...input) {
        return blind ? [] : gateway.findStamped(...input);
      },
    });
    const story = await mapped(5, { between: { exchange } });
    blind = true;
    for (const { itemId } of story.calendar()) story.exchange.control.userEdits(rep1, itemId, { subject: 'Edited' });
    await story.run(hours);
    expect([story.records().length, story.calendar().length]).toEqual([5, 5]);
  });

  test('access that is taken away and given back', async () => {
    const story = await mapped(5);
    story.exchange.control.failsWith(rep1, denied);
    story.crm.control.update(story.records()[0]?.id as never, { subject: 'Meanwhile' });
    await story.announced();
    await story.run(2 * hours);
    expect([story.records().length, story.calendar().length]).toEqual([5, 5]);
    expect(await story.statusOf(rep1)).toMatchObject({ status: 'accessDeniedFolder', disabled: true });
  });

  test.each([
    ['types that are no longer sent', { activityTypesToExchange: ['Call'] }],
    ['a narrower window', { window: { daysBack: 0, daysAhead: 1 }, windowLimitsCrm: true }],
  ])('%s', async (_, change) => {
    const story = await mapped(5);
    const profile = await story.stores.directory.findProfile(contoso, 'main' as never);
    if (profile === undefined) throw new Error('the world is incomplete');
    await story.stores.directory.saveProfile({ ...profile.value, ...change } as never);
    story.exchange.control.forgetSyncStates();
    await story.done('sweep', {}, 2 * hours);
    expect([story.records().length, story.calendar().length]).toEqual([5, 5]);
  });

  test('a process that is switched off', async () => {
    const story = await mapped(5);
    await story.changeMailbox(rep1, { syncCalendar: false });
    await story.run(2 * hours);
    expect([story.records().length, story.calendar().length]).toEqual([5, 5]);
    expect(story.exchange.control.mails).toEqual([]);
  });
});
