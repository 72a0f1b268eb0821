import { describe, expect, test } from '@jest/globals';
import type { MailboxJob } from '../../shared/domain/mailbox-job.ts';
import type { Quarantine } from '../../shared/domain/quarantine.ts';
import { eventually } from '../support/eventually.ts';
import { people, recordOf } from '../support/local-exchange-client.ts';
import { useLocalEnvironment } from '../support/use-local-environment.ts';

const local = useLocalEnvironment();
interface Statement {
  readonly code: string;
  readonly text: string;
}
const explain = async (query: Record<string, string>) =>
  (await local.admin.read<Statement[]>(`/explain?${new URLSearchParams(query)}`)).map(({ code }) => code);
const quarantines = () => local.admin.read<Quarantine[]>('/quarantines');
const inCrm = async (ownerId: string) =>
  (await local.crm.activities()).filter((activity) => activity.ownerId === ownerId).map(({ id }) => id);
const marksOf = async (address: string) => (await local.exchange.calendar(address)).map((item) => recordOf(item));

describe('a mailbox that is emptied all at once', () => {
  let left: string[] = [];
  let waiting = '';

  test('stops after ten deletions: what is left of its records stays in the CRM, and says why', async () => {
    const ids = await local.crm.createMany({ count: 30, ownerIds: ['rep1'], batch: true });
    await eventually(async () => expect(new Set(await marksOf(people.rep1))).toEqual(new Set(ids)), 20_000);
    await local.looked('rep1');
    for (const { id } of (await local.exchange.calendar(people.rep1)).slice(0, 25))
      await local.exchange.remove(people.rep1, id);
    const [quarantine] = await local.afterALook('rep1', async () => {
      const found = await quarantines();
      expect(found).toMatchObject([{ mailboxId: 'mailbox-rep1', brake: 'massDeletion', limit: 10 }]);
      return found;
    });
    expect(quarantine?.recordId).toBeUndefined();
    // Ten were let through, and some of them are still on their way.
    left = await eventually(async () => {
      const there = await inCrm('rep1');
      expect(there).toHaveLength(20);
      return there;
    });
    const gone = left.find((id) => !ids.slice(25).includes(id)) ?? '';
    expect(await explain({ record: gone })).toEqual(expect.arrayContaining(['recordThere', 'quarantine']));
  }, 60_000);

  test('keeps what changes meanwhile for later, and its neighbours go on', async () => {
    waiting = (await local.crm.create({ subject: 'While it stands still' })).id;
    const { id } = await local.crm.create({ ownerId: 'rep2', subject: 'Next door' });
    await eventually(() => local.exchange.itemOf(people.rep2, id));
    await eventually(async () => expect(await explain({ record: waiting })).toContain('held'));
    await expect(local.exchange.itemOf(people.rep1, waiting)).rejects.toThrow('0 items');
    expect(await inCrm('rep1')).toHaveLength(21);
    expect(await local.admin.failures()).toEqual([]);
  });

  test('goes on when an admin releases it, and both sides agree', async () => {
    // An admin looks before he lets go: whatever could be done before is done.
    await local.looked('rep1');
    expect(await inCrm('rep1')).toHaveLength(21);
    const [standing] = await quarantines();
    const path = `/mailboxes/mailbox-rep1/quarantines/${standing?.id}/release`;
    expect((await local.admin.post(path)).status).toBe(204);
    await eventually(async () => expect(await inCrm('rep1')).toHaveLength(6), 20_000);
    await eventually(async () => {
      await local.exchange.itemOf(people.rep1, waiting);
      expect(new Set(await marksOf(people.rep1))).toEqual(new Set(await inCrm('rep1')));
    });
    expect(await quarantines()).toEqual([]);
    expect(await explain({ record: waiting })).toEqual(expect.arrayContaining(['recordThere', 'linked', 'agree']));
    const all = await local.admin.read<Quarantine[]>('/quarantines?all=1');
    for (const one of all) expect(one).toMatchObject({ brake: 'massDeletion', releasedBy: 'admin' });
    const { entries } = await local.admin.read<{ entries: { act: string; side: string; state: string }[] }>(
      '/mailboxes/mailbox-rep1/journal?limit=500',
    );
    const deletions = entries.filter(({ act, side, state }) => act === 'deleted' && side === 'crm' && state === 'done');
    expect(deletions).toHaveLength(25);
    await local.atRest();
  }, 60_000);
});

