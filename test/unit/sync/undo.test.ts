import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { undoEntry, undoMailbox, undoRecord } from '../../../shared/admin/start-undo.ts';
import { linksOfBody, notesOf } from '../../../shared/domain/links-block.ts';
import type { MailboxJob } from '../../../shared/domain/mailbox-job.ts';
import { type EngineStory, engineStory, hours, minutes } from '../../support/engine-story.ts';
import { contoso, ProcessDied, rep1 } from '../../support/engine-world.ts';
import { propertySeed } from '../../support/property-seed.ts';

const box = { organizationId: contoso, mailboxId: rep1 };
const admin = 'admin-1';

let story: EngineStory;
const begin = async (profile: Record<string, unknown> = {}) => {
  story = await engineStory({
    profile: { undo: true, ...profile },
    mailbox: { syncAllDayTasks: true, syncContacts: true },
  });
  await story.run(minutes);
};
beforeEach(() => begin());

const now = () => story.clock.now().toISOString();
const told = async () => {
  await story.announced();
  await story.run(2 * minutes);
};
const finished = async (id: string): Promise<MailboxJob> => {
  await story.run(2 * minutes);
  const job = await story.stores.jobs.find(box, id);
  if (job === undefined) throw new Error('no such job');
  return job.value;
};
const undone = async (since: string) => finished((await undoMailbox(story.worker.deps, box, admin, { since })).job.id);
const lastWrite = async () => {
  const { entries } = await story.stores.journal.list(box, { limit: 50 });
  const entry = entries.find(({ act, state, why }) => act !== 'stamped' && state === 'done' && why !== 'undo');
  if (entry === undefined) throw new Error('nothing was written');
  return entry;
};

/** What a person sees of the calendar. */
const seen = () =>
  story
    .calendar()
    .map(({ subject, location, start, end, bodyText, reminderMinutes, stamp }) => ({
      ...{ subject, location, start, end, reminderMinutes, record: stamp?.recordId },
      ...{ notes: notesOf(bodyText), links: linksOfBody(bodyText) },
    }))
    .sort((a, b) => `${a.record}${a.subject}`.localeCompare(`${b.record}${b.subject}`));
const seenRecords = () =>
  story
    .records()
    .map(({ version: _version, modifiedAt: _modifiedAt, ...rest }) => rest)
    .sort((a, b) => a.id.localeCompare(b.id));

/** Nothing of what was undone comes back, and nothing else happens, however long one waits. */
const expectRest = async (ms = 3 * hours) => {
  const before = JSON.stringify([seen(), seenRecords()]);
  await story.run(ms);
  expect(JSON.stringify([seen(), seenRecords()])).toBe(before);
  expect([await story.held(), await story.failures()]).toEqual([[], []]);
};

