import { beforeEach, describe, expect, test } from '@jest/globals';
import { toEwsSyncError } from '../../../shared/adapters/ews/ews-errors.ts';
import { releaseQuarantine } from '../../../shared/admin/release-quarantine.ts';
import type { Activity } from '../../../shared/domain/activity.ts';
import { changeKeyOf } from '../../../shared/domain/change-message.ts';
import { type EngineStory, engineStory, hours, minutes } from '../../support/engine-story.ts';
import { contoso, type PortCall, rep1, rep2 } from '../../support/engine-world.ts';

const box = { organizationId: contoso, mailboxId: rep1 };
const limits = { deletions: 10, deletionsPercent: 10, writesPerItem: 6, mails: 50, errorPercent: 50 };

let story: EngineStory;
let calls: string[];
const count = (...names: string[]) => calls.filter((call) => names.includes(call)).length;
const heldKeys = async () => (await story.held()).map(({ change }) => changeKeyOf(change)).sort();
const begin = async (profile: Record<string, unknown> = {}) => {
  calls = [];
  const before = ({ port, method }: PortCall) => void calls.push(`${port}.${method}`);
  story = await engineStory({ profile: { brakes: limits, ...profile }, watch: { before } });
  await story.run(minutes);
};
beforeEach(() => begin());

const standing = async () => (await story.stores.brakes.listActive(box)).map(({ value }) => value);
const release = async () => {
  const { deps } = story.worker;
  for (const { id } of await standing()) expect(await releaseQuarantine(deps, box, id, 'admin-1')).toBe('released');
};
const createMany = async (count: number, fields: Partial<Activity> = {}) => {
  const made = Array.from({ length: count }, () => story.crm.control.create(fields as never));
  await story.announced();
  await story.run(2 * minutes);
  return made.map(({ id }) => id);
};

