import { beforeEach, expect, test } from '@jest/globals';
import type { ItemId } from '../../../shared/domain/ids.ts';
import type { ItemPlace } from '../../../shared/domain/item.ts';
import { contoso, type EngineWorld, engineWorld, rep1, rep2 } from '../../support/engine-world.ts';

let world: EngineWorld;
beforeEach(async () => {
  world = await engineWorld();
});

const itemsIn = (place: ItemPlace, mailbox = rep1) =>
  world.exchange.control.items(mailbox).filter((item) => item.place === place);
const announced = async () => {
  await world.announceCrmChanges();
  await world.run(0);
};
const polled = () => world.run(61_000);
/** So much later that the poll of the CRM no longer tells of what happened before. */
const longAfter = () => world.run(30 * 60_000);

/** A synced activity whose item a retention policy has put into the archive. */
async function archivedActivity() {
  const { id } = world.crm.control.create({ subject: 'Visit', location: 'Berlin' });
  await announced();
  await polled();
  world.exchange.control.userMoves(rep1, itemsIn('folder')[0]?.itemId as ItemId, 'archive');
  await polled();
  return id;
}
const backToTheCalendar = () =>
  world.exchange.control.userMoves(rep1, itemsIn('archive')[0]?.itemId as ItemId, 'folder');

test('keeps the activity of an item that a retention policy archives', async () => {
  const id = await archivedActivity();
  await longAfter();
  expect(world.crm.control.record(id)).toMatchObject({ subject: 'Visit', status: 'open' });
  expect(itemsIn('archive')).toMatchObject([{ subject: 'Visit' }]);
});

test('keeps the activity also when the calendar is read anew', async () => {
  const id = await archivedActivity();
  world.exchange.control.forgetSyncStates();
  await longAfter();
  expect(world.crm.control.record(id)).toBeDefined();
});

test('keeps the activity of an archived item of which an earlier life lies in Deleted Items', async () => {
  const { id } = world.crm.control.create();
  await announced();
  world.crm.control.update(id, { status: 'cancelled' });
  await announced();
  world.crm.control.update(id, { status: 'open' });
  await announced();
  await polled();
  expect(itemsIn('deletedItems')).toHaveLength(1);
  world.exchange.control.userMoves(rep1, itemsIn('folder')[0]?.itemId as ItemId, 'archive');
  await polled();
  expect(world.crm.control.record(id)?.status).toBe('open');
});

test('changes of the activity neither touch the archived item nor make another', async () => {
  const id = await archivedActivity();
  const before = world.exchange.control.items(rep1);
  world.crm.control.update(id, { subject: 'Later', start: '2026-02-01T10:00:00Z', end: '2026-02-01T11:00:00Z' });
  await announced();
  await longAfter();
  expect(world.exchange.control.items(rep1)).toEqual(before);
  expect(await world.stores.failures.list(contoso, 10)).toEqual([]);
});

test.each([
  ['deleted', (id: never) => world.crm.control.delete(id)],
  ['cancelled', (id: never) => world.crm.control.update(id, { status: 'cancelled' })],
  ['given to another owner', (id: never) => world.crm.control.update(id, { ownerId: 'rep2' as never })],
])('leaves the archived item of an activity that is %s', async (_what, change) => {
  const id = await archivedActivity();
  const before = itemsIn('archive');
  change(id as never);
  await announced();
  await world.run(10 * 60_000);
  expect(itemsIn('archive')).toEqual(before);
  expect(itemsIn('deletedItems')).toEqual([]);
  expect(itemsIn('folder')).toEqual([]);
  expect(await world.stores.failures.list(contoso, 10)).toEqual([]);
});

test('gives a new owner an item of its own', async () => {
  const id = await archivedActivity();
  world.crm.control.update(id, { ownerId: 'rep2' as never });
  await announced();
  expect(itemsIn('folder', rep2)).toMatchObject([{ subject: 'Visit' }]);
});

test('syncs an item again that comes back to the calendar', async () => {
  const id = await archivedActivity();
  const { itemId } = backToTheCalendar();
  await polled();
  expect(world.crm.control.records()).toHaveLength(1);
  world.crm.control.update(id, { subject: 'From the CRM' });
  await announced();
  expect(itemsIn('folder')).toMatchObject([{ itemId, subject: 'From the CRM' }]);
  await polled();
  world.exchange.control.userEdits(rep1, itemId, { location: 'From Outlook' });
  await polled();
  expect(world.crm.control.record(id)).toMatchObject({ subject: 'From the CRM', location: 'From Outlook' });
  world.exchange.control.userDeletes(rep1, itemId);
  await polled();
  expect(world.crm.control.records()).toEqual([]);
});

test('brings what was changed in the CRM meanwhile into an item that comes back', async () => {
  const id = await archivedActivity();
  world.crm.control.update(id, { subject: 'Changed meanwhile' });
  await announced();
  await longAfter();
  backToTheCalendar();
  await longAfter();
  expect(itemsIn('folder')).toMatchObject([{ subject: 'Changed meanwhile', location: 'Berlin' }]);
});

test('merges what was changed on both sides meanwhile when the item comes back', async () => {
  const id = await archivedActivity();
  world.crm.control.update(id, { subject: 'Changed meanwhile' });
  await announced();
  await longAfter();
  world.exchange.control.userEdits(rep1, itemsIn('archive')[0]?.itemId as ItemId, { location: 'Elsewhere' });
  backToTheCalendar();
  await longAfter();
  const both = { subject: 'Changed meanwhile', location: 'Elsewhere' };
  expect(itemsIn('folder')).toMatchObject([both]);
  expect(world.crm.control.records()).toMatchObject([both]);
});