describe('writes to items', () => {
  test('one that was changed is set back; its record stays as its user wrote it', async () => {
    const { id } = story.crm.control.create({ subject: 'Before', description: 'Old notes', location: 'Here' });
    await told();
    const [before, since] = [seen(), now()];
    story.crm.control.update(id, {
      subject: 'After',
      description: 'New notes',
      location: 'There',
      start: '2026-02-01T10:00:00.000Z',
      end: '2026-02-01T11:00:00.000Z',
    });
    await told();
    expect(await undone(since)).toMatchObject({ state: 'done', counts: { undone: 1 } });
    expect(seen()).toEqual(before);
    expect(story.crm.control.record(id)).toMatchObject({ subject: 'After', description: 'New notes' });
    await expectRest();
  });

  test('what the CRM says later is written again, and what the user changes goes to the CRM', async () => {
    const { id } = story.crm.control.create({ subject: 'Before', location: 'Here' });
    await told();
    const since = now();
    story.crm.control.update(id, { subject: 'After' });
    await told();
    await undone(since);
    story.crm.control.update(id, { subject: 'Later' });
    await told();
    expect(story.calendar()).toMatchObject([{ subject: 'Later', location: 'Here' }]);
    story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, { location: 'Rome' });
    await told();
    expect(story.crm.control.record(id)).toMatchObject({ subject: 'Later', location: 'Rome' });
  });

  test('one that was made goes, and its record stays', async () => {
    const since = now();
    const { id } = story.crm.control.create({ subject: 'New' });
    await told();
    expect(await undone(since)).toMatchObject({ state: 'done', counts: { undone: 1 } });
    expect([seen(), story.records().length]).toEqual([[], 1]);
    await expectRest();
    story.crm.control.update(id, { subject: 'Wanted after all' });
    await told();
    expect(seen()).toMatchObject([{ subject: 'Wanted after all' }]);
  });

  test('one that was deleted is made again with its mark, and left alone', async () => {
    const { id } = story.crm.control.create({ subject: 'Kept', description: 'Notes' });
    await told();
    const [before, since] = [seen(), now()];
    story.crm.control.delete(id);
    await told();
    expect(seen()).toEqual([]);
    await undone(since);
    expect(seen()).toEqual(before);
    await expectRest();
  });

  test('what somebody changed since is left and named; the rest is undone', async () => {
    const records = ['One', 'Two'].map((subject) => story.crm.control.create({ subject }));
    await told();
    const since = now();
    for (const { id } of records) story.crm.control.update(id, { subject: 'Changed' });
    await told();
    const two = story.calendar().find(({ stamp }) => stamp?.recordId === records[1]?.id);
    story.exchange.control.userEdits(rep1, two?.itemId as never, { subject: 'Mine now' });
    const job = await undone(since);
    expect(job).toMatchObject({ state: 'done', counts: { undone: 1, changedSince: 1 } });
    const left: unknown[] = [];
    for await (const part of story.stores.jobs.readParts(box, job.id)) left.push(...(JSON.parse(part) as unknown[]));
    expect(left).toMatchObject([
      { recordId: records[1]?.id, result: 'changedSince', side: 'exchange', act: 'updated' },
    ]);
    expect(
      story
        .calendar()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['Mine now', 'One']);
    expect(story.crm.control.record(records[1]?.id as never)?.subject).toBe('Mine now');
  });

  test.each([
    ['nobody gets mail by it', 'none', []],
    ['but whoever was invited through us, who would keep a ghost', 'all', ['update', 'cancellation']],
  ] as const)('%s', async (_what, notifyPolicy, mailed) => {
    await begin({ notifyPolicy });
    const attendees = [{ email: 'guest@fabrikam.example', name: '', role: 'required', response: 'none' } as const];
    const since = now();
    const { id } = story.crm.control.create({ subject: 'Meeting', attendees });
    await told();
    story.crm.control.update(id, { subject: 'Meeting moved' });
    await told();
    const mails = story.exchange.control.mails.length;
    await undone(since);
    expect(seen()).toEqual([]);
    expect(story.exchange.control.mails.slice(mails).map(({ kind }) => kind)).toEqual(mailed);
  });

  test('tasks and contacts are set back as well', async () => {
    await begin({ syncAllDayTasks: true });
    const contact = story.crm.control.createContact({ givenName: 'Ada', surname: 'King', company: 'Engines' });
    const task = story.crm.control.create({
      description: 'Call\nSoon',
      allDay: true,
      start: '2026-02-01T00:00:00.000Z',
      end: '2026-02-02T00:00:00.000Z',
    });
    await told();
    const all = () =>
      [story.exchange.control.items(rep1, 'contact'), story.exchange.control.items(rep1, 'task')].map((items) =>
        items.map(({ changeKey: _key, modifiedAt: _at, ...rest }) => rest),
      );
    const [before, since] = [all(), now()];
    story.crm.control.updateContact(contact.id, { givenName: 'Grace', company: '', emails: ['grace@contoso.example'] });
    story.crm.control.update(task.id, {
      description: 'Write\nLater',
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-03-02T00:00:00.000Z',
    });
    await told();
    expect(all()).not.toEqual(before);
    await undone(since);
    expect(all()).toEqual(before);
  });
});

describe('writes to records', () => {
  test('one that was changed is set back; the item stays as its user wrote it', async () => {
    const { id } = story.crm.control.create({ subject: 'Before', location: 'Here' });
    await told();
    const [before, since] = [seenRecords(), now()];
    story.exchange.control.userEdits(rep1, story.calendar()[0]?.itemId as never, {
      subject: 'After',
      location: 'There',
      start: '2026-02-01T10:00:00.000Z',
      end: '2026-02-01T11:00:00.000Z',
    });
    await told();
    expect(story.crm.control.record(id)?.subject).toBe('After');
    await undone(since);
    expect(seenRecords()).toEqual(before);
    expect(seen()).toMatchObject([{ subject: 'After', location: 'There' }]);
    await expectRest();
  });

  test('one that was made goes, and the item stays with its user', async () => {
    const since = now();
    story.exchange.control.userCreates(rep1, { subject: 'Private plans' });
    await told();
    expect(story.records()).toHaveLength(1);
    expect(await undone(since)).toMatchObject({ state: 'done' });
    expect([story.records(), seen().length]).toEqual([[], 1]);
    await expectRest();
  });

  test('one that was deleted is made again, once, under an id that the CRM gives', async () => {
    story.crm.control.create({ subject: 'Wanted', description: 'Text' });
    await told();
    const since = now();
    story.exchange.control.userDeletes(rep1, story.calendar()[0]?.itemId as never);
    await told();
    expect(story.records()).toEqual([]);
    await undone(since);
    expect(story.records()).toMatchObject([{ subject: 'Wanted', description: 'Text', ownerId: 'rep1' }]);
    await expectRest();
    await undone(since);
    expect(story.records()).toHaveLength(1);
    story.crm.control.update(story.records()[0]?.id as never, { subject: 'Still wanted' });
    await told();
    expect(seen()).toMatchObject([{ subject: 'Still wanted' }]);
  });
});

