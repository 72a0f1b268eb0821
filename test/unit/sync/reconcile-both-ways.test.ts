import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RecordId } from '../../../shared/domain/ids.ts';
import { contoso, type EngineWorld, engineWorld, rep1, rep2 } from '../../support/engine-world.ts';

let world: EngineWorld;
beforeEach(async () => {
  world = await engineWorld();
});

const calendar = (mailbox = rep1) => world.exchange.control.items(mailbox).filter(({ place }) => place === 'folder');
const announced = async () => {
  await world.announceCrmChanges();
  await world.run(0);
};
const polled = () => world.run(61_000);

describe('from the CRM to Exchange', () => {
  test('makes an appointment with subject, time, place, notes and the links to activity and individual', async () => {
    world.crm.control.create({
      subject: 'Visit',
      description: 'Bring the contract.',
      location: 'Berlin',
      timeZone: 'Europe/Berlin',
      links: { activity: 'https://crm.example/a/1', individual: 'https://crm.example/i/7' },
    });
    await announced();
    const [item] = calendar();
    expect(item).toMatchObject({ subject: 'Visit', location: 'Berlin', timeZone: 'Europe/Berlin' });
    expect(item?.bodyText).toContain('Bring the contract.');
    expect(item?.bodyText).toContain('https://crm.example/a/1');
    expect(item?.bodyText).toContain('https://crm.example/i/7');
  });

  test('moves, renames and removes the same item', async () => {
    const { id } = world.crm.control.create();
    await announced();
    const made = calendar()[0];
    world.crm.control.update(id, { subject: 'Later', start: '2026-02-01T10:00:00Z', end: '2026-02-01T11:00:00Z' });
    await announced();
    expect(calendar()).toMatchObject([{ itemId: made?.itemId, subject: 'Later', start: '2026-02-01T10:00:00.000Z' }]);
    world.crm.control.delete(id);
    await announced();
    expect(calendar()).toEqual([]);
  });

  test('removes the item of a cancelled activity and makes a new one when it is reopened', async () => {
    const { id } = world.crm.control.create();
    await announced();
    world.crm.control.update(id, { status: 'cancelled' });
    await announced();
    expect(calendar()).toEqual([]);
    world.crm.control.update(id, { status: 'open' });
    await announced();
    expect(calendar()).toHaveLength(1);
  });

  test('does not let a past or completed activity ring', async () => {
    world.crm.control.create({ status: 'completed' });
    world.crm.control.create({ start: '2026-01-01T10:00:00Z', end: '2026-01-01T11:00:00Z' });
    world.crm.control.create();
    await announced();
    expect(calendar().map(({ reminderMinutes }) => reminderMinutes !== null)).toEqual([false, false, true]);
  });

  test('reports an activity whose start is not before its end, and syncs it once that is corrected', async () => {
    const { id } = world.crm.control.create({ start: '2026-02-01T11:00:00Z', end: '2026-02-01T11:00:00Z' });
    await announced();
    expect(calendar()).toEqual([]);
    expect(await world.stores.failures.list(contoso, 10)).toMatchObject([
      { recordId: id, reason: 'startNotBeforeEnd' },
    ]);
    world.crm.control.update(id, { end: '2026-02-01T12:00:00Z' });
    await announced();
    expect(calendar()).toHaveLength(1);
  });

  test('moves the item to the mailbox of the new owner', async () => {
    const { id } = world.crm.control.create();
    await announced();
    world.crm.control.update(id, { ownerId: 'rep2' as never });
    await announced();
    expect([calendar(rep1).length, calendar(rep2).length]).toEqual([0, 1]);
    world.crm.control.update(id, { ownerId: 'rep1' as never, subject: 'Back' });
    await announced();
    expect([calendar(rep1).length, calendar(rep2).length]).toEqual([1, 0]);
  });

  test('waits for a CRM replica that lags and does not lose the change', async () => {
    world.crm.control.setLag('all');
    world.crm.control.create();
    await announced();
    expect(calendar()).toEqual([]);
    world.crm.control.setLag('none');
    await world.run(2_000);
    expect(calendar()).toHaveLength(1);
  });
});