describe('why something is not synced', () => {
  test('is told of a record whose owner has no mailbox here, and of an item, without its words', async () => {
    const { id } = await local.crm.create({ ownerId: 'manager', subject: 'Nowhere to go' });
    expect(await explain({ record: id })).toEqual(['recordThere', 'noMailbox']);
    const old = await local.exchange.create(people.rep2, {
      ...{ subject: 'Long ago', start: '2020-05-06T09:00:00Z', end: '2020-05-06T10:00:00Z' },
    });
    const statements = await local.admin.read<Statement[]>(
      `/explain?${new URLSearchParams({ mailbox: 'mailbox-rep2', item: old.id })}`,
    );
    expect(JSON.stringify(statements)).toContain('outside the window');
    expect(JSON.stringify(statements)).not.toContain('Long ago');
  });

  test('is told although Exchange does not answer', async () => {
    const { id } = await local.crm.create({ ownerId: 'rep2', subject: 'Before the outage' });
    await eventually(() => local.exchange.itemOf(people.rep2, id));
    await local.exchange.addFault({ match: { operation: 'GetItem' }, answer: { status: 503 } });
    expect(await explain({ record: id })).toEqual(
      expect.arrayContaining(['recordThere', 'linked', 'exchangeUnreachable']),
    );
    await local.exchange.clearFaults();
  });
});

describe('a mailbox that is off-boarded', () => {
  const receipt = async () =>
    (await local.admin.read<MailboxJob[]>('/jobs?kind=offBoard')).find(({ id }) => id === 'mailbox-mailbox-rep2-1');
  const rowsOfRep2 = async () =>
    (await local.environment.rows()).filter(({ row }) => row.includes('mailbox-rep2') && !row.includes('"off-boarded'));

  test('leaves nothing in the tables but the receipt, and its items where they are', async () => {
    await local.crm.createMany({ count: 5, ownerIds: ['rep2'] });
    const own = await inCrm('rep2');
    await eventually(async () => expect((await marksOf(people.rep2)).filter(Boolean)).toHaveLength(own.length));
    await local.looked('rep2');
    const before = await local.exchange.calendar(people.rep2);
    expect((await rowsOfRep2()).length).toBeGreaterThan(20);

    expect((await local.admin.remove('/mailboxes/mailbox-rep2?items=keep')).status).toBe(202);
    await eventually(async () => expect(await receipt()).toMatchObject({ state: 'done' }), 60_000);
    await eventually(async () => expect(await rowsOfRep2()).toEqual([]));
    expect(Object.values((await receipt())?.counts ?? {}).some((count) => count > 0)).toBe(true);
    expect(await local.exchange.calendar(people.rep2)).toEqual(before);
    expect((await local.admin.mailboxes()).map(({ id }) => id)).toEqual(['mailbox-rep1']);
  }, 90_000);

  test('is left alone from then on, whatever changes', async () => {
    const before = await local.exchange.calendar(people.rep2);
    const [id = ''] = await inCrm('rep2');
    await local.crm.change(id, { subject: 'After the end' });
    await local.crm.create({ ownerId: 'rep2', subject: 'New after the end' });
    const { id: other } = await local.crm.create({ ownerId: 'rep1', subject: 'Still in sync' });
    await eventually(() => local.exchange.itemOf(people.rep1, other));
    expect(await local.exchange.calendar(people.rep2)).toEqual(before);
    expect(await local.admin.failures()).toEqual([]);
    expect(await explain({ record: id })).toEqual(['recordThere', 'noMailbox']);
  });
});