describe('what can be asked for', () => {
  test('one write, or those of one record', async () => {
    const [one, two] = ['One', 'Two'].map((subject) => story.crm.control.create({ subject }));
    await told();
    for (const record of [one, two]) story.crm.control.update(record?.id as never, { location: 'Nowhere' });
    await told();
    const entry = await lastWrite();
    const started = await undoEntry(story.worker.deps, box, admin, entry.id);
    expect(await finished(started?.job.id ?? '')).toMatchObject({ state: 'done', counts: { undone: 1 } });
    expect(
      story
        .calendar()
        .map(({ location }) => location)
        .sort(),
    ).toEqual(['', 'Nowhere']);
    const other = entry.recordId === one?.id ? two : one;
    const all = await undoRecord(story.worker.deps, box, admin, other?.id as never);
    expect(await finished(all.job.id)).toMatchObject({ counts: { undone: 2 } });
    expect(story.calendar().map(({ location }) => location)).toEqual(['']);
    expect(await undoEntry(story.worker.deps, box, admin, 'unknown')).toBeUndefined();
  });

  test('without images it is refused, with what to do', async () => {
    await begin({ undo: false });
    const { id } = story.crm.control.create({ subject: 'Before' });
    await told();
    const since = now();
    story.crm.control.update(id, { subject: 'After' });
    await told();
    const job = await undone(since);
    expect(job).toMatchObject({ state: 'refused', counts: { noImage: 1 } });
    expect(job.text).toContain('Switch undo on in the profile');
    expect(seen()).toMatchObject([{ subject: 'After' }]);
  });

  test('a mailbox that a brake stopped can be undone before it is released', async () => {
    await begin({ brakes: { deletions: 3, deletionsPercent: 10, writesPerItem: 6, mails: 50, errorPercent: 50 } });
    const records = Array.from({ length: 8 }, () => story.crm.control.create({}));
    await told();
    const [before, since] = [seen(), now()];
    for (const { id } of records) story.crm.control.delete(id);
    await told();
    expect(seen()).toHaveLength(5);
    await undone(since);
    expect(seen()).toEqual(before);
    const entries = (await story.stores.journal.list(box, { limit: 3, since })).entries;
    expect(entries).toMatchObject(entries.map(() => ({ why: 'undo', by: admin, act: 'created' })));
  });
});

test('dying anywhere in an undo and going on ends as if nobody had died', async () => {
  let died = 0;
  for (let at = 0; at < 160; at += 1) {
    await begin();
    const [changed, deleted] = ['Changed', 'Deleted'].map((subject) => story.crm.control.create({ subject }));
    story.exchange.control.userCreates(rep1, { subject: 'Mine' });
    await told();
    const mine = story.calendar().find(({ subject }) => subject === 'Mine');
    const [before, records, since] = [seen(), seenRecords(), now()];
    story.crm.control.update(changed?.id as never, { subject: 'Otherwise' });
    story.crm.control.delete(deleted?.id as never);
    story.exchange.control.userEdits(rep1, mine?.itemId as never, { location: 'There' });
    await told();
    story.crm.control.create({ subject: 'New' });
    await told();
    await undoMailbox(story.worker.deps, box, admin, { since });
    const message = story.jobMessages.take();
    if (message === undefined) throw new Error('no job was begun');
    const mortal = story.process({ at, calls: 0, dead: false });
    try {
      await mortal.handleJob(message);
    } catch (error) {
      if (!(error instanceof ProcessDied)) throw error;
      died += 1;
      await story.clock.advance(200_000);
      await story.process().handleJob(message);
    }
    await story.run(10 * minutes);
    expect(seen()).toEqual(
      before.map((item) => (item.record === mine?.stamp?.recordId ? { ...item, location: 'There' } : item)),
    );
    const mended = seenRecords().filter(({ subject }) => subject !== 'New');
    expect(mended.map(({ subject, location }) => ({ subject, location }))).toEqual(
      records
        .filter(({ id }) => id !== deleted?.id)
        .map(({ id, subject, location }) => ({ subject: id === changed?.id ? 'Otherwise' : subject, location })),
    );
    await expectRest(20 * minutes);
    if (!mortal.fate.dead) break;
  }
  expect(died).toBeGreaterThan(40);
}, 120_000);

