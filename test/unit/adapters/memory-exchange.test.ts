import { beforeEach, expect, test } from '@jest/globals';
import { memoryClock } from '../../../shared/adapters/memory/memory-clock.ts';
import { memoryExchange } from '../../../shared/adapters/memory/memory-exchange.ts';
import type { MemoryAppointment } from '../../../shared/adapters/memory/memory-exchange-items.ts';
import type { AppointmentDraft } from '../../../shared/domain/appointment.ts';
import { Series } from '../../../shared/domain/recurrence.ts';
import { SyncError } from '../../../shared/domain/sync-error.ts';
import { exchangeAccess } from '../../support/exchange-access.ts';

const access = exchangeAccess();
const { id } = access.mailbox;
const daily = Series.parse({
  recurrence: { pattern: { kind: 'daily' }, startDate: '2026-06-01', end: { kind: 'byCount', count: 5 } },
});
const second = '2026-06-02T09:00:00.000Z';

let { gateway, control } = memoryExchange({ clock: memoryClock() });
beforeEach(() => {
  ({ gateway, control } = memoryExchange({ clock: memoryClock() }));
});

test('after a move to another server all items have new ids, and the feeds begin anew', async () => {
  const before = [control.userCreates(id), control.userCreatesTask(id), control.userCreatesContact(id)];
  control.userDeletes(id, control.userCreates(id, { subject: 'Deleted' }).itemId);
  const states = await Promise.all(
    before.map(async ({ kind }) => ({ kind, state: (await gateway.listChanges(access, kind, undefined)).syncState })),
  );
  control.moveMailbox(id);
  for (const { kind, state } of states) {
    await expect(gateway.listChanges(access, kind, state)).rejects.toMatchObject({ remedy: { kind: 'resync' } });
    const { changes } = await gateway.listChanges(access, kind, undefined);
    expect(changes).toHaveLength(1);
    expect(before.map(({ itemId }) => itemId)).not.toContain(changes[0]?.itemId);
  }
  expect(control.items(id).map(({ place, subject }) => [place, subject])).toEqual([
    ['folder', ''],
    ['deletedItems', 'Deleted'],
  ]);
});

test('the states of one folder can be lost alone', async () => {
  const { syncState: tasks } = await gateway.listChanges(access, 'task', undefined);
  const { syncState: calendar } = await gateway.listChanges(access, 'appointment', undefined);
  control.forgetSyncStates({ mailboxId: id, kind: 'task' });
  await expect(gateway.listChanges(access, 'task', tasks)).rejects.toMatchObject({ remedy: { kind: 'resync' } });
  await expect(gateway.listChanges(access, 'appointment', calendar)).resolves.toMatchObject({ changes: [] });
});

test('the state of one folder is not taken for another', async () => {
  const { syncState } = await gateway.listChanges(access, 'task', undefined);
  await expect(gateway.listChanges(access, 'contact', syncState)).rejects.toMatchObject({ remedy: { kind: 'resync' } });
});

test('the calls for one folder can fail alone, or all of a mailbox', async () => {
  const error = new SyncError('no', { code: 'ErrorAccessDenied', remedy: { kind: 'park' } });
  control.failsWith(id, error, 'task');
  await expect(gateway.probe(access, 'task')).rejects.toBe(error);
  await expect(gateway.probe(access, 'contact')).resolves.toBeUndefined();
  control.failsWith(id, error);
  await expect(gateway.listChanges(access, 'contact', undefined)).rejects.toBe(error);
  control.failsWith(id, undefined);
  control.failsWith(id, undefined, 'task');
  await expect(gateway.probe(access, 'task')).resolves.toBeUndefined();
});