describe('from Exchange to the CRM', () => {
  test('makes an activity of origin exchange of the type the profile names', async () => {
    world.exchange.control.userCreates(rep1, { subject: 'Lunch', bodyText: 'With Ada.', location: 'Rome' });
    await polled();
    expect(world.crm.control.records()).toMatchObject([
      {
        subject: 'Lunch',
        description: 'With Ada.',
        location: 'Rome',
        origin: 'exchange',
        type: 'Outlook event',
        ownerId: 'rep1',
      },
    ]);
    expect(calendar()).toHaveLength(1);
  });

  test('carries an edit, and only the fields that were edited', async () => {
    const { id } = world.crm.control.create({ subject: 'Visit', description: 'Notes' });
    await announced();
    await polled();
    const [item] = calendar();
    world.exchange.control.userEdits(rep1, item?.itemId as never, {
      subject: 'Visit moved',
      start: '2026-03-01T08:00:00.000Z',
      end: '2026-03-01T09:00:00.000Z',
    });
    await polled();
    expect(world.crm.control.record(id)).toMatchObject({
      subject: 'Visit moved',
      description: 'Notes',
      start: '2026-03-01T08:00:00.000Z',
      origin: 'crm',
    });
  });

  test('deletes the activity of a deleted item, and nothing for an item that was only moved to another folder', async () => {
    const kept = world.crm.control.create();
    const dropped = world.crm.control.create();
    await announced();
    await polled();
    const of = (id: RecordId) => calendar().find(({ stamp }) => stamp?.recordId === id)?.itemId as never;
    world.exchange.control.userMoves(rep1, of(kept.id), 'elsewhere');
    world.exchange.control.userDeletes(rep1, of(dropped.id));
    await polled();
    expect(world.crm.control.records().map(({ id }) => id)).toEqual([kept.id]);
    world.crm.control.update(kept.id, { subject: 'Still linked' });
    await announced();
    expect(world.exchange.control.items(rep1).find(({ place }) => place === 'elsewhere')).toMatchObject({
      subject: 'Still linked',
    });
  });

  test('cancels the activity of a cancelled meeting and removes the item', async () => {
    const { id } = world.crm.control.create();
    await announced();
    await polled();
    world.exchange.control.userEdits(rep1, calendar()[0]?.itemId as never, { cancelled: true });
    await polled();
    expect(world.crm.control.record(id)?.status).toBe('cancelled');
    expect(calendar()).toEqual([]);
  });

  test('keeps private items out of the CRM, and leaves what is outside the window', async () => {
    world = await engineWorld({ profile: { window: { daysBack: 2, daysAhead: 90 } } });
    world.exchange.control.userCreates(rep1, {
      sensitivity: 'private',
      start: '2026-01-10T09:00:00.000Z',
      end: '2026-01-10T10:00:00.000Z',
    });
    world.exchange.control.userCreates(rep1, { start: '2026-01-01T09:00:00.000Z', end: '2026-01-01T10:00:00.000Z' });
    world.exchange.control.userCreates(rep1, { start: '2026-09-01T09:00:00.000Z', end: '2026-09-01T10:00:00.000Z' });
    await polled();
    expect(world.crm.control.records()).toEqual([]);
  });
});

describe('when both sides change', () => {
  const both = async (profile: Record<string, unknown>) => {
    world = await engineWorld({ profile });
    const { id } = world.crm.control.create({ subject: 'Agreed', location: 'Here' });
    await announced();
    await polled();
    world.crm.control.update(id, { subject: 'CRM says' });
    world.exchange.control.userEdits(rep1, calendar()[0]?.itemId as never, {
      subject: 'Outlook says',
      location: 'There',
    });
    await announced();
    await polled();
    return { record: world.crm.control.record(id), item: calendar()[0] };
  };

  test('merges by field, and lets the CRM win where a field differs', async () => {
    const { record, item } = await both({});
    expect(record).toMatchObject({ subject: 'CRM says', location: 'There' });
    expect(item).toMatchObject({ subject: 'CRM says', location: 'There' });
  });

  test('lets Exchange win where the profile says so', async () => {
    const { record, item } = await both({ conflictPolicy: 'exchange-wins' });
    expect(record).toMatchObject({ subject: 'Outlook says', location: 'There' });
    expect(item).toMatchObject({ subject: 'Outlook says', location: 'There' });
  });
});

test('writes nothing more once both sides agree', async () => {
  world.crm.control.create({ description: 'Text' });
  world.exchange.control.userCreates(rep2, { subject: 'Mine', bodyText: 'Body' });
  await announced();
  await world.run(10 * 60_000);
  const before = JSON.stringify([
    world.crm.control.records(),
    world.exchange.control.items(rep1),
    world.exchange.control.items(rep2),
  ]);
  await world.run(60 * 60_000);
  expect(
    JSON.stringify([
      world.crm.control.records(),
      world.exchange.control.items(rep1),
      world.exchange.control.items(rep2),
    ]),
  ).toBe(before);
});

test('starts over after a lost SyncState without making or deleting anything', async () => {
  world.crm.control.create();
  world.exchange.control.userCreates(rep1);
  await announced();
  await polled();
  const records = world.crm.control.records();
  world.exchange.control.forgetSyncStates();
  await world.run(10 * 60_000);
  expect(world.crm.control.records()).toEqual(records);
  expect(calendar()).toHaveLength(2);
});