describe('mass deletion', () => {
  test.each(['crm', 'exchange'] as const)(
    'stops a mailbox that loses its items one after the other in the %s',
    async (side) => {
      const ids = await createMany(30);
      if (side === 'crm') for (const id of ids) story.crm.control.delete(id);
      else for (const { itemId } of story.calendar()) story.exchange.control.userDeletes(rep1, itemId);
      await story.announced();
      await story.run(2 * minutes);
      const left = side === 'crm' ? story.calendar().length : story.records().length;
      expect(left).toBe(20);
      expect(await standing()).toMatchObject([{ brake: 'massDeletion', seen: 11, limit: 10 }]);
      expect(await story.failures()).toEqual([]);
      // Nothing of it is lost, and nothing goes round in circles.
      const waiting = await heldKeys();
      expect(waiting.length).toBeGreaterThanOrEqual(20);
      const before = count('pauses.release');
      await story.run(hours);
      expect([count('pauses.release') - before, await heldKeys()]).toEqual([0, waiting]);
    },
  );

  test('goes on once an admin has released it: all that waits passes, and the brake is there for what comes then', async () => {
    const ids = await createMany(60);
    for (const id of ids.slice(0, 45)) story.crm.control.delete(id);
    await story.announced();
    expect(story.calendar()).toHaveLength(50);
    await release();
    await story.run(2 * minutes);
    expect([story.calendar().length, await story.held(), await standing()]).toEqual([15, [], []]);
    for (const id of ids.slice(45)) story.crm.control.delete(id);
    await story.announced();
    expect(story.calendar()).toHaveLength(5);
    expect(await standing()).toMatchObject([{ brake: 'massDeletion' }]);
  });

  test('holds everything of that mailbox back, and nothing of another', async () => {
    for (const id of await createMany(12)) story.crm.control.delete(id);
    await story.announced();
    story.crm.control.create({ subject: 'New' });
    story.crm.control.create({ subject: 'Neighbour', ownerId: 'rep2' as never });
    await story.announced();
    expect(story.calendar().map(({ subject }) => subject)).not.toContain('New');
    expect(story.calendar(rep2).map(({ subject }) => subject)).toEqual(['Neighbour']);
    await release();
    await story.run(2 * minutes);
    expect(story.calendar().map(({ subject }) => subject)).toEqual(['New']);
  });

  test('polls go on meanwhile, and what they find waits', async () => {
    for (const id of await createMany(12)) story.crm.control.delete(id);
    await story.announced();
    story.exchange.control.userCreates(rep1, { subject: 'Mine' });
    await story.run(5 * minutes);
    expect(story.records().map(({ subject }) => subject)).not.toContain('Mine');
    await release();
    await story.run(2 * minutes);
    expect(story.records().map(({ subject }) => subject)).toEqual(['Mine']);
  });

  test('lets a share of a large mailbox pass', async () => {
    const ids = await createMany(150);
    for (const id of ids.slice(0, 15)) story.crm.control.delete(id);
    await story.announced();
    expect(await standing()).toEqual([]);
    for (const id of ids.slice(15, 40)) story.crm.control.delete(id);
    await story.announced();
    expect(story.calendar().length).toBeGreaterThan(130);
    expect(await standing()).toMatchObject([{ brake: 'massDeletion' }]);
  });

  test('does not count deletions that Exchange refused', async () => {
    const ids = await createMany(6);
    const trouble = toEwsSyncError({ kind: 'response', code: 'ErrorInternalServerError' }, 'read');
    story.exchange.control.failsWith(rep1, trouble);
    for (const id of ids) story.crm.control.delete(id);
    await story.announced();
    await story.run(10 * minutes);
    story.exchange.control.failsWith(rep1, undefined);
    await story.run(30 * minutes);
    expect([story.calendar(), await standing(), await story.failures()]).toEqual([[], [], []]);
  });

  test('does not count what was deleted hours ago', async () => {
    const ids = await createMany(30);
    for (const id of ids.slice(0, 10)) story.crm.control.delete(id);
    await story.announced();
    await story.run(2 * hours);
    for (const id of ids.slice(10, 20)) story.crm.control.delete(id);
    await story.announced();
    expect([story.calendar().length, await standing()]).toEqual([10, []]);
  });

  test('does not count items that follow their record to another owner', async () => {
    for (const id of await createMany(30)) story.crm.control.update(id, { ownerId: 'rep2' as never });
    await story.announced();
    await story.run(2 * minutes);
    expect([story.calendar(rep1).length, story.calendar(rep2).length, await standing()]).toEqual([0, 30, []]);
  });

  test('costs no look at the brakes for each change that waits, however often the waiting is looked through', async () => {
    for (const id of await createMany(200)) story.crm.control.delete(id);
    await story.announced();
    expect((await story.held()).length).toBeGreaterThan(150);
    await story.clock.advance(10 * minutes);
    const before = count('brakes.listActive');
    await story.worker.schedulePolls();
    expect(count('brakes.listActive') - before).toBeLessThan(5);
  });

  test('counts a series as one thing, however many of its occurrences have records', async () => {
    const recurrence = {
      pattern: { kind: 'daily', interval: 1 },
      startDate: '2026-01-12' as never,
      end: { kind: 'byCount', count: 40 },
    } as const;
    const made = Array.from({ length: 11 }, () =>
      story.exchange.control.userCreates(rep1, {
        start: '2026-01-12T09:00:00.000Z',
        end: '2026-01-12T10:00:00.000Z',
        series: { recurrence, exceptions: [], deleted: [] },
      }),
    );
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(440);
    await story.stores.directory.saveProfile({
      ...(await story.stores.directory.findProfile(contoso, 'main' as never))?.value,
      brakes: { ...limits, deletionsPercent: 0 },
    } as never);
    for (const { itemId } of made.slice(0, 10)) story.exchange.control.userDeletes(rep1, itemId);
    await story.run(5 * minutes);
    expect([story.records().length, await standing()]).toEqual([40, []]);
    story.exchange.control.userDeletes(rep1, made[10]?.itemId as never);
    await story.run(5 * minutes);
    expect(story.records()).toHaveLength(40);
    expect(await standing()).toMatchObject([{ brake: 'massDeletion', seen: 11, limit: 10 }]);
  });

  test('a side that reads empty for a while is no proof of anything', async () => {
    await createMany(30);
    const { gateway } = story.exchange;
    const listChanges = gateway.listChanges;
    Object.assign(gateway, {
      listChanges: async (...input: Parameters<typeof listChanges>) => ({
        ...(await listChanges(...input)),
        changes: [],
      }),
      listItems: async () => ({ items: [], next: undefined }),
    });
    story.exchange.control.forgetSyncStates();
    await story.run(hours);
    Object.assign(gateway, { listChanges });
    await story.run(hours);
    expect([story.records().length, story.calendar().length, await standing()]).toEqual([30, 30, []]);
  });
});