test('a series that gets another time loses its exceptions and deleted occurrences', async () => {
  const made = control.userCreates(id, { series: daily });
  control.userEditsOccurrence(id, made.itemId, second, { subject: 'Alone' });
  const { itemId, changeKey } = control.userDeletesOccurrence(id, made.itemId, '2026-06-03T09:00:00.000Z');
  const time = {
    start: '2026-06-01T10:00:00.000Z',
    end: '2026-06-01T11:00:00.000Z',
    timeZone: 'Etc/UTC',
    allDay: false,
  };
  const change = { item: { itemId, changeKey }, patch: { kind: 'appointment', time } as const };
  expect((await gateway.updateItems(access, [change], 'none'))[0]?.ok).toBe(true);
  expect(control.items(id)[0]?.series).toEqual(daily);
});

test('an exception keeps a text of its own while the series is changed around it', async () => {
  const made = control.userCreates(id, { series: daily, bodyText: 'Of all' });
  control.userEditsOccurrence(id, made.itemId, second, { bodyText: 'Of one' });
  const master = control.userEdits(id, made.itemId, { bodyText: 'Of the others' }) as MemoryAppointment;
  const window = { from: '2026-06-01T00:00:00.000Z', to: '2026-06-04T00:00:00.000Z' };
  const occurrences = await gateway.readOccurrences(access, master.itemId, window);
  expect(occurrences.map(({ bodyText }) => bodyText)).toEqual(['Of the others', 'Of one', 'Of the others']);
});

test('a series whose writing breaks off has its pattern and no exceptions, until it is written again', async () => {
  const exceptions = [{ originalStart: second, start: second, end: '2026-06-02T12:00:00.000Z' }];
  const series = { ...daily, exceptions };
  const time = {
    start: '2026-06-01T09:00:00.000Z',
    end: '2026-06-01T10:00:00.000Z',
    timeZone: 'Etc/UTC',
    allDay: false,
  };
  const draft: AppointmentDraft = {
    ...{ kind: 'appointment', stamp: { mailboxId: id, recordId: 'r-1' as never }, subject: 'Daily', location: '' },
    ...{ body: { notes: '', links: {} }, ...time, series },
  };
  control.breaksSeriesWrites(id, true);
  const [made] = await gateway.createItems(access, [draft], 'none');
  expect(made?.ok === false && [made.error.remedy, made.error.ambiguous]).toEqual([{ kind: 'retry' }, true]);
  const [half] = control.items(id);
  expect(half?.series).toEqual(daily);
  control.breaksSeriesWrites(id, false);
  if (half === undefined) throw new Error('nothing was made');
  const { itemId, changeKey } = half;
  const change = { item: { itemId, changeKey }, patch: { kind: 'appointment', time, series } as const };
  expect((await gateway.updateItems(access, [change], 'none'))[0]?.ok).toBe(true);
  expect(control.items(id)[0]?.series).toEqual(series);
});

test('rewritten bodies differ in their words from what was written, and say the same', async () => {
  const rewriting = memoryExchange({ clock: memoryClock(), rewritesBodies: true });
  const draft = { notes: 'One  line\nand another', links: { activity: 'https://crm.example/1' } };
  const stamp = { mailboxId: id, recordId: 'r-1' as never };
  const contact = { emails: [], phones: {}, addresses: {}, company: '', jobTitle: '', givenName: '', surname: 'Byron' };
  for (const one of [gateway, rewriting.gateway])
    await one.createItems(access, [{ kind: 'contact', stamp, body: draft, ...contact }], 'none');
  const [[plain], [rewritten]] = [control.items(id, 'contact'), rewriting.control.items(id, 'contact')];
  expect(rewritten?.rawBody).not.toBe(plain?.rawBody);
  expect([rewritten?.bodyText, rewritten?.richBody]).toEqual([plain?.bodyText, false]);
});

test('the same history gives the same ids and change keys', () => {
  const trace = () => {
    const { control: hands } = memoryExchange({ clock: memoryClock() });
    const { itemId } = hands.userCreates(id, { series: daily });
    hands.userCreatesTask(id);
    hands.userEditsOccurrence(id, itemId, second, { subject: 'Alone' });
    hands.userCopies(id, itemId);
    hands.moveMailbox(id);
    return [hands.items(id), hands.items(id, 'task')];
  };
  expect(trace()).toEqual(trace());
});