type Act = 'crmCreate' | 'crmEdit' | 'crmNotes' | 'crmMove' | 'crmDelete' | 'crmComplete' | 'crmCancel';
type UserAct = 'make' | 'edit' | 'place' | 'move' | 'delete' | 'cancel';
const seed = propertySeed;
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 30);
const stepsOf = <A extends string>(...acts: A[]) =>
  fc.array(fc.record({ do: fc.constantFrom(...acts), at: fc.nat(5), value: fc.nat(99) }), {
    minLength: 1,
    maxLength: 10,
  });
const timeAt = (value: number) => ({
  start: new Date(Date.UTC(2026, 1, 1 + (value % 20), 10)).toISOString(),
  end: new Date(Date.UTC(2026, 1, 1 + (value % 20), 11)).toISOString(),
});

function crmActs(what: Act, at: number, value: number): void {
  const { control } = story.crm;
  const records = control.records();
  const id = records[at % Math.max(records.length, 1)]?.id;
  if (what === 'crmCreate') control.create({ subject: `New ${value}` });
  if (id === undefined) return;
  if (what === 'crmEdit') control.update(id, { subject: `CRM ${value}` });
  if (what === 'crmNotes') control.update(id, { description: `Notes ${value}` });
  if (what === 'crmMove') control.update(id, timeAt(value));
  if (what === 'crmDelete') control.delete(id);
  if (what === 'crmComplete') control.update(id, { status: 'completed' });
  if (what === 'crmCancel') control.update(id, { status: 'cancelled' });
}

function userActs(what: UserAct, at: number, value: number): void {
  const { control } = story.exchange;
  const items = story.calendar();
  const id = items[at % Math.max(items.length, 1)]?.itemId;
  if (what === 'make') control.userCreates(rep1, { subject: `Mine ${value}` });
  if (id === undefined) return;
  if (what === 'edit') control.userEdits(rep1, id, { subject: `Outlook ${value}` });
  if (what === 'place') control.userEdits(rep1, id, { location: `Room ${value}` });
  if (what === 'move') control.userEdits(rep1, id, timeAt(value));
  if (what === 'delete') control.userDeletes(rep1, id);
  if (what === 'cancel') control.userEdits(rep1, id, { cancelled: true });
}

const prepared = async () => {
  await begin();
  for (let index = 0; index < 3; index++) story.crm.control.create({ subject: `Old ${index}`, description: 'Text' });
  story.exchange.control.userCreates(rep1, { subject: 'Old mine' });
  await told();
};

test(`an hour of what the CRM did is taken back in the calendar (seed ${seed})`, async () => {
  const acts = stepsOf<Act>('crmCreate', 'crmEdit', 'crmNotes', 'crmMove', 'crmDelete', 'crmComplete', 'crmCancel');
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      await prepared();
      const [before, since] = [seen(), now()];
      for (const { do: what, at, value } of steps) {
        crmActs(what, at, value);
        await told();
      }
      const records = seenRecords();
      await undone(since);
      expect(seen()).toEqual(before);
      expect(seenRecords()).toEqual(records);
      await expectRest(20 * minutes);
    }),
    { numRuns, seed },
  );
}, 120_000);

test(`an hour of what users did in Outlook is taken back in the CRM (seed ${seed})`, async () => {
  const acts = stepsOf<UserAct>('make', 'edit', 'place', 'move', 'delete', 'cancel');
  const texts = () =>
    story
      .records()
      .map(({ subject, description, location, start, end, status, ownerId }) => ({
        subject,
        description,
        location,
        start,
        end,
        status,
        ownerId,
      }))
      .sort((a, b) => `${a.subject}${a.start}`.localeCompare(`${b.subject}${b.start}`));
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      await prepared();
      const [before, since] = [texts(), now()];
      for (const { do: what, at, value } of steps) {
        userActs(what, at, value);
        await told();
      }
      await undone(since);
      expect(texts()).toEqual(before);
      await expectRest(20 * minutes);
    }),
    { numRuns, seed },
  );
}, 120_000);