describe('write loop', () => {
  /** Both sides answer each other, as they do where something on each side rewrites what comes from the other. */
  const answerEachOther = async (times: number) => {
    const { id } = story.crm.control.create({ subject: 'Turn 0' });
    await story.announced();
    await story.run(2 * minutes);
    for (let turn = 1; turn <= times; turn++) {
      const subject = `Turn ${turn}`;
      if (turn % 2 === 1) story.crm.control.update(id, { subject });
      else story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, { subject });
      await story.announced();
      await story.run(3 * minutes);
    }
    return id;
  };

  test('stops a record that is written over and over, and it alone', async () => {
    const id = await answerEachOther(7);
    expect(await standing()).toMatchObject([{ brake: 'writeLoop', recordId: id, seen: 7, limit: 6 }]);
    expect(story.calendar().map(({ subject }) => subject)).toEqual(['Turn 6']);
    story.crm.control.create({ subject: 'Another' });
    await story.announced();
    expect(story.calendar().map(({ subject }) => subject)).toEqual(['Turn 6', 'Another']);
    const before = count('pauses.release');
    await story.run(3 * hours);
    expect(count('pauses.release')).toBe(before);
    story.crm.control.update(id, { subject: 'Hours later' });
    await story.announced();
    expect(story.calendar()[0]?.subject).toBe('Turn 6');
  });

  test('what the user does with its item waits too, and both go on when it is released', async () => {
    const id = await answerEachOther(7);
    const item = story.calendar()[0];
    story.exchange.control.userEdits(rep1, item?.itemId as never, { location: 'There' });
    await story.run(5 * minutes);
    expect(await story.held()).toHaveLength(2);
    await release();
    await story.run(5 * minutes);
    expect(story.crm.control.record(id)).toMatchObject({ subject: 'Turn 7', location: 'There' });
    expect(story.calendar()).toMatchObject([{ subject: 'Turn 7', location: 'There' }]);
    expect([await story.held(), await standing()]).toEqual([[], []]);
  });

  test.each(['crm', 'exchange'] as const)(
    'lets a busy person in the %s change one thing eighteen times an hour, and no machine more',
    async (side) => {
      const { id } = story.crm.control.create({ subject: 'Turn 0' });
      await story.announced();
      await story.run(5 * minutes);
      const becomes = async (subject: string) => {
        if (side === 'crm') story.crm.control.update(id, { subject });
        else story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, { subject });
        await story.announced();
        await story.run(2 * minutes);
      };
      const seen = () => (side === 'crm' ? story.calendar()[0]?.subject : story.crm.control.record(id)?.subject);
      for (let turn = 1; turn <= 18; turn++) await becomes(`Turn ${turn}`);
      expect([seen(), await standing()]).toEqual(['Turn 18', []]);
      await becomes('Turn 19');
      expect(seen()).toBe('Turn 18');
      expect(await standing()).toMatchObject([{ brake: 'writeLoop', recordId: id, seen: 19, limit: 18 }]);
    },
  );

  test('does not stop what is written as often in the course of a day', async () => {
    const record = story.crm.control.create();
    for (let turn = 1; turn <= 12; turn++) {
      story.crm.control.update(record.id, { subject: `Turn ${turn}` });
      await story.announced();
      await story.run(20 * minutes);
    }
    expect([story.calendar()[0]?.subject, await standing()]).toEqual(['Turn 12', []]);
  });
});

describe('mail budget', () => {
  const guests = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      email: `guest${index}@fabrikam.example`,
      name: '',
      role: 'required' as const,
      response: 'none' as const,
    }));
  const mailed = () => story.exchange.control.mails.flatMap(({ to }) => to).length;

  test('stops a mailbox before the mail that would be too much goes out', async () => {
    await begin({ notifyPolicy: 'all' });
    for (let meeting = 0; meeting < 8; meeting++) story.crm.control.create({ attendees: guests(20) });
    await story.announced();
    expect(mailed()).toBe(40);
    expect(await standing()).toMatchObject([{ brake: 'mailBudget', seen: 60, limit: 50 }]);
    await release();
    await story.run(2 * minutes);
    expect(mailed()).toBe(80);
  });

  test('counts guests from outside only, and only where anybody is told', async () => {
    await begin({ notifyPolicy: 'all', internalDomains: ['fabrikam.example'] });
    for (let meeting = 0; meeting < 8; meeting++) story.crm.control.create({ attendees: guests(20) });
    await story.announced();
    expect([mailed(), await standing()]).toEqual([160, []]);
    await begin();
    for (let meeting = 0; meeting < 8; meeting++) story.crm.control.create({ attendees: guests(20) });
    await story.announced();
    expect([mailed(), await standing()]).toEqual([0, []]);
  });
});

describe('error rate', () => {
  const broken = { start: '2026-02-01T11:00:00Z', end: '2026-02-01T10:00:00Z' };

  test('stops a mailbox most of whose changes fail', async () => {
    for (let made = 0; made < 40; made++) story.crm.control.create(broken);
    await story.announced();
    expect(await standing()).toMatchObject([{ brake: 'errorRate', seen: 100, limit: 50 }]);
    expect(await story.failures()).toHaveLength(20);
    expect(await story.held()).toHaveLength(20);
    for (let turn = 0; turn < 5; turn++) {
      await release();
      await story.run(hours);
    }
    expect([(await story.failures()).length, await story.held(), await standing()]).toEqual([40, [], []]);
  });

  test('lets a mailbox go on that has more successes than failures', async () => {
    await createMany(60);
    for (let made = 0; made < 40; made++) story.crm.control.create(broken);
    await story.announced();
    expect(await standing()).toEqual([]);
    expect(await story.failures()).toHaveLength(40);
  });
});

test('in the good case nothing is asked of a table for each change', async () => {
  const ofBrakes = () => count('brakes.listActive', 'brakes.findFor', 'brakes.total', 'brakes.add');
  const before = ofBrakes();
  for (let made = 0; made < 100; made++) story.crm.control.create();
  await story.announced();
  expect(story.calendar()).toHaveLength(100);
  // Whether anything stands still, asked once; and successes, a score at a time.
  expect(ofBrakes() - before).toBeGreaterThan(0);
  expect(ofBrakes() - before).toBeLessThan(15);
});

test('an admin sees who released what in the journal', async () => {
  for (const id of await createMany(12)) story.crm.control.delete(id);
  await story.announced();
  await release();
  const { entries } = await story.stores.journal.list(box, { limit: 100 });
  const acts = entries.filter(({ act }) => act === 'held' || act === 'released');
  expect(acts.map(({ act, why, by }) => `${act} ${why} ${by}`).sort()).toEqual([
    'held massDeletion engine',
    'released massDeletion admin-1',
  ]);
  expect(await releaseQuarantine(story.worker.deps, box, 'nothing', 'admin-1')).toBe('unknown');
});
